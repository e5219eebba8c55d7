// Everything the desk says about itself in Chinese: a word, and the tone in which it is shown.

/** Whether they work with the telephone on the desk: then this page is no telephone. */
export const isAtAPhone = ({ by, presence, line }) => by === "phone" && (presence !== "off" || line !== "idle");

/** Their desk phone, by its last digits. */
export const phoneOf = ({ phone }) => (phone === "SIP" ? "SIP 话机" : `尾号 ${phone}`);

/** Where the desk is in its day. The line comes first: a call goes on even when the console went silent. */
export function phaseOf({ desk, now, online, handset }) {
  if (desk.line !== "idle") return desk.line;
  if (!online) return "offline";
  if (desk.presence !== "off" && !isAtAPhone(desk) && handset.state === "lost") return "voiceless";
  if (desk.presence !== "on") return desk.presence;
  if (desk.intent === "ready" && desk.rest_until > now) return "resting";
  return desk.intent;
}

const STANDINGS = {
  none: ["正在读取", "off"],
  offline: ["已断开", "lost"],
  off: ["未签入", "off"],
  voiceless: ["软电话断开", "lost"],
  lapsed: ["已离线", "lost"],
  ready: ["空闲", "ready"],
  resting: ["暂缓派话", "waiting"],
  paused: ["示忙", "waiting"],
  leaving: ["通话后签出", "waiting"],
  offered: ["振铃", "ringing"],
  connecting: ["接通中", "live"],
  calling: ["呼叫对方", "live"],
  talking: ["通话中", "live"],
  wrap_up: ["话后整理", "waiting"],
};

const IN_A_TEST = { offered: "拨测振铃", connecting: "拨测接通中", talking: "拨测中" };

/** `desk` is one's own, or a seat on the floor. */
export function standingOf(phase, desk) {
  const [word, tone] = STANDINGS[phase];
  if ((desk.call?.test || desk.test) && IN_A_TEST[phase]) return { word: IN_A_TEST[phase], tone };
  return { word: phase === "paused" && desk.reason ? reasonOf(desk.reason) : word, tone };
}

const REASONS = { RONA: "连续未接", FORCED: "班长置忙" };
const reasonOf = (reason) => REASONS[reason] ?? reason;

/** What stands on the card while there is no call: a title and what to do next. */
export function restOf({ phase, desk, now, trouble }) {
  if (phase === "voiceless") return ["软电话断开了，暂不派话", trouble];
  if (phase === "paused") return paused(desk);
  if (phase === "resting") return resting(desk, now);
  if (phase === "ready" && isAtAPhone(desk)) return ["等待来电", "来电时您的话机会响：拿起来听是谁的来电，按 1 接听。本页可以关闭。"];
  return RESTS[phase];
}

const RESTS = {
  none: ["正在读取……", ""],
  offline: ["与服务器的连接断了", "正在重连，不必刷新页面。恢复之前不会派来电。"],
  off: ["还没有签入", "签入后软电话开始工作；浏览器问到麦克风和通知时，请选“允许”。"],
  lapsed: ["已离线，暂不派话", "服务器有一阵没有收到本页的消息，正在恢复。"],
  ready: ["等待来电", "来电时会响铃；按 F2 接听，按 F4 拒接。"],
  leaving: ["正在签出", ""],
};

function paused(desk) {
  const { reason } = desk;
  if (reason === "RONA") return ["连续未接，已停止派话", isAtAPhone(desk) ? "请检查话机，再点“示闲”继续接听。" : "请检查铃声和耳麦，再点“示闲”继续接听。"];
  if (reason === "FORCED") return ["班长已将您置为示忙", "原因见上方的消息。可以接听时点“示闲”。"];
  if (!reason) return ["已签入，尚未示闲", "点上方的“示闲”，开始接听来电。"];
  return [`${reason}中`, "不会派来电。回来后点“示闲”。"];
}

function resting({ rest_until }, now) {
  return ["稍候继续派话", `上一个来电没有接通，${Math.ceil((rest_until - now) / 1000)} 秒后自动恢复。`];
}

