// One telephone off the hook for each operator and browser: of several tabs, the one that has the line is in the call.
//
// A desk and a wallboard of one supervisor are both told of a call that they took over; both would dial into it.

export class OneLine {
  isOurs = false;
  #name;
  #granted;
  #waiting = null;
  #release = () => {};

  /** `granted` is called each time the line becomes this tab's. */
  constructor(name, granted) {
    this.#name = name;
    this.#granted = granted;
  }

  /** Have it now, or as soon as no other tab has it. */
  take() {
    if (this.isOurs || this.#waiting) return;
    const waiting = (this.#waiting = new AbortController());
    navigator.locks.request(this.#name, { signal: waiting.signal }, () => this.#hold()).catch(ignoreAbort);
  }

  /** Want it no more, or give it to whichever tab waits for it. */
  leave() {
    this.#waiting?.abort();
    this.#waiting = null;
    this.isOurs = false;
    this.#release();
  }

  // Held for as long as the promise is open: until it is left, or the page goes.
  #hold() {
    this.#waiting = null;
    this.isOurs = true;
    const held = new Promise((release) => (this.#release = release));
    this.#granted();
    return held;
  }
}

function ignoreAbort(error) {
  if (error.name !== "AbortError") throw error;
}
