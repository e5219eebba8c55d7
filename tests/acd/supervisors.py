"""Supervisors as the queue knows them: by their moves alone, made at random."""

import random
from collections.abc import Awaitable, Callable

from ivr.acd import supervision
from ivr.acd.supervision import State
from ivr.hotline import Hotline
from tests.cast import SUPERVISOR


async def supervises(hotline: Hotline, chance: random.Random, operator: str, sid: str, n: int) -> None:
    """A supervisor interferes, sometimes with what is no longer so."""
    in_line = await hotline.store.ask("ZRANGE", hotline.key("waiting", "main"), 0, -1)
    caller = chance.choice([sid, *in_line])
    state, priority = chance.choice(tuple(State)), chance.randrange(10)
    acts: list[Callable[[], Awaitable[object]]] = [
        lambda: supervision.prioritise(hotline, caller, priority=priority, by=SUPERVISOR),
        lambda: supervision.advance(hotline, caller, by=SUPERVISOR),
        lambda: supervision.requeue(hotline, caller, queue=chance.choice(("main", "land")), by=SUPERVISOR),
        lambda: supervision.force(
            hotline, operator, state=state, by=SUPERVISOR, why="x", notice=f"n{n}", seconds=9
        ),
        lambda: supervision.ask_help(hotline, operator=operator, why="x"),
        lambda: supervision.give_help(hotline, operator=operator, by=SUPERVISOR),
    ]
    await chance.choice(acts)()
