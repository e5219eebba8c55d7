// The transcript of one call: a growing list in which each thing heard is one line.
// Lines are only ever added, so that a screen reader announces each once.

import { element, icon } from "./page.js";
import { clock, wording } from "./words.js";

const REPEATING = new Set(["ring", "pause", "silence"]); // several in a row make one line with a count
const ICONS = { play: "note", music: "note" };
const NEAR_THE_END = 40; // pixels

export class Transcript {
  #list;
  #drawn = 0;
  #last = null;
  #following = true; // until the reader scrolls up

  constructor(list) {
    this.#list = list;
    list.addEventListener("scroll", () => {
      this.#following = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_THE_END;
    });
  }

  /** Add the lines of `entries` that are not there yet; `start` is the second from which they count. */
  grow(entries, start) {
    for (const entry of entries.slice(this.#drawn)) this.#add(entry, start);
    this.#drawn = entries.length;
    if (this.#following) this.#list.scrollTop = this.#list.scrollHeight;
  }

  #add(entry, start) {
    if (this.#last?.kind === entry.kind && REPEATING.has(entry.kind)) {
      this.#last.times += 1;
      this.#last.count.textContent = ` ×${this.#last.times}`;
      return;
    }
    const count = element("span", { class: "count" });
    this.#list.append(line(entry, start, count));
    this.#last = { kind: entry.kind, times: 1, count };
  }
}

function line(entry, start, count) {
  const words = element("p", { class: "words" }, wording(entry), count);
  if (entry.language) words.setAttribute("lang", entry.language.replace(/^cmn/, "zh"));
  if (entry.kind in ICONS) words.prepend(icon(ICONS[entry.kind]));
  const at = element("span", { class: "at" }, clock(entry.at - start));
  return element("div", { class: `heard ${entry.kind}` }, at, words);
}
