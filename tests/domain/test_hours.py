"""Workdays, opening hours and what is said about them, against real days of the Chinese calendar."""

import timeit
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.errors import Invalid
from ivr.handbook import read_folder
from ivr.hours import Calendar, Correction, Hours, Notice, Override, spoken
from ivr.profile import OpeningHours, Profile

CONFIG = Path(__file__).parents[2] / "config"
NANNING = read_folder(CONFIG / "hotlines" / "nanning", CONFIG / "calendar")
OFFICIAL = NANNING.calendar
BEIJING = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def profile_open(workdays: list[tuple[str, str]], restdays: list[tuple[str, str]]) -> Profile:
    facts = NANNING.profile.model_dump() | {"hours": {"workdays": workdays, "restdays": restdays}}
    return Profile.read(facts, "test")


def hours(override: Override = None, calendar: Calendar = OFFICIAL) -> Hours:
    return Hours(NANNING.profile, calendar, override)


ROUND_THE_CLOCK = Hours(profile_open([("00:00", "24:00")], [("00:00", "24:00")]), OFFICIAL)


# -- which days are workdays -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2022-01-29", True),  # Saturday, made up for the Spring Festival
        ("2022-01-30", True),  # Sunday: the notice of the hotline bears this date
        ("2022-01-31", False),
        ("2022-02-06", False),
        ("2022-02-07", True),  # the first day of the hotline
        ("2022-10-08", True),
        ("2022-10-09", True),
        ("2023-01-28", True),
        ("2023-04-23", True),
        ("2023-05-03", False),
        ("2023-10-06", False),
        ("2023-10-08", True),
        ("2024-02-04", True),
        ("2024-02-09", True),  # New Year's Eve was a workday in 2024
        ("2024-02-18", True),
        ("2024-09-14", True),
        ("2024-10-12", True),
        ("2025-01-26", True),
        ("2025-01-28", False),
        ("2025-02-08", True),
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-20", False),
        ("2026-02-28", True),
        ("2026-05-09", True),
        ("2026-09-20", True),
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2026-10-11", False),  # an ordinary Sunday
        ("2026-10-12", True),  # an ordinary Monday
    ],
)
def test_real_days_are_what_the_state_council_said(day: str, works: bool) -> None:
    assert OFFICIAL.is_workday(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("year", "workdays"), [(2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)]
)
def test_a_year_has_its_known_number_of_workdays(year: int, workdays: int) -> None:
    days = [
        date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    ]
    assert sum(OFFICIAL.is_workday(day) for day in days) == workdays


@pytest.mark.parametrize(
    ("day", "works"),
    [("2027-01-01", False), ("2027-02-08", False), ("2027-02-20", False), ("2027-03-01", True)],
)
def test_a_year_without_a_notice_is_guessed_from_the_statutory_days(day: str, works: bool) -> None:
    assert OFFICIAL.is_guessed(2027)
    assert not OFFICIAL.is_guessed(2026)
    assert OFFICIAL.is_workday(date.fromisoformat(day)) is works


def test_a_loaded_notice_is_the_only_authority_for_its_year() -> None:
    notice = Notice(year=2026, source="通知", off=(date(2026, 3, 3),), work=())
    assert Calendar([notice]).is_workday(date(2026, 10, 1))
    assert not Calendar([notice]).is_workday(date(2026, 3, 3))


def test_a_year_no_table_knows_falls_back_to_weekdays() -> None:
    assert Calendar().is_workday(date(2250, 1, 1)) is (date(2250, 1, 1).weekday() < 5)


def test_a_correction_wins_over_the_notice_and_over_the_guess() -> None:
    corrected = Calendar(
        OFFICIAL.notices,
        [
            Correction(day=date(2026, 2, 14), means="rest"),
            Correction(day=date(2026, 10, 1), means="work"),
            Correction(day=date(2027, 2, 20), means="work", note="调休"),
        ],
    )
    assert not corrected.is_workday(date(2026, 2, 14))
    assert corrected.is_workday(date(2026, 10, 1))
    assert corrected.is_workday(date(2027, 2, 20))


