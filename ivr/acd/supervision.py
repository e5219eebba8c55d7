"""What a supervisor does, as Python asks the queue for it."""

from enum import StrEnum
from typing import NamedTuple

from ivr.acd.asking import ask, ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline

EVERY_DESK = "*"


class State(StrEnum):
    """What an operator can be told to be."""

    READY = "ready"
    PAUSED = "paused"
    OFF = "off"


class Forced(NamedTuple):
    word: Word
    after_call: bool  # it holds from the end of the call that they have


async def force(
    hotline: Hotline, operator: str, *, state: State, by: str, why: str, notice: str, seconds: int
) -> Forced:
    """The operator is made to be so, and their desk says for so many seconds who did it and why. `notice` is a new id:
    with one that is known, nothing happens again. GONE off shift."""
    word, later = await ask(hotline, "force", operator, state, by, why, notice, seconds)
    return Forced(Word(word), bool(int(later)))


async def prioritise(hotline: Hotline, sid: str, *, priority: int, by: str) -> Word:
    """The caller's priority, 0 to 9; among those of equal priority they stand by the moment they came."""
    return await ask_word(hotline, "prioritise", sid, priority, by)


async def advance(hotline: Hotline, sid: str, *, by: str) -> Word:
    """The caller is next in their line."""
    return await ask_word(hotline, "advance", sid, by)


async def requeue(hotline: Hotline, sid: str, *, queue: str, by: str) -> Word:
    """The caller stands in another line, at the place that their priority and moment give them there."""
    return await ask_word(hotline, "requeue", sid, queue, by)


async def notify(hotline: Hotline, *, notice: str, to: str, by: str, text: str, seconds: int) -> Word:
    """A notice at the desk `to`, or at every desk, until it is acknowledged or so many seconds have passed."""
    return await ask_word(hotline, "notify", notice, to, by, "message", text, seconds)


async def acknowledge(hotline: Hotline, notice: str, *, operator: str) -> Word:
    return await ask_word(hotline, "acknowledge", notice, operator)


async def ask_help(hotline: Hotline, *, operator: str, why: str) -> Word:
    return await ask_word(hotline, "ask_help", operator, why)


async def give_help(hotline: Hotline, *, operator: str, by: str) -> Word:
    """Somebody has seen to it. ALREADY when no help is asked for."""
    return await ask_word(hotline, "give_help", operator, by)
