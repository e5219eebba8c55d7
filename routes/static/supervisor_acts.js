// What a supervisor can do about an operator or a caller: two dialogs whose buttons say what will come of them.

import { byId, partsOf, write } from "./page.js";

/**
 * `act(ask, said)` does what is asked and shows `said` of what came of it. Returns { onSeat, onCaller, toAll }, which
 * open the dialogs.
 */
export function supervisorActs(api, act) {
  const seat = dialogOf("seat-dialog");
  const caller = dialogOf("caller-dialog");
  const words = () => seat.parts.words.value.trim();
  const force = (state) => () => act(() => api.force(seat.whom, state, words()), forced);
  const acts = {
    paused: force("paused"),
    ready: force("ready"),
    off: force("off"),
    message: () => act(() => api.notify(words(), seat.whom), () => "消息已发出。"),
    front: () => act(() => api.advance(caller.whom), () => "已移到最前。"),
    priority: () => act(() => api.prioritise(caller.whom, Number(caller.parts.priority.value)), () => "优先级已改。"),
    queue: () => act(() => api.requeue(caller.whom, caller.parts.queue.value), () => "已转到该队列。"),
  };
  for (const dialog of [seat, caller]) answerTo(dialog.box, acts);
  return { onSeat: openSeat(seat), onCaller: openCaller(caller), toAll: openToAll(seat) };
}

const forced = ({ after_call }) => (after_call ? "通话结束后生效。" : "已生效，话务员页面上会看到原因。");

function dialogOf(id) {
  const box = byId(id);
  return { box, parts: partsOf(box), whom: "" };
}

// A form that is not filled in does not close; the browser says what is missing.
function answerTo(box, acts) {
  box.querySelector("form").addEventListener("submit", ({ submitter }) => acts[submitter?.value]?.());
}

function openSeat(dialog) {
  return (seat, standing) => {
    dialog.whom = seat.id;
    write(dialog.parts.title, `话务员 ${seat.id}`);
    write(dialog.parts.standing, standing);
    show(dialog, true);
  };
}

function openToAll(dialog) {
  return () => {
    dialog.whom = "";
    write(dialog.parts.title, "向全体话务员发消息");
    write(dialog.parts.standing, "每个坐席页面都会显示，直到各自点“知道了”。");
    show(dialog, false);
  };
}

function show(dialog, ofOne) {
  dialog.parts.words.value = "";
  for (const item of dialog.box.querySelectorAll("[data-of-one]")) item.hidden = !ofOne;
  dialog.box.showModal();
}

function openCaller(dialog) {
  return (caller, queues) => {
    dialog.whom = caller.sid;
    write(dialog.parts.title, caller.whose);
    write(dialog.parts.standing, `来电人 ${caller.caller || "未显示号码"}`);
    dialog.parts.priority.value = String(caller.priority);
    dialog.parts.queue.replaceChildren(...queues.map(({ name, title }) => new Option(title, name, false, name === caller.queue)));
    dialog.parts["queue-act"].hidden = queues.length < 2;
    dialog.box.showModal();
  };
}
