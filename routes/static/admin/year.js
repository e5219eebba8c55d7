// A year to click: a day shows what it is, and what it can be made.

import { partsOf, write } from "../page.js";

const form = document.getElementById("day-form");
const parts = partsOf(form);
let chosen = null;

document.querySelector(".year").addEventListener("click", ({ target }) => {
  const day = target.closest("[data-day]");
  if (day) show(day);
});
parts.close.addEventListener("click", () => {
  form.hidden = true;
  chosen?.focus();
});

function show(day) {
  chosen?.removeAttribute("aria-current");
  chosen = day;
  day.setAttribute("aria-current", "date");
  const { works, corrected, note, said, is } = day.dataset;
  const place = form.dataset.calendar + day.dataset.day;
  form.hidden = false;
  write(parts.day, said);
  write(parts.is, is);
  write(parts.change, works ? "改为休息" : "改为上班");
  form.dataset.act = `PUT ${place}`;
  form.elements.means.value = works ? "rest" : "work";
  form.elements.note.value = note;
  parts.uncorrect.hidden = !corrected;
  parts.uncorrect.dataset.act = `DELETE ${place}`;
  parts.change.focus();
  form.scrollIntoView({ block: "nearest" });
}
