// The panel of the headset: which microphone, which loudspeaker, whether they work, and how good the line is.

import { canChooseSpeaker, soundOn } from "./devices.js";
import { drawLevel, LevelMeter } from "./level.js";
import { closeMicrophone, openMicrophone, TROUBLES } from "./microphone.js";
import { byId, write } from "./page.js";

const LOOK = 100; // milliseconds from one look at the level to the next
const GONE = "上次选的没有接上，现用系统默认";
const DEFAULT = "系统默认";
const SELECTS = { microphone: "choose-microphone", speaker: "choose-speaker" };
const SAMPLE = { seconds: 0.8, pitch: 660, loudness: 0.2 };

export class DevicePanel {
  #devices;
  #stream = null;
  #meter = null;
  #looking = 0;

  constructor(devices) {
    this.#devices = devices;
    byId("open-devices").addEventListener("click", () => this.#open());
    byId("devices").addEventListener("close", () => this.#close());
    byId("try-speaker").addEventListener("click", () => this.#sound());
    byId("speaker-row").hidden = !canChooseSpeaker;
    byId("speaker-advice").hidden = canChooseSpeaker;
    for (const [kind, id] of Object.entries(SELECTS)) {
      byId(id).addEventListener("change", ({ target }) => devices.choose(kind, target.value));
    }
    devices.addEventListener("change", () => byId("devices").open && this.#draw());
  }

  /** What was measured of the call that is up, or null. */
  drawQuality(figures) {
    const { rtt, jitter, loss } = figures ?? {};
    const words = `往返 ${Math.round(rtt)} 毫秒，抖动 ${Math.round(jitter)} 毫秒，丢包 ${(loss * 100).toFixed(1)} %`;
    write(byId("line-figures"), figures ? words : "没有通话");
  }

  async #open() {
    byId("devices").showModal();
    this.#looking = setInterval(() => drawLevel(byId("microphone-level"), this.#meter?.value ?? 0), LOOK);
    await this.#draw();
  }

  #close() {
    clearInterval(this.#looking);
    this.#putAway();
  }

  // The microphone first: a browser tells the names of devices only to a page that may use one.
  async #draw() {
    await this.#listen();
    for (const [kind, id] of Object.entries(SELECTS)) this.#fill(byId(id), await this.#devices.list(kind), this.#devices.chosen[kind]);
  }

  #fill(select, devices, chosen) {
    const isThere = !chosen || devices.some(({ id }) => id === chosen);
    const options = devices.map(({ id, label }) => new Option(label, id, false, id === chosen));
    select.replaceChildren(new Option(isThere ? DEFAULT : GONE, "", false, !chosen || !isThere), ...options);
  }

  async #listen() {
    this.#putAway();
    try {
      const stream = await openMicrophone(this.#devices.chosen.microphone);
      this.#putAway();
      if (!byId("devices").open) return closeMicrophone(stream); // the panel was closed while the browser asked
      this.#stream = stream;
      this.#meter = new LevelMeter(stream);
      write(byId("microphone-trouble"), "");
    } catch (refusal) {
      if (!TROUBLES[refusal.name]) throw refusal;
      write(byId("microphone-trouble"), TROUBLES[refusal.name]);
    }
  }

  #putAway() {
    this.#meter?.close();
    closeMicrophone(this.#stream);
    this.#meter = this.#stream = null;
  }

  async #sound() {
    const context = new AudioContext();
    await soundOn(context, this.#devices.chosen.speaker);
    const gain = new GainNode(context, { gain: SAMPLE.loudness });
    const tone = new OscillatorNode(context, { frequency: SAMPLE.pitch });
    tone.connect(gain).connect(context.destination);
    tone.addEventListener("ended", () => context.close());
    tone.start();
    tone.stop(context.currentTime + SAMPLE.seconds);
  }
}
