"""Who gets whom, and in what order."""

from ivr import acd
from ivr.acd import Word
from ivr.hotline import Hotline
from tests.acd.people import call_of, desk_of, dials, lines_up, sid_of, sits_down, takes
from tests.cast import LI, MAYOR, WANG
from tests.conftest import Clock


async def test_the_caller_who_has_waited_longest_is_offered_first(hotline: Hotline, clock: Clock) -> None:
    first = await lines_up(hotline, 1)
    clock.passes(1)
    await lines_up(hotline, 2)
    await sits_down(hotline, WANG)
    assert await call_of(hotline, WANG) == first


async def test_priority_outranks_waiting_time(hotline: Hotline, clock: Clock) -> None:
    await lines_up(hotline, 1)
    clock.passes(600)
    urgent = await lines_up(hotline, 2, priority=1)
    await sits_down(hotline, WANG)
    assert await call_of(hotline, WANG) == urgent


async def test_the_operator_who_has_been_free_longest_is_offered_the_call(
    hotline: Hotline, clock: Clock
) -> None:
    await sits_down(hotline, LI)
    clock.passes(1)
    await sits_down(hotline, WANG)
    call = await lines_up(hotline, 1)
    assert await call_of(hotline, LI) == call
    assert await call_of(hotline, WANG) is None


async def test_a_missed_caller_keeps_their_place_before_those_who_came_later(
    hotline: Hotline, clock: Clock
) -> None:
    first = await lines_up(hotline, 1)
    clock.passes(1)
    second = await lines_up(hotline, 2)
    await sits_down(hotline, WANG)
    clock.passes(20)
    await acd.renew(hotline, operator=WANG)
    await acd.tick(hotline)
    assert await call_of(hotline, WANG) is None  # resting after the miss
    await sits_down(hotline, LI)
    assert await call_of(hotline, LI) == first
    assert (await acd.wait(hotline, second)).position == 1


async def test_position_is_told_only_when_it_got_better(hotline: Hotline, clock: Clock) -> None:
    ahead = await lines_up(hotline, 1)
    clock.passes(1)
    waiting = await dials(hotline, 2)
    assert (await acd.wait(hotline, waiting))[2:4] == (2, True)
    clock.passes(20)
    assert (await acd.wait(hotline, waiting))[2:4] == (2, False)
    await acd.hang_up(hotline, ahead, by="caller")
    assert (await acd.wait(hotline, waiting))[2:4] == (1, True)


async def test_an_operator_of_two_queues_takes_the_one_who_waited_longest_of_both(
    hotline: Hotline, clock: Clock
) -> None:
    await lines_up(hotline, 1, queue="tax")
    clock.passes(1)
    await lines_up(hotline, 2, queue="land")
    await sits_down(hotline, WANG, queues="land tax")
    assert (await desk_of(hotline, WANG))["call"]["queue"] == "tax"
    await sits_down(hotline, LI, queues="tax land")
    assert (await desk_of(hotline, LI))["call"]["queue"] == "land"


async def test_a_console_that_went_silent_is_passed_over_even_before_the_clock_is_looked_at(
    hotline: Hotline, clock: Clock
) -> None:
    await sits_down(hotline, WANG)
    clock.passes(8)
    await sits_down(hotline, LI)
    clock.passes(3)  # the lease of 9001 is over, and no tick has come yet
    call = await lines_up(hotline, 1)
    assert await call_of(hotline, WANG) is None
    assert await call_of(hotline, LI) == call


async def test_an_operator_whose_caller_hangs_up_while_it_rings_gets_the_next_one(hotline: Hotline) -> None:
    first = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    second = await lines_up(hotline, 2)
    await acd.hang_up(hotline, first, by="caller")
    assert await call_of(hotline, WANG) == second


async def test_a_declined_call_rings_at_once_at_another_free_desk(hotline: Hotline, clock: Clock) -> None:
    await sits_down(hotline, WANG)
    clock.passes(1)
    await sits_down(hotline, LI)
    call = await lines_up(hotline, 1)
    assert await call_of(hotline, WANG) == call
    await acd.decline(hotline, call, operator=WANG)
    assert await call_of(hotline, LI) == call


async def test_of_two_ringing_desks_neither_can_take_the_others_call(hotline: Hotline, clock: Clock) -> None:
    first, second = await lines_up(hotline, 1), await lines_up(hotline, 2)
    await sits_down(hotline, WANG)
    await sits_down(hotline, LI)
    assert await acd.accept(hotline, second, operator=WANG, room="r") is Word.GONE
    assert await acd.decline(hotline, first, operator=LI) is Word.GONE
    assert await acd.accept(hotline, first, operator=WANG, room="r") is Word.OK


async def test_nobody_is_offered_a_call_of_a_queue_they_do_not_serve(hotline: Hotline) -> None:
    await lines_up(hotline, 1, queue="tax")
    await sits_down(hotline, WANG, queues="land")
    assert await call_of(hotline, WANG) is None


async def test_a_pause_while_it_rings_holds_from_the_next_call_on(hotline: Hotline) -> None:
    first = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.pause(hotline, operator=WANG, reason="用餐")
    assert await acd.accept(hotline, first, operator=WANG, room="r1") is Word.OK
    await acd.hang_up(hotline, first, by="caller")
    await lines_up(hotline, 2)
    assert await call_of(hotline, WANG) is None


