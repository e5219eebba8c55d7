// Calling an operator who looks elsewhere: the tab's title flashes, and the system shows a notice if it may.

export class Attention {
  #title = document.title;
  #call = null;
  #notice = null;

  /** Ask once whether notices may be shown; browsers want this to come from a click. */
  ask() {
    if ("Notification" in window && Notification.permission === "default") Notification.requestPermission();
  }

  /** `sentence` says who is called, such as “来电：南宁市市长”. */
  call(sentence) {
    this.#call = sentence;
    if (document.hidden && "Notification" in window && Notification.permission === "granted") this.#show(sentence);
  }

  rest() {
    this.#call = null;
    this.#notice?.close();
    this.#notice = null;
    document.title = this.#title;
  }

  tick() {
    if (this.#call) document.title = Math.floor(performance.now() / 1000) % 2 ? this.#title : `【${this.#call}】`;
  }

  #show(sentence) {
    this.#notice = new Notification(sentence, { body: "按 F2 接听", tag: "ringing", icon: "/static/favicon.svg" });
    this.#notice.addEventListener("click", () => window.focus());
  }
}
