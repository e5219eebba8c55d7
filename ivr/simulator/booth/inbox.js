// The texts that the telephones on this page have received, the newest first.

import * as api from "./api.js";
import { byId, element } from "./page.js";

const SHOWN = 20;
const LINK = /(https?:\/\/[^\s，。；]+)/;

export class Inbox {
  #nameOf;

  /** `nameOf` says whose a number is, or nothing for a telephone that is not on this page. */
  constructor(nameOf) {
    this.#nameOf = nameOf;
  }

  async reload() {
    const texts = (await api.texts()).filter((text) => this.#nameOf(text.to));
    const shown = texts.slice(-SHOWN).reverse();
    byId("inbox").hidden = shown.length === 0;
    byId("inbox-list").replaceChildren(...shown.map((text) => this.#row(text)));
  }

  #row({ to, body, at }) {
    const time = new Date(at * 1000).toLocaleTimeString("zh-CN", { hour12: false });
    const head = element("p", { class: "head" }, element("b", {}, this.#nameOf(to)), element("small", {}, time));
    return element("div", {}, head, element("p", { class: "words" }, ...body.split(LINK).map(linked)));
  }
}

function linked(part) {
  return LINK.test(part) ? element("a", { href: part, target: "_blank", rel: "noopener" }, part) : part;
}
