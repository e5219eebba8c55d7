// Who else is in the talk, and the caller on hold: the strip above the buttons, drawn from how things stand.

import { span } from "./clock.js";
import { byId, write, writeTag } from "./page.js";

const GUESTS = {
  ringing: ["正在呼叫", "ringing"],
  consulting: ["咨询中，来电人听不到", "live"],
  conference: ["三方通话", "live"],
};
const ENDS = {
  busy: "对方忙",
  no_answer: "对方无人接听",
  declined: "对方拒接",
  failed: "对方号码无法接通",
  left: "对方已挂断",
};

/** Draws the strip; the server says who is there, for how long, and how often the operator was reminded. */
export function drawCompany({ desk, now }) {
  const { call } = desk;
  if (desk.line !== "talking" || !call) return;
  const mine = call.operator === desk.operator;
  const { guest } = call;
  drawHold(call, mine, guest);
  drawTape(call, mine, Math.ceil((call.tape_since + desk.record_pause_seconds * 1000 - now) / 1000));
  byId("ask").hidden = !mine || Boolean(guest);
  byId("hang-up").hidden = guest?.state === "consulting" && mine;
  byId("company").hidden = !guest && !call.hold_since && !ENDS[call.guest_end];
  for (const button of byId("company").querySelectorAll("[data-guests]"))
    button.hidden = !mine || !guest || !button.dataset.guests.split(" ").includes(guest.state);
  write(byId("hand-on").firstElementChild, guest?.state === "conference" ? "离开" : "转接");
  write(byId("take-back").firstElementChild, guest?.state === "ringing" ? "取消" : "取回");
  drawState({ call, guest, mine, now, limit: desk.hold_remind_seconds });
}

function drawHold(call, mine, guest) {
  byId("hold").hidden = !mine || Boolean(guest);
  byId("hold").setAttribute("aria-pressed", String(Boolean(call.hold_since)));
  write(byId("hold").firstElementChild, call.hold_since ? "取回" : "保持");
}

// What is paused goes on by itself: the operator sees when.
function drawTape({ tape }, mine, left) {
  byId("tape").hidden = !mine || tape === "none";
  byId("tape").setAttribute("aria-pressed", String(tape === "paused"));
  write(byId("tape").firstElementChild, tape === "paused" ? `恢复录音 ${Math.max(0, left)}` : "暂停录音");
}

function drawState({ call, guest, mine, now, limit }) {
  const late = call.hold_since && now - call.hold_since > limit * 1000;
  if (guest) {
    const [word, tone] = GUESTS[guest.state] ?? ["", "off"];
    writeTag(byId("company-state"), mine ? { word, tone } : { word: `协助 ${call.operator}：${word}`, tone });
    write(byId("company-name"), mine ? guest.name : "");
    write(byId("company-time"), span(now - guest.since));
  } else if (call.hold_since) {
    writeTag(byId("company-state"), { word: late ? "来电人还在等" : "保持中", tone: late ? "lost" : "waiting" });
    write(byId("company-name"), "来电人听音乐");
    write(byId("company-time"), span(now - call.hold_since));
  } else {
    writeTag(byId("company-state"), { word: ENDS[call.guest_end] ?? "", tone: "waiting" });
    write(byId("company-name"), "已接回来电人");
    write(byId("company-time"), "");
  }
}
