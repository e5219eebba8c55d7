"""Calling back: which numbers may be called, where it is offered, and what operators do with those that are open."""

import secrets
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ivr.acd import Word
from ivr.acd import callbacks as queue
from ivr.directory import e164, is_withheld, mask
from ivr.errors import Conflict, Invalid, NotFound
from ivr.hotline import Hotline
from ivr.roles import Person

SHOWN_AT_MOST = 200
LONGEST_NOTE = 200
OF_ANOTHER_QUEUE = "这个来电不在您服务的队列里：请由服务该队列的话务员回拨"
SHORTEST_LOCAL, LONGEST_LOCAL = 7, 8  # digits of a subscriber in China, without the area code


def is_offered(hotline: Hotline, place: str) -> bool:
    """Whether a caller may ask to be called back there: queue, closed, full, unstaffed, waited_too_long."""
    return place in hotline.handbook.profile.callbacks.offered


def number_of(hotline: Hotline, caller: str) -> str | None:
    """The number that somebody calls from, if it can be called; None if it is withheld or ours."""
    number = None if is_withheld(caller) else e164(caller)
    return number if number and not hotline.handbook.directory.find(number) else None


def number_typed(hotline: Hotline, digits: str) -> str | None:
    """The number that somebody typed, in E.164; None if it cannot be called.

    A subscriber's number alone is one of this city. Only numbers in China: a stranger's keypad must not choose what
    the city pays for."""
    if not digits.isdecimal():
        return None
    area = hotline.handbook.profile.callbacks.area_code
    is_local = SHORTEST_LOCAL <= len(digits) <= LONGEST_LOCAL and area
    number = number_of(hotline, f"+86{area}{digits}" if is_local else digits)
    return number if number and number.startswith("+86") else None


# ------------------------------------------------------------------------------------------ those that are open


class CallBack(BaseModel):
    """A call-back, open or done. `of` is the call that asked for it; the number is masked."""

    model_config = ConfigDict(frozen=True)

    id: str
    of: str
    asked: datetime
    place: str
    whose: str
    line: str
    caller: str
    typed: bool
    state: str
    tries: int
    most_tries: int
    last_try: str
    wakes: datetime | None
    operator: str
    outcome: str | None


class Settled(BaseModel):
    """Something that is done with: a call-back, a message, a missed caller."""

    model_config = ConfigDict(frozen=True)

    sid: str
    kind: Literal["callback", "message", "missed"]
    at: datetime
    whose: str
    line: str
    caller: str
    outcome: str
    by: str
    note: str


async def waiting(hotline: Hotline) -> list[CallBack]:
    """All that are open, those asked for first before the others."""
    backs = await hotline.store.ask("ZRANGE", hotline.key("backs"), 0, SHOWN_AT_MOST - 1)
    stored = await hotline.store.each(*(("HGETALL", hotline.key("call", back)) for back in backs))
    return [_call_back(hotline, back, one) for back, one in zip(backs, stored, strict=True) if one]


def _call_back(hotline: Hotline, back: str, stored: dict[str, str]) -> CallBack:
    line = hotline.handbook.directory.find(stored["line"])
    wakes = int(stored.get("wakes", 0))
    is_put_off = stored["state"] == "later" and wakes > hotline.now()
    return CallBack(
        id=back,
        of=stored["of"],
        asked=hotline.at(stored["arrived"]),
        place=stored.get("source", ""),
        whose=line.display_name if line else stored["line"],
        line=stored["line"],
        caller=mask(stored["caller"]),
        typed=stored.get("typed") == "1",
        state=stored["state"],
        tries=int(stored.get("tries", 0)),
        most_tries=hotline.handbook.profile.callbacks.tries,
        last_try=stored.get("last_try", ""),
        wakes=hotline.at(wakes) if is_put_off else None,
        operator=stored.get("operator", ""),
        outcome=stored.get("outcome"),
    )


