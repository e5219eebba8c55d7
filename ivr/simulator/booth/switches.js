// The switches at the top: each is a yes or no kept by another program and shown as that program tells it.
// A switch therefore moves only when the other side has confirmed, and shows “未知” when it is silent.

import * as api from "./api.js";
import { byId, element, write } from "./page.js";

const READ_EVERY = 10_000; // milliseconds: somebody may turn the same switch elsewhere

export class Switches {
  #buttons = [];
  #errors = [];
  #states = [];

  constructor() {
    setInterval(() => document.hidden || this.#readQuietly(), READ_EVERY);
    document.addEventListener("visibilitychange", () => document.hidden || this.#readQuietly());
  }

  async reload() {
    this.#states = await api.switches();
    if (this.#buttons.length !== this.#states.length) this.#build();
    this.#states.forEach((state, index) => this.#draw(index, state));
  }

  async #readQuietly() {
    try {
      await this.reload();
    } catch (error) {
      if (!(error instanceof api.ExchangeError)) throw error;
      this.#states.forEach((state, index) => this.#draw(index, { ...state, on: null, error: error.message }));
    }
  }

  async #turn(index) {
    const button = this.#buttons[index];
    const on = this.#states[index].on !== true;
    button.setAttribute("aria-busy", "true");
    write(button.querySelector(".word"), "切换中");
    try {
      await api.turn(index, on);
      await this.reload();
    } catch (error) {
      if (!(error instanceof api.ExchangeError)) throw error;
      await this.#readQuietly();
      write(this.#errors[index], `没有切换成功：${error.message}`);
    }
  }

  #build() {
    this.#errors = this.#states.map(() => element("span", { class: "trouble", role: "alert" }));
    this.#buttons = this.#states.map(({ label }, index) => {
      const track = element("span", { class: "track", "aria-hidden": "true" });
      const word = element("span", { class: "word" });
      const button = element("button", { type: "button", role: "switch", class: "switch" }, track, label, word);
      button.addEventListener("click", () => this.#turn(index));
      return button;
    });
    byId("switches").replaceChildren(
      ...this.#buttons.map((button, index) => element("div", { class: "with-trouble" }, button, this.#errors[index])),
    );
  }

  #draw(index, { on, error }) {
    const button = this.#buttons[index];
    const known = typeof on === "boolean";
    button.removeAttribute("aria-busy");
    button.setAttribute("aria-checked", String(on === true));
    button.dataset.known = String(known);
    write(button.querySelector(".word"), known ? (on ? "开" : "关") : "未知");
    write(this.#errors[index], known ? "" : `读不到它的状态：${error ?? "原因不明"}`);
  }
}
