"""Who works on an export, as the queue's library decides it."""

from typing import NamedTuple

from ivr.acd.asking import ask, ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


class Turn(NamedTuple):
    """`turn` counts who took it up; only the latest may write."""

    word: Word
    id: str
    turn: int


async def take(hotline: Hotline, *, lease_ms: int) -> Turn:
    """An export that nobody works on; NO when there is none."""
    word, id_, turn = await ask(hotline, "take_export", lease_ms)
    return Turn(Word(word), id_, int(turn))


async def keep(hotline: Hotline, turn: Turn, *, done: int, lease_ms: int) -> Word:
    """Still at it, `done` calls on; GONE when somebody else took it up."""
    return await ask_word(hotline, "keep_export", turn.id, turn.turn, done, lease_ms)


async def end(hotline: Hotline, turn: Turn, *, state: str, why: str = "", rows: int = 0) -> Word:
    """It is done, or has failed for good."""
    return await ask_word(hotline, "end_export", turn.id, turn.turn, state, why, rows)
