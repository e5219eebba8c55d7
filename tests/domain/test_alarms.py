"""Alarms: raised once by however many look, steady about their limit, and over when things are clearly better."""

import asyncio
from datetime import UTC, datetime

import pytest

from ivr import acd, alarms, changes, promises, wallboard
from ivr.acd import Whom, Word, cases, direct, probes
from ivr.acd import alarms as books
from ivr.acd import promises as promises_book
from ivr.acd.promises import How
from ivr.errors import NotFound
from ivr.hotline import Hotline
from ivr.hours import Notice
from ivr.roles import Person, Role
from ivr.verdicts import Verdict
from tests.acd.people import lines_up, rings_official, sid_of, sits_down, takes
from tests.acd.rules import rule
from tests.cast import LI, MAYOR, QIAN, SUPERVISOR, WANG
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


async def test_a_missing_calendar_is_an_alarm_from_november_until_it_is_there(
    hotline: Hotline, clock: Clock
) -> None:
    assert await raised(hotline) == {}
    clock.now = int(datetime(2027, 11, 2, tzinfo=UTC).timestamp() * 1000)
    assert "明年（2028 年）放假安排尚未导入" in (await raised(hotline))["calendar"]
    await changes.publish_year(hotline, Notice(year=2028, source="测试", off=(), work=()))
    assert await raised(hotline) == {}


async def test_a_number_that_fails_its_test_is_an_alarm_until_it_passes_one(hotline: Hotline) -> None:
    await is_tested(hotline, MAYOR, Verdict.NO_ADDRESS)
    name, text = f"probe:{MAYOR}", "南宁市市长 +86 771 0000 0002 拨测未通过：号码没有设置接听地址（VoiceUrl）"
    assert await raised(hotline) == {name: text}
    await is_tested(hotline, MAYOR, Verdict.BUSY)
    assert "占线" in (await raised(hotline))[name]
    await is_tested(hotline, MAYOR, Verdict.REACHED)
    assert await raised(hotline) == {}


async def test_many_numbers_that_fail_are_one_alarm_beyond_the_first_ten(hotline: Hotline) -> None:
    for line in hotline.handbook.directory.lines[:14]:
        await is_tested(hotline, line.number, Verdict.NO_ANSWER)
    found = await raised(hotline)
    assert len(found) == 11
    assert found["probe:more"] == "另有 4 个公布的号码拨测未通过"


async def test_an_officials_phone_that_cannot_be_rung_is_not_rung_for_ever_and_is_an_alarm(
    hotline: Hotline,
) -> None:
    for n in range(1, 4):
        assert await raised(hotline) == {}
        sid = await rings_official(hotline, n)
        rang = await direct.rang(hotline, sid, whom=Whom.OWN, why="invalid", who="official", then=None)
        assert (rang.word, rang.next) == (Word.BACK, None)
        again = await direct.ring(hotline, sid, whom=Whom.OWN, seconds=25)
        assert again.word is Word.AWAY, "it rings once for each call"
    assert [text for text in (await raised(hotline)).values() if text.endswith("本人电话连续打不通：空号")]
    sid = await rings_official(hotline, 4)
    await direct.rang(hotline, sid, whom=Whom.OWN, why="no_answer", who="official", then=None)
    assert await raised(hotline) == {}, "it rings again, and whether anybody comes is another matter"


async def test_promises_that_are_overdue_are_an_alarm_until_they_are_kept(
    hotline: Hotline, clock: Clock
) -> None:
    line = hotline.handbook.directory.find(MAYOR)
    assert line
    await promises.make(hotline, sid_of(1), line, caller=QIAN, why="busy")
    clock.passes(4 * 3600)
    await acd.tick(hotline)
    assert await raised(hotline) == {}, "it was reminded of, and is due in another hour"
    clock.passes(3600 + 1)
    await acd.tick(hotline)
    assert list(await raised(hotline)) == ["promises_overdue"]
    clock.passes(20 * 3600)
    for _ in range(4):
        await acd.tick(hotline)
    assert list(await raised(hotline)) == ["cases_open"], "a day of work is left for it"
    clock.passes(3 * 86_400)
    await acd.tick(hotline)
    assert list(await raised(hotline)) == ["cases_overdue"]
    await promises_book.keep(hotline, sid_of(1), how=How.STATEMENT, by=SUPERVISOR, note="已答复")
    assert await raised(hotline) == {}


async def test_a_case_that_was_answered_and_that_no_supervisor_reads_is_an_alarm_after_a_day_of_work(
    hotline: Hotline, clock: Clock
) -> None:
    for n in (1, 2):
        line = hotline.handbook.directory.find(MAYOR)
        assert line
        await promises.make(hotline, sid_of(n), line, caller=QIAN, why="busy")
    clock.passes(25 * 3600)
    for _ in range(4):
        await acd.tick(hotline)
    numbers = [(await promises.read(hotline, sid_of(n))).case for n in (1, 2)]
    for number in numbers:
        await cases.answer(hotline, number, by="9030", said="已答复")
        clock.passes(3600)  # Tuesday at eleven, and at twelve
    clock.passes(21 * 3600)
    assert await raised(hotline) == {}, "it is ten on Wednesday"
    clock.passes(2 * 3600 - 1)
    found = await raised(hotline)
    assert list(found) == ["cases_unread"]
    assert found["cases_unread"].startswith("1 件工单已反馈"), "the other has an hour more"
    clock.passes(2 * 3600)
    assert (await raised(hotline))["cases_unread"].startswith("2 件")
    await cases.close(hotline, numbers[0], by=SUPERVISOR, said="")
    due_at = hotline.now() + 86_400_000
    await cases.give_back(hotline, numbers[1], by=SUPERVISOR, why="不清楚", due_at=due_at)
    assert list(await raised(hotline)) == ["cases_open"]


async def is_tested(hotline: Hotline, number: str, verdict: Verdict) -> None:
    await probes.ask_for(hotline, [number], by=SUPERVISOR)
    dialled = 0
    while not dialled:
        await acd.tick(hotline)
        dialled = int(await hotline.store.ask("HGET", hotline.key("probe", number), "dialled") or 0)
    await probes.end(hotline, number, leg="", status="completed")
    failed = verdict is not Verdict.REACHED
    await probes.judge(hotline, number, dialled=dialled, verdict=verdict, failed=failed)


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


async def test_a_break_that_lasts_too_long_is_an_alarm_until_it_is_over(
    hotline: Hotline, clock: Clock
) -> None:
    await rule(hotline, break__用餐=3600)
    await sits_down(hotline, WANG)
    await acd.pause(hotline, operator=WANG, reason="用餐")
    await beats(hotline, clock, 3595, WANG)
    assert await raised(hotline) == {}
    await beats(hotline, clock, 10, WANG)
    await acd.tick(hotline)
    assert await raised(hotline) == {f"break:{WANG}": f"话务员 {WANG} 用餐已超过规定时长：请去问问"}
    [seat] = (await wallboard.show(hotline, HAN)).seats
    assert seat.overlong
    await acd.ready(hotline, operator=WANG)
    assert await raised(hotline) == {}
