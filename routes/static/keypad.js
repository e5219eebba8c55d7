// The keys of a telephone, for the menus of whoever is called.

import { byId, write } from "./page.js";

export function wireKeypad(press) {
  const dialog = byId("keys");
  byId("keypad").addEventListener("click", () => {
    write(byId("keys-pressed"), "");
    dialog.showModal();
  });
  const hit = (key) => {
    press(key);
    write(byId("keys-pressed"), byId("keys-pressed").textContent + key);
  };
  for (const button of dialog.querySelectorAll("[data-key]")) button.addEventListener("click", () => hit(button.dataset.key));
  dialog.addEventListener("keydown", ({ key }) => /^[0-9*#]$/.test(key) && hit(key));
}
