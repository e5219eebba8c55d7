// The wallboard. This file joins its parts; what each part shows is in the file that bears its name.

import { drawAlarms, drawPast, listenToAlarms } from "./alarms.js";
import { Refused } from "./api.js";
import { drawBars } from "./bars.js";
import { ServerClock } from "./clock.js";
import { Ear } from "./ear.js";
import { News } from "./events.js";
import { drawFigures } from "./figures.js";
import { drawFloor, listenToRows, standingAt, waitingIn } from "./floor.js";
import { byId, write, writeTag } from "./page.js";
import { supervisorActs } from "./supervisor_acts.js";
import { SupervisorApi } from "./supervisor_api.js";

const TICK = 500; // milliseconds; times in state are counted here, between two pictures from the server
const A_WEEK = 7; // days
const ONLINE = { word: "已连接", tone: "ready" };
const OFFLINE = { word: "已断开，正在重连", tone: "lost" };
const OPEN = { word: "服务时间", tone: "ready" };
const SHUT = { word: "非服务时间", tone: "off" };

const { api: base, hotline, operator, timezone } = byId("wallboard").dataset;
const CITY_TIME = { hour12: false, timeZone: timezone }; // whatever the clock of this computer is set to

class Wallboard {
  #api = new SupervisorApi(base);
  #clock = new ServerClock();
  #acts = supervisorActs(this.#api, (ask, said) => this.#act(ask, said));
  #ear = new Ear(this.#api, (ask, said) => this.#act(ask, said), `${hotline} ${operator}`);
  #news = new News(this.#api.newsAddress, {
    opened: () => writeTag(byId("connection"), ONLINE),
    lost: () => writeTag(byId("connection"), OFFLINE),
    board: (board) => this.#show(board),
    day: (today) => this.#chart({ today }),
  });
  #board = null;
  #days = { today: [], before: [] };

  open() {
    byId("whole-screen").addEventListener("click", toggleWholeScreen);
    document.addEventListener("fullscreenchange", showWholeScreen);
    new ResizeObserver(() => this.#chart({})).observe(byId("chart-calls"));
    byId("to-all").addEventListener("click", () => this.#acts.toAll());
    listenToRows({ onSeat: (...what) => this.#onSeat(...what), onCaller: (_, sid) => this.#onCaller(sid) });
    listenToAlarms({
      takeOn: (name) => this.#act(() => this.#api.takeOn(name)),
      readPast: () => this.#act(async () => drawPast((await this.#api.alarms()).past, CITY_TIME)),
    });
    setInterval(() => this.#draw(), TICK);
    this.#news.open();
    this.#readLastWeek();
  }

  #readLastWeek() {
    return this.#act(async () => this.#chart({ before: await this.#api.dayBefore(A_WEEK) }));
  }

  // ---------------------------------------------------------------------------------------- what a supervisor does

  #onSeat(act, id) {
    const seat = this.#board.seats.find((one) => one.id === id);
    if (act === "help") this.#act(() => this.#api.giveHelp(id), () => "求助已处理。");
    else if (!seat) return;
    else if (act === "take") this.#ear.takeOver(seat.caller.sid);
    else if (act !== "more") this.#ear.lend(seat.caller.sid, act);
    else this.#acts.onSeat(seat, standingAt(seat, this.#clock.now()).word);
  }

  #onCaller(sid) {
    const caller = waitingIn(this.#board).find((one) => one.sid === sid);
    if (caller) this.#acts.onCaller(caller, this.#board.queues);
  }

  /** Do what was asked, and say what came of it; the board itself shows what changed. */
  async #act(ask, said = () => "") {
    write(byId("notice"), "");
    try {
      write(byId("said"), said(await ask()));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      write(byId("notice"), error.status === 401 ? "登录已失效：请刷新页面，重新登录。" : error.message);
    }
  }

  // ---------------------------------------------------------------------------------------- how things stand

  #show(board) {
    this.#board = board;
    this.#clock.set(board.now);
    this.#ear.follow(board.mine);
    writeTag(byId("doors"), board.open ? OPEN : SHUT);
    this.#draw();
  }

  #draw() {
    if (!this.#board) return;
    const now = this.#clock.now();
    write(byId("now"), new Date(now).toLocaleTimeString("zh-CN", CITY_TIME));
    drawFigures(this.#board, now);
    drawFloor(this.#board, now);
    drawAlarms(this.#board.alarms, now);
    this.#ear.draw(now);
  }

  #chart(days) {
    this.#days = { ...this.#days, ...days };
    const { today, before } = this.#days;
    drawBars(byId("chart-calls"), {
      layers: [
        { values: today.map(({ answered }) => answered), tone: "answered" },
        { values: today.map(({ received, answered }) => received - answered), tone: "lost" },
      ],
      before: before.map(({ received }) => received),
      words: `今日来电 ${sum(today, "received")}，接通 ${sum(today, "answered")}；上周同日来电 ${sum(before, "received")}`,
    });
    drawBars(byId("chart-waits"), {
      layers: [{ values: today.map(({ waited }) => waited), tone: "wait" }],
      before: before.map(({ waited }) => waited),
      words: "今日与上周同日每刻钟的平均应答秒数",
    });
  }
}

const sum = (quarters, name) => quarters.reduce((total, quarter) => total + quarter[name], 0);

function toggleWholeScreen() {
  return document.fullscreenElement ? document.exitFullscreen() : byId("wallboard").requestFullscreen();
}

function showWholeScreen() {
  const on = Boolean(document.fullscreenElement);
  byId("whole-screen").setAttribute("aria-pressed", String(on));
  write(byId("whole-screen").querySelector("span"), on ? "退出全屏" : "全屏");
}

new Wallboard().open();