@pytest.mark.parametrize(
    ("off", "work", "advice"),
    [
        ([date(2025, 12, 31)], [], "2025-12-31 不在 2026 年"),
        ([], [date(2026, 2, 13)], "2026-02-13 不是周末"),
        ([date(2026, 2, 14)], [date(2026, 2, 14)], "2026-02-14 既写了放假又写了上班"),
    ],
)
def test_a_notice_that_cannot_be_right_is_refused(off: list[date], work: list[date], advice: str) -> None:
    with pytest.raises(Invalid, match=advice):
        Notice.read({"year": 2026, "source": "通知", "off": off, "work": work}, "2026.toml")


def test_two_notices_for_a_year_or_two_corrections_for_a_day_are_refused() -> None:
    with pytest.raises(Invalid, match="2022 年的放假通知有两份"):
        Calendar([OFFICIAL.notices[0], OFFICIAL.notices[0]])
    twice = Correction(day=date(2026, 3, 3), means="rest")
    with pytest.raises(Invalid, match="2026-03-03 的更正有两份"):
        Calendar([], [twice, twice])


# -- when people answer ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-10-12 07:59:59.999", False),
        ("2026-10-12 08:00:00", True),
        ("2026-10-12 21:59:59.999", True),
        ("2026-10-12 22:00:00", False),
        ("2026-10-12 00:00:00", False),
        ("2026-10-10 12:00:00", True),  # Saturday, made up
        ("2026-10-11 12:00:00", False),  # Sunday
        ("2026-02-20 12:00:00", False),  # Friday of the Spring Festival
        ("2022-01-30 12:00:00", True),
    ],
)
def test_the_line_is_open_from_eight_until_just_before_ten_on_workdays(moment: str, is_open: bool) -> None:
    assert hours().is_open(at(moment)) is is_open
    assert hours().is_open(at(moment).astimezone(UTC)) is is_open


def test_asking_about_other_days_in_between_changes_no_answer() -> None:
    asked = hours()
    moments = [
        "2026-10-12 09:00",
        "2026-10-11 09:00",
        "2026-10-12 09:00",
        "2026-10-10 23:00",
        "2026-10-10 09:00",
    ]
    assert [asked.is_open(at(moment)) for moment in moments] == [True, False, True, False, True]


def test_a_moment_without_a_time_zone_is_refused() -> None:
    naive = at("2026-10-12 09:00").replace(tzinfo=None)
    for ask in (hours().is_open, hours().opens_next, hours().closes_next):
        with pytest.raises(ValueError, match="no time zone"):
            ask(naive)


def test_doors_held_by_hand_stay_so_until_somebody_lifts_it() -> None:
    workday, night = at("2026-10-12 09:00"), at("2026-10-12 23:00")
    assert hours("open").is_open(night)
    assert not hours("closed").is_open(workday)
    for held in (hours("open"), hours("closed")):
        assert held.opens_next(workday) is None
        assert held.closes_next(workday) is None


@pytest.mark.parametrize(
    ("after", "opens", "closes"),
    [
        ("2026-10-12 07:00", "2026-10-12 08:00", "2026-10-12 22:00"),
        ("2026-10-12 08:00", "2026-10-13 08:00", "2026-10-12 22:00"),
        ("2026-10-12 22:00", "2026-10-13 08:00", "2026-10-13 22:00"),
        ("2026-09-30 23:00", "2026-10-08 08:00", "2026-10-08 22:00"),  # over National Day
        ("2026-10-09 22:00", "2026-10-10 08:00", "2026-10-10 22:00"),  # into the make-up Saturday
        ("2026-02-14 22:00", "2026-02-24 08:00", "2026-02-24 22:00"),  # over the Spring Festival
        ("2026-12-31 22:00", "2027-01-04 08:00", "2027-01-04 22:00"),  # into a guessed year
    ],
)
def test_the_next_opening_and_closing_skip_days_of_rest(after: str, opens: str, closes: str) -> None:
    assert hours().opens_next(at(after)) == at(opens)
    assert hours().closes_next(at(after)) == at(closes)


def test_a_line_that_never_sleeps_neither_opens_nor_closes() -> None:
    midnight = at("2026-10-12 00:00")
    assert ROUND_THE_CLOCK.is_open(midnight)
    assert ROUND_THE_CLOCK.opens_next(midnight) is None
    assert ROUND_THE_CLOCK.closes_next(midnight) is None


