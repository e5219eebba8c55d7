// The bell: two soft strokes every three seconds, made here, so that no file has to load before the first call.
//
// A browser lets a page sound only after the operator touched it; until then the bell is silent and `isAllowed` says so.

import { soundOn } from "./devices.js";

const PERIOD = 3; // seconds from one pair of strokes to the next
const STROKES = [
  { at: 0, pitch: 784 },
  { at: 0.28, pitch: 988 },
];
const LOUDNESS = 0.35;

export class Bell {
  #context = null;
  #ringing = null;
  #speaker = "";

  /** Ring on this loudspeaker, where the browser lets us choose; "" is the system's own. */
  playOn(speaker) {
    this.#speaker = speaker;
    if (this.#context) soundOn(this.#context, speaker);
  }

  /** Call it from a click or a key, the only moments in which a browser grants sound. What rings, is heard from then. */
  allow() {
    this.#prepare();
    if (this.#context.state === "suspended") this.#context.resume();
  }

  get isAllowed() {
    return this.#context?.state === "running";
  }

  start() {
    if (this.#ringing) return;
    this.#prepare();
    const source = new AudioBufferSourceNode(this.#context, { buffer: strokes(this.#context), loop: true });
    source.connect(this.#context.destination);
    source.start();
    this.#ringing = source;
  }

  stop() {
    this.#ringing?.stop();
    this.#ringing = null;
  }

  #prepare() {
    if (this.#context) return;
    this.#context = new AudioContext();
    this.playOn(this.#speaker);
  }
}

// One period of the bell as samples. A looped buffer goes on by itself when the tab is hidden.
function strokes({ sampleRate }) {
  const buffer = new AudioBuffer({ length: PERIOD * sampleRate, sampleRate });
  const samples = buffer.getChannelData(0);
  for (const { at, pitch } of STROKES) {
    for (let i = Math.round(at * sampleRate); i < samples.length; i++) {
      samples[i] += LOUDNESS * struck(pitch, i / sampleRate - at);
    }
  }
  return buffer;
}

/** A struck bell `t` seconds after the stroke: a tone, a fainter one above it, both dying away. */
function struck(pitch, t) {
  const attack = Math.min(1, t / 0.005);
  return attack * Math.exp(-4 * t) * (Math.sin(2 * Math.PI * pitch * t) + 0.3 * Math.sin(4 * Math.PI * pitch * t));
}
