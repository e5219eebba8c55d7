"""Breaks: their reasons, how long they may last, and that nobody but the operator ends one."""

from typing import Any

import pytest

from ivr import acd
from ivr.acd import Word
from ivr.hotline import Hotline
from tests.acd.people import call_of, desk_of, lines_up, sits_down, takes
from tests.acd.rules import rule
from tests.cast import WANG
from tests.conftest import Clock


async def test_of_a_break_that_lasts_too_long_a_supervisor_is_told_once(
    hotline: Hotline, clock: Clock
) -> None:
    await rule(hotline, break__用餐=3600)
    await sits_down(hotline, WANG)
    await acd.pause(hotline, operator=WANG, reason="用餐")
    await _beats(hotline, clock, seconds=3595)
    assert await _told(hotline) == []
    await _beats(hotline, clock, seconds=600)
    assert [(one["operator"], one["note"]) for one in await _told(hotline)] == [(WANG, "用餐")]
    operator = (await desk_of(hotline, WANG))["operator"]
    assert (operator["intent"], operator["reason"]) == ("paused", "用餐"), "nobody is forced back to work"
    await acd.ready(hotline, operator=WANG)
    assert "overlong" not in (await desk_of(hotline, WANG))["operator"]


async def test_a_reason_without_a_limit_has_none(hotline: Hotline, clock: Clock) -> None:
    await sits_down(hotline, WANG)
    await acd.pause(hotline, operator=WANG, reason="培训")
    await _beats(hotline, clock, seconds=20_000)
    assert await _told(hotline) == []


async def test_asking_for_the_same_break_again_does_not_begin_it_anew(hotline: Hotline, clock: Clock) -> None:
    await rule(hotline, break__用餐=600)
    await sits_down(hotline, WANG)
    assert await acd.pause(hotline, operator=WANG, reason="用餐") is Word.OK
    await _beats(hotline, clock, seconds=500)
    assert await acd.pause(hotline, operator=WANG, reason="用餐") is Word.ALREADY
    await _beats(hotline, clock, seconds=105)
    assert len(await _told(hotline)) == 1


async def test_a_break_wished_for_during_a_call_begins_when_the_call_is_done(
    hotline: Hotline, clock: Clock
) -> None:
    await rule(hotline, break__用餐=600)
    call = await _talks(hotline)
    await acd.pause(hotline, operator=WANG, reason="用餐")
    await _beats(hotline, clock, seconds=700)  # the call is a long one
    await acd.hang_up(hotline, call, by="caller")
    await acd.finish(hotline, operator=WANG)
    await _beats(hotline, clock, seconds=595)
    assert await _told(hotline) == []
    await _beats(hotline, clock, seconds=10)
    assert len(await _told(hotline)) == 1


async def test_leaving_for_the_day_ends_the_break(hotline: Hotline, clock: Clock) -> None:
    await rule(hotline, break__用餐=600)
    await sits_down(hotline, WANG)
    await acd.pause(hotline, operator=WANG, reason="用餐")
    await acd.sign_out(hotline, operator=WANG)
    clock.passes(601)
    await acd.tick(hotline)
    assert await _told(hotline) == []


@pytest.mark.parametrize("wish", ["paused", "leaving"])
async def test_what_the_operator_wishes_during_a_call_holds_after_it(hotline: Hotline, wish: str) -> None:
    call = await _talks(hotline)
    if wish == "paused":
        await acd.pause(hotline, operator=WANG, reason="会议")
    else:
        await acd.leave(hotline, operator=WANG)
    operator = (await desk_of(hotline, WANG))["operator"]
    assert (operator["line"], operator["presence"]) == ("talking", "on"), "the call goes on"
    await acd.hang_up(hotline, call, by="caller")
    await lines_up(hotline, 2)
    await acd.finish(hotline, operator=WANG)
    operator = (await desk_of(hotline, WANG))["operator"]
    assert operator["line"] == "idle"
    assert (operator["intent"], operator["presence"]) == (
        ("paused", "on") if wish == "paused" else ("leaving", "off")
    )
    assert await call_of(hotline, WANG) is None


async def test_missed_calls_do_not_take_the_place_of_the_reason_that_the_operator_gave(
    hotline: Hotline, clock: Clock
) -> None:
    await rule(hotline, misses_before_pause=1)
    await sits_down(hotline, WANG)
    await lines_up(hotline, 1)
    await acd.pause(hotline, operator=WANG, reason="用餐")  # while it rings
    clock.passes(21)
    await acd.renew(hotline, operator=WANG)
    await acd.tick(hotline)
    assert (await desk_of(hotline, WANG))["operator"]["reason"] == "用餐"


async def _talks(hotline: Hotline) -> str:
    await sits_down(hotline, WANG)
    call = await lines_up(hotline, 1)
    await takes(hotline, call, WANG)
    return call


async def _beats(hotline: Hotline, clock: Clock, *, seconds: int) -> None:
    for _ in range(0, seconds, 5):
        clock.passes(5)
        await acd.renew(hotline, operator=WANG)
        await acd.tick(hotline)


async def _told(hotline: Hotline) -> list[dict[str, Any]]:
    news = await hotline.store.ask("XRANGE", hotline.key("events"), "-", "+")
    return [move for _, move in news if move["event"] == "overlong"]
