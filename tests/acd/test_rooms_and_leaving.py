"""The room, and the way out of it: who has talked, who is lost, and who goes home."""

import pytest

from ivr import acd
from ivr.acd import CallState, Word
from ivr.hotline import Hotline
from tests.acd.people import call_of, desk_of, lines_up, sid_of, sits_down
from tests.cast import LI, WANG
from tests.conftest import Clock


async def test_leaving_after_this_call_signs_out_when_the_wrap_up_ends(hotline: Hotline) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await talk(hotline, call)
    await acd.leave(hotline, operator=WANG)
    assert (await desk_of(hotline, WANG))["operator"]["presence"] == "on"
    await acd.quit_room(hotline, call, who="caller", room="r1")
    await acd.finish(hotline, operator=WANG)
    assert (await desk_of(hotline, WANG))["operator"]["presence"] == "off"


async def test_nobody_signs_out_in_the_middle_of_a_call(hotline: Hotline) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await talk(hotline, call)
    assert await acd.sign_out(hotline, operator=WANG) is Word.BUSY


async def test_the_wrap_up_ends_by_itself_and_the_next_caller_rings(hotline: Hotline, clock: Clock) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await talk(hotline, call)
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
    await acd.leave_room(hotline, call, who="operator", room="r1", leg="operator")
    assert (await acd.wait(hotline, call)).state is CallState.WAITING


@pytest.mark.parametrize(("came", "left"), [("operator", "caller"), ("caller", "operator")])
async def test_whoever_leaves_the_room_has_been_there_though_the_news_of_it_was_lost(
    hotline: Hotline, clock: Clock, came: acd.Who, left: acd.Who
) -> None:
    """One participant-join is lost and they talk for a while: the talk is a talk, and nobody has missed anything."""
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="r1")
    await acd.meet(hotline, call)
    await acd.pick_up(hotline, operator=WANG, leg=sid_of(99))
    clock.passes(1)
    await acd.join(hotline, call, who=came, room="r1")
    clock.passes(9)
    await acd.quit_room(hotline, call, who=left, room="r1", leg=sid_of(99) if left == "operator" else call)
    await acd.hang_up(hotline, call, by="caller")
    found = await hotline.store.ask("HMGET", hotline.key("call", call), "outcome", "talked", "ended_by")
    assert found == ["answered", "9000", left]
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "wrap_up"
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
    await acd.quit_room(hotline, call, who="operator", room="r1", leg=sid_of(99))
    await acd.hang_up(hotline, call, by="caller")
    assert await hotline.store.ask("HGET", hotline.key("call", call), "outcome") == outcome


async def test_a_second_phone_does_not_get_into_a_talk(hotline: Hotline) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="r1")
    assert (await acd.pick_up(hotline, operator=WANG, leg=sid_of(98))).word is Word.OK
    for who in ("caller", "operator"):
        await acd.join(hotline, call, who=who, room="r1")
    assert (await acd.pick_up(hotline, operator=WANG, leg=sid_of(99))).word is Word.GONE
    assert await acd.quit_room(hotline, call, who="operator", room="r1", leg=sid_of(99)) is Word.GONE
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
    await acd.accept(hotline, call, operator=LI, room="r2")
    for who in ("caller", "operator"):
        await acd.join(hotline, call, who=who, room="r2")
    assert await acd.quit_room(hotline, call, who="operator", room="r1") is Word.GONE
    assert (await acd.wait(hotline, call)).state is CallState.TALKING


async def test_who_is_leaving_leaves_though_they_missed_too_many(hotline: Hotline, clock: Clock) -> None:
    await hotline.store.ask("HSET", hotline.key("rules"), "misses_before_pause", 1)
    await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.leave(hotline, operator=WANG)
    clock.passes(21)
    await acd.tick(hotline)
    assert (await desk_of(hotline, WANG))["operator"]["presence"] == "off"


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


async def talk(hotline: Hotline, call: str) -> None:
    await acd.accept(hotline, call, operator=WANG, room="r1")
    await acd.join(hotline, call, who="caller", room="r1")
    await acd.join(hotline, call, who="operator", room="r1")
