"""The chapter of the queue about operators at a desk phone, as Python sees it. `ring` is the number of a ring."""

from ivr.acd.asking import ask, ask_word
from ivr.acd.words import PickUp, Word
from ivr.hotline import Hotline


async def ask_for_ring(hotline: Hotline, *, operator: str, ring: str) -> tuple[Word, str]:
    """The carrier is about to be asked: OK to one only, with the call that is offered. GONE if it is not any more."""
    word, sid = await ask(hotline, "ask_for_ring", operator, ring)
    return Word(word), sid


async def rings(hotline: Hotline, *, operator: str, ring: str, leg: str) -> Word:
    """The carrier rings them on `leg`. GONE when nobody is to be rung any more."""
    return await ask_word(hotline, "desk_phone_rings", operator, ring, leg)


async def is_up(hotline: Hotline, *, operator: str, ring: str, leg: str) -> tuple[Word, str]:
    """Somebody, or a machine, has picked up; with the call that they are offered."""
    word, sid = await ask(hotline, "desk_phone_is_up", operator, ring, leg)
    return Word(word), sid


async def accept(hotline: Hotline, *, operator: str, ring: str, leg: str, room: str) -> PickUp:
    """They pressed the key: the offer is theirs, and the phone goes into the room."""
    word, sid, met_in, is_guest = await ask(hotline, "accept_at_phone", operator, ring, leg, room)
    return PickUp(Word(word), sid, met_in, bool(int(is_guest)))


async def is_over(hotline: Hotline, *, operator: str, ring: str, leg: str, why: str = "failed") -> Word:
    """The ring has ended, or never began (`leg` is "" then): a miss, unless they had accepted it or `why` is
    declined. BACK when they had accepted, and the caller, who is in line again, was not with them yet."""
    return await ask_word(hotline, "desk_phone_is_over", operator, ring, leg, why)
