// Opening the microphone: the one that was chosen, or the system's own when that one is not there.

const PLAIN = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** The carrier's numbers for what the browser says when it gives us no microphone. */
export const REFUSALS = { NotAllowedError: 31401, NotFoundError: 31402, NotReadableError: 31402 };

/** The same for people: what is wrong, and what to do. */
export const TROUBLES = {
  NotAllowedError: "浏览器不许使用麦克风：请点地址栏左侧的图标，允许麦克风，再试一次",
  NotFoundError: "没有找到麦克风：请接好耳麦，再试一次",
  NotReadableError: "麦克风被别的程序占用：请关掉那个程序，再试一次",
};

/** A MediaStream of this microphone; "" is the system's own. Throws what getUserMedia() throws. */
export async function openMicrophone(id = "") {
  const exact = id && { deviceId: { exact: id } };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { ...PLAIN, ...exact } });
  } catch (refusal) {
    if (id && refusal.name === "OverconstrainedError") return openMicrophone(); // it was unplugged since it was chosen
    throw refusal;
  }
}

/** Let it go, so that the browser shows that nobody listens. */
export function closeMicrophone(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
