"""What other systems are told: which of the queue's moves are news to somebody, and the words of each.

The stream of events is read on by whichever worker comes first; that it is put in line once, and in order, is decided
in the store. A body is written when the event is put in line, and is the same at every try: it tells of the call, or
the promise, as it was then.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from ivr import cases, probes, promises, records
from ivr.acd import hooks
from ivr.acd.callbacks import is_back
from ivr.acd.hooks import HookState, News
from ivr.directory import e164, is_withheld, mask
from ivr.editions import newest
from ivr.errors import NotFound
from ivr.hotline import Hotline

AT_ONCE = 200  # events that are looked at in one step
PERSONAL = frozenset(
    {"note", "text", "handed_to", "answer", "history"}
)  # besides the caller: words and numbers that may name somebody


class Kind(StrEnum):
    """What a subscription may ask for."""

    ARRIVED = "call.arrived"
    ANSWERED = "call.answered"
    ENDED = "call.ended"
    MESSAGE = "message.received"
    CALLBACK = "callback.changed"
    PROMISE = "promise.changed"
    CASE_OPENED = "case.opened"
    CASE = "case.changed"
    NUMBER = "number.changed"
    TESTED = "number.tested"
    ALARM = "alarm.raised"
    ALL_CLEAR = "alarm.cleared"


KINDS = {
    Kind.ARRIVED: "来电进入",
    Kind.ANSWERED: "来电接通（话务员或本人）",
    Kind.ENDED: "通话结束",
    Kind.MESSAGE: "收到留言",
    Kind.CALLBACK: "回拨有变化",
    Kind.PROMISE: "承诺有变化",
    Kind.CASE_OPENED: "承诺转为工单",
    Kind.CASE: "工单有变化",
    Kind.NUMBER: "公布的号码有变化",
    Kind.TESTED: "拨测有结果",
    Kind.ALARM: "告警",
    Kind.ALL_CLEAR: "告警解除",
}
TEST = "hook.test"  # asked for by somebody who looks whether they hear us

Told = Mapping[str, str]  # a move, as the stream of events has it


class Subscriber(NamedTuple):
    """What of a subscription decides what it is told."""

    id: str
    kinds: frozenset[str]
    whole: bool  # callers' numbers, and words that may name somebody


def kind_of(told: Told) -> Kind | None:
    """What a move is to others, if it is anything."""
    event, sid = told["event"], told.get("call", "")
    if event in BY_EVENT:
        return BY_EVENT[event]
    if "promise" in told:
        return Kind.PROMISE
    if "case" in told:
        return Kind.CASE
    if is_back(sid):
        return Kind.CALLBACK if "state" in told else None
    return Kind.ENDED if sid and told.get("state") == "ended" else _answered(told)


BY_EVENT = {
    "arrive": Kind.ARRIVED,
    "message": Kind.MESSAGE,
    "open_case": Kind.CASE_OPENED,
    "edition": Kind.NUMBER,
    "judge_probe": Kind.TESTED,
    "alarm": Kind.ALARM,
    "all_clear": Kind.ALL_CLEAR,
}


def _answered(told: Told) -> Kind | None:
    return Kind.ANSWERED if told["event"] in ("join", "answer_in_person") else None


# ------------------------------------------------------------------------------------------ reading on


async def collect(hotline: Hotline) -> None:
    """Put in line what happened since somebody last did."""
    subscribers = await _subscribers(hotline)
    while subscribers and await _read_on(hotline, subscribers) == AT_ONCE:
        pass  # there is more


async def _read_on(hotline: Hotline, subscribers: list[Subscriber]) -> int:
    """How many events were looked at."""
    before = await hotline.store.ask("GET", hotline.key("hooks_told")) or ""
    events = await hotline.store.ask(
        "XRANGE", hotline.key("events"), f"({before}" if before else "-", "+", "COUNT", AT_ONCE
    )
    if not events:
        return 0  # nothing new
    news = [one for id_, told in events for one in await _news(hotline, subscribers, id_, told)]
    most = hotline.handbook.profile.hooks.waiting_at_most
    await hooks.put_news(hotline, news, before=before, after=events[-1][0], most=most)
    return len(events)


async def _subscribers(hotline: Hotline) -> list[Subscriber]:
    """Whoever is told of anything now; who is paused is told later."""
    listed = await hooks.ids(hotline)
    if not listed:
        return []
    rows = await hotline.store.each(
        *(("HMGET", hotline.key("hook", id), "state", "events", "whole") for id in listed)
    )
    return [
        Subscriber(id, frozenset(events.split()), whole == "1")
        for id, (state, events, whole) in zip(listed, rows, strict=True)
        if state in (HookState.ON.value, HookState.PAUSED.value)
    ]


async def _news(hotline: Hotline, subscribers: list[Subscriber], id_: str, told: Told) -> list[News]:
    kind = kind_of(told)
    wanted_by = [one for one in subscribers if kind in one.kinds]
    if kind is None or not wanted_by:
        return []
    data = await ABOUT[kind](hotline, told)
    if data is None:
        return []
    at = int(told["at"])
    masked = body(hotline, id_, kind, at, without_names(data))
    whole = (
        body(hotline, id_, kind, at, await _with_caller(hotline, data))
        if any(one.whole for one in wanted_by)
        else ""
    )
    return [News(one.id, id_, kind.value, at, whole if one.whole else masked) for one in wanted_by]


def body(hotline: Hotline, id_: str, kind: str, at: int, data: Mapping[str, Any]) -> str:
    """The JSON that is sent, and signed as it stands."""
    told = {
        "id": id_,
        "type": kind,
        "hotline": hotline.name,
        "timestamp": hotline.at(at).isoformat(timespec="milliseconds"),
        "data": data,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


# ------------------------------------------------------------------------------------------ what there is to say


async def _call(hotline: Hotline, told: Told) -> dict[str, Any] | None:
    try:
        record = await records.read(hotline, told["call"])
    except NotFound:  # past its time already
        return None
    return {"event": told["event"], **record.model_dump(mode="json", exclude={"timeline", "hotline"})}


async def _promise(hotline: Hotline, told: Told) -> dict[str, Any] | None:
    promise = await promises.of_call(hotline, told["promise"])
    return {"event": told["event"], **promise.model_dump(mode="json")} if promise else None


async def _case(hotline: Hotline, told: Told) -> dict[str, Any] | None:
    try:
        case = await cases.read(hotline, told["case"])
    except NotFound:  # gone meanwhile, and no reason to tell nobody anything any more
        return None
    return {"event": told["event"], **case.model_dump(mode="json")}


async def _number(hotline: Hotline, told: Told) -> dict[str, Any] | None:
    """Which published numbers an edition changed; nothing when it changed something else."""
    number = int(told["edition"])
    found = [
        one for one in await newest(hotline.store, hotline.name, after=number - 1) if one.number == number
    ]
    changed = sorted({one.name for edition in found for one in edition.changes if one.section == "directory"})
    return {"edition": number, "numbers": changed} if changed else None


async def _tested(hotline: Hotline, told: Told) -> dict[str, Any] | None:
    try:
        tests = await probes.history(hotline, told["probe"])
    except NotFound:  # withdrawn meanwhile
        return None
    return tests[0].model_dump(mode="json") if tests else None


async def _alarm(hotline: Hotline, told: Told) -> dict[str, Any]:
    return {"name": told["alarm"], "text": told.get("note", "")}


ABOUT: dict[Kind, Callable[[Hotline, Told], Awaitable[dict[str, Any] | None]]] = {
    Kind.ARRIVED: _call,
    Kind.ANSWERED: _call,
    Kind.ENDED: _call,
    Kind.MESSAGE: _call,
    Kind.CALLBACK: _call,
    Kind.PROMISE: _promise,
    Kind.CASE_OPENED: _case,
    Kind.CASE: _case,
    Kind.NUMBER: _number,
    Kind.TESTED: _tested,
    Kind.ALARM: _alarm,
    Kind.ALL_CLEAR: _alarm,
}


def without_names(data: Mapping[str, Any]) -> dict[str, Any]:
    """With the caller masked, and without what may name them; an alarm's text names nobody."""
    if "caller" not in data:
        return dict(data)
    kept = {name: said for name, said in data.items() if name not in PERSONAL}
    return kept | {"caller": mask(kept["caller"])} if e164(kept["caller"]) else kept


async def _with_caller(hotline: Hotline, data: Mapping[str, Any]) -> dict[str, Any]:
    """With the whole number, unless the caller withheld it or asked that nobody learn who they are."""
    if "caller" not in data:
        return dict(data)
    caller, sealed = await hotline.store.ask("HMGET", hotline.key("call", data["sid"]), "caller", "sealed")
    if sealed:
        return without_names(data)
    return dict(data) if not caller or is_withheld(caller) else {**data, "caller": caller}