def test_spells_that_touch_at_midnight_are_one() -> None:
    night_shift = Hours(profile_open([("00:00", "02:00"), ("22:00", "24:00")], []), OFFICIAL)
    assert night_shift.closes_next(at("2026-10-12 23:00")) == at("2026-10-13 02:00")
    assert night_shift.opens_next(at("2026-10-12 23:00")) == at("2026-10-13 22:00")
    assert night_shift.is_open(at("2026-10-13 00:00"))


def test_asking_whether_the_line_is_open_costs_next_to_nothing() -> None:
    asked, now = hours(), at("2026-10-12 09:00").astimezone(UTC)
    rounds = 20_000
    best = min(timeit.repeat(lambda: asked.is_open(now), number=rounds, repeat=5)) / rounds
    assert best < 2e-6


# -- what is said about it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("workdays", "restdays", "words"),
    [
        ([("08:00", "22:00")], [], "工作日八点至二十二点"),
        ([("08:30", "12:00"), ("14:05", "18:00")], [], "工作日八点半至十二点，十四点零五分至十八点"),
        (
            [("08:00", "22:00")],
            [("09:00", "17:45")],
            "工作日八点至二十二点，周末和节假日九点至十七点四十五分",
        ),
        ([], [("10:00", "20:10")], "周末和节假日十点至二十点十分"),
        ([("08:00", "20:00")], [("08:00", "20:00")], "每天八点至二十点"),
        ([("00:00", "24:00")], [("00:00", "24:00")], "每天二十四小时"),
        ([("00:00", "02:00"), ("11:00", "24:00")], [], "工作日零点至两点，十一点至二十四点"),
    ],
)
def test_opening_hours_are_spoken_as_people_say_them(
    workdays: list[tuple[str, str]], restdays: list[tuple[str, str]], words: str
) -> None:
    assert spoken(OpeningHours.read({"workdays": workdays, "restdays": restdays}, "hours")) == words


def test_the_hotline_speaks_its_own_hours() -> None:
    assert hours().hours_spoken() == "工作日八点至二十二点"


@pytest.mark.parametrize(
    ("now", "years"),
    [
        ("2026-06-01 09:00", []),
        ("2026-10-31 23:59", []),
        ("2026-11-01 00:00", ["明年（2027 年）"]),
        ("2026-12-31 23:59", ["明年（2027 年）"]),
        ("2027-01-01 00:00", ["今年（2027 年）"]),
        ("2027-11-01 00:00", ["今年（2027 年）", "明年（2028 年）"]),
        ("2025-11-20 09:00", []),
    ],
)
def test_a_guessed_year_is_announced_with_what_to_do(now: str, years: list[str]) -> None:
    told = hours().warnings(at(now))
    assert [warning.split("放假")[0] for warning in told] == years
    assert all("导入放假和调休日期" in warning for warning in told)


def test_the_year_of_a_warning_is_the_year_in_china() -> None:
    assert hours().warnings(datetime(2026, 10, 31, 16, tzinfo=UTC))
    assert not hours().warnings(datetime(2026, 10, 31, 15, 59, tzinfo=UTC))


# -- hours that cannot be right ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("workdays", "advice"),
    [
        ([("22:00", "08:00")], "22:00-08:00 的开始不早于结束：跨过午夜请分成两段"),
        ([("08:00", "08:00")], "08:00-08:00 的开始不早于结束"),
        ([("08:00", "12:00"), ("11:00", "18:00")], "11:00-18:00 与前一段重叠"),
        ([("14:00", "18:00"), ("08:00", "12:00")], "08:00-12:00 与前一段重叠或次序颠倒"),
        ([("8:00", "22:00")], "“8:00”不是时刻"),
        ([("08:00", "25:00")], "“25:00”不是时刻"),
        ([("24:00", "24:00")], "开始不早于结束"),
        ([], "热线永远不会开"),
    ],
)
def test_hours_that_cannot_be_right_are_refused(workdays: list[tuple[str, str]], advice: str) -> None:
    with pytest.raises(Invalid, match=advice):
        profile_open(workdays, [])
