// Everything the booth says about a call, in Chinese, and how it writes numbers and durations.

const STATES = {
  queued: ["等候拨出", "waiting"],
  initiated: ["正在拨号", "waiting"],
  ringing: ["振铃中", "waiting"],
  "in-progress": ["通话中", "live"],
  completed: ["已结束", "over"],
  busy: ["对方忙", "failed"],
  "no-answer": ["无人接听", "failed"],
  canceled: ["已取消", "over"],
  failed: ["未能接通", "failed"],
  lost: ["已断线", "failed"], // the booth's own word: the phone company no longer knows the call
};

/** The word for a call's status and the tone in which it is shown: waiting, live, over or failed. */
export function stateOf(call) {
  const [word, tone] = STATES[call.status] ?? [call.status, "over"];
  return { word, tone };
}

/** What a line of the transcript reads. Kinds that nobody has named yet are shown as they came. */
export function wording(entry) {
  const write = WORDINGS[entry.kind];
  return write ? write(entry) : [entry.kind, entry.text].filter(Boolean).join("：");
}

const WORDINGS = {
  say: ({ text }) => text,
  play: ({ url }) => (url ? fileName(url) : "嘀——（提示音）"),
  music: ({ url }) => `等候音乐 ${fileName(url)}`.trim(),
  pause: () => "停顿",
  silence: () => "没有声音",
  ring: () => "嘟……（等待接听）",
  busy: () => "嘟嘟嘟（忙音）",
  room: ({ text }) => roomWording(text),
  hangup: (entry) => (hungUpHere(entry) ? "您挂断了" : "对方挂断了"),
  error: ({ text }) => `通话出错：${text}`,
  press: ({ text }) => `您按了 ${text}`,
  speech: ({ text }) => `您说了 ${text} 秒`,
  lost: () => "电话公司重新启动，这通电话断了",
};

export function hungUpHere(entry) {
  return entry.text === "this person";
}

function roomWording(text) {
  const other = /^talking with (.+)$/.exec(text ?? "");
  if (other) return `与 ${spaced(other[1])} 通话中`;
  const others = Number(/\d+/.exec(text ?? "")?.[0] ?? 0);
  return others ? `通话中（线上另有 ${others} 人）` : "通话中（线上只有您一人）";
}

export function fileName(url) {
  const path = (url ?? "").split(/[?#]/)[0];
  return decodeURIComponent(path.slice(path.lastIndexOf("/") + 1));
}

/** +8677100000001 → “+86 771 0000 0001”. Area codes have two digits for 10 and 2x, else three, as mobiles begin. */
export function spaced(number) {
  const parts = /^\+86(10|2\d|[3-9]\d\d|1[3-9]\d)(\d{4})(\d+)$/.exec(number);
  return parts ? `+86 ${parts[1]} ${parts[2]} ${parts[3]}` : number;
}

/** What a person typed, as the network wants it: 0771 0000 0001 and 0086 771… become +86771…. */
export function dialable(text) {
  const typed = text.replace(/[^\d+*#]/g, "");
  if (typed.startsWith("00")) return `+${typed.slice(2)}`;
  return typed.startsWith("0") ? `+86${typed.slice(1)}` : typed;
}

/** 75.2 → “01:15”. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return [whole / 60, whole % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
}
