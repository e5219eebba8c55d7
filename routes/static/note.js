// The note on a call: saved while it is written, and never written over while somebody types.

import { byId, write } from "./page.js";

const AFTER = 600; // milliseconds without a key
const AGAIN = 3000; // until a note that could not be saved is tried again

export class Note {
  #save; // (sid, text) → resolves when it is kept
  #sid = null;
  #unsaved = false;
  #timer = 0;
  #field = byId("note");

  constructor(save) {
    this.#save = save;
    this.#field.addEventListener("input", () => this.#later(AFTER));
    this.#field.addEventListener("blur", () => this.#unsaved && this.#now());
  }

  /** Shows the note of the call at the desk; what is typed and not saved yet goes before what the server has. */
  draw(call) {
    if (!call || call.sid === this.#sid) return;
    if (this.#unsaved) this.#now();
    this.#sid = call.sid;
    this.#field.value = call.note;
    this.#say("");
  }

  #later(milliseconds) {
    this.#unsaved = true;
    this.#say("正在输入");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#now(), milliseconds);
  }

  async #now() {
    clearTimeout(this.#timer);
    const [sid, text] = [this.#sid, this.#field.value];
    this.#unsaved = false;
    try {
      await this.#save(sid, text);
      if (!this.#unsaved) this.#say("已保存");
    } catch (error) {
      this.#say(`没有存上：${error.message}`);
      if (error.status === 0 && sid === this.#sid) this.#timer = setTimeout(() => this.#now(), AGAIN);
    }
  }

  #say(words) {
    write(byId("note-state"), words);
  }
}
