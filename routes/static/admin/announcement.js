// 紧急播报: what the next caller will hear, while it is written.

import { partsOf, write } from "../page.js";
import { readAloud } from "./aloud.js";

const form = document.getElementById("wish");
const parts = partsOf(form);
const { text } = form.elements;

text.addEventListener("input", show);
parts.listen.addEventListener("click", () => readAloud(heard()));

function heard() {
  return `${text.value.trim()} ${form.dataset.greeting}`;
}

function show() {
  write(parts.heard, text.value.trim() ? `来电人听到：${heard()}` : "");
}
