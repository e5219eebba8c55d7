"""The room, and the way out of it: who has talked, who is lost, and who goes home."""

import asyncio

import pytest

from ivr import acd
from ivr.acd import CallState, Outcome, Word, callbacks, party
from ivr.hotline import Hotline
from tests.acd.books import what_is_wrong
from tests.acd.people import (
    asks_back,
    call_of,
    desk_of,
    is_called,
    is_reached,
    leg_of,
    lines_up,
    phone_of,
    sid_of,
    sits_down,
    takes,
)
from tests.cast import LI, WANG, ZHAO
from tests.conftest import Clock


async def test_leaving_after_this_call_signs_out_when_the_wrap_up_ends(hotline: Hotline) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await takes(hotline, call, WANG)
    await acd.leave(hotline, operator=WANG)
    assert (await desk_of(hotline, WANG))["operator"]["presence"] == "on"
    await acd.quit_room(hotline, call, leg=call, room="r1")
    await acd.finish(hotline, operator=WANG)
    assert (await desk_of(hotline, WANG))["operator"]["presence"] == "off"


async def test_nobody_signs_out_in_the_middle_of_a_call(hotline: Hotline) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await takes(hotline, call, WANG)
    assert await acd.sign_out(hotline, operator=WANG) is Word.BUSY


async def test_the_wrap_up_ends_by_itself_and_the_next_caller_rings(hotline: Hotline, clock: Clock) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await takes(hotline, call, WANG)
    following = await lines_up(hotline, 2)
    await acd.hang_up(hotline, call, by="caller")
    assert await call_of(hotline, WANG) == call  # still to be wrapped up
    for _ in range(4):
        clock.passes(8)
        await acd.renew(hotline, operator=WANG)
        await acd.tick(hotline)
    assert await call_of(hotline, WANG) == following


async def test_an_operator_who_leaves_the_room_before_the_caller_comes_is_lost_at_once(
    hotline: Hotline,
) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="r1")
    await acd.pick_up(hotline, operator=WANG, leg=phone_of(WANG))
    await acd.leave_room(hotline, call, leg=phone_of(WANG), room="r1", is_up=False)
    assert (await acd.wait(hotline, call)).state is CallState.WAITING


@pytest.mark.parametrize(("came", "left"), [("operator", "caller"), ("caller", "operator")])
async def test_whoever_leaves_the_room_has_been_there_though_the_news_of_it_was_lost(
    hotline: Hotline, clock: Clock, came: str, left: str
) -> None:
    """One participant-join is lost and they talk for a while: the talk is a talk, and nobody has missed anything."""
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="r1")
    await acd.meet(hotline, call)
    await acd.pick_up(hotline, operator=WANG, leg=sid_of(99))
    clock.passes(1)
    phones = {"caller": call, "operator": sid_of(99)}
    await acd.join(hotline, call, leg=phones[came], room="r1")
    clock.passes(9)
    await acd.quit_room(hotline, call, leg=phones[left], room="r1")
    await acd.hang_up(hotline, call, by="caller")
    found = await hotline.store.ask("HMGET", hotline.key("call", call), "outcome", "talked", "ended_by")
    assert found == ["answered", "9000", "caller"]
    after = {"caller": "wrap_up", "operator": "idle"}  # an operator who was lost was rung again
    assert (await desk_of(hotline, WANG))["operator"]["line"] == after[left]
    assert int((await desk_of(hotline, WANG))["operator"]["missed"]) == 0


@pytest.mark.parametrize(("seconds", "outcome"), [(30, "answered"), (2, "abandoned_queue")])
async def test_with_all_news_of_coming_lost_the_leaving_tells_whether_they_can_have_talked(
    hotline: Hotline, clock: Clock, seconds: int, outcome: str
) -> None:
    await hotline.store.ask("HSET", hotline.key("rules"), "short_abandon_seconds", 0, "join_seconds", 60)
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="r1")
    await acd.meet(hotline, call)
    await acd.pick_up(hotline, operator=WANG, leg=sid_of(99))
    clock.passes(seconds)
    await acd.quit_room(hotline, call, leg=sid_of(99), room="r1")
    await acd.hang_up(hotline, call, by="caller")
    assert await hotline.store.ask("HGET", hotline.key("call", call), "outcome") == outcome


