// Whom to bring into a talk: colleagues, departments, a number typed by hand, the emergency services.

import { byId, partsOf, write, writeTag } from "./page.js";

const STATES = { free: ["空闲", "ready"], busy: ["忙", "waiting"], paused: ["示忙", "off"] };
const ARMED = 4000; // milliseconds in which the second press on an emergency service counts

export class Contacts {
  #read; // () → what the server knows
  #invite; // (kind, who, mode) → resolves when it is asked for; throws what was refused
  #known = { colleagues: [], departments: [], emergency: [] };

  constructor(read, invite) {
    this.#read = read;
    this.#invite = invite;
    byId("contacts-search").addEventListener("input", () => this.#draw());
  }

  async open() {
    write(byId("contacts-notice"), "");
    byId("contacts-search").value = "";
    byId("contacts").showModal();
    try {
      this.#known = await this.#read();
    } catch (error) {
      write(byId("contacts-notice"), error.message);
    }
    this.#draw();
  }

  #draw() {
    const sought = byId("contacts-search").value.trim();
    const entries = [...this.#colleagues(), ...this.#departments()];
    const found = entries.filter(({ words }) => words.includes(sought));
    if (/^[+\d][\d\s-]{5,}$/.test(sought)) found.push({ kind: "outside", who: sought, name: sought, note: "手工拨号" });
    byId("contacts-list").replaceChildren(...found.map((entry) => this.#row(entry)));
    byId("emergency").replaceChildren(...this.#known.emergency.map((service) => this.#emergency(service)));
  }

  #colleagues() {
    return this.#known.colleagues.map(({ operator, state }) => ({
      kind: "operator", who: operator, name: `坐席 ${operator}`, words: operator, state: STATES[state], note: "",
      isFree: state === "free",
    }));
  }

  #departments() {
    return this.#known.departments.map(({ name, address, note }) => ({
      kind: "outside", who: address, name, words: `${name} ${address}`, note, isFree: true,
    }));
  }

  #row({ kind, who, name, state, note, isFree = true }) {
    const row = byId("contact-template").content.cloneNode(true);
    const parts = partsOf(row);
    write(parts.name, name);
    write(parts.note, note);
    if (state) writeTag(parts.state, { word: state[0], tone: state[1] });
    for (const [part, mode] of [["consult", "consult"], ["confer", "conference"]]) {
      parts[part].disabled = !isFree;
      parts[part].setAttribute("aria-label", `${parts[part].textContent} ${name}`);
      parts[part].addEventListener("click", () => this.#ask(kind, who, mode));
    }
    return row;
  }

  // One key, pressed twice: nobody calls the police by a slip of the hand.
  #emergency({ name }) {
    const button = document.createElement("button");
    button.className = "quiet";
    write(button, name);
    let armed = false;
    button.addEventListener("click", () => {
      if (armed) return this.#ask("emergency", name, "conference");
      armed = true;
      button.className = "danger";
      write(button, `再按一次呼叫 ${name}`);
      setTimeout(() => this.#draw(), ARMED);
    });
    return button;
  }

  async #ask(kind, who, mode) {
    try {
      await this.#invite(kind, who, mode);
      byId("contacts").close();
    } catch (error) {
      write(byId("contacts-notice"), error.message);
    }
  }
}
