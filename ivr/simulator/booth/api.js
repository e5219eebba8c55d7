// The booth's only way to the phone company: one function per request, and one stream of news.
// A refusal arrives as ExchangeError with the sentence the server gave, ready to be shown.

import { spaced } from "./words.js";

export class ExchangeError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status; // 0: nobody answered
  }
}

export const numbers = () => ask("GET", "/simulator/numbers");
export const liveCalls = () => ask("GET", "/simulator/calls?live=true");
export const call = (sid) => ask("GET", `/simulator/calls/${sid}`);
export const press = (sid, digits) => ask("POST", `/simulator/calls/${sid}/digits`, { digits });
export const speak = (sid, seconds) => ask("POST", `/simulator/calls/${sid}/speech`, { seconds });
export const answer = (sid) => ask("POST", `/simulator/calls/${sid}/answer`);
export const hangUp = (sid) => ask("DELETE", `/simulator/calls/${sid}`);
export const register = ({ number, ...phone }) => ask("PUT", `/simulator/phones/${number}`, phone);
export const texts = () => ask("GET", "/simulator/texts");
export const switches = () => ask("GET", "/simulator/switches");
export const phones = () => ask("GET", "/simulator/phones");
export const textsTo = (number) => ask("GET", `/simulator/texts?to=${encodeURIComponent(number)}`);
export const textsFrom = (number) => ask("GET", `/simulator/texts?from=${encodeURIComponent(number)}`);
export const sendText = (from, to, body) => ask("POST", "/simulator/texts", { from, to, body });
export const turn = (index, on) => ask("PUT", `/simulator/switches/${index}`, { on });

export async function dial(from, to) {
  try {
    return await ask("POST", "/simulator/calls", { from, to });
  } catch (error) {
    if (error.status !== 404) throw error;
    throw new ExchangeError(`您拨的号码是空号：${spaced(to)}`, 404);
  }
}

/**
 * Listen for news until the page closes. One stream serves every line, because a browser opens only
 * six connections to a host. `opened` comes again after each interruption: re-read everything then.
 */
export function listen(news) {
  const { opened, lost, callChanged, rings, numbersChanged, phonesChanged, textDelivered } = news;
  const stream = new EventSource("/simulator/events");
  stream.addEventListener("open", opened);
  for (const name of ["heard", "status", "room"]) {
    stream.addEventListener(name, (event) => callChanged(JSON.parse(event.data).sid));
  }
  stream.addEventListener("status", (event) => {
    const { sid, status, to, direction } = JSON.parse(event.data);
    if (status === "ringing" && direction !== "inbound") rings(sid, to);
  });
  stream.addEventListener("number", numbersChanged);
  stream.addEventListener("phone", phonesChanged);
  stream.addEventListener("text", textDelivered);
  stream.addEventListener("error", () => {
    lost();
    // The browser tries again by itself, except after an HTTP error, which closes the stream for good.
    if (stream.readyState !== EventSource.CLOSED) return;
    setTimeout(() => listen(news), 2000);
  });
}

async function ask(method, path, body) {
  const answer = await reach(method, path, body);
  if (!answer.ok) throw new ExchangeError(await reason(answer), answer.status);
  return answer.status === 204 ? null : answer.json();
}

async function reach(method, path, body) {
  const request = { method, cache: "no-store" };
  if (body) {
    request.headers = { "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  try {
    return await fetch(path, request);
  } catch {
    // fetch() rejects for one reason here: the connection failed.
    throw new ExchangeError("电话公司没有应答", 0);
  }
}

async function reason(answer) {
  const text = await answer.text();
  try {
    return JSON.parse(text).error ?? text;
  } catch {
    return `${answer.status} ${text.slice(0, 200)}`;
  }
}