async def test_a_second_phone_does_not_get_into_a_talk(hotline: Hotline) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="r1")
    assert (await acd.pick_up(hotline, operator=WANG, leg=sid_of(98))).word is Word.OK
    for leg in (call, sid_of(98)):
        await acd.join(hotline, call, leg=leg, room="r1")
    assert (await acd.pick_up(hotline, operator=WANG, leg=sid_of(99))).word is Word.GONE
    assert await acd.quit_room(hotline, call, leg=sid_of(99), room="r1") is Word.GONE
    assert (await acd.wait(hotline, call)).state is CallState.TALKING


@pytest.mark.parametrize("ending", ["decline", "miss", "hang_up", "lose"])
async def test_who_wants_to_leave_after_this_call_leaves_however_it_ends(
    hotline: Hotline, clock: Clock, ending: str
) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.leave(hotline, operator=WANG)
    match ending:
        case "decline":
            await acd.decline(hotline, call, operator=WANG)
        case "miss":
            clock.passes(21)
            await acd.tick(hotline)
        case "hang_up":
            await acd.hang_up(hotline, call, by="caller")
        case "lose":
            await acd.accept(hotline, call, operator=WANG, room="r1")
            await acd.lose(hotline, call, room="r1")
    assert (await desk_of(hotline, WANG))["operator"]["presence"] == "off"
    assert await hotline.store.ask("SCARD", hotline.key("on_shift", "main")) == 0


async def test_late_news_of_an_earlier_room_changes_nothing(hotline: Hotline, clock: Clock) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="r1")
    clock.passes(16)
    await acd.tick(hotline)  # 9001 never came
    await sits_down(hotline, LI)
    await takes(hotline, call, LI, room="r2")
    assert await acd.quit_room(hotline, call, leg=phone_of(WANG), room="r1") is Word.GONE
    assert (await acd.wait(hotline, call)).state is CallState.TALKING


async def test_who_is_leaving_leaves_though_they_missed_too_many(hotline: Hotline, clock: Clock) -> None:
    await hotline.store.ask("HSET", hotline.key("rules"), "misses_before_pause", 1)
    await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.leave(hotline, operator=WANG)
    clock.passes(21)
    await acd.tick(hotline)
    assert (await desk_of(hotline, WANG))["operator"]["presence"] == "off"


async def test_a_call_that_ends_long_after_both_asked_for_the_room_was_answered_though_no_news_of_it_came(
    hotline: Hotline, clock: Clock
) -> None:
    """The workers were down while they talked, and the first thing they learn is that the line is dead."""
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="r1")
    await acd.meet(hotline, call)
    await acd.pick_up(hotline, operator=WANG, leg=phone_of(WANG))
    clock.passes(12)
    assert await acd.hang_up(hotline, call, by="carrier") is Word.OK
    outcome, talked = await hotline.store.ask("HMGET", hotline.key("call", call), "outcome", "talked")
    assert (outcome, talked) == (Outcome.ANSWERED, "12000")
    assert phone_of(WANG) in await put_down(hotline)  # who may wait in the room still
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "wrap_up"
    assert await what_is_wrong(hotline) == []


@pytest.mark.parametrize("is_over", [True, False])
async def test_who_looks_into_a_room_that_is_over_finds_a_talk_that_was_and_into_another_one_who_is_alone(
    hotline: Hotline, clock: Clock, is_over: bool
) -> None:
    """Nobody reported that they came, nor that they went; or the operator's phone never came."""
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="r1")
    await acd.meet(hotline, call)
    await acd.pick_up(hotline, operator=WANG, leg=phone_of(WANG))
    clock.passes(12)
    assert await acd.lose(hotline, call, room="r1", is_over=is_over) is Word.OK
    state = await hotline.store.ask("HGET", hotline.key("call", call), "state")
    line = (await desk_of(hotline, WANG))["operator"]["line"]
    assert (state, line) == ((CallState.PARTING, "wrap_up") if is_over else (CallState.WAITING, "idle"))
    assert phone_of(WANG) in await put_down(hotline)  # who may sit in it alone
    assert await what_is_wrong(hotline) == []


async def test_a_caller_who_hangs_up_during_the_last_words_before_the_room_has_talked_with_nobody(
    hotline: Hotline, clock: Clock
) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="r1")
    await acd.meet(hotline, call)
    await acd.pick_up(hotline, operator=WANG, leg=phone_of(WANG))
    clock.passes(5)
    await acd.hang_up(hotline, call, by="caller")
    assert await hotline.store.ask("HGET", hotline.key("call", call), "outcome") == Outcome.ABANDONED_RINGING
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "idle"


