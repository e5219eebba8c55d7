// How loud something is, and the small bar that shows it.

/** Listens to a MediaStream; `value` is its loudness of the last moment, from 0 to 1. */
export class LevelMeter {
  #context = new AudioContext();
  #analyser = new AnalyserNode(this.#context, { fftSize: 8192 });
  #samples = new Float32Array(this.#analyser.fftSize);

  constructor(stream) {
    new MediaStreamAudioSourceNode(this.#context, { mediaStream: stream }).connect(this.#analyser);
  }

  get value() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const energy = this.#samples.reduce((sum, sample) => sum + sample * sample, 0);
    return Math.min(1, Math.sqrt(energy / this.#samples.length));
  }

  close() {
    this.#context.close();
  }
}

/** An ear measures loudness by its logarithm; the square root is near enough for a small bar. */
export function drawLevel(bar, value) {
  const level = Math.min(1, Math.sqrt(value));
  bar.setAttribute("aria-valuenow", level.toFixed(2));
  bar.style.setProperty("--level", level);
}
