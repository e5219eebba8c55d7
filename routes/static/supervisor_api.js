// A supervisor's way to the hotline: one method for each thing they do. What is refused arrives as Refused.

import { ask } from "./api.js";

export class SupervisorApi {
  #base;

  /** `base` is the hotline's part of the API, such as /api/nanning. */
  constructor(base) {
    this.#base = base;
  }

  get newsAddress() {
    return `${this.#base}/wallboard/events`;
  }

  dayBefore = (days) => this.#ask("GET", `/wallboard/day?days_ago=${days}`);
  force = (operator, state, why) => this.#ask("PUT", `/operators/${operator}/state`, { state, why });
  giveHelp = (operator) => this.#ask("DELETE", `/operators/${operator}/help`);
  notify = (text, to = "") => this.#ask("POST", "/notices", { text, to });
  advance = (sid) => this.#ask("PUT", `/waiting/${sid}/front`);
  prioritise = (sid, priority) => this.#ask("PUT", `/waiting/${sid}/priority`, { priority });
  requeue = (sid, queue) => this.#ask("PUT", `/waiting/${sid}/queue`, { queue });

  lendEar = (sid, mode) => this.#ask("PUT", `/talks/${sid}/ear`, { mode });
  takeOver = (sid) => this.#ask("PUT", `/talks/${sid}/operator`);
  withdraw = () => this.#ask("DELETE", "/ear");
  hangUp = () => this.#ask("POST", "/desk/hang-up");
  finish = () => this.#ask("POST", "/desk/wrap-up/end");
  softphone = () => this.#ask("GET", "/desk/softphone");

  alarms = () => this.#ask("GET", "/alarms");
  takeOn = (alarm) => this.#ask("PUT", `/alarms/${encodeURIComponent(alarm)}/supervisor`);

  #ask = (method, path, body) => ask(method, this.#base + path, body);
}
