"""The case (工单): what is left of a promise that nobody kept, until a supervisor has read what was done about it.

It is opened by the clock, for whoever looks after the post. They say what was done (反馈); a supervisor closes it
(办结) or gives it back (退回). A promise that is kept after all answers its case, one that is withdrawn closes it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ivr import audit
from ivr.acd import Word
from ivr.acd import cases as book
from ivr.acd.cases import CaseState
from ivr.acd.promises import How
from ivr.audit import Act
from ivr.errors import Conflict, Invalid, NotFound
from ivr.hotline import Hotline
from ivr.promises import LONGEST_NOTE, SHOWN_AT_MOST, may_see, shown, worked_by
from ivr.roles import Person
from ivr.titles import MISSED

STATES = {
    CaseState.OPEN: "待反馈",
    CaseState.OVERDUE: "逾期未反馈",
    CaseState.ANSWERED: "已反馈，待办结",
    CaseState.CLOSED: "已办结",
}
EVENTS = {
    "open_case": "承诺无人联系，转为工单",
    "overrun_case": "逾期未反馈",
    "answer_case": "反馈",
    "add_to_case": "补充：承诺已联系",
    "return_case": "退回",
    "close_case": "办结",
    "drop_case": "承诺撤销，办结",
}
WHY_NOT = {
    Act.ANSWER_CASE: "已经办结",
    Act.RETURN_CASE: "还没有反馈，或已经办结",
    Act.CLOSE_CASE: "还没有反馈，不能办结",
}
WHAT_NOW = {
    Act.ANSWER_CASE: "仍要补充，请班长退回后再反馈",
    Act.RETURN_CASE: "仍要补充，请等再次反馈后退回",
    Act.CLOSE_CASE: "办结后不再补充",
}
"""For somebody whose words came after somebody else's."""
UNFINISHED = (CaseState.OVERDUE, CaseState.OPEN, CaseState.ANSWERED)
UNANSWERED = (CaseState.OVERDUE, CaseState.OPEN)

Stored = Mapping[str, str]


class Entry(BaseModel):
    """One thing that happened to a case. `by` is empty for what the clock did."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    event: str
    title: str
    by: str
    said: str
    how: How | None  # how the promise was kept, if that is what happened


class Case(BaseModel):
    """One case. Moments are in the city's own time; the caller is masked."""

    model_config = ConfigDict(frozen=True)

    number: str
    sid: str  # of the call in which the promise was made
    line: str
    whose: str
    unit: str
    area: str
    holder: str  # who held the post then
    caller: str
    about: str
    state: CaseState
    standing: str
    opened: datetime
    due: datetime
    overdue: bool  # it was not answered in time, whether it was later or not
    answered: datetime | None
    answered_by: str
    how: How | None  # how the promise was kept, if that is what answered it
    answer: str
    closed: datetime | None
    closed_by: str
    history: list[Entry]


Standing = Literal["", "open", "answered", "closed", "all"]
"""What may be sought: nothing said is all that are not closed, and `open` are all that wait for an answer."""


class Sought(BaseModel):
    """What is asked of the list; what is empty is not asked."""

    model_config = ConfigDict(frozen=True)

    state: Standing = ""
    overdue: bool = False
    line: str = ""

    def fits(self, stored: Mapping[str, str]) -> bool:
        return (not self.overdue or "late" in stored) and self.line in ("", stored["line"])


LISTS: dict[Standing, tuple[CaseState, ...]] = {
    "": UNFINISHED,
    "open": UNANSWERED,
    "answered": (CaseState.ANSWERED,),
    "closed": (CaseState.CLOSED,),
    "all": (*UNFINISHED, CaseState.CLOSED),
}


# ------------------------------------------------------------------------------------------ looking


async def search(hotline: Hotline, sought: Sought, person: Person | None = None) -> list[Case]:
    """Those that somebody must act on first, by when they are due; then the closed ones, the newest first. Of each
    state some hundreds: of what is to be done those that wait longest, of what is closed the last."""
    found: dict[str, Stored] = {}
    for state in LISTS[sought.state]:
        found |= await _listed(hotline, state, sought, person)
    calls = (hotline.key("call", stored["sid"]) for stored in found.values())
    sealed = await hotline.store.each(*(("HGET", call, "sealed") for call in calls))
    cases = (
        _case(hotline, number, stored, by is not None)
        for (number, stored), by in zip(found.items(), sealed, strict=True)
    )
    return sorted(cases, key=_urgency)


async def _listed(
    hotline: Hotline, state: CaseState, sought: Sought, person: Person | None
) -> dict[str, Stored]:
    """Of this state as many as are shown of those that are sought, however many stand before them."""
    order = "ZREVRANGE" if state is CaseState.CLOSED else "ZRANGE"
    found: dict[str, Stored] = {}
    at = 0
    while len(found) < SHOWN_AT_MOST:
        numbers = await hotline.store.ask(order, hotline.key("cases", state), at, at + SHOWN_AT_MOST - 1)
        rows = await hotline.store.each(*(("HGETALL", hotline.key("case", number)) for number in numbers))
        found |= {
            number: stored
            for number, stored in zip(numbers, rows, strict=True)
            if stored and may_see(person, stored["line"]) and sought.fits(stored)
        }
        if len(numbers) < SHOWN_AT_MOST:
            break
        at += SHOWN_AT_MOST
    return dict(islice(found.items(), SHOWN_AT_MOST))


