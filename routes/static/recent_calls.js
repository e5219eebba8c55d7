// The last calls of this operator, newest first; each opens its record in a tab of its own.

import { span } from "./clock.js";
import { byId, partsOf, write, writeTag } from "./page.js";
import { outcomeOf } from "./words.js";

export function drawRecent(records) {
  byId("recent").replaceChildren(...records.map(item));
  byId("recent-empty").hidden = records.length > 0;
}

function item(record) {
  const root = byId("recent-template").content.firstElementChild.cloneNode(true);
  const parts = partsOf(root);
  root.querySelector("a").href = `/calls/${record.sid}`;
  parts.at.dateTime = record.arrived;
  write(parts.at, record.arrived.slice(11, 16)); // ISO 8601 in the city's own time
  write(parts.whose, record.whose);
  write(parts.caller, record.caller || "未显示号码");
  write(parts.talked, talkOf(record));
  writeTag(parts.standing, outcomeOf(record));
  return root;
}

// From its moments: the record's own sum comes only when the caller's line is down, a little after the talk.
function talkOf({ joined, parted }) {
  return joined && parted ? span(Date.parse(parted) - Date.parse(joined)) : "";
}
