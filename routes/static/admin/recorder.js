// Sound in the browser: from the microphone, or from any file that this browser can play, to a WAV for telephones.

const RATE = 8000;

export class Microphone {
  #recorder = null;

  get isOn() {
    return this.#recorder !== null;
  }

  async start() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    } catch {
      throw new Error("打不开麦克风：请在浏览器中允许本页使用麦克风，并检查是否已插好");
    }
    const recorder = new MediaRecorder(stream);
    const runs = new Promise((tell) => recorder.addEventListener("start", tell, { once: true }));
    recorder.start();
    await runs;
    this.#recorder = recorder;
  }

  /** What was said since the start. */
  async stop() {
    const recorder = this.#recorder;
    this.#recorder = null;
    const said = new Promise((tell) => recorder.addEventListener("dataavailable", ({ data }) => tell(data), { once: true }));
    recorder.stop();
    for (const track of recorder.stream.getTracks()) track.stop();
    return said;
  }
}

/** One channel, 8000 samples a second, 16 bits. A WAV that this browser cannot play is left to the server to judge. */
export async function asTelephonesPlay(sound) {
  const decoder = new OfflineAudioContext(1, 1, RATE);
  let decoded;
  try {
    decoded = await decoder.decodeAudioData(await sound.arrayBuffer()); // brought to RATE by this
  } catch {
    return sound;
  }
  const mixer = new OfflineAudioContext(1, Math.max(1, decoded.length), RATE);
  const source = new AudioBufferSourceNode(mixer, { buffer: decoded });
  source.connect(mixer.destination);
  source.start();
  return wavOf((await mixer.startRendering()).getChannelData(0));
}

function wavOf(samples) {
  const bytes = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const words = (at, text) => [...text].forEach((letter, n) => bytes.setUint8(at + n, letter.charCodeAt(0)));
  words(0, "RIFF");
  bytes.setUint32(4, 36 + samples.length * 2, true);
  words(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true); // PCM
  bytes.setUint16(22, 1, true); // one channel
  bytes.setUint32(24, RATE, true);
  bytes.setUint32(28, RATE * 2, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  words(36, "data");
  bytes.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, n) => bytes.setInt16(44 + n * 2, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return new Blob([bytes], { type: "audio/wav" });
}
