// The alarms that stand, above everything else, and those that are over.

import { span } from "./clock.js";
import { byId, write } from "./page.js";
import { rowsOf } from "./rows.js";

const list = byId("alarms");
const drawRaised = rowsOf(list, byId("alarm-row"));
const drawOver = rowsOf(byId("past-alarms"), byId("past-row"));

/** `takeOn(name)` is called for a click on “我来处理”, `readPast()` when somebody opens the list of those that are over. */
export function listenToAlarms({ takeOn, readPast }) {
  list.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button) takeOn(button.closest("li").dataset.name);
  });
  byId("past").addEventListener("toggle", ({ target }) => target.open && readPast());
}

export function drawAlarms(alarms, now) {
  drawRaised(alarms, ({ name }) => name, (parts, alarm, item) => {
    item.dataset.name = alarm.name;
    item.dataset.tone = alarm.name === "calendar" ? "waiting" : "lost"; // it has weeks; the others have minutes
    write(parts.text, alarm.text);
    write(parts.for, span(now - alarm.since));
    write(parts.by, alarm.by ? `${alarm.by} 在处理` : "");
    parts.take.hidden = Boolean(alarm.by);
  });
}

/** `cityTime` is how moments are written in the city, for toLocaleString(). */
export function drawPast(alarms, cityTime) {
  drawOver(alarms, ({ name, since }) => `${name} ${since}`, (parts, { text, since, until, by }) => {
    write(parts.text, text);
    write(parts.since, moment(since, cityTime));
    write(parts.until, moment(until, cityTime));
    write(parts.by, by || "—");
  });
}

const moment = (at, cityTime) => new Date(at).toLocaleString("zh-CN", cityTime);
