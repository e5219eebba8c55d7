// The forms of 管理: each is sent as JSON to the address of its act, the same that programs use.
//
//   <form data-act="PUT /api/..." data-then="reload | stay | an address">   what to send where, and where to go after it
//   <button data-act data-then data-only="names" data-needs="name">  another act with the same form
//   <input data-kind="...">                                         how a field is read (see KINDS)
//
// A refusal leaves everything as it was typed, says what was wrong at the field, and puts the keyboard there.

import { reach, reason } from "./asking.js";

const KINDS = {
  text: ({ value }) => value,
  optional: ({ value }) => value || null,
  number: ({ value }) => (value === "" ? null : Number(value)),
  bool: ({ checked }) => checked,
  lines: ({ value }) => linesOf(value),
  days: ({ value }) => linesOf(value).flatMap(daysOf),
  spells: ({ value }) => linesOf(value).map((line) => line.split(/\s*[-–—至]\s*/)),
  json: ({ value }) => JSON.parse(value),
};

/** 2027-01-01, or 2027-01-01 to 2027-01-03 in any of the ways in which that is written. */
function daysOf(line) {
  const [first, last = first] = line.match(/\d{4}-\d{2}-\d{2}/g);
  const days = [];
  for (let day = new Date(first); day <= new Date(last); day.setUTCDate(day.getUTCDate() + 1)) days.push(day.toISOString().slice(0, 10));
  return days;
}

const linesOf = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

let faults = 0;

sayWhatWasDone();
for (const form of document.querySelectorAll("form[data-act]")) watch(form);

function watch(form) {
  let touched = false;
  form.noValidate = true; // said in our words, at the field
  form.addEventListener("input", ({ target }) => {
    touched = touched || form.dataset.then !== "reload";
    clear(target);
    say(form, "");
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const before = touched;
    touched = false; // what is typed while it is sent is not in it
    if (!(await send(form, event.submitter))) touched ||= before;
  });
  window.addEventListener("beforeunload", (event) => {
    if (touched) event.preventDefault();
  });
}

async function send(form, button) {
  const how = { ...form.dataset, ...button?.dataset };
  if (how.confirm && !window.confirm(how.confirm)) return false;
  for (const element of form.elements) clear(element);
  refuse(form, "");
  const body = bodyOf(form, how);
  if (!body) return false;
  const [method, address] = how.act.split(" ");
  const done = await attempt(form, button, method, address, body);
  if (!done) return false;
  if (how.secret) tell(form, done[how.secret]);
  if (how.then === "stay") settle(form, done, how.saidAs ?? "已保存");
  else leave(how.then, how.saidAs ?? "已保存");
  return true;
}

async function attempt(form, button, method, address, body) {
  if (button) button.disabled = true;
  try {
    const answer = await reach(method, address, method === "DELETE" ? undefined : body);
    if (answer.ok) return await answer.json();
    const problem = await reason(answer);
    show(form, button, problem, answer.status === 409);
  } catch (failure) {
    refuse(form, failure.message);
  } finally {
    if (button) button.disabled = false;
  }
  return null;
}

/** What the fields say, `fields.ring_seconds` inside `fields`; null when one of them cannot be read. */
function bodyOf(form, { only, needs }) {
  const wanted = only?.split(" ");
  const body = {};
  for (const element of form.elements) {
    if (!element.name || (wanted && !wanted.includes(element.name)) || (element.type === "radio" && !element.checked)) continue;
    if ((element.required || needs === element.name) && !element.value.trim()) return blame(element, "请填写这一项");
    if (element.dataset.kind === "name" && !element.checkValidity()) return blame(element, "请用小写字母开头，只含小写字母、数字和 _");
    if (element.dataset.kind === "name") continue;
    if (element.dataset.kind === "chosen") {
      choose(body, element);
      continue;
    }
    try {
      put(body, nameOf(element, form).split("."), KINDS[element.dataset.kind ?? "text"](element));
    } catch {
      return blame(element, "写法不对，请对照说明检查");
    }
  }
  return body;
}

/** Of several boxes with one name, the words of those that are ticked. */
function choose(body, { name, value, checked }) {
  body[name] ??= [];
  if (checked) body[name].push(value);
}

