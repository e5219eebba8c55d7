// Taking calls away as a file: asked for here, made by a worker, its progress shown until it can be fetched.

import { ask } from "./api.js";
import { byId, partsOf, write } from "./page.js";

const LOOK_AGAIN = 500; // milliseconds
const panel = byId("export");
const form = panel?.querySelector("form");
const list = byId("exports");
const pattern = byId("an-export");
const STATES = { queued: "等待中", running: "正在导出", done: "完成", failed: "没有完成" };
const shown = new Map();

function row(made) {
  if (!shown.has(made.id)) {
    const item = pattern.content.firstElementChild.cloneNode(true);
    list.prepend(item);
    shown.set(made.id, partsOf(item));
  }
  return shown.get(made.id);
}

function show(made) {
  const parts = row(made);
  const whose = made.identity ? "，含完整号码" : "";
  write(parts.what, `${made.format.toUpperCase()}${whose}`);
  write(parts.state, made.state === "done" ? `完成，${made.rows} 通` : `${STATES[made.state]}${made.why && `：${made.why}`}`);
  parts.bar.value = made.percent;
  parts.bar.hidden = made.state === "failed";
  parts.file.hidden = made.state !== "done";
  parts.file.href = `${panel.dataset.api}/exports/${made.id}/file`;
}

async function follow(made) {
  show(made);
  while (made.state === "queued" || made.state === "running") {
    await new Promise((again) => setTimeout(again, LOOK_AGAIN));
    made = await ask("GET", `${panel.dataset.api}/exports/${made.id}`);
    show(made);
  }
}

async function begin(event) {
  event.preventDefault();
  const alert = panel.querySelector("[role=alert]");
  write(alert, "");
  const { format, identity, reason } = form.elements;
  const wish = {
    format: format.value,
    identity: identity?.checked ?? false,
    reason: reason?.value ?? "",
    sought: JSON.parse(panel.dataset.sought),
  };
  try {
    await follow(await ask("POST", `${panel.dataset.api}/exports`, wish));
  } catch (refused) {
    write(alert, refused.message);
  }
}

if (panel) {
  form.addEventListener("submit", begin);
  const mine = await ask("GET", `${panel.dataset.api}/exports`);
  for (const made of mine.reverse()) follow(made).catch(() => {}); // a page that is left need not hear of it
}
