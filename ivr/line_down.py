"""Somebody's line is down: the end of a call, or of the try at which a caller was called back.

Whoever had asked for the room, and of whom nobody said that they came into it, was mostly there: the news was lost.
But a worker that died while it answered lost the answer, and then nobody was. The carrier knows whether there was a
room.
"""

from collections.abc import Awaitable, Callable

import structlog

from ivr import acd
from ivr.acd import Word, callbacks
from ivr.carrier import CarrierFailed
from ivr.hotline import Hotline

log = structlog.get_logger()


async def of_a_caller(hotline: Hotline, sid: str, *, by: str) -> Word:
    """As `acd.hang_up`, which is never unsure here."""
    return await _surely(hotline, sid, lambda met: acd.hang_up(hotline, sid, by=by, met=met))


async def of_a_try(hotline: Hotline, back: str, *, leg: str, why: str) -> Word:
    """As `callbacks.leg_ended`, which is never unsure here."""
    return await _surely(
        hotline, back, lambda met: callbacks.leg_ended(hotline, back, leg=leg, why=why, met=met)
    )


async def _surely(hotline: Hotline, sid: str, is_down: Callable[[str], Awaitable[Word]]) -> Word:
    word = await is_down("ask")
    return await is_down(await _met(hotline, sid)) if word is Word.UNSURE else word


async def _met(hotline: Hotline, sid: str) -> str:
    """Yes or no; yes if the carrier does not say, for that is how it mostly is."""
    room = await hotline.store.ask("HGET", hotline.key("call", sid), "room") or ""
    try:
        return "yes" if await hotline.carrier.room_was(room) else "no"
    except CarrierFailed as failed:
        log.warning("line down", hotline=hotline.name, call=sid, failed=str(failed)[:200])
        return "yes"
