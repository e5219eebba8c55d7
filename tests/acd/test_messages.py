"""Messages in the queue: one works each off, and nobody sits on it."""

import asyncio

from ivr import acd
from ivr.acd import Word, callbacks
from ivr.hotline import Hotline
from tests.acd.people import (
    sid_of,
)
from tests.cast import LI, MAYOR, WANG
from tests.conftest import Clock

ZHOU = "+862000000001"


async def test_of_twenty_who_claim_a_message_one_gets_it(hotline: Hotline) -> None:
    await leaves_a_message(hotline, sid_of(1))
    tries = (callbacks.claim(hotline, sid_of(1), operator=str(9100 + n)) for n in range(20))
    claimed = await asyncio.gather(*tries)
    assert sorted(one.word for one in claimed) == [Word.BUSY] * 19 + [Word.OK]
    assert len({one.whose for one in claimed}) == 1


async def test_only_whoever_has_it_works_it_off(hotline: Hotline) -> None:
    await leaves_a_message(hotline, sid_of(1))
    await callbacks.claim(hotline, sid_of(1), operator=WANG)
    assert (await callbacks.work_off(hotline, sid_of(1), operator=LI)).word is Word.BUSY
    assert (await callbacks.work_off(hotline, sid_of(1), operator=WANG, note="已答复")).word is Word.OK
    assert (await callbacks.work_off(hotline, sid_of(1), operator=WANG)).word is Word.ALREADY
    assert await hotline.store.ask("ZRANGE", hotline.key("settled"), 0, -1) == [sid_of(1)]


async def test_a_message_that_somebody_sits_on_goes_back_to_all(hotline: Hotline, clock: Clock) -> None:
    await leaves_a_message(hotline, sid_of(1))
    await callbacks.claim(hotline, sid_of(1), operator=WANG)
    clock.passes(30 * 60 + 1)
    assert (await callbacks.claim(hotline, sid_of(1), operator=LI)).word is Word.OK


async def leaves_a_message(hotline: Hotline, sid: str) -> None:
    await acd.arrive(hotline, sid, line=MAYOR, caller=ZHOU, is_open=False)
    await acd.keep_message(hotline, sid, recording="RE1", seconds=9)
    await acd.hang_up(hotline, sid, by="caller")
