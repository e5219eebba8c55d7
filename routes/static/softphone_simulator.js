// A softphone at the pretend phone company: a WebSocket for what is done, and the company's own WebRTC for the sound.
//
// Without a microphone, or without leave to use it, it is a telephone all the same: the others are heard, and what is
// said here is not. When the socket breaks in a call, the sound goes on, and the company waits a moment for us.

import { closeMicrophone, openMicrophone, REFUSALS } from "./microphone.js";

const LOST = { code: 31005, message: "connection to the simulator lost", isDown: true };
const AGAIN = 200; // milliseconds until a socket that broke in a call is opened again, and each page in its own moment
const SPREAD = 600;
const MEASURED = 250; // milliseconds from one look at the levels to the next
const JUDGED = 8; // of these looks make a judgement of the line

export class SimulatorSoftphone extends EventTarget {
  #url;
  #token = "";
  #socket = null;
  #inCall = false;
  #mending = false;
  #makeMesh = null;
  #mesh = null;
  #stream = null;
  #muted = false;
  #devices = { microphone: "", speaker: "" };
  #measuring = 0;
  #looks = [];

  /** `url` is the simulator's own, http or https. */
  constructor(url) {
    super();
    this.#url = url;
  }

  async register(token) {
    const first = !this.#token;
    this.#token = token;
    if (this.#socket?.readyState === WebSocket.OPEN) return this.#introduce();
    this.#makeMesh ??= (await import(`${this.#url}/booth/mesh.js`)).Mesh;
    if (first) this.#askForMicrophone();
    this.#open();
  }

  connect(params) {
    this.#answerTheRoom();
    this.#send({ type: "connect", params, sound: true });
  }

  hangUp() {
    this.#send({ type: "disconnect" });
  }

  mute(on) {
    this.#muted = on;
    this.#speak();
    this.#send({ type: "mute", muted: on });
  }

  press(key) {
    this.#send({ type: "digits", digits: key });
  }

  async use(devices) {
    const other = devices.microphone !== this.#devices.microphone;
    this.#devices = devices;
    await this.#mesh?.playOn(devices.speaker);
    if (other && this.#mesh) await this.#openMicrophone();
  }

  close() {
    const socket = this.#socket;
    this.#socket = null; // so that its closing is not taken for a loss
    socket?.close();
    this.#leave();
  }

  // ------------------------------------------------------------------------------------------------ the socket

  #open() {
    const socket = (this.#socket = new WebSocket(`${this.#url.replace(/^http/, "ws")}/simulator/softphone`));
    socket.addEventListener("open", () => this.#introduce());
    socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(data)));
    socket.addEventListener("close", () => socket === this.#socket && this.#lose());
  }

  #introduce() {
    this.#send({ type: "register", token: this.#token, sound: true });
  }

  #hear(message) {
    if (message.type === "registered") this.#resume(message.identity);
    if (message.type === "accept") this.#accept();
    if (message.type === "disconnect") this.#leave("disconnected");
    if (message.type === "error") this.#tell("error", { code: message.code, message: message.message, isDown: false });
    if (message.type === "sound" || message.type === "signal") this.#mesh?.hear(message);
  }

  // A page that was reloaded quickly still has its call; a second one would be two of us in the caller's room.
  async #resume(identity) {
    const answer = await fetch(`${this.#url}/simulator/calls?live=true`);
    const calls = await answer.json();
    const hasCall = calls.some((call) => call.from === `client:${identity}`);
    if (hasCall) this.#accept();
    else if (this.#inCall) this.#leave("disconnected"); // it ended while nobody could tell us
    this.#mended();
    this.#tell("registered");
  }

  #accept() {
    this.#inCall = true;
    this.#answerTheRoom();
    this.#tell("accepted");
  }

  #mended() {
    if (this.#mending) this.#tell("reconnected");
    this.#mending = false;
  }

  // Once by ourselves, while a call is up; what follows is for whoever uses this phone to decide.
  #lose() {
    this.#socket = null;
    if (this.#inCall && !this.#mending) return this.#mend();
    this.#mending = false;
    this.#leave();
    this.#tell("error", LOST);
  }

  #mend() {
    this.#mending = true;
    this.#tell("reconnecting");
    setTimeout(() => this.#mending && this.#open(), AGAIN + Math.random() * SPREAD);
  }

  // What is said to a line that is down is lost, as on any telephone; its loss has been told already.
  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  // ------------------------------------------------------------------------------------------------ the sound

  #answerTheRoom() {
    if (this.#mesh) return this.#mesh;
    this.#mesh = new this.#makeMesh((message) => this.#send(message));
    this.#mesh.playOn(this.#devices.speaker);
    this.#openMicrophone();
    this.#measuring = setInterval(() => this.#measure(), MEASURED);
    return this.#mesh;
  }

  #leave(word) {
    clearInterval(this.#measuring);
    this.#mesh?.close();
    this.#mesh = null;
    closeMicrophone(this.#stream);
    this.#stream = null;
    this.#muted = this.#inCall = false;
    this.#looks = [];
    if (word) this.#tell(word);
  }

  async #askForMicrophone() {
    try {
      closeMicrophone(await openMicrophone(this.#devices.microphone));
      this.#tell("silent", false);
    } catch (refusal) {
      this.#silent(refusal);
    }
  }

  async #openMicrophone() {
    try {
      const stream = await openMicrophone(this.#devices.microphone);
      closeMicrophone(this.#mesh ? this.#stream : stream); // the call may have ended while the browser asked
      this.#stream = this.#mesh ? stream : null;
      this.#speak();
      this.#tell("silent", false);
    } catch (refusal) {
      this.#silent(refusal);
    }
  }

  #speak() {
    this.#mesh?.speak(this.#muted ? null : (this.#stream?.getAudioTracks()[0] ?? null));
  }

  #silent(refusal) {
    if (!REFUSALS[refusal.name]) throw refusal;
    this.#tell("silent", true);
  }

  async #measure() {
    const look = await this.#mesh?.measure();
    if (!look || !this.#mesh) return;
    this.#tell("volume", look);
    this.#looks.push(look);
    if (this.#looks.length < JUDGED) return;
    const worst = (name) => Math.max(...this.#looks.map((each) => each[name]));
    this.#tell("quality", { rtt: worst("rtt"), jitter: worst("jitter"), loss: average(this.#looks, "loss"), warnings: [] });
    this.#looks = [];
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

const average = (looks, name) => looks.reduce((sum, look) => sum + look[name], 0) / looks.length;
