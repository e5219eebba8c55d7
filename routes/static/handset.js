// The operator's handset: a softphone that stays registered, and is off the hook exactly while the desk has a call.
//
// It follows the desk, never the other way round: whatever the server says of the line (accepted here, taken back
// after a reload, ended by the caller), follow() makes the phone agree. Of several tabs of one operator, one is in it.

import { REFUSALS, TROUBLES as MICROPHONE } from "./microphone.js";
import { OneLine } from "./one_line.js";
import { openSoftphone } from "./softphone.js";

const ADRIFT = 1500; // milliseconds; when we drop out of a call the server usually says within these that it is over
const HELP = 2000; // until a call that is over at the desk is put down at the phone too
const TURN = 700; // until it is clear that another tab has the line; a reloaded page still holds it for a moment
const SOONEST = 1000; // milliseconds until registering is tried again, and each desk in its own moment
const SPREAD = 2000;
const RENEWAL = 0.75; // of a token's life
const TROUBLES = {
  31005: "与电话公司的连接断了，正在重连",
  20104: "登录凭证到期，通话结束后自动更新",
  31401: MICROPHONE.NotAllowedError,
  31402: MICROPHONE.NotFoundError,
};

/** Fires "change", "adrift" and, in a call, "volume" with { input, output }, each from 0 to 1. */
export class Handset extends EventTarget {
  state = "closed"; // registering, ready, dialling, up, lost
  muted = false;
  trouble = "";
  isSilent = false; // nobody can hear us, for want of a microphone
  isMending = false; // the line broke in a call, and is being put together again
  quality = null; // of the call that is up, once it is known: { rtt, jitter, loss, warnings }
  isElsewhere = false; // the call is, in another tab
  #ticket; // () → { driver, token, url, seconds }
  #devices;
  #tried = null; // the promise of open()
  #softphone = null;
  #renewal = 0;
  #patience = 0;
  #line;
  #turn = 0;
  #resumed = false; // told that we are in a call, which may be another tab's
  #wanted = null; // the call we ought to be in
  #hungUp = null; // the call the operator has left: never dialled again

