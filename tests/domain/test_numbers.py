"""The ledger of the published numbers, and where a call would go."""

import asyncio
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr import changes, numbers
from ivr.destination import Where, destination
from ivr.errors import Conflict, Invalid, NotFound
from ivr.handbook import read_folder, write_folder
from ivr.hotline import Hotline
from ivr.ledger import PROMPTLY, open_entries
from ivr.roles import Person, Role
from tests.cast import ADMIN, MAYOR, MAYOR_DIALLED_AT_HOME, NOBODYS, SECRETARY

BOSS = Person("nanning", ADMIN, Role.ADMIN)
TODAY = date(2026, 11, 23)
NEW = {
    "number": "+86 771 0000 0099",
    "post": "市数据局局长",
    "unit": "市数据局",
    "area": "南宁市本级",
    "published_on": "2026-11-23",
}


def tasks(hotline: Hotline, number: str = "") -> list[tuple[str, str]]:
    return [(one.what, one.detail) for one in open_entries(hotline.handbook.ledger, number)]


def listed(hotline: Hotline, day: date = TODAY) -> set[str]:
    return {one.number for one in numbers.published(hotline.handbook, day)}


# ------------------------------------------------------------------------------------------ the ledger


async def test_a_new_number_is_published_and_the_public_is_to_be_told(hotline: Hotline) -> None:
    line = await numbers.add(hotline, NEW, by=BOSS)
    assert line.number in listed(hotline)
    assert tasks(hotline) == [("新增", "南宁市数据局局长")]
    with pytest.raises(Conflict, match="已经在号码簿里"):
        await numbers.add(hotline, NEW, by=BOSS)


async def test_what_the_public_was_told_is_a_task_when_it_changes_and_the_rest_is_not(
    hotline: Hotline,
) -> None:
    await numbers.alter(hotline, MAYOR, {"priority": 9, "note": "优先"}, by=BOSS)
    assert numbers.line_of(hotline.handbook, MAYOR).priority == 9
    assert tasks(hotline) == []
    await numbers.alter(hotline, MAYOR, {"unit": "市政府"}, by=BOSS)
    assert tasks(hotline, MAYOR) == [("变更", "市人民政府 改为 市政府")]


async def test_a_task_is_done_with_day_and_channel_and_late_when_it_is_not(hotline: Hotline) -> None:
    await numbers.alter(hotline, MAYOR, {"unit": "市政府"}, by=BOSS)
    await numbers.withdraw(hotline, SECRETARY, TODAY, by=BOSS)
    [task, _] = open_entries(hotline.handbook.ledger)
    assert not task.is_late(TODAY + PROMPTLY)
    assert task.is_late(TODAY + PROMPTLY + (date(2026, 1, 2) - date(2026, 1, 1)))
    for on, channel, field in ((TODAY, " ", "channel"), (date(2026, 11, 24), "市政府网站", "on")):
        with pytest.raises(Invalid) as refusal:
            await numbers.announce(hotline, MAYOR, on, channel, by=BOSS)
        assert field in refusal.value.fields
    await numbers.announce(hotline, MAYOR, TODAY, "市政府网站", by=BOSS)
    assert tasks(hotline, MAYOR) == []
    assert len(tasks(hotline, SECRETARY)) == 1
    with pytest.raises(Conflict, match="没有待公布"):
        await numbers.announce(hotline, MAYOR, TODAY, "市政府网站", by=BOSS)


async def test_a_withdrawn_number_leaves_the_public_list_on_its_day_and_may_come_back(
    hotline: Hotline,
) -> None:
    tomorrow = date(2026, 11, 24)
    await numbers.withdraw(hotline, MAYOR, tomorrow, SECRETARY, by=BOSS)
    assert MAYOR in listed(hotline)
    assert MAYOR not in listed(hotline, tomorrow)
    assert tasks(hotline, MAYOR) == [("撤下", f"2026-11-24 起停用，改为 {SECRETARY}")]
    await numbers.reinstate(hotline, MAYOR, by=BOSS)
    assert MAYOR in listed(hotline, tomorrow)
    with pytest.raises(Conflict, match="正在使用"):
        await numbers.reinstate(hotline, MAYOR, by=BOSS)


@pytest.mark.parametrize(
    ("replaced_by", "why"), [(MAYOR, "另一个号码"), (NOBODYS, "不在号码簿中"), ("12", "不是国际格式")]
)
async def test_a_number_is_replaced_by_another_that_is_in_use(
    hotline: Hotline, replaced_by: str, why: str
) -> None:
    with pytest.raises(Invalid, match=why):
        await numbers.withdraw(hotline, MAYOR, TODAY, replaced_by, by=BOSS)


async def test_what_cannot_be_right_changes_nothing(hotline: Hotline) -> None:
    edition = hotline.edition
    with pytest.raises(Invalid) as refusal:
        await numbers.alter(hotline, MAYOR, {"priority": 10}, by=BOSS)
    assert refusal.value.fields == {"priority": "不能大于 9（现在是 10）"}
    with pytest.raises(Invalid, match="队列"):
        await numbers.alter(hotline, MAYOR, {"queue": "nowhere"}, by=BOSS)
    with pytest.raises(Invalid, match="号码本身不能改"):
        await numbers.alter(hotline, MAYOR, {"number": NOBODYS}, by=BOSS)
    with pytest.raises(NotFound):
        await numbers.withdraw(hotline, NOBODYS, TODAY, by=BOSS)
    assert hotline.edition == edition


