// The desk's only way to the hotline: one method for each thing an operator does or reads.
// A refusal arrives as Refused with the sentence that the server wrote for people, ready to be shown.

const PATIENCE = 10_000; // milliseconds until a request that nobody answers is given up

export class Refused extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status; // of HTTP; 0: nobody answered
  }
}

export class DeskApi {
  #base;

  /** `base` is the hotline's part of the API, such as /api/nanning. */
  constructor(base) {
    this.#base = base;
  }

  get newsAddress() {
    return `${this.#base}/desk/events`;
  }

  read = () => this.#ask("GET", "/desk");
  signOn = (by) => this.#ask("PUT", "/desk/presence", { present: true, by });
  signOff = () => this.#ask("PUT", "/desk/presence", { present: false });
  intend = (intent, reason) => this.#ask("PUT", "/desk/intent", { intent, ...(reason && { reason }) });
  beat = () => this.#ask("POST", "/desk/heartbeat");
  accept = (sid) => this.#ask("POST", "/desk/acceptance", { sid });
  line = () => this.#ask("GET", "/queue");
  pick = (sid) => this.#ask("POST", "/desk/pick", { sid });
  refuse = (sid) => this.#ask("POST", "/desk/refusal", { sid });
  hangUp = () => this.#ask("POST", "/desk/hang-up");
  hold = (held) => this.#ask("PUT", "/desk/hold", { held });
  contacts = () => this.#ask("GET", "/desk/contacts");
  invite = (kind, who, mode) => this.#ask("POST", "/desk/guest", { kind, who, mode });
  takeBack = () => this.#ask("DELETE", "/desk/guest");
  confer = () => this.#ask("POST", "/desk/conference");
  transfer = () => this.#ask("POST", "/desk/transfer");
  pauseRecording = (paused) => this.#ask("PUT", "/desk/recording", { paused });
  note = (sid, text) => this.#ask("PUT", `/desk/calls/${sid}/note`, { text });
  finish = () => this.#ask("POST", "/desk/wrap-up/end");
  readNotice = (id) => this.#ask("PUT", `/notices/${id}/acknowledgement`);
  askHelp = () => this.#ask("PUT", "/desk/help", {});
  needNoHelp = () => this.#ask("DELETE", "/desk/help");
  softphone = () => this.#ask("GET", "/desk/softphone");
  callsOf = (operator) => this.#ask("GET", `/calls?${new URLSearchParams({ operator, limit: 20 })}`);

  #ask = (method, path, body) => ask(method, this.#base + path, body);
}

/** What the server answers, or Refused. */
export async function ask(method, address, body) {
  const answer = await reach(method, address, body);
  if (!answer.ok) throw new Refused(await reason(answer), answer.status);
  return answer.status === 204 ? null : answer.json();
}

async function reach(method, address, body) {
  const request = { method, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
  if (body) {
    request.headers = { "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  try {
    return await fetch(address, request);
  } catch {
    // fetch() rejects when the connection fails and when our patience ends; for the operator both are one.
    throw new Refused("服务器没有应答，请稍候再试", 0);
  }
}

async function reason(answer) {
  const text = await answer.text();
  try {
    const problem = JSON.parse(text);
    return problem.detail ?? problem.title;
  } catch {
    return `服务器拒绝了这个请求（${answer.status}）`; // a proxy's page, not our problem+json
  }
}
