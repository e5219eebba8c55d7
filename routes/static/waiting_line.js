// Who waits in line, for an operator who may pick: each with a button that takes them, whatever their turn.

import { span } from "./clock.js";
import { byId, partsOf, write } from "./page.js";

const STALE = 5000; // milliseconds: one came and one went, and the count is as before

export class WaitingLine {
  #read;
  #pick;
  #counted = -1;
  #asked = 0;

  /** `read()` asks for the list; `pick(sid)` takes one of it. */
  constructor(read, pick) {
    this.#read = read;
    this.#pick = pick;
  }

  /** As often as one likes: says how things stand, and asks for the list when it may have changed. */
  draw(desk, now) {
    byId("line").hidden = !desk.may_pick || desk.presence !== "on" || desk.waiting === 0;
    if (byId("line").hidden) return this.#empty();
    const changed = desk.waiting !== this.#counted || now - this.#asked > STALE;
    if (changed) this.#ask(desk.waiting, now);
    for (const item of byId("line").children) write(item.querySelector("time"), span(now - item.dataset.queued));
    for (const button of byId("line").querySelectorAll("button")) button.disabled = desk.line !== "idle";
  }

  #empty() {
    this.#counted = -1;
    byId("line").replaceChildren();
  }

  async #ask(waiting, now) {
    this.#counted = waiting;
    this.#asked = now;
    await this.#read((callers) => this.#show(callers));
  }

  // Those who are still there keep their element, so that the keyboard's focus stays where it was.
  #show(callers) {
    const there = new Map([...byId("line").children].map((item) => [item.dataset.sid, item]));
    byId("line").replaceChildren(...callers.map((caller) => there.get(caller.sid) ?? this.#item(caller)));
  }

  #item(caller) {
    const root = byId("line-template").content.firstElementChild.cloneNode(true);
    const parts = partsOf(root);
    Object.assign(root.dataset, { sid: caller.sid, queued: caller.queued });
    write(parts.whose, caller.whose);
    write(parts.caller, [caller.caller || "未显示号码", caller.caller_class].filter(Boolean).join(" "));
    parts.pick.setAttribute("aria-label", `接起 ${caller.whose} 的来电人 ${caller.caller}`);
    parts.pick.addEventListener("click", () => this.#pick(caller.sid));
    return root;
  }
}
