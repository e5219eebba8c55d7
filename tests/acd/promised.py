"""A promise that somebody will ring back, as tests begin with it."""

from ivr import promises
from ivr.acd import Word
from ivr.hotline import Hotline
from tests.acd.people import sid_of
from tests.cast import MAYOR, ZHOU

SID = sid_of(1)  # the call in which it is made


async def make_promise(hotline: Hotline, sid: str = SID, caller: str = ZHOU) -> Word:
    line = hotline.handbook.directory.find(MAYOR)
    assert line
    return await promises.make(hotline, sid, line, caller=caller, why="busy")


async def state_of_promise(hotline: Hotline) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("promise", SID), "state") or "none")
