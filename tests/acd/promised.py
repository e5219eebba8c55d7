"""A promise that somebody will ring back, and the case that it becomes when nobody does, as tests begin with them."""

from ivr import acd, promises
from ivr.acd import Word
from ivr.hotline import Hotline
from tests.acd.people import sid_of
from tests.cast import MAYOR, ZHOU
from tests.conftest import Clock

SID = sid_of(1)  # the call in which it is made


async def make_promise(hotline: Hotline, sid: str = SID, caller: str = ZHOU) -> Word:
    line = hotline.handbook.directory.find(MAYOR)
    assert line
    return await promises.make(hotline, sid, line, caller=caller, why="busy")


async def state_of_promise(hotline: Hotline) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("promise", SID), "state") or "none")


async def time_is_up(hotline: Hotline, clock: Clock, what: str = f"promise:{SID}") -> None:
    """The moment comes at which somebody must act on this; if there is none, a day passes."""
    at = await hotline.store.ask("ZSCORE", hotline.key("due"), what)
    clock.now = int(float(at)) if at else clock.now + 86_400_000
    await acd.tick(hotline)


async def it_becomes_a_case(hotline: Hotline, clock: Clock) -> str:
    """Nobody keeps the promise: the number of its case."""
    await make_promise(hotline)
    for _ in range(4):
        await time_is_up(hotline, clock)
    return await number_of_case(hotline)


async def number_of_case(hotline: Hotline) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("promise", SID), "case") or "")


async def state_of_case(hotline: Hotline, number: str) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("case", number), "state") or "none")
