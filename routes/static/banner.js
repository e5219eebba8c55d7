// How many alarms stand, at the head of a page that hears of them as they come and go.

import { byId, write } from "./page.js";

export function drawBanner(standing) {
  const banner = byId("alarm-banner");
  banner.hidden = standing === 0;
  write(banner.querySelector("a"), `${standing} 个告警未解除：到看板查看`);
}
