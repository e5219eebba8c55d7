"""Supervisors as the queue knows them: by their moves alone, made at random."""

import random
from collections.abc import Awaitable, Callable

from ivr import acd
from ivr.acd import listening, supervision
from ivr.acd.listening import Mode
from ivr.acd.supervision import State
from ivr.hotline import Hotline
from tests.acd.people import sid_of
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
    talks = await hotline.store.ask("ZRANGE", hotline.key("live"), 0, -1)
    talk, leg = chance.choice([sid, *talks]), sid_of(30_000 + chance.randrange(3))
    who, mode = chance.choice((SUPERVISOR, operator)), chance.choice(tuple(Mode))
    acts += [
        lambda: listening.lend_ear(hotline, talk, supervisor=SUPERVISOR, mode=mode),
        lambda: listening.lend_ear(hotline, talk, supervisor=who, mode=mode),
        lambda: listening.hear(hotline, supervisor=who, leg=leg),
        lambda: listening.withdrawn(hotline, supervisor=SUPERVISOR, leg=leg),
        lambda: listening.withdraw(hotline, supervisor=who),
        lambda: listening.take_over(hotline, talk, supervisor=who),
    ]
    acts += [lambda: hears_a_talk(hotline, chance, operator)] * 4
    await chance.choice(acts)()


async def hears_a_talk(hotline: Hotline, chance: random.Random, operator: str) -> None:
    """The likely course: into the talk of this operator, and perhaps into another mode of it."""
    sid = (await acd.desk(hotline, operator))["operator"].get("call", "")
    await listening.lend_ear(hotline, sid, supervisor=SUPERVISOR, mode=Mode.LISTEN)
    await listening.hear(hotline, supervisor=SUPERVISOR, leg=sid_of(30_000))
    if chance.random() < 0.5:
        await listening.lend_ear(hotline, sid, supervisor=SUPERVISOR, mode=Mode.WHISPER)
