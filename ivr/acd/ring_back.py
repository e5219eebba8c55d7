"""Ringing back on a promise, as Python sees it: one function for each function of `ring_back.lua`."""

from typing import Literal, NamedTuple

from ivr.acd.asking import ask, ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline

Whose = Literal["official", "caller"]


class Taken(NamedTuple):
    word: Word
    room: str


async def start(hotline: Hotline, sid: str, *, room: str, by: str) -> Word:
    """Ring the caller of this promise back. GONE when it is over, BUSY while somebody does already."""
    return await ask_word(hotline, "ring_back", sid, room, by)


async def place(hotline: Hotline, sid: str, *, who: Whose, leg: str) -> Word:
    """The carrier rings them, on this call of its. GONE when that was for nothing: the ringing is over, or they are on
    another. ALREADY when it is known, also from their pressing the key."""
    return await ask_word(hotline, "place_ring_back", sid, who, leg)


async def take(hotline: Hotline, sid: str, *, who: Whose, leg: str) -> Taken:
    """They pressed the key: the room to talk in."""
    word, room = await ask(hotline, "take_ring_back", sid, who, leg)
    return Taken(Word(word), room)


async def end(hotline: Hotline, sid: str, *, who: Whose | None, leg: str, status: str) -> Word:
    """A leg is down, or out of the room. `who` may be left out for one that was named before."""
    return await ask_word(hotline, "end_ring_back", sid, who or "", leg, status)