def _urgency(case: Case) -> tuple[bool, float]:
    if case.closed:
        return True, -case.closed.timestamp()
    return False, case.due.timestamp()


async def read(hotline: Hotline, number: str, person: Person | None = None) -> Case:
    """One case. Raises NotFound, also for what is not this person's to see."""
    stored = await hotline.store.ask("HGETALL", hotline.key("case", number))
    if not stored or not may_see(person, stored["line"]):
        raise NotFound(f"没有工单 {number}")
    sealed = await hotline.store.ask("HGET", hotline.key("call", stored["sid"]), "sealed")
    return _case(hotline, number, stored, sealed is not None)


def _case(hotline: Hotline, number: str, stored: Stored, sealed: bool) -> Case:
    line, state = hotline.handbook.directory.find(stored["line"]), CaseState(stored["state"])
    whose = line.display_name if line else "已撤下的号码"
    entries = [json.loads(stored[f"entry{n}"]) for n in range(1, int(stored["entries"]) + 1)]
    return Case(
        number=number,
        sid=stored["sid"],
        line=stored["line"],
        whose=whose,
        unit=line.unit if line else "",
        area=line.area if line else "",
        holder=stored["holder"],
        caller=shown(stored["caller"], sealed=sealed),
        about=_about(hotline, whose, stored),
        state=state,
        standing=STATES[state],
        opened=hotline.at(stored["opened"]),
        due=hotline.at(stored["due_at"]),
        overdue=stored.get("late") == "1",
        answered=hotline.at(stored["answered"]) if "answered" in stored else None,
        answered_by=stored.get("answered_by", ""),
        how=How(stored["how"]) if stored.get("how") else None,
        answer=stored.get("answer", ""),
        closed=hotline.at(stored["closed"]) if "closed" in stored else None,
        closed_by=stored.get("closed_by", ""),
        history=[_entry(hotline, entry) for entry in entries],
    )


def _about(hotline: Hotline, whose: str, stored: Stored) -> str:
    """Who promised what and when, and why nobody answered."""
    made, due = hotline.at(stored["promised"]), hotline.at(stored["promise_due"])
    why = MISSED.get(stored["why"], "")
    return (
        f"{_said(made)} 的来电，{whose}未能接听{f'（{why}）' if why else ''}，承诺会后联系，应在 {_said(due)} 前联系；"
        "逾期后交办公室、值班室，到转工单时仍没有人联系来电人"
    )


def _said(moment: datetime) -> str:
    return f"{moment.month}月{moment.day}日{moment:%H:%M}"


def _entry(hotline: Hotline, stored: Stored) -> Entry:
    return Entry(
        at=hotline.at(stored["at"]),
        event=stored["event"],
        title=EVENTS[stored["event"]],
        by=stored["by"],
        said=stored["said"],
        how=How(stored["how"]) if "how" in stored else None,
    )


# ------------------------------------------------------------------------------------------ what is done about it


async def answer(hotline: Hotline, number: str, *, by: Person, said: str) -> Word:
    """What was done about it. Raises Invalid without words, NotFound, or Conflict for one that somebody answered
    otherwise, or that is closed."""
    words = await _acts(hotline, number, by, said, "请写明怎样办理、怎样答复了来电人")
    word = await book.answer(hotline, number, by=by.id, said=words)
    return await _done(hotline, by, Act.ANSWER_CASE, number, words, word)


async def give_back(hotline: Hotline, number: str, *, by: Person, why: str) -> Word:
    """To be answered anew, within as much working time. Raises Invalid without a reason, NotFound, or Conflict for one
    that nobody has answered, that was given back for another reason, or that is closed."""
    words = await _acts(hotline, number, by, why, "请写明退回的原因，如 没有答复来电人所问的事")
    due_at = worked_by(hotline, hotline.moment(), hotline.handbook.profile.promises.case_minutes)
    word = await book.give_back(hotline, number, by=by.id, why=words, due_at=due_at)
    return await _done(hotline, by, Act.RETURN_CASE, number, words, word)


async def close(hotline: Hotline, number: str, *, by: Person, said: str = "") -> Word:
    """Read, and done with. Raises NotFound, or Conflict for one that nobody has answered, or that somebody else has
    closed."""
    words = await _acts(hotline, number, by, said, "")
    word = await book.close(hotline, number, by=by.id, said=words)
    return await _done(hotline, by, Act.CLOSE_CASE, number, words, word)


async def _acts(hotline: Hotline, number: str, by: Person, said: str, or_else: str) -> str:
    """Somebody who may see the case acts on it: their words, as they are kept. Raises Invalid with `or_else` when there
    have to be some."""
    words = said.strip()[:LONGEST_NOTE]
    if or_else and not words:
        raise Invalid(or_else)
    await read(hotline, number, by)
    return words


async def _done(hotline: Hotline, by: Person, act: Act, number: str, said: str, word: Word) -> Word:
    """Noted in the audit once it is done: what was refused did not happen, and what is repeated is noted already."""
    if word is Word.GONE:
        raise Conflict(f"工单 {number} {WHY_NOT[act]}：请刷新页面看现在的情况")
    if word is Word.OTHERWISE:
        history = (await read(hotline, number)).history
        before = next((one for one in reversed(history) if one.event == act), history[-1])
        raise Conflict(
            f"工单 {number} 已经{before.title}（{before.by or '来电人再次来电'}），您写的没有记入："
            f"请刷新页面看已记的；{WHAT_NOW[act]}"
        )
    if word is Word.OK:
        await audit.note(hotline, by, act, number, said)
    return word
