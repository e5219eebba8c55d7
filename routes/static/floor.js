// The floor: who sits where and does what, and who waits in which line.

import { span } from "./clock.js";
import { byId, write, writeTag } from "./page.js";
import { rowsOf } from "./rows.js";
import { phaseOf, standingOf } from "./words.js";

const IN_ORDER = { handset: { state: "ready" }, online: true }; // of a desk that is seen from outside
const drawSeats = rowsOf(byId("seats"), byId("seat-row"));
const drawQueues = rowsOf(byId("queues"), byId("queue-row"));
const drawCallers = rowsOf(byId("callers"), byId("caller-row"));
const drawNotices = rowsOf(byId("notices"), byId("notice-row"));
const LISTENS = { listen: "在监听", whisper: "在耳语", barge: "在插话" };
const KINDS = { message: "", paused: "示忙：", ready: "示闲：", off: "签出：" };

export function drawFloor(board, now) {
  const titles = Object.fromEntries(board.queues.map(({ name, title }) => [name, title]));
  drawSeats(board.seats, ({ id }) => id, (parts, seat, row) => fillSeat(parts, seat, now, row, board.mine));
  drawQueues(board.queues, ({ name }) => name, (parts, queue) => fillQueue(parts, queue, now));
  drawCallers(waitingIn(board), ({ sid }) => sid, (parts, caller, row) => fillCaller(parts, caller, now, titles, row));
  drawNotices(board.notices, ({ id }) => id, fillNotice);
  byId("told").hidden = board.notices.length === 0;
  byId("no-seats").hidden = board.seats.length > 0;
  byId("no-callers").hidden = waitingIn(board).length > 0;
}

/** Everybody in line, once, though they may stand in two lines. */
export function waitingIn(board) {
  const known = new Map(board.queues.flatMap(({ first }) => first).map((caller) => [caller.sid, caller]));
  return [...known.values()];
}

/** How this seat stands, as a word and a tone. */
export function standingAt(seat, now) {
  return standingOf(phaseOf({ desk: seat, now, ...IN_ORDER }), seat);
}

/** `onSeat(act, id)` and `onCaller(act, sid)` are called for a click on a button in a row. */
export function listenToRows({ onSeat, onCaller }) {
  listen(byId("seats"), onSeat);
  listen(byId("callers"), onCaller);
}

function listen(body, tell) {
  body.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-act]");
    if (button) tell(button.dataset.act, button.closest("tr").dataset.key);
  });
}

function fillSeat(parts, seat, now, row, mine) {
  row.dataset.key = seat.id;
  write(parts.id, seat.id);
  writeTag(parts.standing, standingAt(seat, now));
  write(parts.help, seat.help_why ? `求助：${seat.help_why}` : "");
  parts.help.hidden = parts["help-act"].hidden = !seat.help_why;
  parts.overlong.hidden = !seat.overlong;
  parts.more.setAttribute("aria-label", `更多：话务员 ${seat.id}`);
  const heard = seat.listeners.map(({ id, mode }) => `${id} ${LISTENS[mode]}`).join("、");
  write(parts.listeners, heard);
  parts.listeners.hidden = !heard;
  parts["talk-acts"].hidden = seat.line !== "talking" || Boolean(seat.test) || seat.id === mine.id;
  write(parts.for, span(now - seat.since));
  write(parts.whose, seat.test || (seat.caller && seat.line !== "idle" ? seat.caller.whose : ""));
}

function fillQueue(parts, queue, now) {
  write(parts.title, queue.title);
  write(parts.waiting, String(queue.waiting));
  write(parts.longest, queue.longest_since ? span(now - queue.longest_since) : "—");
  write(parts.staff, `${queue.idle} / ${queue.on_shift}`);
}

function fillCaller(parts, caller, now, titles, row) {
  row.dataset.key = caller.sid;
  parts.more.setAttribute("aria-label", `调整：${caller.whose}的来电人`);
  write(parts.whose, Object.keys(titles).length > 1 ? `${caller.whose}（${titles[caller.queue]}）` : caller.whose);
  write(parts.caller, caller.caller || "未显示号码");
  parts.waited.dataset.word = caller.queued ? "已等" : "";
  write(parts.waited, caller.queued ? span(now - caller.queued) : "等回电"); // nobody is on that line
  write(parts.priority, caller.priority ? `优先 ${caller.priority}` : "普通");
}

function fillNotice(parts, { to, by, kind, text, seen }) {
  write(parts.to, to || "全体");
  write(parts.text, KINDS[kind] + text);
  write(parts.by, by);
  write(parts.seen, seen.length ? seen.join("、") : "还没有人");
}
