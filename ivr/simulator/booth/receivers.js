// The receivers of the booth: whoever is in a room with other browsers speaks with them, in real sound.
//
// One person stands in the booth, so one microphone and one ear serve the chosen caller; the others are heard by
// nobody and hear nobody. Without a microphone the booth hears, and is not heard.

import { recall, remember } from "./memory.js";
import { Mesh } from "./mesh.js";

const AGAIN = 2000; // milliseconds

/** Fires "change" when the microphone has changed. */
export class Receivers extends EventTarget {
  #wanted = recall("microphone", "on") === "on";
  #stream = null;
  #asking = false;
  #refused = false;
  #meshes = new Map(); // of the live legs, by their sids
  #socket = null;
  #lines = [];
  #chosen = null;
  #plays = true;

  open() {
    const address = new URL("/simulator/receivers", location.href);
    address.protocol = "ws:";
    this.#socket = new WebSocket(address);
    this.#socket.addEventListener("open", () => this.#draw());
    this.#socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(data)));
    this.#socket.addEventListener("close", () => this.#lose());
  }

  /** on; off, the person's wish; or refused, by the browser. */
  get microphone() {
    if (!this.#wanted) return "off";
    return this.#refused ? "refused" : "on";
  }

  turn(on) {
    this.#wanted = on;
    this.#refused = false;
    remember("microphone", on ? "on" : "off");
    this.#draw();
    this.#tell();
  }

  /** Take up what lives among `lines`, and put the person at the chosen one; `plays`: whether they want to hear. */
  follow(lines, chosen, plays) {
    this.#lines = lines;
    this.#chosen = chosen;
    this.#plays = plays;
    this.#draw();
  }

  /** How loud the chosen caller is heard and hears, or null while they have no sound. */
  async levels() {
    return (await this.#meshes.get(this.#chosen?.sid)?.measure()) ?? null;
  }

  #draw() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    const live = new Set(this.#lines.filter((line) => line.live && line.sid).map(({ sid }) => sid));
    for (const sid of this.#meshes.keys()) if (!live.has(sid)) this.#layDown(sid);
    for (const sid of live) if (!this.#meshes.has(sid)) this.#takeUp(sid);
    for (const [sid, mesh] of this.#meshes) {
      const here = sid === this.#chosen?.sid;
      mesh.speak(here ? this.#track() : null);
      mesh.play(here && this.#plays);
    }
    this.#keepMicrophone();
  }

  #takeUp(sid) {
    this.#meshes.set(sid, new Mesh((message) => this.#send({ ...message, call_sid: sid })));
    this.#send({ type: "take_up", call_sid: sid });
  }

  #layDown(sid) {
    this.#meshes.get(sid).close();
    this.#meshes.delete(sid);
  }

  #hear(message) {
    this.#meshes.get(message.call_sid)?.hear(message);
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #lose() {
    for (const sid of this.#meshes.keys()) this.#layDown(sid);
    setTimeout(() => this.open(), AGAIN);
  }

  #track() {
    return this.#wanted ? (this.#stream?.getAudioTracks()[0] ?? null) : null;
  }

  // The browser shows an open microphone: it is open while somebody speaks, and no longer.
  #keepMicrophone() {
    const needed = this.#wanted && this.#meshes.size > 0;
    if (needed && !this.#stream && !this.#refused) this.#ask();
    if (needed || !this.#stream) return;
    for (const track of this.#stream.getTracks()) track.stop();
    this.#stream = null;
  }

  async #ask() {
    if (this.#asking) return;
    this.#asking = true;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (refusal) {
      if (!["NotAllowedError", "NotFoundError", "NotReadableError"].includes(refusal.name)) throw refusal;
      this.#refused = true;
    }
    this.#asking = false;
    this.#draw();
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
