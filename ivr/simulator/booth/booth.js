// The booth: four callers, one telephone in the hand, other people's that ring here, and a card for each call.
// This file joins the parts; what each part does is in the file that bears its name.

import * as api from "./api.js";
import { CALLERS } from "./callers.js";
import { Card } from "./card.js";
import { Directory } from "./directory.js";
import { Inbox } from "./inbox.js";
import { Line } from "./line.js";
import { recall, remember } from "./memory.js";
import { Others } from "./others.js";
import { byId, write } from "./page.js";
import { Phone } from "./phone.js";
import { Receivers } from "./receivers.js";
import { Earpiece } from "./sound.js";
import { Switches } from "./switches.js";
import { Texts } from "./texts.js";
import { spaced } from "./words.js";

// What a call waits for (a key, a recording) changes without news, so live calls are also read by the clock.
const TICK = 1000; // milliseconds
const LOOK = 250; // milliseconds from one look at the levels to the next
const MICROPHONES = { on: "话筒开", off: "话筒关", refused: "没有话筒" };
const AWAY = "电话公司没有应答，正在重新连接…… 请确认模拟电话公司已经启动（make run）。";

class Booth {
  #lines = CALLERS.map((caller) => new Line(caller));
  #rung = []; // lines of other people's telephones, which ring here
  #cards = new Map();
  #chosen = this.#lines.find((line) => line.caller.number === recall("caller", "")) ?? this.#lines[0];
  #earpiece = new Earpiece((sentence) => this.#notice(sentence));
  #receivers = new Receivers();
  #switches = new Switches();
  #texts = new Texts((act, tell) => this.#attempt(act, tell));
  #directory = new Directory((number) => this.#dial(number));
  #others = new Others((phone) => this.#act(() => api.register(phone)));
  #inbox = new Inbox((number) => this.#ownerOf(number));
  #phone = new Phone(this.#lines, this.#directory, {
    choose: (line) => this.#choose(line),
    dial: (number) => this.#dial(number),
    press: (digit) => this.#press(digit),
    hangUp: () => this.#act(() => this.#chosen.hangUp()),
  });

  open() {
    for (const line of this.#lines) this.#follow(line);
    byId("mute").addEventListener("click", () => this.#mute(!this.#earpiece.muted));
    this.#mute(this.#earpiece.muted);
    byId("microphone").addEventListener("click", () => this.#receivers.turn(this.#receivers.microphone !== "on"));
    this.#receivers.addEventListener("change", () => this.#drawMicrophone());
    this.#receivers.open();
    this.#drawMicrophone();
    setInterval(() => this.#tick(), TICK);
    setInterval(() => this.#look(), LOOK);
    api.listen({
      opened: () => this.#reread(),
      lost: () => this.#exchange(AWAY),
      callChanged: (sid) => this.#callChanged(sid),
      rings: (sid, number) => this.#attempt(() => this.#rings(sid, number)),
      numbersChanged: () => this.#attempt(() => this.#directory.reload()),
      phonesChanged: () => this.#attempt(() => this.#others.reload()),
      textDelivered: () => {
        this.#texts.news();
        this.#attempt(() => this.#inbox.reload());
      },
    });
  }

  #follow(line) {
    line.addEventListener("change", () => this.#draw());
    line.addEventListener("heard", ({ detail }) => line === this.#chosen && this.#earpiece.hear(detail));
  }

  // Most news is of other people's calls.
  #callChanged(sid) {
    const line = this.#all.find((each) => each.sid === sid);
    if (line) this.#refresh(line);
  }

  get #all() {
    return [...this.#lines, ...this.#rung];
  }

  #ownerOf(number) {
    return this.#lines.find(({ caller }) => caller.number === number)?.caller.name ?? this.#others.nameOf(number);
  }

  #nameOf(number) {
    return this.#directory.knows(number) ? this.#directory.nameOf(number) : (this.#ownerOf(number) ?? spaced(number));
  }

  // Somebody's telephone is rung: a caller's, or one that is answered on this page.
  async #rings(sid, number) {
    const isCaller = this.#lines.some(({ caller }) => caller.number === number);
    if (isCaller || this.#others.ringsHere(number)) this.#adopt(await api.call(sid), number);
  }

  #adopt(call, number) {
    if (this.#all.some((line) => line.sid === call.sid)) return;
    const own = this.#lines.find(({ caller }) => caller.number === number);
    if (own && !own.live) own.adopt(call);
    else if (call.direction !== "inbound") this.#newLine(number).adopt(call);
  }

  // Those whose calls are over make room.
  #newLine(number) {
    for (const line of this.#rung.filter((each) => !each.live)) this.#putAway(line);
    const line = new Line({ name: this.#ownerOf(number), number });
    this.#rung.push(line);
    this.#follow(line);
    return line;
  }

  #putAway(line) {
    line.clear();
    this.#rung = this.#rung.filter((each) => each !== line);
    if (line === this.#chosen) this.#choose(this.#lines[0]);
    this.#removeCard(line);
  }

  // After loading, and after each time the phone company was away.
  async #reread() {
    this.#exchange("");
    await this.#attempt(() => this.#directory.reload());
    await this.#attempt(() => this.#switches.reload());
    await this.#attempt(() => this.#others.reload());
    await this.#attempt(() => this.#inbox.reload());
    await this.#attempt(() => this.#adoptLiveCalls());
    for (const line of this.#all) this.#refresh(line);
  }

  async #adoptLiveCalls() {
    for (const call of await api.liveCalls()) {
      const here = call.direction === "inbound" ? call.from : call.to;
      const isCaller = this.#lines.some(({ caller }) => caller.number === here);
      if (isCaller || (call.direction !== "inbound" && this.#others.ringsHere(here))) this.#adopt(call, here);
    }
    this.#offerFocus();
  }

  // The first thing to do is under the keyboard, unless the person is already somewhere.
  #offerFocus() {
    if (document.activeElement !== document.body) return;
    if (this.#chosen.live) this.#phone.focus();
    else byId("first").focus();
  }

  async #dial(number) {
    const chosen = this.#lines.includes(this.#chosen) && !this.#chosen.live ? this.#chosen : null;
    const line = chosen ?? this.#lines.find((other) => !other.live);
    if (!line) return this.#notice("四位来电人都在通话中，请先挂断一个。");
    this.#choose(line);
    this.#phone.focus();
    await this.#act(() => line.dial(number));
  }

  #press(digit) {
    this.#earpiece.key(digit);
    if (this.#chosen.live) this.#act(() => this.#chosen.press(digit));
  }

  #choose(line) {
    if (line === this.#chosen) return;
    this.#chosen = line;
    if (this.#lines.includes(line)) remember("caller", line.caller.number);
    this.#earpiece.hush();
    this.#notice("");
    this.#draw();
  }

  #mute(muted) {
    this.#earpiece.mute(muted);
    const button = byId("mute");
    button.setAttribute("aria-pressed", String(muted));
    button.querySelector("use").setAttribute("href", muted ? "#icon-muted" : "#icon-sound");
    write(button.querySelector("span"), muted ? "已静音" : "声音开");
    this.#draw();
  }

  #drawMicrophone() {
    const { microphone } = this.#receivers;
    const button = byId("microphone");
    button.setAttribute("aria-pressed", String(microphone === "on"));
    button.title = microphone === "refused" ? "浏览器没有给话筒：对方听不到您说话。允许之后再点一下。" : "";
    write(button.querySelector("span"), MICROPHONES[microphone]);
  }

  async #look() {
    const levels = await this.#receivers.levels();
    drawLevels(levels ?? { input: 0, output: 0 });
  }

  #tick() {
    for (const card of this.#cards.values()) card.tick();
    for (const line of this.#all) if (line.live) this.#refresh(line);
  }

  #draw() {
    for (const line of this.#all) this.#drawCard(line);
    byId("welcome").hidden = this.#cards.size > 0;
    byId("cards").dataset.count = this.#cards.size;
    document.body.classList.toggle("in-call", this.#chosen.live);
    this.#receivers.follow(this.#lines, this.#chosen, !this.#earpiece.muted);
    this.#phone.draw(this.#chosen);
  }

  #drawCard(line) {
    const wanted = line.live || line.call;
    if (!wanted) return this.#removeCard(line);
    if (!this.#cards.has(line)) this.#addCard(line);
    this.#cards.get(line).draw(line === this.#chosen);
  }

  #addCard(line) {
    const card = new Card(line, (number) => this.#nameOf(number), {
      choose: () => this.#choose(line),
      answer: () => this.#answer(line),
      hangUp: () => this.#act(() => line.hangUp()),
      speak: (seconds) => this.#act(() => line.speak(seconds)),
      close: () => (this.#rung.includes(line) ? this.#putAway(line) : line.clear()),
    });
    this.#cards.set(line, card);
    byId("cards").append(card.root);
  }

  // The next key pressed is this telephone's.
  #answer(line) {
    this.#choose(line);
    this.#phone.focus();
    return this.#act(() => line.answer());
  }

  #removeCard(line) {
    this.#cards.get(line)?.root.remove();
    this.#cards.delete(line);
  }

  #refresh(line) {
    this.#attempt(() => line.refresh());
  }

  /** Something the person asked for: what was refused before is no longer of interest. */
  #act(act) {
    this.#notice("");
    return this.#attempt(act);
  }

  /** Do it, and tell the person when the phone company refuses. */
  async #attempt(act, tell = (sentence) => this.#notice(sentence)) {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof api.ExchangeError)) throw error;
      tell(error.message);
    }
  }

  #notice(sentence) {
    write(byId("notice"), sentence);
  }

  #exchange(sentence) {
    byId("exchange").hidden = !sentence;
    write(byId("exchange"), sentence);
  }
}

// An ear measures loudness by its logarithm; the square root is near enough for a small bar.
function drawLevels(levels) {
  for (const name of ["input", "output"]) {
    const level = Math.min(1, Math.sqrt(levels[name]));
    const meter = byId(`level-${name}`);
    meter.setAttribute("aria-valuenow", level.toFixed(2));
    meter.style.setProperty("--level", level);
  }
}

new Booth().open();
