"""Changes to what the hotline knows, made while it answers: each a new edition, heard by the next caller."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Literal

from ivr.handbook import Handbook
from ivr.hotline import Hotline, learn, teach
from ivr.hours import Calendar, Correction, Notice, Override


async def override(hotline: Hotline, wish: Override) -> None:
    """Hold the doors open or shut; None gives them back to the calendar."""
    await _change(hotline, lambda known: replace(known, override=wish))


async def correct(hotline: Hotline, day: date, means: Literal["work", "rest"], note: str = "") -> None:
    """Say what this date is, whatever the official notice or the guess says."""
    correction = Correction(day=day, means=means, note=note)
    await _change(hotline, lambda known: _with_corrections(known, [*_others(known, day), correction]))


async def uncorrect(hotline: Hotline, day: date) -> None:
    """Give the date back to the official notice or the guess."""
    await _change(hotline, lambda known: _with_corrections(known, _others(known, day)))


async def publish_year(hotline: Hotline, notice: Notice) -> None:
    """The official notice of a year, in place of what was known or guessed of it."""

    def with_notice(known: Handbook) -> Handbook:
        others = [one for one in known.calendar.notices if one.year != notice.year]
        return replace(known, calendar=Calendar([*others, notice], known.calendar.corrections))

    await _change(hotline, with_notice)


def _others(known: Handbook, day: date) -> list[Correction]:
    return [one for one in known.calendar.corrections if one.day != day]


def _with_corrections(known: Handbook, corrections: list[Correction]) -> Handbook:
    return replace(known, calendar=Calendar(known.calendar.notices, corrections))


async def _change(hotline: Hotline, change: Callable[[Handbook], Handbook]) -> None:
    """On the newest edition, again if somebody else was faster, and known here before the answer is given."""
    while True:
        await learn(hotline)
        if await teach(hotline.store, hotline.name, change(hotline.handbook), replacing=hotline.edition):
            break
    await learn(hotline)
