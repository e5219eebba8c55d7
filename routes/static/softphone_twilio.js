// A softphone at Twilio, over the vendored Voice SDK.
//
// The SDK keeps its own connection and comes back by itself: register() is called on it once, and later tokens go in
// through updateToken(). Its fifteen sounds would be fetched from its maker at construction, so each is replaced.

import { closeMicrophone, openMicrophone } from "./microphone.js";

const SDK = "/static/vendor/twilio-voice-sdk-2.18.5/twilio.min.js";
const SILENCE = "/static/silence.wav";
const SOUNDS = ["incoming", "outgoing", "disconnect", ...[..."0123456789sh"].map((key) => `dtmf${key}`)];
const LOST = { code: 31005, message: "the device is not registered any more" };
const DEFAULT = "default"; // the SDK's word for the system's own device

export class TwilioSoftphone extends EventTarget {
  #device = null;
  #call = null;
  #devices = { microphone: "", speaker: "" };
  #warnings = new Set();

  /** The first time it also asks for the microphone, so that the first caller does not wait for that question. */
  async register(token) {
    if (this.#device) return this.#renew(token);
    await loadSdk();
    closeMicrophone(await openMicrophone(this.#devices.microphone));
    this.#device = this.#build(token);
    await this.#choose(this.#devices);
    await this.#device.register();
  }

  async connect(params) {
    const call = (this.#call = await this.#device.connect({ params }));
    this.#warnings.clear();
    call.on("accept", () => this.#tell("accepted"));
    call.on("error", (error) => this.#fail(error));
    call.on("reconnecting", () => this.#tell("reconnecting"));
    call.on("reconnected", () => this.#tell("reconnected"));
    call.on("volume", (input, output) => this.#tell("volume", { input, output }));
    call.on("sample", (sample) => this.#judge(sample));
    call.on("warning", (name) => this.#warnings.add(name));
    call.on("warning-cleared", (name) => this.#warnings.delete(name));
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

  async use(devices) {
    this.#devices = devices;
    if (this.#device) await this.#choose(devices);
  }

  close() {
    const device = this.#device;
    this.#device = null; // so that its going is not taken for a loss
    this.#call = null;
    device?.destroy();
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
    device.audio?.on("deviceChange", () => this.#device && this.#choose(this.#devices));
    device.on("registered", () => this.#tell("registered"));
    device.on("unregistered", () => this.#device && this.#fail(LOST));
    device.on("tokenWillExpire", () => this.#tell("expiring"));
    device.on("incoming", (call) => call.reject()); // we call the hotline; nobody calls us
    device.on("error", (error) => this.#fail(error));
    return device;
  }

  // The SDK opens a microphone that is chosen and keeps it open, so the system's own is not chosen without need. It
  // learns by and by what is plugged in, and refuses what it does not know.
  async #choose({ microphone, speaker }) {
    const { audio } = this.#device;
    if (!audio) return;
    const present = (devices, id) => [id, DEFAULT].find((each) => devices.has(each));
    const input = present(audio.availableInputDevices, microphone);
    const needed = microphone || audio.inputDevice;
    if (needed && input && audio.inputDevice?.deviceId !== input) await audio.setInputDevice(input);
    const output = present(audio.availableOutputDevices, speaker);
    if (!audio.isOutputSelectionSupported || !output) return;
    await Promise.all([audio.speakerDevices.set(output), audio.ringtoneDevices.set(output)]);
  }

  #judge({ rtt, jitter, packetsLostFraction }) {
    this.#tell("quality", { rtt, jitter, loss: packetsLostFraction / 100, warnings: [...this.#warnings] });
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
