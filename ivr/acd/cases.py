"""Cases as Python sees them: one function for each function of `cases.lua`. The clock opens them, out of promises."""

from enum import StrEnum

from ivr.acd.asking import ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


class CaseState(StrEnum):
    """Whose turn it is."""

    OPEN = "open"  # somebody is to say what was done
    OVERDUE = "overdue"  # they did not in time
    ANSWERED = "answered"  # a supervisor is to read it
    CLOSED = "closed"


async def answer(hotline: Hotline, number: str, *, by: str, said: str) -> Word:
    """What was done about it. ALREADY when they said so before, OTHERWISE when something else was said; GONE once it is
    closed."""
    return await ask_word(hotline, "answer_case", number, by, said)


async def give_back(hotline: Hotline, number: str, *, by: str, why: str, due_at: int) -> Word:
    """What was done is not enough: it is to be answered anew, by `due_at` (milliseconds since 1970). OTHERWISE when
    it was given back for another reason; GONE when nothing was said yet, or it is closed."""
    return await ask_word(hotline, "return_case", number, by, why, due_at)


async def close(hotline: Hotline, number: str, *, by: str, said: str) -> Word:
    """Read, and done with; so is its promise. OTHERWISE when it was closed by somebody else, or in other words;
    GONE when nothing was said yet."""
    return await ask_word(hotline, "close_case", number, by, said)
