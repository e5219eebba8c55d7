"""The dial tests as Python sees them: one function for each function of `probes.lua`."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from ivr.acd.asking import ask, ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


class Way(StrEnum):
    """To whom a test goes on."""

    NOBODY = ""
    OFFICIAL = "official"  # whose phones ring
    OPERATOR = "operator"  # at whose desk it rings


class Arrived(NamedTuple):
    word: Word
    why: str  # nobody could serve a caller now: closed, full, unstaffed; or ""
    on_shift: int  # operators present
    way: Way


async def ask_for(hotline: Hotline, numbers: Sequence[str], *, by: str, through: bool = False) -> int:
    """These are to be tested, one a second; `through` to a person. Says how many are newly asked for."""
    _, fresh = await ask(hotline, "ask_probes", by, "1" if through else "", *numbers)
    return int(fresh)


async def ask_at(hotline: Hotline, moment: int, numbers: Sequence[str]) -> Word:
    """The same, by the schedule: once for this moment, however many workers look."""
    word, _ = await ask(hotline, "ask_scheduled", moment, *numbers)
    return Word(word)


async def place(hotline: Hotline, number: str, *, leg: str) -> Word:
    """The carrier calls this number, on this leg of ours."""
    return await ask_word(hotline, "place_probe", number, leg)


async def arrive(
    hotline: Hotline, sid: str, *, line: str, queue: str, is_open: bool, in_person: bool = False
) -> Arrived:
    """A call came in from the number that tests, on this line ("" for none of ours)."""
    opening = "direct" if in_person else "open" if is_open else "closed"
    word, why, on_shift, way = await ask(hotline, "arrive_probe", sid, line, queue, opening)
    return Arrived(Word(word), why, int(on_shift), Way(way))


async def answer(hotline: Hotline, number: str, *, leg: str) -> Word:
    """Our leg to this number is answered."""
    return await ask_word(hotline, "answer_probe", number, leg)


async def hear(hotline: Hotline, number: str, *, leg: str, said: str) -> Word:
    """So much of what is said there was understood."""
    return await ask_word(hotline, "hear_probe", number, leg, said)


async def end(
    hotline: Hotline, number: str, *, leg: str, status: str, code: str = "", fault: str = ""
) -> Word:
    """Our leg is down, with the carrier's status and SIP code; or, without a leg, it could not be made."""
    return await ask_word(hotline, "end_probe", number, leg, status, code, fault)


async def judge(hotline: Hotline, number: str, *, dialled: int, verdict: str, failed: bool) -> Word:
    """What the test that was dialled at this moment has shown."""
    return await ask_word(hotline, "judge_probe", number, dialled, verdict, int(failed))
