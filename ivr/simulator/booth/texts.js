// Texts: a mobile in the hand, what it was sent, and writing to a published number from it.

import * as api from "./api.js";
import { CALLERS } from "./callers.js";
import { byId, element, write } from "./page.js";
import { spaced } from "./words.js";

const MOBILE = /^\+861[3-9]\d{9}$/;
const NOTHING = "这部手机还没有短信。";

export class Texts {
  #numbers = [];
  #phones = [];
  #texts = [];
  #attempt;

  /** `attempt` runs what may be refused, and tells the person when it is. */
  constructor(attempt) {
    this.#attempt = attempt;
    byId("open-texts").addEventListener("click", () => this.#open());
    byId("close-texts").addEventListener("click", () => byId("texts").close());
    byId("find-phone").addEventListener("input", () => this.#offerPhones());
    byId("text-phone").addEventListener("change", () => this.#choosePhone());
    byId("write-text").addEventListener("submit", (event) => this.#send(event));
  }

  /** Something was delivered somewhere: what is shown may have grown. */
  news() {
    if (byId("texts").open) this.#attempt(() => this.#reload());
  }

  async #open() {
    byId("texts").showModal();
    await this.#attempt(async () => {
      [this.#numbers, this.#phones] = await Promise.all([api.numbers(), mobiles()]);
      byId("text-number").replaceChildren(...this.#numbers.map(({ number, name }) => option(number, name)));
      this.#offerPhones();
    });
  }

  #offerPhones() {
    const words = byId("find-phone").value.trim().split(/\s+/);
    const fits = ({ name, number }) => words.every((word) => name.includes(word) || number.includes(word));
    const chosen = byId("text-phone").value;
    const found = this.#phones.filter(fits);
    byId("text-phone").replaceChildren(...found.map(({ number, name }) => option(number, name)));
    if (found.some(({ number }) => number === chosen)) byId("text-phone").value = chosen;
    this.#choosePhone();
  }

  // A holder's phone writes to its own post, unless the person chooses otherwise.
  #choosePhone() {
    const name = this.#phones.find(({ number }) => number === byId("text-phone").value)?.name ?? "";
    const post = this.#numbers.find((entry) => name.startsWith(`${entry.name} `));
    if (post) byId("text-number").value = post.number;
    this.#attempt(() => this.#reload());
  }

  async #reload() {
    const phone = byId("text-phone").value;
    const [sent, received] = phone ? await Promise.all([api.textsFrom(phone), api.textsTo(phone)]) : [[], []];
    this.#texts = [...sent, ...received].sort((one, other) => one.at - other.at);
    this.#draw(phone);
  }

  #draw(phone) {
    const shown = this.#texts.map((text) => this.#bubble(text, text.from === phone));
    byId("text-list").replaceChildren(...(shown.length ? shown : [element("li", { class: "empty" }, NOTHING)]));
    byId("text-list").lastElementChild.scrollIntoView({ block: "nearest" });
  }

  #bubble({ from, to, body, at }, mine) {
    const other = mine ? to : from;
    const name = this.#numbers.find(({ number }) => number === other)?.name ?? spaced(other);
    const time = new Date(at * 1000).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
    return element(
      "li",
      { class: mine ? "text mine" : "text" },
      element("small", {}, `${mine ? "发给" : "来自"} ${name} · ${time}`),
      element("span", { class: "words" }, body),
    );
  }

  #send(event) {
    event.preventDefault();
    const [from, to, body] = [byId("text-phone"), byId("text-number"), byId("text-body")].map(({ value }) => value.trim());
    if (!from || !to || !body) return byId("text-body").focus();
    write(byId("text-trouble"), "");
    return this.#attempt(async () => {
      await api.sendText(from, to, body);
      byId("text-body").value = "";
      await this.#reload();
    }, (sentence) => write(byId("text-trouble"), sentence));
  }
}

// The booth's own mobiles, and those that are registered with whose they are.
async function mobiles() {
  const own = CALLERS.filter(({ number }) => MOBILE.test(number));
  const others = (await api.phones()).filter(({ number, landline }) => MOBILE.test(number) && !landline);
  const known = new Set(own.map(({ number }) => number));
  return [...own, ...others.filter(({ number }) => !known.has(number)).map(({ number, name }) => ({ number, name: name || spaced(number) }))];
}

function option(value, text) {
  return element("option", { value }, text);
}
