// The switch with which an operator says what they want: calls, a pause and why, or to leave after this call.

import { byId } from "./page.js";

/** `choose(intent, reason)` is called for a click. Returns the function that shows how things stand. */
export function stateSwitch(choose) {
  const root = byId("switch");
  let known = null;
  return (desk) => {
    const reasons = desk.hotline.break_reasons.join();
    if (known !== reasons) build(root, desk.hotline.break_reasons, choose);
    known = reasons;
    root.hidden = desk.presence === "off";
    for (const button of root.children) button.setAttribute("aria-pressed", String(isChosen(button.dataset, desk)));
  };
}

// Built once, not each time it is drawn: a button that is replaced loses the keyboard's focus.
function build(root, reasons, choose) {
  root.replaceChildren(
    option("示闲", "ready", "", choose),
    ...reasons.map((reason) => option(reason, "paused", reason, choose)),
    option("通话后签出", "leaving", "", choose),
  );
}

function option(word, intent, reason, choose) {
  const button = document.createElement("button");
  button.textContent = word;
  Object.assign(button.dataset, { intent, reason });
  button.addEventListener("click", () => choose(intent, reason));
  return button;
}

function isChosen({ intent, reason }, desk) {
  return intent === desk.intent && (intent !== "paused" || reason === desk.reason);
}
