"""Promises as Python sees them: one function for each function of `promises.lua`."""

from enum import StrEnum
from typing import NamedTuple

from ivr.acd.asking import ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


class State(StrEnum):
    """With whom a promise is."""

    OPEN = "open"
    REMINDED = "reminded"  # the official was told that it is nearly due
    OFFICE = "office"  # overdue: their office was told
    DUTY = "duty"  # then the duty desk
    CASE = "case"  # nobody kept it, and it has become a case
    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    SETTLED = "settled"  # its case was closed

    @classmethod
    def _missing_(cls, value: object) -> "State | None":
        """In the release before, what nobody kept was a task: so it is called until its case is opened."""
        return cls.CASE if value == "task" else None


class How(StrEnum):
    """How a promise was kept."""

    RING_BACK = "ring_back"  # they talked, through the hotline
    STATEMENT = "statement"  # somebody said what was done
    CALL = "call"  # the caller rang again and got through


class Deadlines(NamedTuple):
    """Milliseconds since 1970."""

    remind_at: int
    due_at: int
    office_until: int
    duty_until: int
    case_until: int  # the case that it becomes is to be answered by then


async def make(
    hotline: Hotline, sid: str, *, line: str, caller: str, holder: str, why: str, deadlines: Deadlines
) -> Word:
    """In this call somebody was promised to be contacted. ALREADY if it was promised before; NO to a caller whose
    number is not known."""
    return await ask_word(hotline, "make_promise", sid, line, caller, holder, why, *deadlines)


async def keep(hotline: Hotline, sid: str, *, how: How, by: str, note: str = "") -> Word:
    """The caller was contacted."""
    return await ask_word(hotline, "keep_promise", sid, how, by, note)


async def take_back(hotline: Hotline, sid: str, *, by: str, why: str) -> Word:
    """It need not be kept any more."""
    return await ask_word(hotline, "withdraw_promise", sid, by, why)


async def upgrade(hotline: Hotline, moments: dict[str, int]) -> Word:
    """Promises of the release before, each with the moment by which its case would be due."""
    pairs = [word for pair in moments.items() for word in pair]
    return await ask_word(hotline, "upgrade_promises", hotline.moment().date().isoformat(), *pairs)