async def test_two_who_alter_a_number_at_once_from_the_same_state_one_is_told(hotline: Hotline) -> None:
    seen = changes.basis(hotline.handbook.directory.find(MAYOR))
    done = await asyncio.gather(
        *(numbers.alter(hotline, MAYOR, {"note": f"{n}"}, by=BOSS, expected=seen) for n in range(4)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "Conflict", "Conflict", "Line"]


async def test_the_ledger_goes_with_the_folder_and_comes_back(hotline: Hotline, tmp_path: Path) -> None:
    await numbers.withdraw(hotline, MAYOR, TODAY, SECRETARY, by=BOSS)
    await numbers.announce(hotline, MAYOR, TODAY, "市政府网站，日报", by=BOSS)
    await numbers.add(hotline, NEW, by=BOSS)
    write_folder(hotline.handbook, tmp_path)
    assert read_folder(tmp_path, tmp_path / "calendar") == hotline.handbook
    written = (tmp_path / "ledger.csv").read_text("utf-8-sig")
    assert "+86 771 00000002,撤下,2026-11-23," in written


# ------------------------------------------------------------------------------------------ where it goes


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("dialled", "moment", "where", "whose"),
    [
        (MAYOR_DIALLED_AT_HOME, "2026-11-23T10:00", Where.QUEUE, "南宁市市长"),
        (MAYOR, "2026-11-23T22:00", Where.CLOSED, "南宁市市长"),
        (MAYOR, "2026-10-01T10:00", Where.CLOSED, "南宁市市长"),
        (MAYOR, "2026-10-10T10:00", Where.QUEUE, "南宁市市长"),  # a Saturday that is worked
        (NOBODYS, "2026-11-23T10:00", Where.UNKNOWN, ""),
        ("anonymous", "2026-11-23T10:00", Where.UNKNOWN, ""),
    ],
)
async def test_any_number_at_any_moment(
    hotline: Hotline, dialled: str, moment: str, where: Where, whose: str
) -> None:
    goes = destination(hotline.handbook, dialled, at(moment))
    assert (goes.where, goes.whose) == (where, whose)


async def test_a_call_that_is_put_through_names_its_queue_and_priority(hotline: Hotline) -> None:
    await numbers.alter(hotline, MAYOR, {"priority": 9}, by=BOSS)
    goes = destination(hotline.handbook, MAYOR, at("2026-11-23T10:00"))
    assert (goes.queue, goes.queue_title, goes.priority) == ("main", "综合", 9)
    assert goes.says.startswith("欢迎拨打")


async def test_a_withdrawn_number_goes_nowhere_from_its_day_on(hotline: Hotline) -> None:
    await numbers.withdraw(hotline, MAYOR, date(2026, 11, 25), SECRETARY, by=BOSS)
    assert destination(hotline.handbook, MAYOR, at("2026-11-24T10:00")).where is Where.QUEUE
    gone = destination(hotline.handbook, MAYOR, at("2026-11-25T10:00"))
    assert gone.where is Where.WITHDRAWN
    assert "零七七一，零零零零，零零零一" in gone.says


async def test_a_closed_line_says_when_it_opens(hotline: Hotline) -> None:
    closed = destination(hotline.handbook, MAYOR, at("2026-11-22T10:00"))
    assert closed.opens_next == at("2026-11-23T08:00")
    assert "工作日八点至二十二点" in closed.says


OWN, SECOND = "+8615400000101", "+8615400000301"


async def test_a_post_that_answers_in_person_is_rung_but_not_in_its_quiet_hours(hotline: Hotline) -> None:
    direct = {"mode": "direct", "own_phone": OWN, "quiet": "12:00-14:00"}
    await numbers.alter(hotline, MAYOR, direct, by=BOSS)
    assert destination(hotline.handbook, MAYOR, at("2026-11-22T03:00")).where is Where.IN_PERSON
    assert destination(hotline.handbook, MAYOR, at("2026-11-22T13:00")).where is Where.QUIET
    hours = {"mode": "hours", "direct_hours": "08:00-12:00"}
    await numbers.alter(hotline, MAYOR, hours, by=BOSS)
    assert destination(hotline.handbook, MAYOR, at("2026-11-23T10:00")).where is Where.IN_PERSON
    assert destination(hotline.handbook, MAYOR, at("2026-11-23T15:00")).where is Where.QUEUE


async def test_a_posts_own_phone_is_kept_when_it_is_not_typed_and_shown_to_nobody(hotline: Hotline) -> None:
    await numbers.alter(hotline, MAYOR, {"mode": "direct", "own_phone": OWN, "second_phone": SECOND}, by=BOSS)
    await numbers.alter(hotline, MAYOR, {"note": "改了备注", "own_phone": "", "second_phone": "无"}, by=BOSS)
    line = numbers.line_of(hotline.handbook, MAYOR)
    assert (line.own_phone, line.second_phone) == (OWN, "")
    shown = str([one.model_dump() for one in await changes.editions(hotline)])
    assert "改了备注" in shown
    assert OWN not in shown
    assert SECOND not in shown
    assert OWN not in str(numbers.published(hotline.handbook, TODAY))
