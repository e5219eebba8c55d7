// Call-backs, missed callers and messages: every button asks the server to do one thing, and the lists are read again
// when something happened anywhere. What is being listened to is not interrupted by that.

import { ask, Refused } from "./api.js";
import { News } from "./events.js";
import { byId, write } from "./page.js";

const { api } = byId("callbacks").dataset;
const dialog = byId("why");

/** The reason for it, "" where none is given; null when they changed their mind. */
function reasonFor({ ask: question, needed }) {
  write(byId("why-title"), question);
  const field = dialog.querySelector("input");
  field.value = "";
  field.required = needed !== undefined;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((told) => {
    dialog.addEventListener("close", () => told(dialog.returnValue === "yes" ? field.value : null), { once: true });
  });
}

async function act(button) {
  const { act: path, method = "POST" } = button.dataset;
  const note = button.dataset.ask === undefined ? undefined : await reasonFor(button.dataset);
  if (note === null) return;
  button.disabled = true;
  write(byId("notice"), "");
  try {
    await ask(method, `${api}/${path}`, note === undefined ? undefined : { note });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    write(byId("notice"), error.status === 401 ? "登录已失效：请刷新页面，重新登录。" : error.message);
  }
  button.disabled = false;
  await readAgain();
}

/** The same page once more, and of it what concerns us; whoever types, listens or has a button in hand keeps it. */
async function readAgain() {
  const isListening = [...document.querySelectorAll("audio")].some((sound) => !sound.paused);
  if (dialog.open || isListening) return;
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement?.dataset?.act;
  for (const part of ["lists", "tabs"]) byId(part).replaceWith(document.adoptNode(fresh.getElementById(part)));
  if (focused) document.querySelector(`[data-act="${focused}"]`)?.focus();
}

byId("callbacks").addEventListener("click", ({ target }) => {
  const button = target.closest("button[data-act]");
  if (button) act(button);
});
const nothing = () => {};
new News(`${api}/call-backs/events`, { opened: nothing, lost: nothing, changed: readAgain }).open();
