"""修改记录 says in people's words what was changed: which part, which field, from what to what."""

import json
import re
from typing import Any

import pytest
from pydantic import BaseModel

from ivr.arrangement import FACTS, PAGES, TABLES
from ivr.directory import Line
from ivr.editions import Changed
from ivr.handbook import CALENDAR, HOTLINES, read_folder, to_sections
from ivr.hours import Correction, Notice
from ivr.ledger import Entry
from ivr.profile import Profile
from routes.admin.differences import Difference, differences
from routes.admin.fields import label_of

MODELS: tuple[type[BaseModel], ...] = (*PAGES.values(), *TABLES.values(), Line, Entry, Notice, Correction)
EDUCATION = {"number": "+8655800000003", "post": "市教育局局长", "unit": "市教育局", "area": "亳州市本级"}


def changed(section: str, name: str, before: Any, after: Any) -> list[Difference]:
    was, now = (None if value is None else json.dumps(value) for value in (before, after))
    return differences([Changed(section=section, name=name, before=was, after=now)], {"main": "综合"})


def test_every_field_that_can_change_has_a_name_in_chinese() -> None:
    names = [(model, name) for model in MODELS for name in model.model_fields]
    names += [(Profile, name) for name in FACTS]
    bare = [(model, name) for model, name in names if not re.search("[\u4e00-\u9fff]", label_of(model, name))]
    assert bare == []
    assert len(names) > 100


HOURS = '工作日的人工服务时段，如 [["08:00", "22:00"]]；到结束时刻即关闭'
SENTENCE = {"key": "thank", "language": "cmn-CN", "text": "再见。", "audio": None}
WHEN = "提示语“通话结束、评价之后”"
UNIT = "亳州市教育局局长 +86 558 0000 0003"
ENTRY = {"number": "+8655800000003", "what": "新增", "on": "2026-11-25", "announced_on": None}


@pytest.mark.parametrize(
    ("section", "name", "before", "after", "told"),
    [
        (
            "profile",
            "queue",
            {"ring_seconds": 20, "join_unstaffed": False},
            {"ring_seconds": 25, "join_unstaffed": True},
            [
                ("排队与派话规则", "振铃多久无人接听算未接（秒）", "20", "25"),
                ("排队与派话规则", "无人在岗时，勾选则让来电人排队等候，不勾选则告知稍后再拨", "否", "是"),
            ],
        ),
        (
            "profile",
            "queues",
            {"main": {"title": "综合", "skills": []}},
            {"main": {"title": "综合", "skills": ["粤语", "税务"]}},
            [("各个队列“综合”", "接听所需技能，如 粤语、税务；空列表表示人人可接", "", "粤语、税务")],
        ),
        ("profile", "city", "南宁", "邕城", [("基本", "城市简称，如 南宁", "南宁", "邕城")]),
        (
            "profile",
            "hours",
            {"workdays": [["08:00", "22:00"]]},
            {"workdays": [["08:00", "12:00"], ["13:00", "22:00"]]},
            [("人工服务时间", HOURS, "08:00-22:00", "08:00-12:00、13:00-22:00")],
        ),
        (
            "directory",
            "+8655800000003",
            EDUCATION | {"mode": "pool", "duty_phone": ""},
            EDUCATION | {"mode": "direct", "duty_phone": "+8655800000009", "queue": "main"},
            [
                (UNIT, "队列", "", "综合"),
                (UNIT, "方式", "话务员", "本人"),
                (UNIT, "值班电话", "", "+86 558 0000 0009"),
            ],
        ),
        (
            "ledger",
            "000001",
            None,
            ENTRY,
            [
                ("台账 +86 558 0000 0003", "事项", "", "新增"),
                ("台账 +86 558 0000 0003", "日期", "", "2026-11-25"),
            ],
        ),
        (
            "prompts",
            "cmn-CN:thank",
            SENTENCE,
            SENTENCE | {"text": "谢谢。", "audio": "nanning-1.wav"},
            [(WHEN, "文字", "再见。", "谢谢。"), (WHEN, "录音", "", "nanning-1.wav")],
        ),
        ("calendar", "override", None, "closed", [("开放", "", "按日历", "保持关闭")]),
        (
            "calendar",
            "correction:2026-12-01",
            None,
            {"day": "2026-12-01", "means": "rest", "note": "停电检修"},
            [("2026-12-01 的更正", "改为", "", "休息"), ("2026-12-01 的更正", "原因", "", "停电检修")],
        ),
        (
            "calendar",
            "announcement",
            {"text": "今日停电。", "until": None},
            None,
            [("紧急播报", "紧急播报，在问候语之前说", "今日停电。", "")],
        ),
    ],
)
def test_a_change_is_told_in_peoples_words(
    section: str, name: str, before: Any, after: Any, told: list[tuple[str, str, str, str]]
) -> None:
    assert changed(section, name, before, after) == told


@pytest.mark.parametrize("city", ["nanning", "bozhou"])
def test_everything_of_a_city_can_be_told(city: str) -> None:
    """A handbook that comes in whole, and one that goes: no section is without words."""
    sections = to_sections(read_folder(HOTLINES / city, CALENDAR))
    for section, fields in sections.items():
        for name, value in fields.items():
            for before, after in ((None, value), (value, None)):
                told = differences([Changed(section=section, name=name, before=before, after=after)], {})
                assert all(one.of and one.before + one.after for one in told)