const HANDSETS = {
  closed: ["未启用", "off"],
  registering: ["正在注册", "waiting"],
  ready: ["就绪", "ready"],
  dialling: ["正在接入", "live"],
  up: ["通话中", "live"],
  lost: ["已断开，正在重连", "lost"],
};

export function handsetOf({ state, muted, isMending, isSilent, isElsewhere }) {
  if (isElsewhere) return { word: "在另一个标签页通话", tone: "live" };
  const [word, tone] = HANDSETS[state];
  if (state === "up" && isMending) return { word: "通话中，正在重连", tone: "waiting" };
  if (state === "up" && isSilent) return { word: "通话中，没有麦克风", tone: "lost" };
  if (state === "ready" && isSilent) return { word: "就绪，没有麦克风", tone: "waiting" };
  return { word: state === "up" && muted ? "通话中，已静音" : word, tone };
}

const WARNINGS = {
  "high-rtt": "延迟大",
  "high-jitter": "声音断续",
  "high-packet-loss": "丢包多",
  "high-packets-lost-fraction": "丢包多",
  "low-mos": "音质差",
  "low-bytes-received": "收不到对方声音",
  "low-bytes-sent": "声音没有送出",
  "ice-connectivity-lost": "网络中断",
  "constant-audio-input-level": "麦克风没有声音",
  "constant-audio-output-level": "对方没有声音",
};
const GOOD = { rtt: 200, jitter: 20, loss: 0.01 }; // up to here nobody notices
const FAIR = { rtt: 400, jitter: 30, loss: 0.03 }; // and up to here one can talk
const AMISS = { rtt: "延迟大", jitter: "声音断续", loss: "丢包多" };

/** How good the line is: what the carrier warns of, else what was measured. */
export function qualityOf({ warnings, ...measured }) {
  const warned = warnings.find((name) => WARNINGS[name]);
  if (warned) return { word: WARNINGS[warned], tone: "lost" };
  const beyond = (limits) => Object.keys(limits).find((name) => measured[name] > limits[name]);
  if (beyond(FAIR)) return { word: AMISS[beyond(FAIR)], tone: "lost" };
  return beyond(GOOD) ? { word: "音质一般", tone: "waiting" } : { word: "音质良好", tone: "ready" };
}

const LISTENING = { listen: "在监听", whisper: "在对您耳语，来电人听不到", barge: "已加入通话，来电人听得到" };

/** Who else is in this desk's talk. */
export function listenedBy(listeners) {
  return listeners.map(({ id, mode }) => `班长 ${id} ${LISTENING[mode]}`).join("；");
}

const OUTCOMES = {
  answered: "已接通",
  abandoned_greeting: "问候时挂机",
  abandoned_short: "速挂",
  abandoned_queue: "排队中挂机",
  abandoned_ringing: "振铃中挂机",
  waited_too_long: "等待超时",
  closed: "非服务时间",
  full: "线路已满",
  unstaffed: "无人在岗",
  blocked: "限制来电",
  passed_on: "转另一热线",
  withdrawn: "号码已撤下",
  message: "已留言",
  callback: "改约回电",
  called_back: "已回电",
  unreachable: "回电未通",
  called_off: "回电撤销",
  expired: "回电过期",
};

export function outcomeOf({ state, outcome }) {
  if (state !== "ended" && state !== "parting") return { word: "进行中", tone: "live" };
  return { word: OUTCOMES[outcome] ?? "已结束", tone: ["answered", "called_back", "callback"].includes(outcome) ? "done" : "lost" };
}

/** +8677100000001 → “+86 771 0000 0001”. Area codes have two digits for 10 and 2x, else three, as the first three of mobiles. */
export function grouped(number) {
  const parts = /^\+86(?:(10|2\d|[3-9]\d\d)(\d{3,4})(\d{4})|(1\d\d)(\d{4})(\d{4}))$/.exec(number);
  return parts ? `+86 ${parts.slice(1).filter(Boolean).join(" ")}` : number;
}