  /** `name` is whose phone it is, the same in every tab. */
  constructor(ticket, devices, name) {
    super();
    this.#ticket = ticket;
    this.#devices = devices;
    this.#line = new OneLine(`line ${name}`, () => this.#ourTurn());
    devices.addEventListener("change", () => this.#softphone?.use(devices.chosen));
  }

  get isOpen() {
    return this.state !== "closed";
  }

  /** Whether a caller could be put through to us now. */
  get isAble() {
    return ["ready", "dialling", "up"].includes(this.state);
  }

  /** Register; resolves when it has been tried. `isAble` says with what success, `trouble` why not. */
  open() {
    this.#tried ??= new Promise((tried) => {
      this.addEventListener("tried", tried, { once: true });
      this.#become("registering");
      this.#renew();
    });
    return this.#tried;
  }

  close() {
    clearTimeout(this.#renewal);
    this.#leaveLine();
    this.#softphone?.close();
    this.#softphone = null;
    this.#wanted = null;
    this.#tried = null;
    this.isSilent = false;
    if (this.isOpen) this.#become("closed");
  }

  /** Be in the call that the desk is in, and in no other. */
  follow(desk) {
    this.#wanted = ["connecting", "calling", "talking"].includes(desk.line) ? desk.call.sid : null;
    if (!this.#wanted) return this.#putDownSoon();
    if (this.state === "ready") this.#dialIfWanted();
  }

  hangUp() {
    this.#hungUp = this.#wanted;
    if (this.isElsewhere) this.#leaveLine();
    this.#putDown();
  }

  mute(on) {
    this.muted = on;
    this.#softphone?.mute(on);
    this.#tell("change");
  }

  /** A key of the telephone, heard by whoever else is on the line. */
  press(key) {
    if (this.state === "up") this.#softphone.press(key);
  }

  #dialIfWanted() {
    if (!this.#wanted || this.#wanted === this.#hungUp) return;
    if (!this.#line.isOurs) return this.#waitForLine();
    this.muted = false;
    this.#become("dialling");
    this.#try(() => this.#softphone.connect({}));
  }

  #waitForLine() {
    this.#line.take();
    clearTimeout(this.#turn);
    this.#turn = setTimeout(() => this.#notOurTurn(), TURN);
  }

  #ourTurn() {
    clearTimeout(this.#turn);
    this.isElsewhere = false;
    if (this.#resumed) return this.#goOn();
    if (this.state === "ready") this.#dialIfWanted();
    if (!["dialling", "up"].includes(this.state)) this.#leaveLine();
  }

  #notOurTurn() {
    if (this.#line.isOurs) return;
    this.#resumed = false;
    if (!this.#wanted) return this.#leaveLine();
    this.isElsewhere = true;
    this.#tell("change");
  }

  #leaveLine() {
    clearTimeout(this.#turn);
    this.#line.leave();
    this.#resumed = this.isElsewhere = false;
  }

  // The carrier ends our call by itself; we help only if it does not, and never while it still hands a caller on.
  #putDownSoon() {
    clearTimeout(this.#patience);
    if (!["dialling", "up"].includes(this.state) && !this.#resumed) return this.#leaveLine();
    this.#patience = setTimeout(() => this.#wanted || this.#putDown(), HELP);
  }

  #putDown() {
    if (this.state === "dialling" || this.state === "up") this.#softphone.hangUp();
  }

  async #renew() {
    await this.#try(async () => {
      const ticket = await this.#ticket();
      this.#softphone ??= await this.#take(ticket);
      await this.#softphone.register(ticket.token);
      this.#later(ticket.seconds * 1000 * RENEWAL);
    });
  }

  // A new token may disturb the sound of a call, so a call is waited out.
  #later(milliseconds) {
    clearTimeout(this.#renewal);
    this.#renewal = setTimeout(() => (this.state === "up" ? this.#later(ADRIFT) : this.#renew()), milliseconds);
  }

  async #take(ticket) {
    const softphone = this.#listen(await openSoftphone(ticket));
    await softphone.use(this.#devices.chosen);
    return softphone;
  }

  #listen(softphone) {
    softphone.addEventListener("registered", () => this.#registered());
    softphone.addEventListener("accepted", () => this.#accepted());
    softphone.addEventListener("disconnected", () => this.#dropped());
    softphone.addEventListener("error", ({ detail }) => this.#fail(detail));
    softphone.addEventListener("expiring", () => this.#later(0));
    softphone.addEventListener("reconnecting", () => this.#note({ isMending: true }));
    softphone.addEventListener("reconnected", () => this.#note({ isMending: false }));
    softphone.addEventListener("silent", ({ detail }) => this.#note({ isSilent: detail }));
    softphone.addEventListener("quality", ({ detail }) => this.#note({ quality: detail }));
    softphone.addEventListener("volume", ({ detail }) => this.dispatchEvent(new CustomEvent("volume", { detail })));
    return softphone;
  }

  #registered() {
    this.trouble = "";
    if (!this.isAble) {
      this.#become("ready");
      this.#dialIfWanted();
    }
    this.#tell("tried");
  }

  // Also after a reload, or because another tab is in a call.
  #accepted() {
    this.#resumed = true;
    if (this.#line.isOurs) this.#goOn();
    else this.#waitForLine();
  }

  // The line may have been muted by the page that is gone.
  #goOn() {
    this.#resumed = false;
    this.#softphone.mute(this.muted);
    this.#become("up");
  }

  #dropped() {
    this.#become("ready");
    if (this.#wanted && this.#wanted !== this.#hungUp) setTimeout(() => this.#tell("adrift"), ADRIFT);
    else this.#leaveLine();
  }

  async #try(act) {
    try {
      await act();
    } catch (error) {
      this.#fail({ code: REFUSALS[error.name] ?? error.code, message: error.message, isDown: true });
    }
  }

  // A call that still stands is let stand: its end, if it comes, is told by itself.
  #fail({ code, message, isDown }) {
    this.trouble = TROUBLES[code] ?? (code ? `软电话出错（${code}）：${message}` : message);
    if (!this.isOpen) return;
    this.#become(this.state === "up" && !isDown ? "up" : "lost");
    this.#tell("tried");
    this.#later(SOONEST + Math.random() * SPREAD);
  }

  #become(state) {
    this.state = state;
    if (state !== "up") this.#note({ isMending: false, quality: null });
    else this.#tell("change");
  }

  #note(what) {
    Object.assign(this, what);
    this.#tell("change");
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }
}
