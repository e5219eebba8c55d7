// A softphone at the pretend phone company: a WebSocket that carries no sound.

const LOST = { code: 31005, message: "connection to the simulator lost", isDown: true };

export class SimulatorSoftphone extends EventTarget {
  #url;
  #socket = null;

  /** `url` is the simulator's own, http or https. */
  constructor(url) {
    super();
    this.#url = url;
  }

  register(token) {
    if (this.#socket?.readyState === WebSocket.OPEN) return this.#send({ type: "register", token });
    const socket = (this.#socket = new WebSocket(`${this.#url.replace(/^http/, "ws")}/simulator/softphone`));
    socket.addEventListener("open", () => this.#send({ type: "register", token }));
    socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(data)));
    socket.addEventListener("close", () => socket === this.#socket && this.#lose());
  }

  connect(params) {
    this.#send({ type: "connect", params });
  }

  hangUp() {
    this.#send({ type: "disconnect" });
  }

  mute(on) {
    this.#send({ type: "mute", muted: on });
  }

  press(key) {
    this.#send({ type: "digits", digits: key });
  }

  close() {
    const socket = this.#socket;
    this.#socket = null; // so that its closing is not taken for a loss
    socket?.close();
  }

  #hear(message) {
    if (message.type === "registered") this.#resume(message.identity);
    if (message.type === "accept") this.#tell("accepted");
    if (message.type === "disconnect") this.#tell("disconnected");
    if (message.type === "error") this.#tell("error", { code: message.code, message: message.message, isDown: false });
  }

  // A page that was reloaded quickly still has its call; a second one would be two of us in the caller's room.
  async #resume(identity) {
    const answer = await fetch(`${this.#url}/simulator/calls?live=true`);
    const calls = await answer.json();
    if (calls.some((call) => call.from === `client:${identity}`)) this.#tell("accepted");
    this.#tell("registered");
  }

  #lose() {
    this.#socket = null;
    this.#tell("error", LOST);
  }

  // What is said to a line that is down is lost, as on any telephone; its loss has been told already.
  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