async def test_who_was_called_back_and_talked_is_not_called_again_though_no_news_of_it_came(
    hotline: Hotline, clock: Clock
) -> None:
    back = await asks_back(hotline, 1)
    await sits_down(hotline, WANG)
    await is_called(hotline, back, WANG)
    await is_reached(hotline, back)
    clock.passes(12)
    assert await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="hung_up") is Word.OK
    assert await hotline.store.ask("HGET", hotline.key("call", back), "outcome") == Outcome.CALLED_BACK
    assert await what_is_wrong(hotline) == []


async def test_news_of_an_earlier_room_loses_nobody_in_a_later_one(hotline: Hotline, clock: Clock) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="old")
    clock.passes(16)
    await acd.tick(hotline)
    await sits_down(hotline, LI)
    await acd.accept(hotline, call, operator=LI, room="new")
    assert await acd.lose(hotline, call, room="old") is Word.GONE
    assert (await acd.wait(hotline, call)).state is CallState.CONNECTING


async def test_a_phone_that_nobody_knows_changes_nothing_by_coming_or_going(hotline: Hotline) -> None:
    """A supervisor who listens, a person who was brought in: they are in the room, and are not the operator."""
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await takes(hotline, call, WANG)
    assert await acd.join(hotline, call, leg=sid_of(77), room="r1") is Word.GONE
    assert await acd.quit_room(hotline, call, leg=sid_of(77), room="r1") is Word.GONE
    assert (await acd.wait(hotline, call)).state is CallState.TALKING


async def test_a_caller_is_handed_over_and_the_record_keeps_both_operators(
    hotline: Hotline, clock: Clock
) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await sits_down(hotline, LI)
    await takes(hotline, call, WANG)
    clock.passes(5)

    assert await party.hand_over(hotline, call, giver=WANG, taker=LI) is Word.OK
    assert await party.hand_over(hotline, call, giver=WANG, taker=LI) is Word.ALREADY

    assert (await desk_of(hotline, WANG))["operator"]["line"] == "wrap_up"
    assert (await desk_of(hotline, LI))["operator"]["line"] == "talking"
    assert await what_is_wrong(hotline) == []
    assert await acd.quit_room(hotline, call, leg=phone_of(WANG), room="r1") is Word.GONE  # no longer theirs
    clock.passes(3)
    await acd.hang_up(hotline, call, by="caller")
    found = await hotline.store.ask("HMGET", hotline.key("call", call), "operators", "talked", "operator")
    assert found == [f"{WANG}=5000 {LI}=3000", "8000", LI]
    assert await hotline.store.ask("ZSCORE", hotline.key("calls", "operator", WANG), call)
    assert await hotline.store.ask("ZSCORE", hotline.key("calls", "operator", LI), call)


async def test_a_caller_is_not_handed_over_by_somebody_else_nor_to_somebody_busy(hotline: Hotline) -> None:
    first, second = await lines_up(hotline, 1), await lines_up(hotline, 2)
    for operator, call in ((WANG, first), (LI, second)):
        await sits_down(hotline, operator)
        await takes(hotline, call, operator)
    await sits_down(hotline, ZHAO)
    assert await party.hand_over(hotline, first, giver=LI, taker=ZHAO) is Word.GONE
    assert await party.hand_over(hotline, first, giver=WANG, taker=LI) is Word.GONE
    assert await what_is_wrong(hotline) == []


async def test_of_two_who_are_handed_the_same_caller_at_once_one_has_them(hotline: Hotline) -> None:
    call = await lines_up(hotline, 1)
    for operator in (WANG, LI, ZHAO):
        await sits_down(hotline, operator)
    await takes(hotline, call, WANG)
    words = await asyncio.gather(
        *(party.hand_over(hotline, call, giver=WANG, taker=taker) for taker in (LI, ZHAO))
    )
    assert sorted(words) == [Word.GONE, Word.OK]
    assert await what_is_wrong(hotline) == []


async def put_down(hotline: Hotline) -> list[str]:
    """The phones whose calls the carrier is asked to end."""
    errands = await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")
    return [errand["sid"] for _, errand in errands if errand["what"] == "hang_up"]
