"""Which operator of several, and which queue of several: skill, level, acquaintance, overflow, share, and by hand."""

import asyncio

import pytest

from ivr import acd
from ivr.acd import Word
from ivr.hotline import Hotline
from tests.acd.books import what_is_wrong
from tests.acd.people import call_of, desk_of, lines_up, sid_of, sits_down, takes
from tests.acd.rules import rule
from tests.cast import LI, MAYOR, WANG, ZHAO
from tests.conftest import Clock


async def test_the_better_operator_is_offered_the_call_though_the_other_is_free_longer(
    hotline: Hotline, clock: Clock
) -> None:
    await sits_down(hotline, WANG, queues="yue=1")
    clock.passes(5)
    await sits_down(hotline, LI, queues="yue=3")
    call = await lines_up(hotline, 1, queue="yue")
    assert await call_of(hotline, LI) == call


async def test_among_equals_the_longest_idle_is_offered_the_call(hotline: Hotline, clock: Clock) -> None:
    await sits_down(hotline, LI, queues="main yue=3")
    clock.passes(5)
    await sits_down(hotline, WANG, queues="yue=3 main")
    call = await lines_up(hotline, 1, queue="yue")
    assert await call_of(hotline, LI) == call


async def test_a_caller_who_calls_again_gets_whoever_they_talked_with(hotline: Hotline, clock: Clock) -> None:
    await sits_down(hotline, LI)
    first = await rings(hotline, 1)
    await talks_with(hotline, first, LI)
    await acd.hang_up(hotline, first, by="caller")
    clock.passes(5)
    await sits_down(hotline, WANG)
    await acd.finish(hotline, operator=LI)
    again = await rings(hotline, 2)  # the same caller; 9001 has been idle longer
    assert await call_of(hotline, LI) == again


async def test_an_acquaintance_is_forgotten_after_a_while(hotline: Hotline, clock: Clock) -> None:
    await rule(hotline, last_operator_seconds=0)
    await sits_down(hotline, LI)
    first = await rings(hotline, 1)
    await talks_with(hotline, first, LI)
    await acd.hang_up(hotline, first, by="caller")
    await sits_down(hotline, WANG)
    clock.passes(5)
    await acd.finish(hotline, operator=LI)
    again = await rings(hotline, 2)
    assert await call_of(hotline, WANG) == again


async def test_nobody_waits_for_an_acquaintance_who_is_busy(hotline: Hotline) -> None:
    await sits_down(hotline, LI)
    first = await rings(hotline, 1)
    await talks_with(hotline, first, LI)
    await sits_down(hotline, WANG)
    again = await rings(hotline, 2)
    assert await call_of(hotline, WANG) == again


async def test_a_line_that_nobody_comes_to_overflows_after_its_time(hotline: Hotline, clock: Clock) -> None:
    await rule(hotline, overflow_after__yue=30, overflow_to__yue="main")
    call = await lines_up(hotline, 1, queue="yue")
    await sits_down(hotline, WANG, queues="main")
    assert await call_of(hotline, WANG) is None
    await beats_on(hotline, clock, WANG, seconds=30)
    assert await call_of(hotline, WANG) == call
    assert await what_is_wrong(hotline) == []


async def test_an_overflowed_call_stands_in_both_lines_and_leaves_both(
    hotline: Hotline, clock: Clock
) -> None:
    await rule(hotline, overflow_after__yue=30, overflow_to__yue="main land")
    call = await lines_up(hotline, 1, queue="yue")
    clock.passes(31)
    await acd.tick(hotline)
    for queue in ("yue", "main", "land"):
        assert await hotline.store.ask("ZRANGE", hotline.key("waiting", queue), 0, -1) == [call]
    await acd.hang_up(hotline, call, by="caller")
    for queue in ("yue", "main", "land"):
        assert await hotline.store.ask("ZCARD", hotline.key("waiting", queue)) == 0


async def test_shares_keep_a_busy_queue_from_starving_a_quiet_one(hotline: Hotline, clock: Clock) -> None:
    await rule(hotline, share__tax=3, share__land=1)
    for n in range(12):
        await lines_up(hotline, n, queue="tax")
        clock.passes(1)
    for n in range(12, 24):
        await lines_up(hotline, n, queue="land")  # all of them came later
        clock.passes(1)
    served = [await next_queue_of(hotline, clock) for _ in range(12)]
    assert served.count("tax") == 9
    assert served.count("land") == 3


