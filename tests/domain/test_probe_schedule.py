"""The hours at which all numbers are called by themselves."""

from dataclasses import replace

import pytest

from ivr import probes
from ivr.errors import Conflict
from ivr.hotline import Hotline
from tests.conftest import MONDAY_MORNING, Clock

NINE = MONDAY_MORNING - 3_600_000  # the fixture's clock stands at ten


async def asked(hotline: Hotline) -> int:
    return int(await hotline.store.ask("ZCARD", hotline.key("probes_asked")))


@pytest.mark.parametrize(
    ("at", "numbers"), [(NINE - 1000, 0), (NINE, 46), (NINE + 599_000, 46), (NINE + 600_000, 0)]
)
async def test_all_numbers_are_asked_for_at_the_hour_and_made_up_for_within_ten_minutes(
    hotline: Hotline, clock: Clock, at: int, numbers: int
) -> None:
    clock.now = at
    await probes.keep_schedule(hotline)
    assert await asked(hotline) == numbers


async def test_each_hour_is_kept_once_and_the_next_one_again(hotline: Hotline, clock: Clock) -> None:
    clock.now = NINE
    for _ in range(3):
        await probes.keep_schedule(hotline)
        clock.passes(60)
    assert (await probes.run(hotline)).total == 46
    clock.now = NINE + int(13.5 * 3_600_000)
    await probes.keep_schedule(hotline)
    assert (await probes.run(hotline)).by == "schedule"
    assert int(await hotline.store.ask("HGET", hotline.key("probe_run"), "scheduled")) == clock.now


async def test_without_a_number_to_call_from_nothing_is_tested(hotline: Hotline, clock: Clock) -> None:
    rules = hotline.handbook.profile.probes.model_copy(update={"number": None})
    profile = hotline.handbook.profile.model_copy(update={"probes": rules})
    hotline.handbook = replace(hotline.handbook, profile=profile)
    clock.now = NINE
    await probes.keep_schedule(hotline)
    assert await asked(hotline) == 0
    with pytest.raises(Conflict, match="主叫号码"):
        await probes.ask_for(hotline, [], by="9010")
