// The dial test's page: how far the tests are, as the server tells it; the list is read again when they are done.

import { byId, write } from "./page.js";

const AGAIN = 3000; // milliseconds between a lost connection and the next
const { api, running: asDrawn } = byId("probes").dataset;
const bar = byId("progress");
let wasRunning = asDrawn === "yes"; // when the server drew the page

function show(run) {
  const running = run.done < run.total;
  bar.max = run.total || 1;
  bar.value = run.done;
  write(byId("said"), run.total ? `${run.done} / ${run.total}，${run.failed} 个失败` : "还没有拨测过");
  if (wasRunning && !running) location.reload();
  wasRunning = running;
}

function follow() {
  const news = new EventSource(`${api}/events`);
  news.addEventListener("run", (event) => show(JSON.parse(event.data)));
  const again = () => {
    news.close();
    setTimeout(follow, AGAIN);
  };
  news.addEventListener("retry", again);
  news.addEventListener("error", again);
}

follow();
