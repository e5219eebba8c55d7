// Small words for making elements, so that the other files read as what is on the page.

export const byId = (id) => document.getElementById(id);

/** element("p", { class: "grey" }, "text", otherElement) */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, text] of Object.entries(attributes)) made.setAttribute(name, text);
  made.append(...children);
  return made;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** Set text only when it differs, so that a screen reader is not told the same thing twice. */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}
