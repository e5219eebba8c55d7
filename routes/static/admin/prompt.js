// One prompt: how it will be heard, while it is written; and a recording in its place.

import { partsOf, write } from "../page.js";
import { readAloud } from "./aloud.js";
import { reach, reason } from "./asking.js";
import { asTelephonesPlay, Microphone } from "./recorder.js";

const STILL = 400; // milliseconds without a key until it is previewed
const SECOND = 1000;

const form = document.getElementById("prompt");
const parts = partsOf(form);
const { text, audio } = form.elements;
const microphone = new Microphone();
let heard = text.value;
let timer = 0;
let running = 0; // the clock of a recording

preview();
text.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(preview, STILL);
});
parts.listen.addEventListener("click", listen);
parts.record?.addEventListener("click", () => say(toggleRecording));
parts.file?.addEventListener("change", () => parts.file.files[0] && say(() => keep(parts.file.files[0])));
parts.unrecord?.addEventListener("click", () => use("", ""));

/** Asks how it would be said, and shows that, or what is wrong with it. */
async function preview() {
  const asked = text.value;
  try {
    const answer = await reach("POST", form.dataset.preview, { text: asked, audio: audio?.value || null });
    if (asked !== text.value) return;
    if (!answer.ok) {
      const { detail, fields } = await reason(answer);
      write(parts.heard, Object.values(fields ?? {}).join("；") || detail);
      return;
    }
    const seen = await answer.json();
    heard = seen.text;
    write(parts.heard, `来电人听到：${seen.text}`);
    write(parts.twiml, seen.twiml);
  } catch (failure) {
    write(parts.heard, failure.message);
  }
}

/** The recording if there is one, else a voice of this browser. */
function listen() {
  if (audio?.value) {
    parts.sound.play();
    return;
  }
  readAloud(heard, form.dataset.language === "yue-CN" ? "zh-HK" : "zh-CN");
}

async function toggleRecording() {
  if (!microphone.isOn) {
    await microphone.start();
    mark("停止录音", true);
    countSeconds();
    return "正在录音……";
  }
  mark("开始录音", false);
  return keep(await microphone.stop());
}

/** For the eye alone: read aloud each second it would be in the recording. */
function countSeconds() {
  let seconds = 0;
  write(parts["recording-length"], "0 秒");
  running = setInterval(() => write(parts["recording-length"], `${(seconds += 1)} 秒`), SECOND);
}

function mark(word, pressed) {
  if (!pressed) {
    clearInterval(running);
    write(parts["recording-length"], "");
  }
  write(parts.record, word);
  parts.record.setAttribute("aria-pressed", String(pressed));
}

async function keep(sound) {
  const answer = await reach("POST", form.dataset.recordings, await asTelephonesPlay(sound));
  if (!answer.ok) throw new Error((await reason(answer)).detail);
  const kept = await answer.json();
  use(kept.audio, kept.url);
  return `录音 ${kept.seconds.toFixed(1)} 秒，已转为电话音质。发布后来电人就听到它。`;
}

function use(name, url) {
  audio.value = name;
  parts.sound.hidden = parts.unrecord.hidden = !name;
  if (name) parts.sound.src = url;
  form.dispatchEvent(new Event("input", { bubbles: true }));
  preview();
}

async function say(act) {
  write(parts["recording-said"], "请稍候……");
  try {
    write(parts["recording-said"], (await act()) ?? "");
  } catch (failure) {
    mark("开始录音", false);
    write(parts["recording-said"], failure.message);
  }
}
