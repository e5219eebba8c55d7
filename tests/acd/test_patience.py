"""Those who wait: what they are told and when, how many may, and what becomes of them when nobody is left."""

import pytest

from ivr import acd
from ivr.acd import CallState, Word
from ivr.hotline import Hotline
from tests.acd.books import what_is_wrong
from tests.acd.people import call_of, dials, lines_up, sid_of, sits_down
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


async def test_who_still_waits_when_the_last_operator_leaves_is_told_after_a_grace(
    hotline: Hotline, clock: Clock
) -> None:
    await rule(hotline, leave_unstaffed=1, unstaffed_grace_seconds=60)
    await acd.sign_in(hotline, operator=WANG)
    call = await lines_up(hotline, 1)
    clock.passes(300)
    await acd.sign_in(hotline, operator=WANG)  # the same, still there
    await acd.sign_out(hotline, operator=WANG)
    clock.passes(59)
    assert (await acd.wait(hotline, call)).word is Word.ALREADY
    clock.passes(1)
    told = await acd.wait(hotline, call)
    assert (told.word, told.state) == (Word.UNSTAFFED, CallState.PARTING)
    assert (await acd.wait(hotline, call)).word is Word.UNSTAFFED, "a carrier that repeats itself"
    await acd.hang_up(hotline, call, by="caller")
    assert await hotline.store.ask("HGET", hotline.key("call", call), "outcome") == "unstaffed"
    assert await what_is_wrong(hotline) == []


async def test_somebody_who_comes_within_the_grace_keeps_the_callers(hotline: Hotline, clock: Clock) -> None:
    await rule(hotline, leave_unstaffed=1, unstaffed_grace_seconds=60)
    await acd.sign_in(hotline, operator=WANG)
    call = await lines_up(hotline, 1)
    await acd.sign_out(hotline, operator=WANG)
    clock.passes(50)
    await sits_down(hotline, LI)
    assert await call_of(hotline, LI) == call


async def test_a_console_that_falls_silent_has_left_too(hotline: Hotline, clock: Clock) -> None:
    await rule(hotline, leave_unstaffed=1, unstaffed_grace_seconds=60)
    await acd.sign_in(hotline, operator=WANG)
    call = await lines_up(hotline, 1)
    clock.passes(11)
    await acd.tick(hotline)
    clock.passes(60)
    assert (await acd.wait(hotline, call)).word is Word.UNSTAFFED


async def test_a_caller_of_two_lines_stays_while_one_of_them_is_staffed(
    hotline: Hotline, clock: Clock
) -> None:
    await rule(
        hotline, leave_unstaffed=1, unstaffed_grace_seconds=10, overflow_after__yue=5, overflow_to__yue="main"
    )
    await acd.sign_in(hotline, operator=WANG, queues="main")
    call = await lines_up(hotline, 1, queue="yue")
    clock.passes(6)
    await acd.tick(hotline)
    await acd.renew(hotline, operator=WANG)
    clock.passes(30)
    assert (await acd.wait(hotline, call)).word is Word.ALREADY


async def test_whoever_joins_a_line_that_nobody_serves_has_the_grace_too(
    hotline: Hotline, clock: Clock
) -> None:
    await rule(hotline, leave_unstaffed=1, unstaffed_grace_seconds=60)
    call = await lines_up(hotline, 1)
    clock.passes(59)
    assert (await acd.wait(hotline, call)).word is Word.ALREADY
    clock.passes(1)
    assert (await acd.wait(hotline, call)).word is Word.UNSTAFFED


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
