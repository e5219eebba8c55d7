// News from the hotline as it happens, over one EventSource that is opened again when it breaks.
//
// The browser's own reconnecting is not used: after a restart every desk in the city would come back in the same
// second, and after an HTTP error it would never try again.

const SOONEST = 1000; // milliseconds
const SPREAD = 2000;

export class News {
  #address;
  #hear;
  #kinds;
  #stream = null;
  #timer = 0;

  /** `hear`: opened(), lost(), and for each kind of news a function of what it brings. After each `opened` the state
   * comes afresh. */
  constructor(address, { opened, lost, ...kinds }) {
    this.#address = address;
    this.#hear = { opened, lost };
    this.#kinds = kinds;
  }

  open() {
    this.close();
    const stream = (this.#stream = new EventSource(this.#address));
    stream.addEventListener("open", () => this.#hear.opened());
    for (const [kind, hear] of Object.entries(this.#kinds)) {
      stream.addEventListener(kind, ({ data }) => hear(JSON.parse(data)));
    }
    stream.addEventListener("retry", () => this.#again()); // the server ends every stream in good time: no loss
    stream.addEventListener("error", () => this.reopen());
  }

  close() {
    clearTimeout(this.#timer);
    this.#stream?.close();
    this.#stream = null;
  }

  /** The stream broke, or something else shows that the network did: a stream can be dead and look alive. */
  reopen() {
    this.#again();
    this.#hear.lost();
  }

  // In a moment, each desk in its own.
  #again() {
    this.close();
    this.#timer = setTimeout(() => this.open(), SOONEST + Math.random() * SPREAD);
  }
}
