// The floor: who sits where and does what, and who waits in which line.

import { span } from "./clock.js";
import { byId, write, writeTag } from "./page.js";
import { rowsOf } from "./rows.js";
import { phaseOf, standingOf } from "./words.js";

const IN_ORDER = { handset: { state: "ready" }, online: true }; // of a desk that is seen from outside
const drawSeats = rowsOf(byId("seats"), byId("seat-row"));
const drawQueues = rowsOf(byId("queues"), byId("queue-row"));
const drawCallers = rowsOf(byId("callers"), byId("caller-row"));

export function drawFloor(board, now) {
  const titles = Object.fromEntries(board.queues.map(({ name, title }) => [name, title]));
  drawSeats(board.seats, ({ id }) => id, (parts, seat) => fillSeat(parts, seat, now));
  drawQueues(board.queues, ({ name }) => name, (parts, queue) => fillQueue(parts, queue, now));
  drawCallers(waitingIn(board), ({ sid }) => sid, (parts, caller) => fillCaller(parts, caller, now, titles));
  byId("no-seats").hidden = board.seats.length > 0;
  byId("no-callers").hidden = waitingIn(board).length > 0;
}

/** Everybody in line, once, though they may stand in two lines. */
function waitingIn(board) {
  const known = new Map(board.queues.flatMap(({ first }) => first).map((caller) => [caller.sid, caller]));
  return [...known.values()];
}

function fillSeat(parts, seat, now) {
  const phase = phaseOf({ desk: seat, now, ...IN_ORDER });
  write(parts.id, seat.id);
  writeTag(parts.standing, standingOf(phase, seat));
  write(parts.for, span(now - seat.since));
  write(parts.whose, seat.caller && seat.line !== "idle" ? seat.caller.whose : "");
}

function fillQueue(parts, queue, now) {
  write(parts.title, queue.title);
  write(parts.waiting, String(queue.waiting));
  write(parts.longest, queue.longest_since ? span(now - queue.longest_since) : "—");
  write(parts.staff, `${queue.idle} / ${queue.on_shift}`);
}

function fillCaller(parts, caller, now, titles) {
  write(parts.whose, Object.keys(titles).length > 1 ? `${caller.whose}（${titles[caller.queue]}）` : caller.whose);
  write(parts.caller, caller.caller || "未显示号码");
  write(parts.waited, span(now - caller.queued));
  write(parts.priority, caller.priority ? `优先 ${caller.priority}` : "普通");
}
