"""The operator's desk: what it shows, and what is done from it.

The desk shows how things stand, whole, each time something concerns it; it never adds up news.
"""

import asyncio
import secrets
from collections.abc import Coroutine, Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from ivr import acd
from ivr.acd import By, Guest, Hold, Intent, Tape, Word
from ivr.acd.callbacks import is_back
from ivr.directory import mask
from ivr.errors import Conflict, Invalid
from ivr.hotline import Hotline
from ivr.newswire import Moment, moment_of
from ivr.roles import Person, Right
from ivr.waiting import InLine, in_line

NOT_PICKED = {
    Word.GONE: "这个来电已经不在队列里：来电人挂机，或已派给别人",
    Word.BUSY: "您现在不能接起：请先签入；正在通话或整理的，请先结束",
    Word.NO: "这个来电不在您接听的队列里",
}
GONE = "这个来电已经不在您这里：来电人挂机、超时，或已被别人接听"


AT_THE_PHONE = "来电正在您的话机上振铃：请拿起话机，按 1 接听"


class CallCard(BaseModel):
    """The call at a desk. Moments are milliseconds since 1970; the caller is masked."""

    model_config = ConfigDict(frozen=True)

    sid: str
    number: str
    whose: str
    unit: str
    area: str
    caller: str
    state: str
    queued: int | None
    offered: int | None
    accepted: int | None
    joined: int | None
    parted: int | None
    calls_in_7_days: int
    caller_class: str  # its title; "" for everybody else
    language: str  # that they chose; "" if none
    pace: str  # "", warned or slow: rings more often than one caller may
    callback: bool  # we call them
    asked: int | None  # when they asked for it
    tries: int
    operator: str  # whose call it is: another's when this desk is consulted
    hold_since: int | None
    held: int  # ms on hold, up to the last time
    reminded: int  # how often the operator was told that the caller is still on hold
    guest: "GuestCard | None"
    tape: Tape  # whether the talk is recorded
    tape_since: int | None
    note: str
    test: bool  # a dial test: nobody calls, and it counts nowhere
    guest_end: str  # why the last guest is not there: busy, no_answer, declined, failed, left, dismissed


class GuestCard(BaseModel):
    """Somebody who is brought into the talk."""

    model_config = ConfigDict(frozen=True)

    state: Guest
    since: int
    kind: str
    name: str


class Town(BaseModel):
    """The hotline a desk works for."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    city: str
    break_reasons: tuple[str, ...]


class Notice(BaseModel):
    """What a supervisor tells this desk. `kind` is message, or the state that they put the operator into."""

    model_config = ConfigDict(frozen=True)

    id: str
    by: str
    kind: str
    text: str
    at: int


class Listener(BaseModel):
    """A supervisor in this desk's talk. `mode` is listen, whisper or barge."""

    model_config = ConfigDict(frozen=True)

    id: str
    mode: str


class Desk(BaseModel):
    """All that one desk shows. `now` is our clock, so that a page can correct its own."""

    model_config = ConfigDict(frozen=True)

    now: int
    operator: str
    hotline: Town
    by: By
    phone: str  # of their desk phone the last four digits, or SIP; "" for none
    presence: str
    intent: str
    reason: str
    line: str
    line_since: int
    intent_since: int
    rest_until: int
    waiting: int
    may_pick: bool
    ring_seconds: int
    wrap_up_seconds: int
    hold_remind_seconds: int
    record_pause_seconds: int
    call: CallCard | None
    help: bool
    notices: tuple[Notice, ...]
    listeners: tuple[Listener, ...]


class Done(BaseModel):
    """What became of an act, and how the desk stands after it."""

    model_config = ConfigDict(frozen=True)

    word: Word
    desk: Desk


class Seen(NamedTuple):
    """A desk as it was when the newest event of the queue was `as_of`, for whoever looks at it too."""

    as_of: Moment
    person: Person
    desk: Desk


async def show(hotline: Hotline, person: Person, *, news: str = "") -> Desk:
    """How things stand at this desk, now; after the event `news`, as somebody here has seen since it happened: whoever
    acts and the page that is told of it look once."""
    last: Seen | None = hotline.seen.get(person.id)
    if news and last and last.person == person and last.as_of >= moment_of(news):
        return last.desk
    found = await acd.desk(hotline, person.id)
    desk = _as_shown(hotline, person, found)
    hotline.seen[person.id] = Seen(moment_of(found["as_of"]), person, desk)
    return desk


