"""Alarms, as Python raises them and ends them: of all who try, one gets OK."""

from typing import NamedTuple

from ivr.acd.asking import ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


class Raised(NamedTuple):
    """An alarm that stands. `by` is who has taken it on, or empty."""

    name: str
    text: str
    since: int
    by: str


class Past(NamedTuple):
    """An alarm that is over."""

    name: str
    text: str
    since: int
    until: int
    by: str


async def raise_alarm(hotline: Hotline, name: str, text: str) -> Word:
    """ALREADY while it stands; its text is then the newest."""
    return await ask_word(hotline, "raise", name, text)


async def stand_down(hotline: Hotline, name: str) -> Word:
    """It is over."""
    return await ask_word(hotline, "stand_down", name)


async def take_on(hotline: Hotline, name: str, *, by: str) -> Word:
    """Somebody sees to it."""
    return await ask_word(hotline, "take_on", name, by)


async def raised(hotline: Hotline) -> list[Raised]:
    """Those that stand, the oldest first."""
    names = await hotline.store.ask("ZRANGE", hotline.key("alarms"), 0, -1)
    rows = await hotline.store.each(
        *(("HMGET", hotline.key("alarm", name), "text", "since", "by") for name in names)
    )
    return [
        Raised(name, text, int(since), by or "")
        for name, (text, since, by) in zip(names, rows, strict=True)
        if since
    ]


async def past(hotline: Hotline, *, limit: int) -> list[Past]:
    """Those that are over, the newest first."""
    entries = await hotline.store.ask("XREVRANGE", hotline.key("past_alarms"), "+", "-", "COUNT", limit)
    return [
        Past(one["name"], one["text"], int(one["since"]), int(one["until"]), one["by"]) for _, one in entries
    ]
