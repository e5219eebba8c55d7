// A softphone at Twilio, over the vendored Voice SDK.
//
// The SDK keeps its own connection and comes back by itself: register() is called on it once, and later tokens go in
// through updateToken(). Its fifteen sounds would be fetched from its maker at construction, so each is replaced.

const SDK = "/static/vendor/twilio-voice-sdk-2.18.5/twilio.min.js";
const SILENCE = "/static/silence.wav";
const SOUNDS = ["incoming", "outgoing", "disconnect", ...[..."0123456789sh"].map((key) => `dtmf${key}`)];

export class TwilioSoftphone extends EventTarget {
  #device = null;
  #call = null;

  /** The first time it also asks for the microphone, so that the first caller does not wait for that question. */
  async register(token) {
    if (this.#device) return this.#renew(token);
    await loadSdk();
    await askForMicrophone();
    this.#device = this.#build(token);
    await this.#device.register();
  }

  async connect(params) {
    const call = (this.#call = await this.#device.connect({ params }));
    call.on("accept", () => this.#tell("accepted"));
    call.on("error", (error) => this.#fail(error));
    for (const end of ["disconnect", "cancel", "reject"]) call.on(end, () => this.#end(call));
  }

  hangUp() {
    this.#call?.disconnect();
  }

  mute(on) {
    this.#call?.mute(on);
  }

  press(key) {
    this.#call?.sendDigits(key);
  }

  close() {
    this.#device?.destroy();
    this.#device = null;
    this.#call = null;
  }

  // The SDK says “registered” only when it was not.
  #renew(token) {
    this.#device.updateToken(token);
    if (this.#device.state === "registered") this.#tell("registered");
  }

  #build(token) {
    const sounds = Object.fromEntries(SOUNDS.map((name) => [name, SILENCE]));
    const device = new window.Twilio.Device(token, { sounds, closeProtection: false, logLevel: "error" });
    device.audio?.outgoing(false);
    device.audio?.disconnect(false);
    device.on("registered", () => this.#tell("registered"));
    device.on("error", (error) => this.#fail(error));
    return device;
  }

  #end(call) {
    if (call !== this.#call) return;
    this.#call = null;
    this.#tell("disconnected");
  }

  #fail({ code, message }) {
    this.#tell("error", { code, message, isDown: !this.#call });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function loadSdk() {
  if (window.Twilio) return Promise.resolve();
  return new Promise((loaded, failed) => {
    const script = document.createElement("script");
    script.src = SDK;
    script.addEventListener("load", loaded);
    script.addEventListener("error", () => failed(new Error(`${SDK} did not load`)));
    document.head.append(script);
  });
}

async function askForMicrophone() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const track of stream.getTracks()) track.stop();
}