def _as_shown(hotline: Hotline, person: Person, seen: dict[str, Any]) -> Desk:
    o, profile = seen["operator"], hotline.handbook.profile
    return Desk(
        now=hotline.now(),
        operator=person.id,
        hotline=Town(
            name=hotline.name, title=profile.title, city=profile.city, break_reasons=profile.break_reasons
        ),
        by=By(o.get("by", By.SOFTPHONE)),
        phone=_shown(person.phone),
        presence=o["presence"],
        intent=o["intent"],
        reason=o.get("reason", ""),
        line=o["line"],
        line_since=int(o.get("line_since", 0)),
        intent_since=int(o.get("intent_since", 0)),
        rest_until=int(o.get("rest_until", 0)),
        waiting=seen["waiting"],
        may_pick=may_pick(hotline, person),
        ring_seconds=profile.queue.ring_seconds,
        wrap_up_seconds=profile.queue.wrap_up_seconds,
        hold_remind_seconds=profile.talk.hold_remind_seconds,
        record_pause_seconds=profile.talk.record_pause_seconds,
        call=_at_the_desk(hotline, person, seen),
        help=o["help"] == "asked",
        notices=tuple(
            Notice(id=one["id"], by=one["by"], kind=one["kind"], text=one["text"], at=int(one["at"]))
            for one in seen["notices"]
        ),
        listeners=tuple(_listeners(seen)) if profile.supervision.operators_see_listening else (),
    )


def _shown(phone: str) -> str:
    return "SIP" if phone.startswith("sip") else phone[-4:]


def _listeners(seen: dict[str, Any]) -> Iterator[Listener]:
    for one in seen["listeners"]:
        if one["ear"] == "listening":
            yield Listener(id=one["id"], mode=one["mode"])


def _at_the_desk(hotline: Hotline, person: Person, seen: dict[str, Any]) -> CallCard | None:
    """The call, or the dial test, which has no record: only whose number it is of."""
    o = seen["operator"]
    if seen["call"]:
        return _card(hotline, o["call"], seen["call"], seen["rang"])
    if "probe" not in o:
        return None
    test = {"line": o["probe"], "state": o["line"], "operator": person.id}
    return _card(hotline, o["probe_sid"], test, 0, is_test=True)


def _card(hotline: Hotline, sid: str, call: dict[str, str], rang: int, *, is_test: bool = False) -> CallCard:
    line = hotline.handbook.directory.find(call["line"])
    moments = {name: int(call[name]) if name in call else None for name in _MOMENTS}
    return CallCard(
        sid=sid,
        number=call["line"],
        whose=line.display_name if line else call["line"],
        unit=line.unit if line else "",
        area=line.area if line else "",
        caller="" if is_test else mask(call["caller"]),
        state=call["state"],
        calls_in_7_days=rang,
        language=hotline.handbook.profile.language_title(call.get("language", "")),
        caller_class=hotline.handbook.profile.class_title(call.get("class", "")),
        pace=call.get("pace", ""),
        operator=call.get("operator", ""),
        hold_since=int(call["hold_since"]) if call.get("hold") == Hold.ON else None,
        held=int(call.get("held", 0)),
        reminded=int(call.get("reminded", 0)),
        guest=_guest(call),
        guest_end=call.get("guest_end", ""),
        tape=Tape(call.get("tape", Tape.NONE)),
        tape_since=int(call["tape_since"]) if "tape_since" in call else None,
        note=call.get("note", ""),
        callback=is_back(sid),
        test=is_test,
        asked=int(call["arrived"]) if is_back(sid) else None,
        tries=int(call.get("tries", 0)),
        **moments,
    )


def _guest(call: dict[str, Any]) -> GuestCard | None:
    state = Guest(call.get("guest", Guest.NONE))
    if state is Guest.NONE:
        return None
    return GuestCard(
        state=state, since=int(call["guest_since"]), kind=call["guest_kind"], name=call["guest_name"]
    )


_MOMENTS = ("queued", "offered", "accepted", "joined", "parted")


# ------------------------------------------------------------------------------------------ what is done from it


async def be_present(hotline: Hotline, person: Person, present: bool, by: By) -> Done:
    """签入, with a softphone or the phone on the desk, or 签出. Raises Conflict during a call."""
    if not person.id.isdecimal():
        raise Conflict(f"令牌“{person.id}”不是工号：请用工号作名称的令牌，如 9001")
    if present:
        queues = hotline.handbook.profile.queues_of(dict(person.skills))
        if not queues:
            raise Conflict("没有您能接听的队列：请管理员核对您的技能和 hotline.toml 中各队列所需的技能")
        if by is By.PHONE and not person.phone:
            raise Conflict("您的账号没有登记话机：请管理员在 管理 › 人员 填写，或用软电话签入")
        came = await done(hotline, person, acd.sign_in(hotline, operator=person.id, queues=queues, by=by))
        if came.word is Word.BUSY:
            raise Conflict("通话中不能换话机：请先结束通话")
        return came
    went = await done(hotline, person, acd.sign_out(hotline, operator=person.id))
    if went.word is Word.BUSY:
        raise Conflict("通话还没有结束：请先结束通话，或选择“通话后签出”")
    return went


