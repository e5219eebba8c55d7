"""Whose time it was: what of an operator's shift was work, what was readiness, and how often a ring was in vain."""

import pytest

from ivr import acd, wallboard
from ivr.formulas import FORMULAS, Counts
from ivr.hotline import Hotline
from ivr.roles import Person, Role
from ivr.tallies import by_quarter, quarter_of, total
from tests.acd.books import what_is_wrong
from tests.acd.people import comes_in, lines_up, sits_down
from tests.cast import LI, SUPERVISOR, WANG
from tests.conftest import Clock

HAN = Person("nanning", SUPERVISOR, Role.SUPERVISOR)
MINUTE = 60


async def so_far(hotline: Hotline) -> Counts:
    """Since the first quarter of the test, with what is still under way."""
    first = quarter_of(hotline.now()) - 12
    counted = total(await by_quarter(hotline, first, quarter_of(hotline.now())), first)
    return counted + wallboard.under_way(hotline, await acd.board(hotline, top=0), 0)


async def passes(hotline: Hotline, clock: Clock, seconds: int, *operators: str) -> None:
    """Time, with the heartbeats of whoever is there."""
    for _ in range(seconds // 5):
        clock.passes(5)
        for operator in operators:
            await acd.renew(hotline, operator=operator)


async def talks(hotline: Hotline, clock: Clock, n: int, operator: str, seconds: int) -> None:
    """One call, from its ring (5 s) over the way into the room (5 s) to the end of the talk."""
    sid = await lines_up(hotline, n)
    await passes(hotline, clock, 5, operator)
    await acd.accept(hotline, sid, operator=operator, room=f"r{n}")
    await passes(hotline, clock, 5, operator)
    await comes_in(hotline, sid, operator, room=f"r{n}")
    await passes(hotline, clock, seconds, operator)
    await acd.hang_up(hotline, sid, by="caller")


async def test_a_shift_worked_out_by_hand(hotline: Hotline, clock: Clock) -> None:
    """9001: ready 2 min, rings 5 s, 5 s on the way, talks 3 min, wraps up 30 s, ready 1 min, out for lunch 10 min."""
    await sits_down(hotline, WANG)
    await passes(hotline, clock, 2 * MINUTE, WANG)
    await talks(hotline, clock, 1, WANG, 3 * MINUTE)
    await passes(hotline, clock, 30, WANG)
    await acd.finish(hotline, operator=WANG)
    await passes(hotline, clock, MINUTE, WANG)
    await acd.pause(hotline, operator=WANG, reason="用餐")
    await passes(hotline, clock, 10 * MINUTE, WANG)

    counts = await so_far(hotline)
    assert (counts.ready_ms, counts.busy_ms) == (3 * 60_000, (5 + 180 + 30) * 1000)
    assert FORMULAS["occupancy"].of(counts) == pytest.approx(215 / (215 + 180))
    assert await what_is_wrong(hotline) == []


async def test_what_is_still_under_way_counts_and_counts_once(hotline: Hotline, clock: Clock) -> None:
    await sits_down(hotline, WANG)
    await sits_down(hotline, LI)
    sid = await lines_up(hotline, 1)
    await acd.accept(hotline, sid, operator=WANG, room="r1")
    await comes_in(hotline, sid, WANG, room="r1")
    await passes(hotline, clock, 40, WANG, LI)
    for _ in range(2):  # looking changes nothing
        counts = await so_far(hotline)
        assert (counts.ready_ms, counts.busy_ms) == (40_000, 40_000)
    readings = {one.name: one.value for one in (await wallboard.show(hotline, HAN)).readings}
    assert readings["occupancy"] == 0.5
    await acd.hang_up(hotline, sid, by="caller")
    await acd.finish(hotline, operator=WANG)
    assert (await so_far(hotline)).busy_ms == 40_000


async def test_time_goes_to_the_quarters_in_which_it_passed(hotline: Hotline, clock: Clock) -> None:
    """The clock stands at 10:00: ready until 10:40."""
    await sits_down(hotline, WANG)
    await passes(hotline, clock, 40 * MINUTE, WANG)
    await acd.pause(hotline, operator=WANG, reason="小休")
    last = quarter_of(hotline.now())
    quarters = (await by_quarter(hotline, last - 2, last)).values()
    assert [one.ready_ms for one in quarters] == [900_000, 900_000, 600_000]


async def test_a_rest_after_a_missed_call_is_no_readiness_and_the_ring_was_in_vain(
    hotline: Hotline, clock: Clock
) -> None:
    await sits_down(hotline, WANG)
    sid = await lines_up(hotline, 1)
    await passes(hotline, clock, 25, WANG)
    await acd.tick(hotline)
    counts = await so_far(hotline)
    assert (counts.offers, counts.missed, counts.ready_ms, counts.busy_ms) == (1, 1, 0, 0)
    await passes(hotline, clock, 30, WANG)
    await acd.tick(hotline)  # it rings there again
    await acd.decline(hotline, sid, operator=WANG)
    await passes(hotline, clock, 10, WANG)
    await acd.tick(hotline)
    await acd.accept(hotline, sid, operator=WANG, room="r1")
    counts = await so_far(hotline)
    assert (counts.offers, counts.missed) == (3, 1), "who declines is there"
    assert FORMULAS["rona"].of(counts) == pytest.approx(1 / 3)


async def test_a_console_that_goes_silent_is_ready_until_it_is_missed(hotline: Hotline, clock: Clock) -> None:
    await sits_down(hotline, WANG)
    clock.passes(20)
    await acd.tick(hotline)
    assert (await so_far(hotline)).ready_ms == 20_000
    await passes(hotline, clock, MINUTE)
    assert (await so_far(hotline)).ready_ms == 20_000