async def test_a_queue_that_was_empty_does_not_catch_up_on_what_it_did_not_use(
    hotline: Hotline, clock: Clock
) -> None:
    await rule(hotline, share__tax=1, share__land=1)
    for n in range(10):
        await lines_up(hotline, n, queue="tax")
    for _ in range(6):
        await next_queue_of(hotline, clock)
    for n in range(10, 20):
        await lines_up(hotline, n, queue="land")
    served = [await next_queue_of(hotline, clock) for _ in range(6)]
    assert served.count("tax") >= 2


async def test_an_urgent_caller_waits_for_nobodys_share(hotline: Hotline, clock: Clock) -> None:
    await rule(hotline, share__tax=9, share__land=1)
    await lines_up(hotline, 1, queue="tax")
    await next_queue_of(hotline, clock)
    await next_queue_of(hotline, clock)
    await lines_up(hotline, 2, queue="tax")
    urgent = await lines_up(hotline, 3, queue="land", priority=8)
    await sits_down(hotline, ZHAO, queues="tax land")
    assert await call_of(hotline, ZHAO) == urgent


async def test_an_operator_takes_a_caller_out_of_the_line_whatever_their_turn(
    hotline: Hotline, clock: Clock
) -> None:
    await lines_up(hotline, 1)
    clock.passes(1)
    second = await lines_up(hotline, 2)
    await acd.sign_in(hotline, operator=WANG, queues="main")  # not ready: nothing rings by itself
    assert await acd.pick(hotline, second, operator=WANG, room="r") is Word.OK
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "connecting"
    assert await acd.pick(hotline, sid_of(1), operator=WANG, room="r") is Word.BUSY
    assert await what_is_wrong(hotline) == []


async def test_of_many_who_pick_the_same_caller_one_gets_them(hotline: Hotline) -> None:
    call = await lines_up(hotline, 1)
    operators = [str(9100 + n) for n in range(20)]
    for operator in operators:
        await acd.sign_in(hotline, operator=operator, queues="main")
    words = await asyncio.gather(*(acd.pick(hotline, call, operator=one, room=one) for one in operators))
    assert sorted(words) == [Word.GONE] * 19 + [Word.OK]


@pytest.mark.parametrize(
    ("skills", "queues"),
    [
        ({}, "main"),
        ({"粤语": 3}, "main yue=3"),
        ({"粤语": 1, "税务": 2}, "main yue=1 tax_yue=1"),
        ({"税务": 2}, "main"),
    ],
)
async def test_who_has_the_skills_of_a_queue_serves_it_at_the_lowest_of_their_levels(
    hotline: Hotline, skills: dict[str, int], queues: str
) -> None:
    profile = hotline.handbook.profile.model_copy(
        update={
            "queues": {
                "main": hotline.handbook.profile.queues["main"],
                "yue": hotline.handbook.profile.queues["main"].model_copy(update={"skills": ("粤语",)}),
                "tax_yue": hotline.handbook.profile.queues["main"].model_copy(
                    update={"skills": ("税务", "粤语")}
                ),
            }
        }
    )
    assert profile.queues_of(skills) == queues


async def rings(hotline: Hotline, n: int) -> str:
    """Always the same caller."""
    sid = sid_of(n)
    await acd.arrive(hotline, sid, line=MAYOR, caller="+862000000001", is_open=True)
    await acd.wait(hotline, sid)
    return sid


async def talks_with(hotline: Hotline, call: str, operator: str) -> None:
    assert await takes(hotline, call, operator, room=call) is Word.OK


async def next_queue_of(hotline: Hotline, clock: Clock) -> str:
    """One operator of both queues takes the next call to its end; which queue it was of."""
    await sits_down(hotline, WANG, queues="tax land")
    call = await call_of(hotline, WANG)
    if call is None:
        return ""
    queue = str((await desk_of(hotline, WANG))["call"]["queue"])
    await talks_with(hotline, call, WANG)
    await acd.pause(hotline, operator=WANG, reason="小休")
    await acd.hang_up(hotline, call, by="caller")
    await acd.finish(hotline, operator=WANG)
    clock.passes(1)
    return queue


async def beats_on(hotline: Hotline, clock: Clock, operator: str, *, seconds: int) -> None:
    for _ in range(0, seconds, 5):
        clock.passes(5)
        await acd.renew(hotline, operator=operator)
        await acd.tick(hotline)