async def intend(hotline: Hotline, person: Person, intent: Intent, reason: str) -> Done:
    """示闲, 小休 with its reason, or 签出 after this call. Raises Conflict off shift."""
    match intent:
        case Intent.READY:
            act = acd.ready(hotline, operator=person.id)
        case Intent.PAUSED:
            act = acd.pause(hotline, operator=person.id, reason=_a_reason(hotline, reason))
        case Intent.LEAVING:
            act = acd.leave(hotline, operator=person.id)
    wished = await done(hotline, person, act)
    if wished.word is Word.GONE:
        raise Conflict("您还没有签入：请先签入")
    return wished


def _a_reason(hotline: Hotline, reason: str) -> str:
    known = hotline.handbook.profile.break_reasons
    if reason and reason not in known:
        raise Invalid(f"“{reason}”不是小休原因：请选 {'、'.join(known)}")
    return reason or known[0]


async def accept(hotline: Hotline, person: Person, sid: str) -> Done:
    """接听. The room's name is opaque: the carrier keeps it, and it must say nothing of the caller."""
    act = acd.accept(hotline, sid, operator=person.id, room=secrets.token_hex(16))
    taken = await done(hotline, person, act)
    if taken.word is Word.GONE:
        raise Conflict(GONE)
    if taken.word is Word.NO:
        raise Conflict(AT_THE_PHONE)
    return taken


def queues_of(hotline: Hotline, person: Person) -> list[str]:
    """The queues that their skills let them serve."""
    return [
        word.partition("=")[0] for word in hotline.handbook.profile.queues_of(dict(person.skills)).split()
    ]


def may_pick(hotline: Hotline, person: Person) -> bool:
    """Whether they may take callers out of the line by hand: by their role, their skill, or because all may."""
    rules = hotline.handbook.profile.desk
    skilled = any(skill == rules.pick_skill for skill, _ in person.skills)
    return rules.everybody_picks or skilled or person.may(Right.SUPERVISE)


async def line(hotline: Hotline, person: Person) -> list[InLine]:
    """Who stands in the lines that this operator serves; for a supervisor, in all of them."""
    profile = hotline.handbook.profile
    if person.may(Right.SUPERVISE):
        return await in_line(hotline, list(profile.queues))
    served = await hotline.store.ask("HGET", hotline.key("operator", person.id), "queues") or ""
    return await in_line(hotline, [word.partition("=")[0] for word in served.split()])


async def pick(hotline: Hotline, person: Person, sid: str) -> Done:
    """接起: this caller, whatever their turn. Raises Conflict with the reason."""
    if not may_pick(hotline, person):
        raise Conflict(f"您没有手工接起来电的权限：需要技能“{hotline.handbook.profile.desk.pick_skill}”")
    picked = await done(
        hotline, person, acd.pick(hotline, sid, operator=person.id, room=secrets.token_hex(16))
    )
    if picked.word in NOT_PICKED:
        raise Conflict(NOT_PICKED[picked.word])
    return picked


async def decline(hotline: Hotline, person: Person, sid: str) -> Done:
    """拒接."""
    declined = await done(hotline, person, acd.decline(hotline, sid, operator=person.id))
    if declined.word is Word.GONE:
        raise Conflict(GONE)
    return declined


async def hang_up(hotline: Hotline, person: Person) -> Done:
    """挂断: the operator ends the talk, or their part of another's; repeating it does nothing more."""
    ended = await done(hotline, person, acd.release(hotline, operator=person.id))
    if ended.word is Word.BUSY:
        raise Conflict("来电人还在保持中：请先取回来电人，或转接给对方")
    return ended


async def finish(hotline: Hotline, person: Person) -> Done:
    """完成整理."""
    return await done(hotline, person, acd.finish(hotline, operator=person.id))


async def done(hotline: Hotline, person: Person, act: Coroutine[Any, Any, Word]) -> Done:
    """What becomes of an act, with the desk as it stands after it: the store is asked for both at once, and answers in
    this order."""
    word, seen = await asyncio.gather(act, show(hotline, person))
    return Done(word=word, desk=seen)
