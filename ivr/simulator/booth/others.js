// Other people's telephones: what each does when it is rung, to be changed here; those left to us ring on this page.

import * as api from "./api.js";
import { byId, element } from "./page.js";
import { spaced } from "./words.js";

const BEHAVIOURS = {
  by_hand: "在本页接听",
  answers_and_presses_1: "自动接听",
  no_answer: "无人接听",
  busy: "占线",
  declined: "拒接",
  switched_off: "关机",
  invalid: "空号",
  voicemail: "语音信箱",
};

export class Others {
  #phones = new Map();
  #changed;

  /** `changed` is called with each telephone whose behaviour was chosen here, as it shall be. */
  constructor(changed) {
    this.#changed = changed;
    byId("others").addEventListener("toggle", () => this.#draw());
    byId("search").addEventListener("input", () => this.#draw());
  }

  async reload() {
    const phones = await api.phones();
    this.#phones = new Map(phones.map((phone) => [phone.number, phone]));
    this.#draw();
  }

  /** Whether this telephone rings on this page. */
  ringsHere(number) {
    return this.#phones.get(number)?.behaviour === "by_hand";
  }

  /** Whose it is, or nothing for one that nobody has registered. */
  nameOf(number) {
    const phone = this.#phones.get(number);
    return phone && (phone.name || spaced(number));
  }

  // Only while it is open: there are hundreds.
  #draw() {
    byId("others").hidden = this.#phones.size === 0;
    if (!byId("others").open) return;
    const search = byId("search").value.trim();
    const found = [...this.#phones.values()].filter(({ name, number }) => `${name} ${number}`.includes(search));
    byId("other-phones").replaceChildren(...found.map((phone) => this.#row(phone)));
  }

  #row(phone) {
    const choice = element("select", { "aria-label": `${this.nameOf(phone.number)}怎样做` });
    for (const [behaviour, words] of Object.entries(BEHAVIOURS)) {
      choice.append(element("option", { value: behaviour }, words));
    }
    choice.value = phone.behaviour;
    choice.addEventListener("change", () => this.#changed({ ...phone, behaviour: choice.value }));
    return element("li", {}, element("span", {}, this.nameOf(phone.number)), choice);
  }
}
