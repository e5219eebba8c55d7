// What supervisors tell this desk: each notice stays until the operator says that it has been read.

import { byId, write } from "./page.js";
import { rowsOf } from "./rows.js";

const WORDS = { message: "消息", paused: "将您置为示忙", ready: "将您置为示闲", off: "将您签出（有通话的，通话后）" };

/** `read(id)` is called for a click. Returns draw(notices). */
export function noticeBoard(read) {
  const list = byId("notices");
  const draw = rowsOf(list, byId("notice-row"));
  list.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button) read(button.closest("li").dataset.id);
  });
  return (notices) => draw(notices, ({ id }) => id, fill);
}

function fill(parts, notice, row) {
  row.dataset.id = notice.id;
  write(parts.from, `班长 ${notice.by} ${WORDS[notice.kind]}`);
  write(parts.text, notice.text);
}
