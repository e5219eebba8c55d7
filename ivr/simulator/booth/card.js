// The card of one call: who called whom, how it stands, what was heard, and hanging up.

import { byId, write } from "./page.js";
import { Transcript } from "./transcript.js";
import { clock, stateOf } from "./words.js";

const LISTENING = { digits: "正在等您按键", recording: "正在录音：请说话，说完按 # 键" };

export class Card {
  #line;
  #nameOf;
  #parts = {};
  #transcript;

  /** `acts`: choose(), answer(), hangUp(), speak(seconds), close(), each called for a click on this card. */
  constructor(line, nameOf, acts) {
    this.#line = line;
    this.#nameOf = nameOf;
    this.root = byId("card-template").content.firstElementChild.cloneNode(true);
    for (const part of this.root.querySelectorAll("[data-part]")) this.#parts[part.dataset.part] = part;
    this.#transcript = new Transcript(this.#parts.transcript);
    this.#wire(acts);
  }

  draw(chosen) {
    const { call, caller, entries } = this.#line;
    const live = this.#line.live;
    const { word, tone } = call ? stateOf(call) : { word: "正在拨号", tone: "waiting" };
    this.root.classList.toggle("chosen", chosen);
    this.#parts.transcript.setAttribute("aria-live", chosen ? "polite" : "off");
    this.#parts.who.setAttribute("aria-pressed", String(chosen));
    const arrow = this.#line.called ? "←" : "→";
    write(this.#parts.who, call ? `${caller.name} ${arrow} ${this.#nameOf(this.#line.other)}` : caller.name);
    write(this.#parts.state, word);
    this.#parts.state.dataset.tone = tone;
    this.#parts.answer.hidden = !this.#line.ringing;
    this.#parts.end.hidden = !live;
    write(this.#parts.end.querySelector("span"), this.#line.ringing ? "拒接" : "挂断");
    this.#parts.close.hidden = live;
    this.#drawListening(live ? call?.listening_for : null);
    if (call) this.#transcript.grow(entries, call.started_at);
    this.tick();
  }

  /** Move the clock: from the answer if there was one, else from dialling. */
  tick() {
    const { call } = this.#line;
    if (!call) return;
    const since = call.answered_at ?? call.started_at;
    write(this.#parts.clock, clock((call.ended_at ?? Date.now() / 1000) - since));
  }

  #drawListening(listeningFor) {
    write(this.#parts.listening, LISTENING[listeningFor] ?? "");
    this.#parts.speech.hidden = listeningFor !== "recording";
  }

  #wire(acts) {
    this.root.addEventListener("pointerdown", acts.choose);
    this.#parts.who.addEventListener("click", acts.choose);
    this.#parts.answer.addEventListener("click", acts.answer);
    this.#parts.end.addEventListener("click", acts.hangUp);
    this.#parts.close.addEventListener("click", acts.close);
    for (const button of this.#parts.speech.querySelectorAll("button")) {
      button.addEventListener("click", () => acts.speak(Number(button.dataset.seconds)));
    }
  }
}
