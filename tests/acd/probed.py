"""Dial tests that go on beside the calls: any move of theirs, in any order."""

import random
from collections.abc import Awaitable, Callable

from ivr import acd
from ivr.acd import Whom, desk_probes, probes, through
from ivr.hotline import Hotline
from tests.acd.people import phone_of, sid_of
from tests.cast import MAYOR, SECRETARY

INBOUND = sid_of(20_009)


def probe_moves(hotline: Hotline, chance: random.Random) -> list[Callable[[], Awaitable[object]]]:
    """Of one of two numbers, up to the greeting or through to an official or an operator."""
    line, leg = chance.choice((MAYOR, SECRETARY)), sid_of(20_000 + chance.randrange(2))
    to_a_person, whom = chance.random() < 0.7, chance.choice((Whom.OWN, Whom.SECOND))
    in_person, operator = chance.random() < 0.5, chance.choice(("9001", "9002", "9003"))
    then = chance.choice((None, Whom.SECOND))

    async def arrives() -> None:
        await probes.arrive(hotline, INBOUND, line=line, queue="main", is_open=True, in_person=in_person)

    async def is_judged() -> None:
        dialled = await hotline.store.ask("HGET", hotline.key("probe", line), "dialled")
        await probes.judge(hotline, line, dialled=int(dialled or 0), verdict="reached", failed=False)

    return [
        *[lambda: rings_at_a_desk(hotline, line, is_taken=chance.random() < 0.6)] * 2,
        lambda: acd.decline(hotline, INBOUND, operator=operator),
        lambda: desk_probes.heard_out(hotline, operator=operator, leg=phone_of(operator)),
        lambda: probes.ask_for(hotline, [line], by="9010", through=to_a_person),
        arrives,
        lambda: through.ring(hotline, line, INBOUND, whom=whom, seconds=25),
        lambda: through.reach(hotline, line, INBOUND, whom=whom),
        lambda: through.rang(hotline, line, INBOUND, whom=whom, why="busy", then=then),
        lambda: probes.end(hotline, line, leg=leg, status="completed"),
        is_judged,
    ]


async def rings_at_a_desk(hotline: Hotline, line: str, *, is_taken: bool) -> str:
    """If anybody is free for it; the operator, who may take it and hear it."""
    await probes.ask_for(hotline, [line], by="9010", through=True)
    await acd.tick(hotline)
    await probes.arrive(hotline, INBOUND, line=line, queue="main", is_open=True)
    await desk_probes.seek(hotline, line, INBOUND, queue="main")
    operator = await hotline.store.ask("HGET", hotline.key("probe", line), "operator")
    if operator and is_taken:
        await acd.accept(hotline, INBOUND, operator=operator, room="r1")
        await acd.pick_up(hotline, operator=operator, leg=phone_of(operator))
    return str(operator or "nobody")


async def is_over(hotline: Hotline, line: str) -> None:
    """The test of this number, whatever it has shown."""
    await probes.end(hotline, line, leg=sid_of(20_000), status="completed")
    dialled = await hotline.store.ask("HGET", hotline.key("probe", line), "dialled")
    await probes.judge(hotline, line, dialled=int(dialled or 0), verdict="reached", failed=False)
