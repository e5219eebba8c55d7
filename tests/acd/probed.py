"""Dial tests that go on beside the calls: any move of theirs, in any order."""

import random
from collections.abc import Awaitable, Callable

from ivr.acd import Whom, probes, through
from ivr.hotline import Hotline
from tests.acd.people import sid_of
from tests.cast import MAYOR, SECRETARY

INBOUND = sid_of(20_009)


def probe_moves(hotline: Hotline, chance: random.Random) -> list[Callable[[], Awaitable[object]]]:
    """Of one of two numbers, up to the greeting or through to a person."""
    line, leg = chance.choice((MAYOR, SECRETARY)), sid_of(20_000 + chance.randrange(2))
    to_a_person, whom = chance.random() < 0.5, chance.choice((Whom.OWN, Whom.SECOND))
    then = chance.choice((None, Whom.SECOND))

    async def arrives() -> None:
        await probes.arrive(hotline, INBOUND, line=line, queue="main", is_open=True, in_person=to_a_person)

    async def is_judged() -> None:
        dialled = await hotline.store.ask("HGET", hotline.key("probe", line), "dialled")
        await probes.judge(hotline, line, dialled=int(dialled or 0), verdict="reached", failed=False)

    return [
        lambda: probes.ask_for(hotline, [line], by="9010", through=to_a_person),
        arrives,
        lambda: through.ring(hotline, line, INBOUND, whom=whom, seconds=25),
        lambda: through.reach(hotline, line, INBOUND, whom=whom),
        lambda: through.rang(hotline, line, INBOUND, whom=whom, why="busy", then=then),
        lambda: probes.end(hotline, line, leg=leg, status="completed"),
        is_judged,
    ]
