"""Somebody's line is down: the end of a call, or of the try at which a caller was called back.

Whoever had asked for the room, and of whom nobody said that they came into it, was mostly there: the news was lost.
But a worker that died while it answered lost the answer, and then nobody was. The carrier knows whether there was a
room.
"""

import structlog

from ivr import acd
from ivr.acd import Word, callbacks
from ivr.carrier import CarrierFailed
from ivr.hotline import Hotline

log = structlog.get_logger()


async def of_a_caller(hotline: Hotline, sid: str, *, by: str) -> Word:
    """As `acd.hang_up`, which is never unsure here."""
    word = await acd.hang_up(hotline, sid, by=by, met="ask")
    if word is not Word.UNSURE:
        return word
    return await acd.hang_up(hotline, sid, by=by, met=await _met(hotline, sid))


async def of_a_try(hotline: Hotline, back: str, *, leg: str, why: str) -> Word:
    """As `callbacks.leg_ended`, which is never unsure here."""
    word = await callbacks.leg_ended(hotline, back, leg=leg, why=why, met="ask")
    if word is not Word.UNSURE:
        return word
    return await callbacks.leg_ended(hotline, back, leg=leg, why=why, met=await _met(hotline, back))


async def _met(hotline: Hotline, sid: str) -> str:
    """Yes or no; yes if the carrier does not say, for that is how it mostly is."""
    room = await hotline.store.ask("HGET", hotline.key("call", sid), "room") or ""
    try:
        return "yes" if await hotline.carrier.room_was(room) else "no"
    except CarrierFailed as failed:
        log.warning("line down", hotline=hotline.name, call=sid, failed=str(failed)[:200])
        return "yes"
