"""Call-backs, messages and missed callers as the queue knows them: `callbacks.lua` and `tasks.lua`.

A call-back is a call of ours with an id of ours, `CB` and 32 hexadecimal digits: wherever the queue takes a call's sid,
it takes that too.
"""

import secrets
from typing import Literal, NamedTuple

from ivr.acd.asking import ask, ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


class Kept(NamedTuple):
    word: Word  # ALREADY: this number has one already, and it keeps the earlier place
    back: str


class Answered(NamedTuple):
    word: Word
    asked_by: str  # the sid of the call that asked for it


class Reached(NamedTuple):
    word: Word
    room: str
    operator: str


class Claimed(NamedTuple):
    word: Word
    whose: str


def is_back(sid: str) -> bool:
    """Whether this is a call of ours, which the carrier knows by another name."""
    return sid.startswith("CB")


def new_id() -> str:
    return "CB" + secrets.token_hex(16)


async def doors(hotline: Hotline, *, is_open: bool) -> Word:
    """What the calendar says: when the doors close call-backs rest, when they open those that are due stand in line."""
    return await ask_word(hotline, "doors", "open" if is_open else "closed")


async def ask_back(
    hotline: Hotline, sid: str, *, number: str, place: str, pressed: str, typed: bool, is_open: bool
) -> Kept:
    """The caller gives up the line and keeps the place; `place` says where. BACK: they are being answered."""
    opening = "open" if is_open else "closed"
    word, back = await ask(hotline, "ask_back", sid, new_id(), number, place, pressed, int(typed), opening)
    return Kept(Word(word), back)


async def call_again(
    hotline: Hotline, sid: str, *, source: Literal["message", "missed"], operator: str, room: str
) -> Kept:
    """This operator calls back the caller of this call, which is over, though they did not ask for it.

    ALREADY: there is an open one, which is left as it is. BUSY: the operator is not there or on the phone.
    NO: it is of a queue that they do not serve."""
    word, back = await ask(hotline, "call_again", sid, new_id(), source, operator, room)
    return Kept(Word(word), back)


async def make_now(hotline: Hotline, back: str, *, operator: str, room: str) -> Word:
    """This operator makes it now, whatever its turn. BUSY when they are not there or on the phone; NO, and nothing is
    changed, when it is of a queue that they do not serve."""
    return await ask_word(hotline, "make_now", back, operator, room)


async def rung(hotline: Hotline, back: str, *, room: str, leg: str) -> Word:
    """The carrier rings the caller on `leg`. GONE: that try is over, or rings on another leg."""
    return await ask_word(hotline, "rung", back, room, leg)


async def answered(hotline: Hotline, back: str, *, room: str, leg: str) -> Answered:
    """Somebody, or a machine, is on `leg`."""
    word, asked_by = await ask(hotline, "answered", back, room, leg)
    return Answered(Word(word), asked_by)


async def reach(hotline: Hotline, back: str, *, room: str, leg: str) -> Reached:
    """A person is on `leg`, and may come into the room."""
    word, room, operator = await ask(hotline, "reach", back, room, leg)
    return Reached(Word(word), room, operator)


async def leg_ended(hotline: Hotline, back: str, *, leg: str, why: str, met: str = "yes") -> Word:
    """The caller's leg is down; `why` is one word, `met` as in `acd.hang_up`."""
    return await ask_word(hotline, "leg_ended", back, leg, why, met)


async def legs(hotline: Hotline, *, since: int) -> dict[str, str]:
    """The carrier's calls on which callers were rung before this moment, and which call-back each belongs to."""
    backs = await hotline.store.ask("ZRANGE", hotline.key("backs"), 0, -1)
    stored = await hotline.store.each(
        *(("HMGET", hotline.key("call", back), "caller_leg", "since") for back in backs)
    )
    return {
        leg: back
        for back, (leg, moved) in zip(backs, stored, strict=True)
        if leg and moved and int(moved) < since
    }


async def not_rung(hotline: Hotline, back: str, *, room: str, why: str) -> Word:
    """Nobody was rung. `closed`: the doors have closed since the operator accepted, and that is no try."""
    return await ask_word(hotline, "not_rung", back, room, why)


async def withdraw(
    hotline: Hotline,
    back: str,
    *,
    by: Literal["caller", "operator"],
    why: str,
    operator: str = "",
    is_listening: bool = False,
) -> Word:
    """It is not needed any more. BUSY during the talk.

    `is_listening`: the caller says so on the line, and is told goodbye there."""
    return await ask_word(hotline, "call_off", back, by, why, operator, int(is_listening))


async def claim(hotline: Hotline, sid: str, *, operator: str) -> Claimed:
    """A message is this operator's to work off, for a while. BUSY: it is somebody else's."""
    word, whose = await ask(hotline, "claim", sid, operator)
    return Claimed(Word(word), whose)


async def give_back(hotline: Hotline, sid: str, *, operator: str) -> Word:
    return await ask_word(hotline, "give_back", sid, operator)


async def work_off(hotline: Hotline, sid: str, *, operator: str, note: str = "") -> Claimed:
    """Somebody has listened to the message and done what there was to do. BUSY: it is somebody else's."""
    word, whose = await ask(hotline, "work_off", sid, operator, note)
    return Claimed(Word(word), whose)


async def dismiss(hotline: Hotline, *, caller: str, line: str, operator: str, note: str) -> Word:
    """A missed caller is taken off the list by hand."""
    return await ask_word(hotline, "dismiss", caller, line, operator, note)
