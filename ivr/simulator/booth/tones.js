// The tones of a Chinese exchange, made on the spot: ringing and busy at 450 Hz, and the keys' own pairs.

const EXCHANGE_HZ = 450;
const CADENCES = {
  ring: { on: 1, off: 4, times: Infinity }, // seconds
  busy: { on: 0.35, off: 0.35, times: 6 }, // then a page left open falls silent
};
const BEEP_HZ = 1000;
const LOUDNESS = 0.06;
const KEY_SECONDS = 0.12;
const ROWS = { 697: "123", 770: "456", 852: "789", 941: "*0#" };
const COLUMNS = [1209, 1336, 1477];

export class Tones {
  #context = null;
  #stopCadence = () => {};

  /** Repeat "ring" or "busy" until `stop`; the busy tone gives up by itself. */
  start(name) {
    this.stop();
    const { on, off, times } = CADENCES[name];
    let left = times;
    const beep = () => (left-- > 0 ? this.#sound([EXCHANGE_HZ], on) : this.stop());
    beep();
    const timer = setInterval(beep, (on + off) * 1000);
    this.#stopCadence = () => clearInterval(timer);
  }

  stop() {
    this.#stopCadence();
    this.#stopCadence = () => {};
  }

  /** The tone after which a caller speaks. */
  beep() {
    this.#sound([BEEP_HZ], 0.5);
  }

  key(digit) {
    const [row] = Object.entries(ROWS).find(([, keys]) => keys.includes(digit));
    this.#sound([Number(row), COLUMNS[ROWS[row].indexOf(digit)]], KEY_SECONDS);
  }

  #sound(frequencies, seconds) {
    this.#context ??= new AudioContext(); // not earlier: browsers refuse sound before the first click
    const gain = new GainNode(this.#context, { gain: LOUDNESS });
    gain.connect(this.#context.destination);
    for (const frequency of frequencies) {
      const oscillator = new OscillatorNode(this.#context, { frequency });
      oscillator.connect(gain);
      oscillator.start();
      oscillator.stop(this.#context.currentTime + seconds);
    }
  }
}