/** In a form for something new, its own name stands in the names of its fields. */
const nameOf = ({ name }, form) => name.replace("NAME", form.elements.name?.value.trim());

function put(body, [first, ...rest], value) {
  if (rest.length) put((body[first] ??= {}), rest, value);
  else body[first] = value;
}

/** Each fault at its field; what belongs to none of them, or to several, above the form. */
function show(form, button, { detail, fields = {} }, changedMeanwhile) {
  const homeless = [];
  let first = null;
  for (const [where, what] of Object.entries(fields)) {
    const element = elementOf(form, where);
    if (element) {
      blame(element, what);
      first ??= element;
    } else homeless.push(what);
  }
  first?.focus();
  if (!first || homeless.length) refuse(form, homeless.length ? homeless.join("；") : detail, changedMeanwhile, button);
}

/** The field of `queue.ring_seconds`, or of `dialled_from.0`: the one whose name ends most like it. */
function elementOf(form, where) {
  const wanted = where.replace(/(\.\d+)+$/, "").split(".").reverse();
  const alike = ({ name }) => {
    const parts = name.split(".").reverse();
    const differs = wanted.findIndex((part, n) => part !== parts[n]);
    return differs < 0 ? wanted.length : differs;
  };
  const named = [...form.elements].filter(({ name }) => name && !name.endsWith("basis"));
  const best = named.reduce((one, other) => (one && alike(one) >= alike(other) ? one : other), null);
  return best && alike(best) ? best : null;
}

/** Said right after the field; two forms of a page may each have a field of this name, so the word's id is counted. */
function blame(element, what) {
  let said = faultOf(element);
  if (!said) {
    said = document.createElement("small");
    said.id = `fault-${++faults}`;
    said.className = "fault";
    element.after(said);
  }
  said.textContent = what;
  element.setAttribute("aria-invalid", "true");
  element.setAttribute("aria-describedby", said.id);
  element.focus();
  return null;
}

function clear(element) {
  if (!element.getAttribute?.("aria-invalid")) return;
  element.removeAttribute("aria-invalid");
  element.removeAttribute("aria-describedby");
  faultOf(element)?.remove();
}

function faultOf({ nextElementSibling: next }) {
  return next?.classList.contains("fault") ? next : null;
}

/** Said above the form. When somebody else was faster: a look at what there is now, and a way to save all the same. */
function refuse(form, text, changedMeanwhile = false, button = null) {
  const place = form.querySelector('[data-part="refused"]');
  if (!place) return;
  place.hidden = !text;
  place.textContent = text;
  const bases = [...form.elements].filter(({ name }) => name.endsWith("basis"));
  if (!changedMeanwhile || !bases.length) return;
  const look = document.createElement("a");
  Object.assign(look, { href: location.href, target: "_blank", rel: "noopener", textContent: "在新标签页查看现在的内容" });
  const insist = document.createElement("button");
  Object.assign(insist, { type: "button", className: "quiet", textContent: "仍按我填写的保存" });
  insist.addEventListener("click", () => {
    for (const basis of bases) Object.assign(basis, { value: "" }).dataset.kind = "optional";
    form.requestSubmit(button);
  });
  place.append(" ", look, " ", insist);
}

/** A secret that is shown this once. */
function tell(form, secret) {
  const place = form.querySelector('[data-part="secret"]');
  place.hidden = false;
  const { secretTitle = "临时密码", secretAdvice = "请记下来交给本人，离开本页就看不到了。" } = form.dataset;
  place.textContent = `${secretTitle}：${secret}　${secretAdvice}`;
  form.reset();
}

/** The page stays, with whatever is typed in its other forms; the next change here begins from what there is now. */
function settle(form, { basis }, said) {
  if (basis) form.elements.basis.value = basis;
  say(form, said);
}

/** At the form, where it has a place for it. */
function say(form, said) {
  const place = form.querySelector('[data-part="done"]');
  if (place) place.textContent = said;
}

function leave(then, said) {
  if (!then) return;
  sessionStorage.setItem("said", said);
  if (then === "reload") location.reload();
  else location.assign(then);
}

function sayWhatWasDone() {
  const said = sessionStorage.getItem("said");
  const place = document.getElementById("said");
  if (!said || !place) return;
  sessionStorage.removeItem("said");
  place.hidden = false;
  place.textContent = said;
}
