"""The evening: nobody dials any more, and everything that was under way must come to its end by itself."""

import asyncio

from redis.exceptions import RedisError

from ivr import acd
from ivr.acd import Line, Word
from ivr.dispatch import RECONCILE_SECONDS, SETTLED_MS
from ivr.hotline import Hotline
from ivr.traffic.town import Town

LOOK_SECONDS = 0.2
IN_A_HURRY_SECONDS = 4.0  # after which we ask in the hotline's place what it asks by itself a minute later
PATIENCE_SECONDS = (
    60 + SETTLED_MS / 1000 + 2 * RECONCILE_SECONDS
)  # by then its own round, and the last try, have been


async def until_quiet(town: Town, patience: float = PATIENCE_SECONDS) -> list[str]:
    """Waits until nothing is under way, or so many seconds; what still is, in sentences."""
    ends = asyncio.get_running_loop().time() + patience
    while (busy := await _under_way(town)) and asyncio.get_running_loop().time() < ends:
        await asyncio.sleep(LOOK_SECONDS)
    return busy


async def sweep(town: Town) -> int:
    """Ends the calls that are over for the company though nobody could tell us: the hotline's own round of every
    half minute, without the minute for which it lets a call settle. How many there were."""
    return sum([await _sweep(hotline) for hotline in town.hotlines])


async def _sweep(hotline: Hotline) -> int:
    live = await acd.live(hotline, arrived_before=hotline.now())
    over = await hotline.carrier.over(live) if live else []
    return sum([await acd.hang_up(hotline, sid, by="carrier") is Word.OK for sid in over])


async def _under_way(town: Town) -> list[str]:
    try:
        ours = [busy for hotline in town.hotlines for busy in await _calls_of(hotline)] + await _desks(town)
    except (RedisError, OSError) as away:
        return [f"the store does not answer: {away!r}"]
    theirs = [
        f"{leg.sid} of {leg.caller} is {'alone in the room ' + leg.room if leg.room else 'still on the line'}"
        for leg in await town.company.live()
    ]
    return ours + theirs


async def _calls_of(hotline: Hotline) -> list[str]:
    """Calls that are not over, and call-backs that nobody has made yet."""
    live = await acd.live(hotline, arrived_before=hotline.now())
    live += await hotline.store.ask("ZRANGE", hotline.key("backs"), 0, -1)
    states = await hotline.store.each(*(("HGET", hotline.key("call", sid), "state") for sid in live))
    return [f"{sid} is left {state}" for sid, state in zip(live, states, strict=True)]


async def _desks(town: Town) -> list[str]:
    hotline = town.hotline
    people = await hotline.store.each(
        *(("HMGET", hotline.key("operator", one.number), "line", "call") for one in town.operators)
    )
    return [
        f"the operator {one.number} is left {line} with {call}"
        for one, (line, call) in zip(town.operators, people, strict=True)
        if (line or Line.IDLE) != Line.IDLE
    ]