async def settled(hotline: Hotline) -> list[Settled]:
    """What was done with last, the newest first."""
    newest = await hotline.store.ask(
        "ZRANGE", hotline.key("settled"), 0, SHOWN_AT_MOST - 1, "REV", "WITHSCORES"
    )
    stored = await hotline.store.each(*(("HGETALL", hotline.key("call", sid)) for sid, _ in newest))
    return [
        _settled(hotline, sid, int(float(at)), one)
        for (sid, at), one in zip(newest, stored, strict=True)
        if one
    ]


def _settled(hotline: Hotline, sid: str, at: int, stored: dict[str, str]) -> Settled:
    line = hotline.handbook.directory.find(stored["line"])
    is_back = queue.is_back(sid)
    return Settled(
        sid=sid,
        kind="callback" if is_back else "message" if "recording" in stored else "missed",
        at=hotline.at(at),
        whose=line.display_name if line else stored["line"],
        line=stored["line"],
        caller=mask(stored["caller"]),
        outcome=stored.get("outcome", ""),
        by=stored.get("worked_off_by") or (stored.get("operator", "") if is_back else ""),
        note=stored.get("withdrawn", "") if is_back else stored.get("worked_off_note", ""),
    )


# ------------------------------------------------------------------------------------------ what operators do with them


async def make_now(hotline: Hotline, person: Person, back: str) -> Word:
    """回拨, by this operator, whatever its turn: their phone first, then the caller's. Raises Conflict when not now."""
    if not hotline.is_open():
        raise Conflict("现在是非服务时间，不能回拨：请到服务时间再拨")
    word = await queue.make_now(hotline, back, operator=person.id, room=secrets.token_hex(16))
    if word is Word.BUSY:
        raise Conflict("您还没有签入，或正在通话：请先在坐席页签入，结束手上的通话再回拨")
    if word is Word.GONE:
        raise Conflict("这个回拨已有人在办，或已经结束：请刷新列表")
    if word is Word.NO:
        raise Conflict(OF_ANOTHER_QUEUE)
    return word


async def withdraw(hotline: Hotline, person: Person, back: str, note: str) -> Word:
    """撤销: not needed any more, and why. Raises Conflict during the talk, NotFound."""
    if not a_note(note):
        raise Invalid("请写明撤销的原因，如 已由其他渠道联系")
    word = await queue.withdraw(hotline, back, by="operator", why=a_note(note), operator=person.id)
    if word is Word.GONE:
        raise NotFound("没有这个回拨：请刷新列表")
    if word is Word.BUSY:
        raise Conflict("这个回拨正在通话：请等通话结束")
    return word


async def call_caller(
    hotline: Hotline, person: Person, sid: str, *, source: Literal["message", "missed"]
) -> str:
    """A call-back to whoever made this call, at once; an open one to the same number is made instead. Its id.

    Raises Conflict when this operator cannot call now, and then leaves nothing behind that would ring by itself."""
    if not hotline.is_open():
        raise Conflict("现在是非服务时间，不能回拨：请到服务时间再拨")
    kept = await queue.call_again(hotline, sid, source=source, operator=person.id, room=secrets.token_hex(16))
    match kept.word:
        case Word.GONE:
            raise Conflict("这个来电没有显示号码，或通话还没有结束，无法回拨")
        case Word.BUSY:
            raise Conflict("您还没有签入，或正在通话：请先在坐席页签入，结束手上的通话再回拨")
        case Word.NO:
            raise Conflict(OF_ANOTHER_QUEUE)
        case Word.ALREADY:
            await make_now(hotline, person, kept.back)
    return kept.back


def a_note(text: str) -> str:
    """What an operator wrote, as one line that is not too long. Raises Invalid."""
    note = " ".join(text.split())
    if len(note) > LONGEST_NOTE:
        raise Invalid(f"说明太长：最多 {LONGEST_NOTE} 个字")
    return note
