// The telephone of the chosen caller: before a call its keys write a number, in a call they are sent.

import { byId, element, write } from "./page.js";
import { dialable, spaced } from "./words.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const KEY_NAMES = { "*": "星号", "#": "井号" };

export class Phone {
  #lines;
  #directory;
  #acts;
  #line = null;
  #typed = "";

  /** `acts`: choose(line), dial(number), press(digit), hangUp(). */
  constructor(lines, directory, acts) {
    this.#lines = lines;
    this.#directory = directory;
    this.#acts = acts;
    byId("callers").append(...lines.map((line) => this.#caller(line)));
    byId("keys").append(...KEYS.map((key) => this.#key(key)));
    byId("dial").addEventListener("submit", (event) => this.#submit(event));
    byId("to").addEventListener("input", () => this.#type(byId("to").value));
    byId("erase").addEventListener("click", () => this.#type(this.#typed.slice(0, -1)));
    byId("hang-up").addEventListener("click", () => acts.hangUp());
    this.#hearKeyboard();
  }

  draw(line) {
    this.#line = line;
    const live = line.live;
    const shown = byId("to");
    shown.readOnly = live;
    shown.placeholder = live ? "已按的键" : "输入号码";
    if (shown.value !== this.#display()) shown.value = this.#display();
    byId("erase").hidden = live || !this.#typed;
    byId("call").hidden = live;
    byId("hang-up").hidden = !live;
    write(byId("whose"), this.#whose());
    this.#drawCallers();
  }

  /** Take the keyboard: from here digits typed are keys pressed. */
  focus() {
    byId("phone").focus({ preventScroll: true });
  }

  #display() {
    return this.#line.live ? this.#line.pressed : this.#typed;
  }

  #whose() {
    const { live, call } = this.#line;
    if (this.#line.ringing) return "这部电话在响：请在卡片上接听";
    if (live) return call ? `与 ${this.#directory.nameOf(this.#line.other)} 通话` : "正在拨号";
    const number = dialable(this.#typed);
    if (this.#directory.knows(number)) return this.#directory.nameOf(number);
    return number && number !== this.#typed ? spaced(number) : "";
  }

  #caller(line) {
    const { name, number } = line.caller;
    const radio = element("input", { type: "radio", name: "caller", value: number, class: "unseen" });
    radio.addEventListener("change", () => this.#acts.choose(line));
    return element(
      "label",
      { class: "caller" },
      radio,
      element(
        "span",
        { class: "face" },
        element("b", {}, name),
        element("span", { class: "engaged" }),
        element("small", {}, spaced(number)),
      ),
    );
  }

  #drawCallers() {
    byId("callers").querySelectorAll("label").forEach((label, index) => {
      const line = this.#lines[index];
      label.querySelector("input").checked = line === this.#line;
      write(label.querySelector(".engaged"), line.live ? "通话中" : "");
    });
  }

  #key(digit) {
    const label = KEY_NAMES[digit] ?? digit;
    const button = element("button", { type: "button", class: "key", "aria-label": label }, digit);
    button.addEventListener("click", () => this.#strike(digit));
    return button;
  }

  #strike(digit) {
    if (!this.#line.live) this.#type(this.#typed + digit);
    this.#acts.press(digit);
  }

  #type(text) {
    this.#typed = text;
    this.draw(this.#line);
  }

  #submit(event) {
    event.preventDefault();
    if (!this.#line.live && dialable(this.#typed)) this.#acts.dial(dialable(this.#typed));
    else byId("to").focus();
  }

  // Only where the telephone or a call has the focus: elsewhere a digit may belong to the search field.
  #hearKeyboard() {
    for (const place of ["phone", "calls"]) {
      byId(place).addEventListener("keydown", (event) => {
        const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
        const writing = event.target === byId("to") && !byId("to").readOnly;
        if (plain && !writing && KEYS.includes(event.key)) this.#strike(event.key);
      });
    }
  }
}
