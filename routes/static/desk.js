// The operator's desk. This file joins the parts; what each part does is in the file that bears its name.
//
// The server decides how things stand; this page shows it, whole, each time it comes, and sends what the operator
// does. It works nothing out from news.

import { DeskApi, Refused } from "./api.js";
import { Attention } from "./attention.js";
import { drawBanner } from "./banner.js";
import { cardAt } from "./card.js";
import { ServerClock, span } from "./clock.js";
import { drawCompany } from "./company.js";
import { Contacts } from "./contacts.js";
import { DevicePanel } from "./device_panel.js";
import { Devices } from "./devices.js";
import { News } from "./events.js";
import { Handset } from "./handset.js";
import { wireKeypad } from "./keypad.js";
import { drawLevel } from "./level.js";
import { Note } from "./note.js";
import { noticeBoard } from "./notices.js";
import { takeTurns } from "./one_desk.js";
import { byId, write, writeTag } from "./page.js";
import { drawRecent } from "./recent_calls.js";
import { Bell } from "./ring.js";
import { stateSwitch } from "./state_switch.js";
import { WaitingLine } from "./waiting_line.js";
import { handsetOf, isAtAPhone, listenedBy, phaseOf, phoneOf, qualityOf, standingOf } from "./words.js";

const BEAT = 3000; // milliseconds; the server gives a silent desk about three of these
const ONLINE = { word: "已连接", tone: "ready" };
const OFFLINE = { word: "已断开，正在重连", tone: "lost" };
const KEYS = { F2: "accept", F4: "refuse", F6: "hold", F7: "ask", F8: "mute", F9: "hang-up" };
const { api: base, operator, hotline } = byId("desk").dataset;

