"""A supervisor's ear in a talk, as Python asks the queue for it."""

from enum import StrEnum
from typing import NamedTuple

from ivr.acd.asking import ask, ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


class Mode(StrEnum):
    """How a supervisor is in a talk."""

    LISTEN = "listen"  # heard by nobody
    WHISPER = "whisper"  # heard by the operator alone
    BARGE = "barge"  # heard by both


class Ear(NamedTuple):
    """`state` is none, coming or listening. `coached` is the operator's leg: whom a whisper reaches."""

    state: str
    sid: str
    room: str
    leg: str
    mode: str
    coached: str


async def lend_ear(hotline: Hotline, sid: str, *, supervisor: str, mode: Mode) -> Word:
    """They want into this talk, or into another mode of it. BUSY with a call, or another's talk in their ear."""
    return await ask_word(hotline, "lend_ear", sid, supervisor, mode)


async def ear(hotline: Hotline, supervisor: str) -> Ear:
    """How it stands."""
    return Ear(*await ask(hotline, "ear", supervisor))


async def hear(hotline: Hotline, *, supervisor: str, leg: str) -> tuple[Word, Ear]:
    """Their phone, on the carrier's call `leg`, asks for the room."""
    word, *found = await ask(hotline, "hear", supervisor, leg)
    return Word(word), Ear(*found)


async def tuned(hotline: Hotline, *, supervisor: str, mode: str) -> Word:
    """The carrier has put them into this mode."""
    return await ask_word(hotline, "tuned", supervisor, mode)


async def withdraw(hotline: Hotline, *, supervisor: str) -> Word:
    """They listen no more."""
    return await ask_word(hotline, "withdraw", supervisor)


async def withdrawn(hotline: Hotline, *, supervisor: str, leg: str) -> Word:
    """The carrier says that this phone of theirs is out of the room."""
    return await ask_word(hotline, "withdrawn", supervisor, leg)


async def take_over(hotline: Hotline, sid: str, *, supervisor: str) -> Word:
    """The caller is the supervisor's from now on. GONE unless they are in the talk."""
    return await ask_word(hotline, "take_over", sid, supervisor)
