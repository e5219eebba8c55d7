"""Those who wait: what they are told and when, and how many may."""

import pytest

from ivr import acd
from ivr.acd import Word
from ivr.hotline import Hotline
from tests.acd.people import dials, lines_up, sid_of
from tests.acd.rules import rule
from tests.cast import LI, MAYOR, WANG
from tests.conftest import Clock


async def test_comfort_comes_first_after_a_while_then_with_a_gap_and_each_sentence_in_its_turn(
    hotline: Hotline, clock: Clock
) -> None:
    await rule(hotline, first_comfort_seconds=20, comfort_gap_seconds=40)
    call = await lines_up(hotline, 1)
    heard = []
    for _ in range(13):  # a round every ten seconds
        clock.passes(10)
        heard.append((await acd.wait(hotline, call)).comfort)
    assert heard == [0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]


async def test_a_carrier_that_repeats_itself_hears_the_same_comfort(hotline: Hotline, clock: Clock) -> None:
    call = await lines_up(hotline, 1)
    clock.passes(25)
    first, again = await acd.wait(hotline, call), await acd.wait(hotline, call)
    assert first.comfort == again.comfort == 1


async def test_a_rule_of_zero_seconds_means_music_alone(hotline: Hotline, clock: Clock) -> None:
    await rule(hotline, first_comfort_seconds=0)
    call = await lines_up(hotline, 1)
    clock.passes(300)
    assert (await acd.wait(hotline, call)).comfort == 0


async def test_no_more_wait_than_those_who_are_there_can_serve(hotline: Hotline) -> None:
    await rule(hotline, max_waiting_per_operator=2)
    await acd.sign_in(hotline, operator=WANG)
    assert [await _is_turned_away(hotline, n) for n in range(4)] == [False, False, True, True]
    await acd.sign_in(hotline, operator=LI)
    assert not await _is_turned_away(hotline, 5)


async def test_with_nobody_there_it_is_the_plain_limit_that_counts(hotline: Hotline) -> None:
    await rule(hotline, max_waiting_per_operator=1)
    assert [await _is_turned_away(hotline, n) for n in range(3)] == [False, False, False]


@pytest.mark.parametrize(("minutes_ago", "is_known"), [(5, True), (11, False)])
async def test_a_caller_who_rings_again_within_the_time_is_known(
    hotline: Hotline, clock: Clock, minutes_ago: int, is_known: bool
) -> None:
    await rule(hotline, again_seconds=600)
    first = await acd.arrive(hotline, sid_of(1), line=MAYOR, caller="+862000000001", is_open=True)
    await acd.hang_up(hotline, sid_of(1), by="caller")
    clock.passes(minutes_ago * 60)
    second = await acd.arrive(hotline, sid_of(2), line=MAYOR, caller="+862000000001", is_open=True)
    other = await acd.arrive(hotline, sid_of(3), line=MAYOR, caller="", is_open=True)
    assert (first.again, second.again, other.again) == (False, is_known, False)


async def _is_turned_away(hotline: Hotline, n: int) -> bool:
    await dials(hotline, n)
    return (await acd.wait(hotline, sid_of(n))).word is not Word.OK
