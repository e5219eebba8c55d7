// The headset: which microphone and which loudspeaker, remembered in this browser for whoever sits at it.

const NAMES = { microphone: "softphone.microphone", speaker: "softphone.speaker" };
const KINDS = { microphone: "audioinput", speaker: "audiooutput" };

/** Whether this browser lets a page choose where it sounds. */
export const canChooseSpeaker = "setSinkId" in HTMLMediaElement.prototype;

/** Let an AudioContext sound there. A loudspeaker that was unplugged leaves the one that sounds already. */
export async function soundOn(context, speaker) {
  try {
    await context.setSinkId?.(speaker);
  } catch (refusal) {
    if (!["NotFoundError", "NotAllowedError"].includes(refusal.name)) throw refusal;
  }
}

/** Fires "change" when another device is chosen, or one is plugged in or out. */
export class Devices extends EventTarget {
  constructor() {
    super();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#tell());
  }

  /** { microphone, speaker }, each by the browser's own name for it; "" is whatever the system uses. */
  get chosen() {
    return Object.fromEntries(Object.entries(NAMES).map(([kind, name]) => [kind, localStorage.getItem(name) ?? ""]));
  }

  choose(kind, id) {
    localStorage.setItem(NAMES[kind], id);
    this.#tell();
  }

  /** [{ id, label }] of what is plugged in; labels are known once the microphone was allowed. */
  async list(kind) {
    const found = await navigator.mediaDevices.enumerateDevices();
    return found
      .filter((device) => device.kind === KINDS[kind] && device.deviceId && device.deviceId !== "default")
      .map(({ deviceId, label }, index) => ({ id: deviceId, label: label || `设备 ${index + 1}` }));
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
