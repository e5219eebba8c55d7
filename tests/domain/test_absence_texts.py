"""Until when somebody is away, as they write it: understood wholly, or not at all."""

from datetime import datetime

import pytest

from ivr.absence_texts import _until

NOW = datetime.fromisoformat("2026-11-25 08:10")


@pytest.mark.parametrize(
    ("written", "until"),
    [
        (" 15:00", "25 15:00"),
        (" 15：05", "25 15:05"),
        (" 明天 08:00", "26 08:00"),
        ("到今天15点", "25 15:00"),
        (" 9点半", "25 09:30"),
        (" 下午3点", "25 15:00"),
        (" 后天下午 3点20分", "27 15:20"),
        (" 上午 11:30", "25 11:30"),
        (" 晚上10点", "25 22:00"),
        (" 2小时", "25 10:10"),
        ("1个半小时", "25 09:40"),
        (" 1小时半", "25 09:40"),
        (" 半个小时", "25 08:40"),
        (" 1小时30分钟", "25 09:40"),
        ("，90分钟", "25 09:40"),
        (" 3天", "28 08:10"),
    ],
)
def test_a_moment_is_understood(written: str, until: str) -> None:
    assert f"{_until(written, NOW):%d %H:%M}" == until


@pytest.mark.parametrize(
    "written",
    [
        "", " 12月1日 09:00", " 周五 09:00", " 昨天 9:00",
        " 24:00", " 9:75", " 晚上12点", " 凌晨3点", " 上午 15:00", " 2小时左右",
        " 1 5:00", " 15:00或16:00", " 明天", " 小时", " 0小时", " 3天后下午2点", " 明天2小时", " 100小时", " 三点",
    ],
)  # fmt: skip
def test_what_is_understood_by_half_is_not_understood(written: str) -> None:
    assert _until(written, NOW) is None
