// One telephone's line: idle, or in one call, whose transcript it keeps. A caller dials; anybody may be rung.
// The phone company is the only source of truth. News of a call only makes the line read it again, so
// a missed or repeated event, a reload or a restart cannot leave the page telling a different story.

import * as api from "./api.js";

/** Fires "change" when anything to be drawn has changed, and "heard" with each new `detail` to sound. */
export class Line extends EventTarget {
  call = null;
  entries = []; // what was heard, and what the caller did, in the order in which it became known
  pressed = "";
  #dialling = false;
  #heard = 0;
  #reading = null;
  #readAgain = false;

  constructor(caller) {
    super();
    this.caller = caller;
  }

  get live() {
    return this.#dialling || (this.call !== null && this.call.ended_at === null);
  }

  get sid() {
    return this.call?.sid ?? null;
  }

  /** Whether somebody calls this telephone, instead of its owner calling somebody. */
  get called() {
    return this.call !== null && this.call.direction !== "inbound";
  }

  get ringing() {
    return this.called && this.call.status === "ringing";
  }

  /** The number at the other end. */
  get other() {
    return this.called ? this.call.from : (this.call?.to ?? "");
  }

  async dial(to) {
    this.clear();
    this.#dialling = true;
    this.#changed();
    try {
      const { sid } = await api.dial(this.caller.number, to);
      this.#take(await api.call(sid));
    } finally {
      this.#dialling = false;
      this.#changed();
    }
  }

  /** Take up a call that was already going on, without sounding again what was heard before. */
  adopt(call) {
    if (call.sid === this.sid) return;
    this.clear();
    this.entries = call.heard.slice();
    this.#heard = call.heard.length;
    this.#take(call);
  }

  /** Read the call again. Requests made during a reading share one more reading after it. */
  refresh() {
    this.#readAgain = this.#reading !== null;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
      return this.#readAgain ? this.refresh() : undefined;
    });
    return this.#reading;
  }

  async press(digits) {
    this.pressed += digits;
    this.#add({ kind: "press", text: digits, at: Date.now() / 1000 });
    await this.#tell(() => api.press(this.sid, digits));
  }

  async speak(seconds) {
    const recorded = await this.#tell(() => api.speak(this.sid, seconds));
    if (recorded) this.#add({ kind: "speech", text: String(seconds), at: Date.now() / 1000 });
  }

  async answer() {
    await this.#tell(() => api.answer(this.sid));
    await this.refresh();
  }

  async hangUp() {
    await this.#tell(() => api.hangUp(this.sid));
    await this.refresh();
  }

  clear() {
    this.call = null;
    this.entries = [];
    this.pressed = "";
    this.#heard = 0;
    this.#changed();
  }

  async #read() {
    const sid = this.sid;
    if (sid === null || !this.live) return;
    try {
      const call = await api.call(sid);
      if (sid === this.sid) this.#take(call);
    } catch (error) {
      if (error.status === 404) this.#lose(sid);
      else if (error.status !== 0) throw error; // nobody answers: the stream says so, and tries again
    }
  }

  #take(call) {
    this.call = call;
    const fresh = call.heard.slice(this.#heard);
    this.#heard = call.heard.length;
    this.entries.push(...fresh);
    for (const item of fresh) this.dispatchEvent(new CustomEvent("heard", { detail: item }));
    this.#changed();
  }

  #lose(sid) {
    if (sid !== this.sid || !this.live) return;
    const now = Date.now() / 1000;
    this.call = { ...this.call, status: "lost", room: null, listening_for: null, ended_at: now };
    const end = { kind: "lost", at: now };
    this.dispatchEvent(new CustomEvent("heard", { detail: end }));
    this.#add(end);
  }

  // A call may end between a key and its arrival: 409 (too late) and 404 (forgotten) only mean “read again”.
  async #tell(request) {
    if (this.sid === null) return false;
    try {
      await request();
      return true;
    } catch (error) {
      if (error.status !== 409 && error.status !== 404) throw error;
      await this.refresh();
      return false;
    }
  }

  #add(entry) {
    this.entries.push(entry);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
