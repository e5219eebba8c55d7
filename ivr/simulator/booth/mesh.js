// The sound of one leg: a WebRTC line to every other browser in its room, as the phone company arranges it.
//
// The booth uses it, and so does any softphone that loads it from here, as a carrier's own SDK would be loaded. The
// company says who else is there and who of them hears us just now; to the others nothing is sent at all.

export class Mesh {
  #send;
  #lines = new Map(); // the other browsers, by the names that the company gave them
  #track = null;
  #plays = true;
  #speaker = "";

  /** `send(message)` tells the phone company something about this leg. */
  constructor(send) {
    this.#send = send;
  }

  /** What the company says of this leg: `sound`, who is there, or `signal`, a word from one of them. */
  hear(message) {
    if (message.type === "sound") this.#seat(message.others);
    if (message.type === "signal") this.#lines.get(message.from)?.hear(message.signal);
  }

  /** Speak with this track of a microphone, or with none. */
  speak(track) {
    this.#track = track;
    for (const line of this.#lines.values()) line.speak(track);
  }

  /** Whether what comes is played here; it comes in any case. */
  play(on) {
    this.#plays = on;
    for (const line of this.#lines.values()) line.play(on);
  }

  /** Play on this loudspeaker, where the browser lets us choose; "" is the system's own. */
  async playOn(speaker) {
    this.#speaker = speaker;
    await Promise.all([...this.#lines.values()].map((line) => line.playOn(speaker)));
  }

  /**
   * Since the last measuring: `input` and `output`, how loud we were sent and the others came in, from 0 to 1;
   * `rtt` and `jitter` in milliseconds, and `loss`, the share of what was lost on the way, each of the worst line.
   */
  async measure() {
    const found = await Promise.all([...this.#lines.values()].map((line) => line.measure()));
    const worst = (name) => Math.max(0, ...found.map((each) => each[name]));
    return Object.fromEntries(["input", "output", "rtt", "jitter", "loss"].map((name) => [name, worst(name)]));
  }

  close() {
    this.#seat([]);
  }

  #seat(others) {
    const here = new Set(others.map(({ id }) => id));
    for (const [id, line] of this.#lines) {
      if (here.has(id)) continue;
      line.close();
      this.#lines.delete(id);
    }
    for (const other of others) {
      if (!this.#lines.has(other.id)) this.#lines.set(other.id, this.#open(other));
      this.#lines.get(other.id).isHeard(other.heard);
    }
  }

  #open({ id, offer }) {
    const line = new Line((signal) => this.#send({ type: "signal", to: id, signal }));
    line.speak(this.#track);
    line.play(this.#plays);
    line.playOn(this.#speaker);
    if (offer) line.offer();
    return line;
  }
}

class Line {
  #send;
  #connection = new RTCPeerConnection();
  #earpiece = new Audio();
  #sender = null;
  #track = null;
  #heard = false;
  #offers = false;
  #turn = Promise.resolve(); // signals are taken one after the other, in the order in which they came
  #before = {};

  constructor(send) {
    this.#send = send;
    this.#connection.addEventListener("icecandidate", ({ candidate }) => candidate && send({ candidate }));
    this.#connection.addEventListener("track", ({ track }) => this.#sound(track));
    this.#connection.addEventListener("connectionstatechange", () => this.#mend());
  }

  offer(options) {
    this.#offers = true;
    this.#sender ??= this.#connection.addTransceiver("audio").sender;
    this.#feed();
    this.#inTurn(async () => this.#describe(await this.#connection.createOffer(options)));
  }

  hear(signal) {
    this.#inTurn(() => (signal.candidate ? this.#connection.addIceCandidate(signal.candidate) : this.#agree(signal)));
  }

  speak(track) {
    this.#track = track;
    this.#feed();
  }

  isHeard(heard) {
    this.#heard = heard;
    this.#feed();
  }

  play(on) {
    this.#earpiece.muted = !on;
  }

  async playOn(speaker) {
    try {
      await this.#earpiece.setSinkId?.(speaker);
    } catch (refusal) {
      // One that was unplugged since it was chosen leaves the one that sounds already.
      if (!["NotFoundError", "NotAllowedError", "AbortError"].includes(refusal.name)) throw refusal;
    }
  }

  async measure() {
    const reports = [...(await this.#connection.getStats()).values()].filter(({ kind }) => kind === "audio");
    const report = (type) => reports.find((each) => each.type === type) ?? {};
    const [source, inbound, back] = [report("media-source"), report("inbound-rtp"), report("remote-inbound-rtp")];
    return {
      input: this.#loudness("input", source),
      output: this.#loudness("output", inbound),
      rtt: (back.roundTripTime ?? 0) * 1000,
      jitter: (inbound.jitter ?? 0) * 1000,
      loss: Math.max(back.fractionLost ?? 0, this.#lost(inbound)),
    };
  }

  close() {
    this.#connection.close();
    this.#earpiece.srcObject = null;
  }

  async #agree({ description }) {
    await this.#connection.setRemoteDescription(description);
    if (description.type !== "offer") return;
    const [transceiver] = this.#connection.getTransceivers();
    transceiver.direction = "sendrecv";
    this.#sender = transceiver.sender;
    this.#feed();
    await this.#describe(await this.#connection.createAnswer());
  }

  async #describe(description) {
    await this.#connection.setLocalDescription(description);
    this.#send({ description });
  }

  // What nobody may hear is not muted but not sent. What holds is what is so when its turn comes.
  #feed() {
    this.#inTurn(() => {
      const track = this.#heard ? this.#track : null;
      if (this.#sender && this.#sender.track !== track) return this.#sender.replaceTrack(track);
    });
  }

  #sound(track) {
    this.#earpiece.srcObject = new MediaStream([track]);
    this.#earpiece.play().catch((refusal) => {
      // AbortError: the line was closed first. NotAllowedError: a page that nobody has touched may not sound.
      if (!["AbortError", "NotAllowedError"].includes(refusal.name)) throw refusal;
    });
  }

  // The way between the two was lost, a network changed: the one who offered offers again.
  #mend() {
    if (this.#offers && this.#connection.connectionState === "failed") this.offer({ iceRestart: true });
  }

  #inTurn(act) {
    this.#turn = this.#turn.then(() => this.#connection.signalingState !== "closed" && act());
  }

  #loudness(name, { totalAudioEnergy = 0, totalSamplesDuration = 0 }) {
    const energy = this.#grown(`${name} energy`, totalAudioEnergy);
    const seconds = this.#grown(`${name} seconds`, totalSamplesDuration);
    return seconds > 0 && energy > 0 ? Math.min(1, Math.sqrt(energy / seconds)) : 0;
  }

  #lost({ packetsLost = 0, packetsReceived = 0 }) {
    const lost = Math.max(0, this.#grown("lost", packetsLost));
    const received = Math.max(0, this.#grown("received", packetsReceived));
    return lost && lost / (lost + received);
  }

  #grown(name, value) {
    const grown = value - (this.#before[name] ?? 0);
    this.#before[name] = value;
    return grown;
  }
}