async def test_a_full_line_turns_the_next_caller_away(hotline: Hotline) -> None:
    await hotline.store.ask("HSET", hotline.key("rules"), "max_waiting", 1)
    await lines_up(hotline, 1)
    turned = await acd.arrive(hotline, sid_of(2), line="+8677100000002", caller="", is_open=True)
    assert turned[:2] == (Word.OK, "full")


async def test_with_nobody_on_shift_the_caller_is_turned_away_if_the_rule_says_so(hotline: Hotline) -> None:
    await hotline.store.ask("HSET", hotline.key("rules"), "join_unstaffed", 0)
    turned = await acd.arrive(hotline, sid_of(1), line="+8677100000002", caller="", is_open=True)
    assert turned[:2] == (Word.OK, "unstaffed")
    again = await acd.arrive(hotline, sid_of(1), line="+8677100000002", caller="", is_open=True)
    assert again[:2] == (Word.ALREADY, "unstaffed")


async def test_without_a_rest_after_a_missed_call_the_operator_is_rung_again_at_once(
    hotline: Hotline, clock: Clock
) -> None:
    await hotline.store.ask("HSET", hotline.key("rules"), "missed_cooldown_seconds", 0)
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    clock.passes(9)
    await acd.renew(hotline, operator=WANG)
    clock.passes(9)
    await acd.renew(hotline, operator=WANG)
    clock.passes(3)
    await acd.tick(hotline)
    assert await call_of(hotline, WANG) == call


async def test_the_line_takes_no_more_than_it_may_though_all_came_at_once(hotline: Hotline) -> None:
    await hotline.store.ask("HSET", hotline.key("rules"), "max_waiting", 3)
    callers = [await dials(hotline, n) for n in range(10)]
    words = [(await acd.wait(hotline, sid)).word for sid in callers]
    assert (words.count(Word.OK), words.count(Word.FULL)) == (3, 7)
    assert (await acd.wait(hotline, callers[-1])).word is Word.FULL  # and again


async def test_who_waited_too_long_is_told_the_same_when_the_carrier_asks_twice(
    hotline: Hotline, clock: Clock
) -> None:
    call = await lines_up(hotline, 1)
    clock.passes(901)
    assert (await acd.wait(hotline, call)).word is Word.TOO_LONG
    assert (await acd.wait(hotline, call)).word is Word.TOO_LONG


async def test_a_caller_whose_call_was_lost_in_the_line_finds_their_place_again(
    hotline: Hotline, clock: Clock
) -> None:
    lost = await lines_up(hotline, 1)
    clock.passes(10)
    await lines_up(hotline, 2)
    await acd.hang_up(hotline, lost, by="caller")
    clock.passes(60)
    again = sid_of(3)
    await acd.arrive(hotline, again, line=MAYOR, caller="+862000000001", is_open=True)
    assert (await acd.wait(hotline, again)).position == 1


async def test_a_place_is_not_kept_for_ever(hotline: Hotline, clock: Clock) -> None:
    await hotline.store.ask("HSET", hotline.key("rules"), "regain_seconds", 0)
    lost = await lines_up(hotline, 1)
    clock.passes(10)
    await lines_up(hotline, 2)
    await acd.hang_up(hotline, lost, by="caller")
    again = sid_of(3)
    await acd.arrive(hotline, again, line=MAYOR, caller="+862000000001", is_open=True)
    assert (await acd.wait(hotline, again)).position == 2


async def test_the_pace_of_the_line_is_learnt_from_its_calls(hotline: Hotline, clock: Clock) -> None:
    for n in range(1, 4):
        call = await lines_up(hotline, n)
        clock.passes(5)
        await sits_down(hotline, WANG)
        await takes(hotline, call, WANG)
        for _ in range(10):
            clock.passes(6)
            await acd.renew(hotline, operator=WANG)
        await acd.quit_room(hotline, call, leg=call, room="r1")
        await acd.pause(hotline, operator=WANG, reason="小休")
        await acd.finish(hotline, operator=WANG)
    await lines_up(hotline, 9)
    assert (await acd.wait(hotline, sid_of(9))).pace == (60_000, 3, 5_000)


async def test_a_kept_place_is_one_among_callers_of_the_priority_they_have_now(
    hotline: Hotline, clock: Clock
) -> None:
    lost = await lines_up(hotline, 1)
    clock.passes(1)
    urgent = await lines_up(hotline, 2, priority=5)
    await acd.hang_up(hotline, lost, by="caller")
    again = sid_of(3)
    await acd.arrive(hotline, again, line=MAYOR, caller="+862000000001", priority=9, is_open=True)
    assert (await acd.wait(hotline, again)).position == 1
    assert (await acd.wait(hotline, urgent)).position == 2


async def test_the_last_words_are_not_waiting(hotline: Hotline, clock: Clock) -> None:
    call = await lines_up(hotline, 1)
    clock.passes(900)
    await acd.wait(hotline, call)
    clock.passes(200)
    await acd.hang_up(hotline, call, by="caller")
    assert await hotline.store.ask("HGET", hotline.key("call", call), "waited") == "900000"
