// The page of one call: a caller's whole number for a minute and for a reason, and keeping it from everybody.

import { ask } from "./api.js";
import { byId, write } from "./page.js";

const identity = byId("identity");
const caller = byId("caller");
let hiding;

const acts = {
  async reveal(reason) {
    const shown = await ask("POST", `${identity.dataset.call}/reveal`, { reason });
    write(caller, shown.caller);
    caller.classList.add("shown");
    say(`来电人号码 ${shown.caller}，${shown.seconds} 秒后隐去`);
    clearTimeout(hiding);
    hiding = setTimeout(hide, shown.seconds * 1000);
  },
  async seal() {
    await ask("PUT", `${identity.dataset.call}/seal`);
    location.reload();
  },
  async unseal(reason) {
    await ask("POST", `${identity.dataset.call}/unseal`, { reason });
    location.reload();
  },
};

function hide() {
  write(caller, caller.dataset.masked);
  caller.classList.remove("shown");
}

function say(sentence) {
  write(identity.querySelector("[role=status]"), sentence);
}

async function act(event) {
  event.preventDefault();
  const alert = identity.querySelector("[role=alert]");
  write(alert, "");
  try {
    await acts[event.target.dataset.act](event.target.elements.reason?.value);
  } catch (refused) {
    write(alert, refused.message);
  }
}

for (const form of identity?.querySelectorAll("form") ?? []) form.addEventListener("submit", act);
addEventListener("pagehide", hide); // a page that comes back by the back button does not show it again
