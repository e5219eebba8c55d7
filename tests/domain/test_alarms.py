"""Alarms: raised once by however many look, steady about their limit, and over when things are clearly better."""

import asyncio
from datetime import UTC, datetime

import pytest

from ivr import acd, alarms, changes
from ivr.acd import Word
from ivr.acd import alarms as books
from ivr.errors import NotFound
from ivr.hotline import Hotline
from ivr.hours import Notice
from ivr.roles import Person, Role
from tests.acd.people import lines_up, sid_of, sits_down, takes
from tests.cast import LI, SUPERVISOR, WANG
from tests.conftest import Clock

HAN = Person("nanning", SUPERVISOR, Role.SUPERVISOR)


@pytest.fixture(autouse=True)
async def _known_year(hotline: Hotline) -> None:
    """Next year's holidays are known, unless a test is about them."""
    await changes.publish_year(hotline, Notice(year=2027, source="测试", off=(), work=()))


async def raised(hotline: Hotline) -> dict[str, str]:
    await alarms.watch(hotline)
    return {one.name: one.text for one in await alarms.standing(hotline)}


async def beats(hotline: Hotline, clock: Clock, seconds: int, *operators: str) -> None:
    for _ in range(seconds // 5):
        clock.passes(5)
        for operator in operators:
            await acd.renew(hotline, operator=operator)


async def test_a_caller_who_waits_too_long_raises_an_alarm_that_ends_when_nobody_does(
    hotline: Hotline, clock: Clock
) -> None:
    await sits_down(hotline, WANG)
    await lines_up(hotline, 9)
    await takes(hotline, sid_of(9), WANG)
    first = await lines_up(hotline, 1)
    await beats(hotline, clock, 60, WANG)
    assert await raised(hotline) == {}, "the limit itself is not over it"
    await beats(hotline, clock, 5, WANG)
    assert await raised(hotline) == {"longest_wait:main": "综合队列有人已排队 65 秒，超过 60 秒"}
    await acd.hang_up(hotline, first, by="caller")
    assert await raised(hotline) == {}


async def test_an_alarm_does_not_waver_about_its_limit(hotline: Hotline, clock: Clock) -> None:
    await sits_down(hotline, WANG)
    await lines_up(hotline, 9)
    await takes(hotline, sid_of(9), WANG)
    long = await lines_up(hotline, 1)
    clock.passes(10)
    later = await lines_up(hotline, 2)
    await beats(hotline, clock, 55, WANG)
    assert "longest_wait:main" in await raised(hotline)
    await acd.hang_up(hotline, long, by="caller")
    assert "longest_wait:main" in await raised(hotline), "55 seconds are no good news after 65"
    await acd.hang_up(hotline, later, by="caller")
    assert await raised(hotline) == {}


async def test_however_many_workers_look_an_alarm_is_raised_once_and_ended_once(
    hotline: Hotline, clock: Clock
) -> None:
    caller = await lines_up(hotline, 1)
    clock.passes(61)
    await asyncio.gather(*(alarms.watch(hotline) for _ in range(8)))
    await acd.hang_up(hotline, caller, by="caller")
    await asyncio.gather(*(alarms.watch(hotline) for _ in range(8)))
    news = await hotline.store.ask("XRANGE", hotline.key("events"), "-", "+")
    told = [(one["event"], one["alarm"]) for _, one in news if "alarm" in one]
    assert sorted(told) == [
        ("alarm", "longest_wait:main"),
        ("alarm", "unstaffed:main"),
        ("all_clear", "longest_wait:main"),
        ("all_clear", "unstaffed:main"),
    ]
    assert len((await alarms.show(hotline)).past) == 2


async def test_callers_in_line_and_nobody_there_is_an_alarm_while_the_doors_are_open(
    hotline: Hotline,
) -> None:
    await lines_up(hotline, 1)
    assert await raised(hotline) == {"unstaffed:main": "综合队列有 1 人排队，而无人在岗"}
    await changes.override(hotline, "closed")
    assert await raised(hotline) == {}


async def test_an_operator_paused_by_missed_calls_is_an_alarm_until_they_are_back(
    hotline: Hotline, clock: Clock
) -> None:
    await sits_down(hotline, WANG)
    await sits_down(hotline, LI)
    await acd.pause(hotline, operator=LI, reason="用餐")
    await acd.pause(hotline, operator=WANG, reason="RONA")
    assert list(await raised(hotline)) == [f"rona:{WANG}"]
    await acd.ready(hotline, operator=WANG)
    assert await raised(hotline) == {}


async def test_a_carrier_that_fails_again_and_again_is_an_alarm_for_as_long_as_it_does(
    hotline: Hotline, clock: Clock
) -> None:
    for _ in range(4):
        await alarms.count_failure(hotline)
    assert await raised(hotline) == {}
    clock.passes(60)
    await alarms.count_failure(hotline)
    assert await raised(hotline) == {"carrier": "五分钟内运营商 5 次拒绝或没有应答：请看日志，并联系运营商"}
    clock.passes(300)
    assert await raised(hotline) == {}


async def test_the_service_level_of_the_last_half_hour_is_watched_once_there_are_enough_calls(
    hotline: Hotline, clock: Clock
) -> None:
    for n in range(1, 11):
        await lines_up(hotline, n)
        clock.passes(20)
        await acd.hang_up(hotline, sid_of(n), by="caller")
        expected = ["answered_well"] if n == 10 else []
        assert list(await raised(hotline)) == expected
    clock.passes(46 * 60)
    assert await raised(hotline) == {}


async def test_a_missing_calendar_is_an_alarm_from_november(hotline: Hotline, clock: Clock) -> None:
    assert await raised(hotline) == {}
    clock.now = int(datetime(2027, 11, 2, tzinfo=UTC).timestamp() * 1000)
    assert "明年（2028 年）放假安排尚未导入" in (await raised(hotline))["calendar"]


async def test_an_alarm_is_taken_on_by_the_first_who_says_so_and_is_remembered(
    hotline: Hotline, clock: Clock
) -> None:
    caller = await lines_up(hotline, 1)
    await raised(hotline)
    words = await asyncio.gather(
        *(books.take_on(hotline, "unstaffed:main", by=by) for by in (SUPERVISOR, "9011"))
    )
    assert sorted(words) == [Word.ALREADY, Word.OK]
    clock.passes(30)
    await acd.hang_up(hotline, caller, by="caller")
    await raised(hotline)
    (over,) = (await alarms.show(hotline)).past
    assert (over.name, over.until) == ("unstaffed:main", hotline.now())
    assert over.by in (SUPERVISOR, "9011")
    with pytest.raises(NotFound):
        await alarms.take_on(hotline, HAN, "unstaffed:main")