class Desk {
  #api = new DeskApi(base);
  #clock = new ServerClock();
  #devices = new Devices();
  #devicePanel = new DevicePanel(this.#devices);
  #handset = new Handset(() => this.#api.softphone(), this.#devices, `${hotline} ${operator}`);
  #bell = new Bell();
  #attention = new Attention();
  #news = new News(this.#api.newsAddress, {
    opened: () => this.#connected(true),
    lost: () => this.#connected(false),
    desk: (desk) => this.#show(desk),
    waiting: ({ waiting }) => this.#count(waiting),
    alarms: ({ standing }) => drawBanner(standing),
  });
  #drawCard = cardAt(byId("card"));
  #drawNotices = noticeBoard((id) => this.#inBackground(() => this.#api.readNotice(id)));
  #drawSwitch = stateSwitch((...wish) => this.#act(() => this.#api.intend(...wish)));
  #contacts = new Contacts(
    () => this.#api.contacts(),
    async (...whom) => this.#show((await this.#api.invite(...whom)).desk),
  );
  #note = new Note((...note) => this.#api.note(...note));
  #line = new WaitingLine(
    (show) => this.#inBackground(async () => show(await this.#api.line())),
    (sid) => this.#act(() => this.#api.pick(sid)),
  );
  #state = null; // the desk as the server last told it
  #phase = "none";
  #seated = false;
  #online = false;
  #signingOn = false;
  #beaten = 0;

  open() {
    if (!isSecureContext) return this.#notice("浏览器只在 https 下允许使用麦克风：请用 https 地址打开本页。");
    this.#wire();
    const turns = { seated: () => this.#sit(), standing: () => this.#stand() };
    const takeOver = takeTurns(`desk ${hotline} ${operator}`, turns);
    byId("take-over").addEventListener("click", takeOver);
    new Worker("/static/metronome.js").addEventListener("message", () => this.#tick());
  }

  // ---------------------------------------------------------------------------------------- taking the seat

  #sit() {
    this.#seated = true;
    this.#showSeat();
    this.#news.open();
    this.#loadRecent();
  }

  #stand() {
    this.#seated = false;
    this.#state = null;
    this.#phase = "none";
    this.#showSeat();
    this.#news.close();
    this.#handset.close();
    this.#quiet();
  }

  #showSeat() {
    byId("desk").hidden = !this.#seated;
    byId("elsewhere").hidden = this.#seated;
  }

  #connected(online) {
    this.#online = online;
    writeTag(byId("connection"), online ? ONLINE : OFFLINE);
    this.#draw();
    if (!online) this.#reread(); // the stream cannot tell an ended session from a lost network; this can
  }

  // ---------------------------------------------------------------------------------------- how things stand

  #show(desk) {
    if (desk.operator !== byId("desk").dataset.operator) {
      location.reload(); // somebody else signed in in this browser: this page is no longer theirs to act from
      return;
    }
    if (!this.#seated || (this.#state && desk.now < this.#state.now)) return; // overtaken on the way
    this.#state = desk;
    this.#clock.set(desk.now);
    this.#keepPhone(desk);
    this.#draw();
  }

  // That the queue grew concerns no single desk, so it comes without the rest of the state.
  #count(waiting) {
    if (this.#state) this.#state = { ...this.#state, waiting };
    this.#draw();
  }

  // After a reload the desk is still on shift, and takes up its phone again without a click.
  #keepPhone(desk) {
    const onShift = desk.presence !== "off" || desk.line !== "idle";
    if (isAtAPhone(desk)) return this.#handset.close();
    if (onShift) this.#handset.open();
    else if (!this.#signingOn) this.#handset.close();
    this.#handset.follow(desk);
  }

  #draw() {
    const desk = this.#state;
    if (!desk) return;
    const now = this.#clock.now();
    const phase = phaseOf({ desk, now, online: this.#online, handset: this.#handset });
    if (phase !== this.#phase) this.#enter(phase);
    writeTag(byId("standing"), standingOf(phase, desk));
    write(byId("standing-for"), ["off", "offline"].includes(phase) ? "" : span(now - sinceOf(desk)));
    write(byId("waiting"), String(desk.waiting));
    byId("sign-off").hidden = byId("help").hidden = desk.presence === "off";
    byId("help").setAttribute("aria-pressed", String(desk.help));
    write(byId("help"), desk.help ? "已求助，等班长来" : "求助班长");
    this.#drawNotices(desk.notices);
    write(byId("listened"), listenedBy(desk.listeners));
    byId("listened").hidden = desk.listeners.length === 0;
    byId("bell").hidden = desk.presence === "off" || isAtAPhone(desk) || this.#bell.isAllowed;
    this.#drawSwitch(desk);
    this.#line.draw(desk, now);
    this.#note.draw(desk.call);
    this.#drawCard({ desk, phase, now, trouble: this.#handset.trouble });
    drawCompany({ desk, now });
    this.#drawTest(desk);
    this.#drawPhone(desk);
  }

  // There is nobody whom one could hold, hand on or write about.
  #drawTest({ call }) {
    if (!call?.test) return;
    for (const id of ["hold", "ask", "tape", "keypad", "noting", "company"]) byId(id).hidden = true;
  }

  // What is done with the telephone on the desk is not done here.
  #drawPhone(desk) {
    const atAPhone = isAtAPhone(desk);
    byId("accept").hidden ||= atAPhone;
    for (const id of ["mute", "keypad"]) byId(id).hidden ||= atAPhone || this.#handset.isElsewhere;
    byId("sign-on-phone").hidden ||= !desk.phone;
    write(byId("sign-on"), desk.phone ? "用软电话签入" : "签入");
    write(byId("sign-on-phone"), `用话机签入（${phoneOf(desk)}）`);
    write(byId("telephone"), atAPhone ? "话机" : "软电话");
    writeTag(byId("softphone"), atAPhone ? { word: phoneOf(desk), tone: "ready" } : handsetOf(this.#handset));
  }

  #enter(phase) {
    const before = this.#phase;
    this.#phase = phase;
    write(byId("announcement"), this.#sentence(phase));
    if (phase === "offered") this.#ring();
    else this.#quiet();
    if (before !== "none" && ["wrap_up", "ready", "paused", "off"].includes(phase)) this.#loadRecent();
  }

  #sentence(phase) {
    const { call, ring_seconds } = this.#state;
    if (phase === "offered" && isAtAPhone(this.#state)) return `${call.whose}：请拿起话机，按 1 接听。`;
    if (phase === "offered") return `${kindOf(call)}：${call.whose}。请在 ${ring_seconds} 秒内按 F2 接听，或按 F4 拒接。`;
    return standingOf(phase, this.#state).word;
  }

  #ring() {
    if (!isAtAPhone(this.#state)) this.#bell.start();
    this.#attention.call(`${kindOf(this.#state.call)} ${this.#state.call.whose}`);
  }

  #quiet() {
    this.#bell.stop();
    this.#attention.rest();
  }

  #drawHandset() {
    byId("softphone").title = this.#handset.trouble;
    const { muted, quality } = this.#handset;
    this.#drawQuality(quality);
    byId("mute").setAttribute("aria-pressed", String(muted));
    write(byId("mute").querySelector("span"), muted ? "取消静音" : "静音");
    byId("mute").querySelector("use").setAttribute("href", `/static/icons.svg#microphone${muted ? "-off" : ""}`);
    this.#draw();
  }

  #drawQuality(quality) {
    byId("quality").hidden = !quality;
    byId("levels").hidden = this.#handset.state !== "up";
    if (quality) writeTag(byId("quality"), qualityOf(quality));
    this.#devicePanel.drawQuality(quality);
  }

  #drawVolume({ input, output }) {
    drawLevel(byId("level-input"), input);
    drawLevel(byId("level-output"), output);
  }

  #loadRecent() {
    return this.#inBackground(async () => drawRecent((await this.#api.callsOf(operator)).calls));
  }

  #reread() {
    return this.#inBackground(async () => this.#show(await this.#api.read()));
  }

  // ---------------------------------------------------------------------------------------- what the operator does

  #wire() {
    const acts = {
      "sign-on": () => this.#signOn(),
      "sign-on-phone": () => this.#act(() => this.#api.signOn("phone")),
      "sign-off": () => this.#act(() => this.#api.signOff()),
      help: () => this.#inBackground(() => (this.#state.help ? this.#api.needNoHelp() : this.#api.askHelp())),
      accept: () => this.#act(() => this.#api.accept(this.#state.call.sid)),
      refuse: () => this.#act(() => this.#api.refuse(this.#state.call.sid)),
      mute: () => this.#handset.mute(!this.#handset.muted),
      hold: () => this.#act(() => this.#api.hold(!this.#state.call.hold_since)),
      tape: () => this.#act(() => this.#api.pauseRecording(this.#state.call.tape === "on")),
      ask: () => this.#contacts.open(),
      "hand-on": () => this.#act(() => this.#api.transfer()),
      confer: () => this.#act(() => this.#api.confer()),
      "take-back": () => this.#act(() => this.#api.takeBack()),
      "hang-up": () => this.#hangUp(),
      finish: () => this.#act(() => this.#api.finish()),
    };
    for (const [id, act] of Object.entries(acts)) byId(id).addEventListener("click", act);
    wireKeypad((key) => this.#handset.press(key));
    this.#handset.addEventListener("change", () => this.#drawHandset());
    this.#handset.addEventListener("volume", ({ detail }) => this.#drawVolume(detail));
    this.#devices.addEventListener("change", () => this.#bell.playOn(this.#devices.chosen.speaker));
    this.#bell.playOn(this.#devices.chosen.speaker);
    this.#handset.addEventListener("adrift", () => this.#reread());
    addEventListener("keydown", (event) => this.#press(event));
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => this.#bell.allow());
    document.addEventListener("visibilitychange", () => document.hidden || (this.#seated && this.#reread()));
    byId("leave").addEventListener("submit", (event) => this.#leave(event));
    addEventListener("beforeunload", (event) => this.#guard(event));
  }

  #press(event) {
    const button = byId(KEYS[event.key] ?? "desk");
    const plain = !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.repeat);
    if (!plain || button.tagName !== "BUTTON" || !button.offsetParent) return;
    event.preventDefault(); // or the browser would do what it does with this key
    button.click();
  }

  // First the phone, then the shift: nobody is offered a call that they could not take.
  async #signOn() {
    this.#signingOn = true;
    this.#attention.ask();
    await this.#handset.open();
    if (this.#handset.isAble) await this.#act(() => this.#api.signOn("softphone"));
    else this.#notice(this.#handset.trouble);
    this.#signingOn = false;
  }

  // Who leaves the page for good signs off first, or the queue would count on them for a while.
  async #leave(event) {
    if (!this.#seated || !this.#state || this.#state.presence === "off") return;
    event.preventDefault();
    await this.#act(() => this.#api.signOff());
    if (this.#state.presence === "off") event.target.submit();
  }

  // Muted first: the caller must not hear what is said after the click, even if the server is slow. A phone that went
  // down before the hotline knows why would be a line that was lost, and the caller would be put through again.
  async #hangUp() {
    const before = this.#handset.muted;
    this.#handset.mute(true);
    if (await this.#act(() => this.#api.hangUp())) this.#handset.hangUp();
    else this.#handset.mute(before);
  }

  /** Do what was asked and show what became of it; what was refused before is no longer of interest. True if it was done. */
  async #act(ask) {
    this.#notice("");
    try {
      this.#show((await ask()).desk);
      return true;
    } catch (error) {
      this.#explain(error);
      if (error.status === 409) this.#reread();
      return false;
    }
  }

  /** What the page asks by itself: of a lost network the stream will tell, so it needs no notice of its own. */
  async #inBackground(ask) {
    try {
      await ask();
    } catch (error) {
      if (error.status !== 0) this.#explain(error);
    }
  }

  #explain(error) {
    if (!(error instanceof Refused)) throw error;
    this.#notice(error.status === 401 ? "登录已失效：请刷新页面，重新登录。" : error.message);
  }

  #notice(sentence) {
    write(byId("notice"), sentence);
  }

  // A page that goes takes its phone with it, so the browser asks first.
  #guard(event) {
    if (this.#state && isAtAPhone(this.#state)) return;
    if (["offered", "connecting", "calling", "talking"].includes(this.#state?.line) && this.#seated) {
      event.preventDefault();
      event.returnValue = true; // for browsers before 2023
    }
  }

  // ---------------------------------------------------------------------------------------- the clock

  #tick() {
    if (!this.#seated) return;
    this.#draw();
    this.#attention.tick();
    if (performance.now() - this.#beaten >= BEAT) this.#beat();
  }

  // Only a desk whose phone works says that it is there: else callers would be offered to somebody who cannot speak.
  async #beat() {
    if (!this.#handset.isAble || this.#state?.presence === "off") return;
    this.#beaten = performance.now();
    try {
      const { word } = await this.#api.beat();
      if (word !== "OK") this.#reread();
    } catch (error) {
      if (error.status === 0) this.#news.reopen();
      else this.#explain(error);
    }
  }
}

/** What rings: somebody, somebody who asked to be called, or a test. */
function kindOf({ callback, test }) {
  if (test) return "拨测";
  return callback ? "回拨" : "来电";
}

/** Since when the desk has been as it is. */
function sinceOf(desk) {
  return desk.line === "idle" ? Math.max(desk.line_since, desk.intent_since) : desk.line_since;
}

new Desk().open();
