// The card of the call at the desk: draws how things stand, from nothing but how things stand.

import { span } from "./clock.js";
import { partsOf, write } from "./page.js";
import { grouped, isAtAPhone, phoneOf, restOf } from "./words.js";

const TITLES = {
  offered: "来电拨打的是",
  connecting: "来电拨打的是",
  talking: "正在通话，来电拨打的是",
  wrap_up: "刚才的来电拨打的是",
};
const TITLES_OF_A_CALL_BACK = {
  offered: "回拨，对方当时拨打的是",
  connecting: "回拨，对方当时拨打的是",
  calling: "正在呼叫对方，当时拨打的是",
  talking: "正在通话，对方当时拨打的是",
  wrap_up: "刚才的回拨，当时拨打的是",
};
const TITLES_OF_A_TEST = {
  offered: "这是拨测，没有来电人，测试的号码是",
  connecting: "这是拨测，没有来电人，测试的号码是",
  talking: "正在拨测，没有来电人，测试的号码是",
};
const ADVICE_ON_A_TEST = {
  offered: "接听后听到一句话就结束，不计入您的通话；不接也不算漏接。",
  connecting: "正在接通……",
  talking: "听完自动结束，随后照常接听来电。",
};
const ADVICE = {
  connecting: "正在把来电人接进来……",
  calling: "对方的电话正在响，接起后按 1 即进入通话。",
  wrap_up: "时间到后自动恢复接听。",
};

/** Draws the card below `root`. The function returned may be called as often as one likes. */
export function cardAt(root) {
  const parts = partsOf(root);
  const staged = root.querySelectorAll("[data-phases]");
  return ({ desk, phase, now, trouble }) => {
    root.dataset.phase = phase;
    for (const element of staged) element.hidden = !element.dataset.phases.split(" ").includes(phase);
    if (desk.line === "idle") drawRest(parts, { phase, desk, now, trouble });
    else drawCall(parts, desk, now, trouble);
  };
}

function drawRest(parts, seen) {
  const [title, advice] = restOf(seen);
  write(parts["rest-title"], title);
  write(parts["rest-advice"], advice);
}

function drawCall(parts, desk, now, trouble) {
  const { call } = desk;
  write(parts["called-title"], titleOf(desk));
  write(parts["act-advice"], trouble || adviceOf(desk));
  drawTimer(parts, timerOf(desk, now));
  if (!call) return;
  parts.facts.hidden = call.test;
  write(parts.whose, call.whose);
  write(parts.number, grouped(call.number));
  write(parts.place, [call.area, call.unit].filter(Boolean).join(" "));
  write(parts.caller, call.caller || "未显示号码");
  write(parts.class, [call.caller_class, call.language].filter(Boolean).join(" "));
  write(parts.times, `第 ${call.calls_in_7_days} 次来电`);
  write(parts.pace, call.pace ? "短时间内多次来电" : "");
  write(parts["waited-title"], call.callback ? "预约于" : "等候");
  write(parts.waited, call.callback ? askedOf(call) : call.queued ? span((call.accepted ?? now) - call.queued) : "—");
}

function adviceOf(desk) {
  if (desk.line === "offered" && isAtAPhone(desk)) return `话机（${phoneOf(desk)}）正在响：拿起来，按 1 接听。`;
  if (desk.call?.test) return ADVICE_ON_A_TEST[desk.line] ?? "";
  return ADVICE[desk.line] ?? "";
}

/** When they asked to be called, and how often that was tried: “09:05，已拨 1 次”. */
function askedOf({ asked, tries }) {
  const at = new Date(asked).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  return tries ? `${at}，已拨 ${tries} 次` : at;
}

/** A colleague who is asked must know by whom. */
function titleOf({ call, line, operator }) {
  const asked = call && call.operator !== operator && line !== "wrap_up";
  if (asked) return `坐席 ${call.operator} 请您协助，来电拨打的是`;
  if (call?.test) return TITLES_OF_A_TEST[line];
  return (call?.callback ? TITLES_OF_A_CALL_BACK : TITLES)[line];
}

/** What the dial shows: its figure, the word under it, and how much of its circle is left (0 to 1). */
function timerOf(desk, now) {
  if (desk.line === "offered") return countdown(desk.line_since, desk.ring_seconds, now, "秒内接听");
  if (desk.line === "wrap_up") return countdown(desk.line_since, desk.wrap_up_seconds, now, "秒后恢复");
  const word = { talking: "通话", calling: "呼叫" }[desk.line] ?? "接通中";
  return { figure: span(now - desk.line_since), word, share: 1 };
}

function countdown(since, seconds, now, word) {
  const left = Math.max(0, since + seconds * 1000 - now);
  return { figure: String(Math.ceil(left / 1000)), word, share: seconds ? left / (seconds * 1000) : 0 };
}

function drawTimer(parts, { figure, word, share }) {
  write(parts.timer, figure);
  write(parts["timer-word"], word);
  parts.arc.setAttribute("stroke-dashoffset", String(100 - 100 * Math.min(1, share)));
}
