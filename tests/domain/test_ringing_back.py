"""Ringing back: what may happen while the carrier is asked for a leg, and after a worker has died over it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from ivr import ring_back_flow
from ivr.acd import ring_back as rings
from ivr.carrier import AGAIN_MS
from ivr.carrier.twilio import Twilio
from ivr.hotline import Hotline
from tests.acd.people import sid_of
from tests.acd.promised import SID, make_promise
from tests.cast import ZHOU
from tests.company import RUNG, Company
from tests.conftest import Clock

OFFICIAL = sid_of(31)


class Slow(Twilio):
    """What happens `meanwhile` is over before it is known which call was made."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def ring(self, number: str, **how: Any) -> str:
        made = await super().ring(number, **how)
        if self.meanwhile:
            await self.meanwhile()
        return made


@pytest_asyncio.fixture
async def carrier(hotline: Hotline, company: Company) -> AsyncIterator[Slow]:
    carrier = Slow(hotline.settings.model_copy(update={"twilio_api_url": company.url}))
    hotline.carrier = carrier
    yield carrier
    await carrier.close()


@pytest_asyncio.fixture
async def ringing(hotline: Hotline, carrier: Slow) -> Hotline:
    """The official has pressed 1, and the caller is to be rung now."""
    await make_promise(hotline)
    await rings.start(hotline, SID, room="r1", by="本人")
    await rings.take(hotline, SID, who="official", leg=OFFICIAL)
    return hotline


async def test_a_caller_who_is_being_rung_when_the_official_hangs_up_is_not_left_ringing(
    ringing: Hotline, carrier: Slow, company: Company
) -> None:
    carrier.meanwhile = lambda: rings.end(ringing, SID, who="official", leg=OFFICIAL, status="completed")
    await ring_back_flow.ring_caller(ringing, SID, asked=ringing.now())
    assert company.asked == [f"ring {ZHOU}", f"hang_up {RUNG}"]


@pytest.mark.parametrize("meanwhile", [rings.place, rings.take])
async def test_a_leg_that_made_itself_known_while_the_carrier_was_asked_goes_on(
    ringing: Hotline, carrier: Slow, company: Company, meanwhile: Callable[..., Awaitable[object]]
) -> None:
    carrier.meanwhile = lambda: meanwhile(ringing, SID, who="caller", leg=RUNG)
    await ring_back_flow.ring_caller(ringing, SID, asked=ringing.now())
    assert company.asked == [f"ring {ZHOU}"]


async def test_whoever_was_rung_by_a_worker_that_died_is_not_rung_twice(
    ringing: Hotline, company: Company, clock: Clock
) -> None:
    asked, company.up = ringing.now(), [RUNG]
    clock.passes(AGAIN_MS / 1000)
    await ring_back_flow.ring_caller(ringing, SID, asked=asked)
    assert company.asked == []
    assert await ringing.store.ask("HGET", ringing.key("ring_back", SID), "caller") == RUNG


async def test_whoever_was_not_is_rung_by_the_next(ringing: Hotline, company: Company, clock: Clock) -> None:
    asked = ringing.now()
    clock.passes(AGAIN_MS / 1000)
    await ring_back_flow.ring_caller(ringing, SID, asked=asked)
    assert company.asked == [f"ring {ZHOU}"]
