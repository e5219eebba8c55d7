// The earpiece: speaks, plays or rings the newest thing heard, and only that.
// A text is read by the browser's own voices; a computer without a Chinese voice stays silent, and the
// transcript still tells everything.

import { fileName, hungUpHere } from "./words.js";
import { recall, remember } from "./memory.js";
import { Tones } from "./tones.js";

const QUIET_KINDS = new Set(["pause", "press", "speech"]); // nothing new to hear: let the last sound finish

export class Earpiece {
  #muted = recall("muted", "no") === "yes";
  #tones = new Tones();
  #player = new Audio();
  #complain;

  /** `complain` receives a sentence when a file cannot be played. */
  constructor(complain) {
    this.#complain = complain;
    this.#player.addEventListener("error", () => this.#playerFailed());
  }

  get muted() {
    return this.#muted;
  }

  mute(muted) {
    this.#muted = muted;
    remember("muted", muted ? "yes" : "no");
    if (muted) this.hush();
  }

  hear(item) {
    if (QUIET_KINDS.has(item.kind)) return;
    this.hush();
    if (this.#muted) return;
    this.#sound(item);
  }

  #sound(item) {
    if (item.kind === "say") this.#speak(item.text, item.language);
    else if (item.kind === "play" && !item.url) this.#tones.beep();
    else if (item.kind === "play") this.#play(item.url);
    else if (item.kind === "ring") this.#tones.start("ring");
    else if (item.kind === "busy" || (item.kind === "hangup" && !hungUpHere(item))) this.#tones.start("busy");
  }

  key(digit) {
    if (!this.#muted) this.#tones.key(digit);
  }

  hush() {
    this.#tones.stop();
    window.speechSynthesis?.cancel();
    this.#player.pause();
  }

  #speak(text, language) {
    if (!window.speechSynthesis) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = (language || "zh-CN").replace(/^cmn/, "zh");
    window.speechSynthesis.speak(utterance);
  }

  #play(url) {
    this.#player.src = url;
    this.#player.play().catch((refusal) => this.#refused(refusal));
  }

  // AbortError: the next item came first. NotSupportedError: "error" above tells it better.
  #refused(refusal) {
    if (refusal.name === "NotAllowedError") this.#complain("浏览器要先点一下页面才肯出声");
    else if (!["AbortError", "NotSupportedError"].includes(refusal.name)) throw refusal;
  }

  #playerFailed() {
    this.#complain(`放不出 ${fileName(this.#player.src)}：文件不存在，或浏览器不认识它的格式`);
  }
}
