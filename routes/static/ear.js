// The supervisor's own telephone on the wallboard: into a talk, between its modes, in the operator's place, and out.
//
// It follows what the board says of whoever looks, never the other way round, as an operator's handset follows the desk.
// Only where the listening was begun is there a phone in it: other wallboards of theirs, here or elsewhere, show it.

import { Refused } from "./api.js";
import { span } from "./clock.js";
import { Devices } from "./devices.js";
import { Handset } from "./handset.js";
import { byId, partsOf, write, writeTag } from "./page.js";

const MODES = { listen: "监听", whisper: "耳语", barge: "插话" };
const HEARD_BY = {
  listen: "谁也听不到您",
  whisper: "只有话务员听得到您",
  barge: "话务员和来电人都听得到您",
};
const BEGUN = "ear"; // in the tab's memory, which outlives a reload: the talk that was begun here
const OUT = { connecting: "正在接通", talking: "您正在与来电人通话", wrap_up: "话后整理" };

export class Ear {
  #api;
  #act;
  #handset;
  #parts = partsOf(byId("ear"));
  #takingOver = ""; // the talk to be taken over as soon as we are in it
  #mine = null;

  /** `act(ask, said)` does what is asked and shows what came of it; `name` is whose phone it is. */
  constructor(api, act, name) {
    this.#api = api;
    this.#act = act;
    this.#handset = new Handset(() => api.softphone(), new Devices(), name);
    this.#handset.addEventListener("change", () => this.#mine && this.#drawPhone());
    for (const mode of Object.keys(MODES)) this.#parts[mode].addEventListener("click", () => this.lend(this.#mine.sid, mode));
    this.#parts.take.addEventListener("click", () => this.takeOver(this.#mine.sid));
    this.#parts.leave.addEventListener("click", () => act(() => api.withdraw()));
    this.#parts["hang-up"].addEventListener("click", () => act(() => api.hangUp()));
    this.#parts.finish.addEventListener("click", () => act(() => api.finish()));
  }

  /** Into this talk in this mode, or into that mode of it. The phone first, out of the click that asked for it. */
  async lend(sid, mode) {
    await this.#handset.open();
    if (!this.#handset.isAble) return this.#act(() => Promise.reject(new Refused(this.#handset.trouble, 0)));
    if (this.#mine.ear === "none" || this.#mine.sid !== sid) sessionStorage.setItem(BEGUN, sid);
    return this.#act(() => this.#api.lendEar(sid, mode));
  }

  /** At once if we are in it, else as soon as we are. */
  takeOver(sid) {
    if (this.#mine.ear === "listening" && this.#mine.sid === sid) return this.#act(() => this.#api.takeOver(sid));
    this.#takingOver = sid;
    return this.lend(sid, "listen");
  }

  follow(mine) {
    this.#mine = mine;
    const isBusy = mine.ear !== "none" || ["connecting", "talking"].includes(mine.line);
    const inTalk = isBusy && mine.sid === sessionStorage.getItem(BEGUN);
    if (inTalk && !this.#handset.isOpen) this.#handset.open(); // after a reload
    this.#handset.follow({ line: inTalk ? "talking" : "idle", call: { sid: mine.sid } });
    const due = mine.ear === "listening" && mine.sid === this.#takingOver;
    if (due || mine.ear === "none") this.#takingOver = "";
    if (due) this.takeOver(mine.sid);
  }

  draw(now) {
    const { ear, mode, tuned, line, whose, since } = this.#mine;
    const listening = ear !== "none";
    byId("ear").hidden = !listening && !OUT[line];
    write(this.#parts.what, listening ? `${MODES[mode]}：${whose}` : `${OUT[line] ?? ""}：${whose}`);
    write(this.#parts.for, span(now - since));
    write(this.#parts.heard, listening ? heardBy(ear, mode, tuned) : "");
    for (const one of Object.keys(MODES)) {
      this.#parts[one].hidden = !listening;
      this.#parts[one].setAttribute("aria-pressed", String(one === mode));
    }
    this.#parts.take.hidden = this.#parts.leave.hidden = !listening;
    this.#parts["hang-up"].hidden = line !== "talking";
    this.#parts.finish.hidden = line !== "wrap_up";
    this.#drawPhone();
  }

  #drawPhone() {
    const { trouble } = this.#handset;
    writeTag(this.#parts.phone, { word: trouble, tone: trouble ? "lost" : "off" });
  }
}

function heardBy(ear, mode, tuned) {
  if (ear === "coming") return "正在接入……";
  return tuned === mode ? HEARD_BY[mode] : "正在切换，先不要说话……";
}
