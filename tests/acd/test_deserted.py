"""Those who still wait when the last operator leaves: told after a grace, all of them, once, and at once."""

import asyncio

import pytest

from ivr import acd, dispatch
from ivr.acd import CallState, Word
from ivr.acd.callbacks import ask_back
from ivr.hotline import Hotline
from tests.acd.books import what_is_wrong
from tests.acd.people import asks_back, call_of, lines_up, sits_down
from tests.acd.rules import rule
from tests.cast import LI, WANG
from tests.conftest import Clock


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


async def test_all_of_a_long_line_are_fetched_out_of_the_music_within_a_few_ticks(
    hotline: Hotline, clock: Clock
) -> None:
    await rule(hotline, leave_unstaffed=1, unstaffed_grace_seconds=60, max_waiting=1000)
    await acd.sign_in(hotline, operator=WANG)
    callers = [await lines_up(hotline, n) for n in range(120)]
    await acd.sign_out(hotline, operator=WANG)
    clock.passes(59)
    await acd.tick(hotline)
    assert await _fetched(hotline) == []
    clock.passes(1)
    told = []
    for _ in range(3):
        await acd.tick(hotline)
        told.append(len(await _fetched(hotline)))
    assert told == [50, 100, 120], "a long line does not hold up the others"
    assert sorted(await _fetched(hotline)) == sorted(callers)
    for call in callers:
        assert (await acd.wait(hotline, call)).word is Word.UNSTAFFED
    assert await what_is_wrong(hotline) == []


async def test_a_call_back_and_who_waits_for_somebody_else_as_well_keep_their_places(
    hotline: Hotline, clock: Clock
) -> None:
    await rule(
        hotline, leave_unstaffed=1, unstaffed_grace_seconds=0, overflow_after__yue=5, overflow_to__yue="main"
    )
    await acd.sign_in(hotline, operator=LI, queues="main")
    await acd.sign_in(hotline, operator=WANG, queues="yue")
    both = await lines_up(hotline, 1, queue="yue")
    clock.passes(6)
    await acd.tick(hotline)
    for operator in (WANG, LI):
        await acd.renew(hotline, operator=operator)
    alone = await lines_up(hotline, 2, queue="yue")
    await acd.sign_out(hotline, operator=WANG)
    await acd.tick(hotline)
    assert await _fetched(hotline) == [alone]
    back = await asks_back(hotline, 3)
    await acd.sign_out(hotline, operator=LI)
    await acd.tick(hotline)
    assert await _fetched(hotline) == [alone, both]
    assert await hotline.store.ask("ZRANGE", hotline.key("waiting", "main"), 0, -1) == [back]


async def test_without_the_rule_they_go_on_waiting(hotline: Hotline, clock: Clock) -> None:
    await acd.sign_in(hotline, operator=WANG)
    call = await lines_up(hotline, 1)
    await acd.sign_out(hotline, operator=WANG)
    clock.passes(120)
    await acd.tick(hotline)
    assert await _fetched(hotline) == []
    assert (await acd.wait(hotline, call)).word is Word.ALREADY


@pytest.mark.parametrize("attempt", range(5))
async def test_who_comes_round_by_themselves_at_that_moment_is_not_told_twice(
    hotline: Hotline, clock: Clock, attempt: int
) -> None:
    await rule(hotline, leave_unstaffed=1, unstaffed_grace_seconds=60)
    await acd.sign_in(hotline, operator=WANG)
    call = await lines_up(hotline, 1)
    await acd.sign_out(hotline, operator=WANG)
    clock.passes(60)
    _, waiting, _ = await asyncio.gather(
        acd.tick(hotline), acd.wait(hotline, call), acd.sign_in(hotline, operator=LI)
    )
    if waiting.word is Word.UNSTAFFED:
        for errand in await _errands(hotline):
            assert await dispatch._still_wanted(hotline, errand) is None, "it would begin anew"
    assert await what_is_wrong(hotline) == []


async def test_who_asks_for_a_call_back_in_that_moment_hears_that_they_have_it(
    hotline: Hotline, clock: Clock
) -> None:
    await rule(hotline, leave_unstaffed=1, unstaffed_grace_seconds=0)
    await acd.sign_in(hotline, operator=WANG)
    call = await lines_up(hotline, 1)
    await acd.sign_out(hotline, operator=WANG)
    await acd.tick(hotline)
    assert await _fetched(hotline) == [call]
    kept = await ask_back(
        hotline, call, number="+862000000001", place="queue", pressed="1", typed=False, is_open=True
    )
    assert kept.word is Word.OK
    for errand in await _errands(hotline):
        assert await dispatch._still_wanted(hotline, errand) is None


async def _errands(hotline: Hotline) -> list[dispatch.Errand]:
    return [
        dispatch._errand(*one) for one in await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")
    ]


async def _fetched(hotline: Hotline) -> list[str]:
    """Whom the carrier is asked to lead to where they hear it."""
    return [one.sid for one in await _errands(hotline) if (one.what, one.step) == ("redirect", "wait")]
