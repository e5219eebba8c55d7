// The figures of the wallboard: the tiles at its top and the register of all of them.

import { span } from "./clock.js";
import { byId, partsOf, write } from "./page.js";
import { rowsOf } from "./rows.js";

const NOTHING = "—";
const drawRegister = rowsOf(byId("readings"), byId("reading-row"));

/** A share as “95.2 %”, seconds as “12 秒”, a count as it is; nothing known as “—”. */
export function figureOf({ value, unit }) {
  if (value === null) return NOTHING;
  if (unit === "share") return `${(value * 100).toFixed(value === 1 ? 0 : 1)} %`;
  return unit === "seconds" ? `${Math.round(value)} 秒` : String(value);
}

export function drawFigures(board, now) {
  const of = Object.fromEntries(board.readings.map((reading) => [reading.name, reading]));
  drawWaiting(board, now);
  drawCompletion(of);
  drawSeats(board.seats);
  drawReading(of.answered_well, "今日进入排队的来电");
  drawReading(of.abandonment, `${board.abandoned} 人，另有速挂 ${board.short} 人`);
  drawReading(of.asa, `平均处理 ${figureOf(of.aht)}`);
  drawReading(of.occupancy, `今日；未接率 ${figureOf(of.rona)}`);
  const lost = board.received - board.answered;
  drawTile("received", { figure: String(board.received), more: `接通 ${board.answered}，未接通或未结束 ${lost}` });
  drawRegister(board.readings, ({ name }) => name, fillReading);
}

function drawWaiting({ waiting, longest_since }, now) {
  const longest = longest_since && span(now - longest_since);
  const more = !longest ? "没有人在等" : waiting ? `最久 ${longest}` : `正在振铃，已等 ${longest}`;
  drawTile("waiting", { figure: String(waiting), more, tone: waiting ? "waiting" : "ready" });
}

function drawCompletion({ completion, completion_open }) {
  const { value, wanted } = completion;
  const tone = value === null ? "off" : value < wanted ? "lost" : "ready";
  const more = `目标 ${wanted * 100} %；服务时间内 ${figureOf(completion_open)}`;
  const formula = `${completion.formula}。${completion_open.title}：${completion_open.formula}`;
  drawTile("completion", { figure: figureOf(completion), more, formula, tone });
}

function drawSeats(seats) {
  const here = seats.filter(({ presence }) => presence === "on");
  const count = (matches) => here.filter(matches).length;
  const idle = count(({ line, intent }) => line === "idle" && intent === "ready");
  const talking = count(({ line }) => ["connecting", "calling", "talking"].includes(line));
  const wrapping = count(({ line }) => line === "wrap_up");
  drawTile("seats", { figure: String(here.length), more: `空闲 ${idle}，通话 ${talking}，整理 ${wrapping}` });
}

function drawReading(reading, more) {
  drawTile(reading.name, { figure: figureOf(reading), more, formula: reading.formula });
}

function drawTile(name, { figure, more, formula, tone = "off" }) {
  const tile = byId(`tile-${name}`);
  const parts = partsOf(tile);
  tile.dataset.tone = tone;
  write(parts.figure, figure);
  write(parts.more, more);
  if (formula) write(parts.formula, formula);
}

function fillReading(parts, reading) {
  write(parts.title, reading.title);
  write(parts.of, reading.of);
  write(parts.value, figureOf(reading));
  write(parts.formula, reading.formula);
}
