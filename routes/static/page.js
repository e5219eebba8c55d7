// Small ways of writing on a page. Text is only touched when it changes, so that screen readers stay quiet.

export const byId = (id) => document.getElementById(id);

export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A word together with the tone in which it is shown. */
export function writeTag(element, { word, tone }) {
  write(element, word);
  element.dataset.tone = tone;
}

/** The elements below `root` that bear `data-part`, by its name. */
export function partsOf(root) {
  const parts = {};
  for (const part of root.querySelectorAll("[data-part]")) parts[part.dataset.part] = part;
  return parts;
}
