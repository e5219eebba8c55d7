// The directory of published numbers: grouped by city, searchable, each row dials.

import * as api from "./api.js";
import { byId, element } from "./page.js";
import { spaced } from "./words.js";

export class Directory {
  #numbers = [];
  #dial;

  constructor(dial) {
    this.#dial = dial;
    byId("search").addEventListener("input", () => this.#draw());
    byId("first").addEventListener("click", () => dial(this.#numbers[0].number));
  }

  async reload() {
    this.#numbers = await api.numbers();
    this.#draw();
  }

  /** The published name of a number (“南宁 市长”), or the number itself. */
  nameOf(number) {
    return this.#numbers.find((entry) => entry.number === number)?.name ?? spaced(number);
  }

  knows(number) {
    return this.#numbers.some((entry) => entry.number === number);
  }

  #draw() {
    const found = this.#numbers.filter(matching(byId("search").value));
    const shown = groups(found).map(([city, entries]) => this.#group(city, entries));
    byId("numbers").replaceChildren(...(found.length ? shown : [this.#nothing()]));
    this.#drawFirst();
  }

  #drawFirst() {
    const [first] = this.#numbers;
    byId("first").hidden = !first;
    if (first) byId("first").querySelector("span").textContent = `拨打 ${first.name}`;
  }

  #group(city, entries) {
    const rows = entries.map((entry) => this.#row(entry));
    return element("section", { class: "city" }, element("h3", {}, city), element("ul", {}, ...rows));
  }

  #row({ name, number }) {
    const button = element(
      "button",
      { type: "button", class: "number" },
      element("span", { class: "unseen" }, `拨打 ${name.split(" ")[0]}`),
      element("span", { class: "post" }, post(name)),
      element("span", { class: "digits" }, spaced(number)),
      element("span", { class: "verb", "aria-hidden": "true" }, "拨打"),
    );
    button.addEventListener("click", () => this.#dial(number));
    return element("li", {}, button);
  }

  #nothing() {
    const nonePublished = "还没有公布任何号码。热线启动后，号码会自己出现在这里。";
    return element("p", { class: "empty" }, this.#numbers.length ? "没有找到。换一个词试试。" : nonePublished);
  }
}

function matching(search) {
  const words = search.trim().split(/\s+/);
  return ({ name, number }) => {
    const readings = [name, number, spaced(number)];
    return words.every((word) => readings.some((reading) => reading.includes(word)));
  };
}

function groups(entries) {
  const cities = new Map();
  for (const entry of entries) {
    const city = entry.name.split(" ")[0];
    cities.set(city, [...(cities.get(city) ?? []), entry]);
  }
  return [...cities];
}

function post(name) {
  return name.split(" ").slice(1).join(" ") || name;
}
