// What the booth remembers between visits in this browser: who is calling, and whether it is mute.

const PREFIX = "booth.";

export function recall(name, otherwise) {
  return localStorage.getItem(PREFIX + name) ?? otherwise;
}

export function remember(name, text) {
  localStorage.setItem(PREFIX + name, text);
}
