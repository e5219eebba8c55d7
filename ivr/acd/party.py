"""Holding a caller, and whoever else comes into a talk, as Python asks the queue for it."""

from typing import Literal

from ivr.acd.asking import ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline

Kind = Literal["operator", "outside", "emergency"]
Mode = Literal["consult", "conference"]
WhyNot = Literal["busy", "no_answer", "failed", "left"]


async def hold(hotline: Hotline, *, operator: str) -> Word:
    """The caller hears music."""
    return await ask_word(hotline, "hold", operator)


async def resume(hotline: Hotline, *, operator: str) -> Word:
    """The caller hears the operator again. BUSY while somebody is consulted."""
    return await ask_word(hotline, "resume", operator)


async def invite(hotline: Hotline, *, operator: str, kind: Kind, who: str, name: str, mode: Mode) -> Word:
    """Call somebody into the talk: to consult them, with the caller on hold, or to speak with both at once. BUSY for a
    colleague who is not free; ALREADY while there is somebody."""
    return await ask_word(hotline, "invite", operator, kind, who, name, mode)


async def guest_rings(hotline: Hotline, sid: str, *, n: int, leg: str) -> Word:
    """The carrier calls the n-th guest of this call on `leg`. GONE when nobody waits for that any more."""
    return await ask_word(hotline, "guest_rings", sid, n, leg)


async def guest_is_over(hotline: Hotline, sid: str, *, n: int, leg: str, why: WhyNot) -> Word:
    """The carrier's call of the n-th guest is over, or never came about."""
    return await ask_word(hotline, "guest_is_over", sid, n, leg, why)


async def confer(hotline: Hotline, *, operator: str) -> Word:
    """Whoever is consulted and the caller hear each other."""
    return await ask_word(hotline, "confer", operator)


async def take_back(hotline: Hotline, *, operator: str) -> Word:
    """The guest goes, or is not called any further; the caller is with the operator."""
    return await ask_word(hotline, "take_back", operator)


async def transfer(hotline: Hotline, *, operator: str) -> Word:
    """The operator goes; the guest, who must have answered, stays with the caller."""
    return await ask_word(hotline, "transfer", operator)


async def handed_over(hotline: Hotline, sid: str, *, leg: str) -> Word:
    """The carrier ends the room from now on when `leg` leaves it."""
    return await ask_word(hotline, "handed_over", sid, leg)


async def guarded(hotline: Hotline, sid: str, *, yes: bool) -> Word:
    """Whether the carrier lets the room go on when the operator leaves it."""
    return await ask_word(hotline, "guarded", sid, int(yes))


async def hand_over(hotline: Hotline, sid: str, *, giver: str, taker: str) -> Word:
    """The operator `giver` goes to their wrap-up, and the caller goes on talking with `taker`. GONE unless the one has
    the call and the other's line is free, or talks in it already."""
    return await ask_word(hotline, "hand_over", sid, giver, taker)


async def note(hotline: Hotline, sid: str, *, operator: str, text: str) -> Word:
    """What the call was about, in place of what was written before. NO for somebody who took no part in it."""
    return await ask_word(hotline, "note", sid, operator, text)
