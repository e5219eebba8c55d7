"""Working time over nights, weekends, holidays and make-up workdays."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.hours import Calendar, Correction, Notice
from ivr.working_time import after

ZONE = ZoneInfo("Asia/Shanghai")
SPELLS = (("09:00", "12:00"), ("13:00", "17:00"))  # seven hours a day
# The National Day week of 2026, as a notice would say it: off from Thursday to Wednesday, a Saturday worked after.
NOTICE = Notice(
    year=2026,
    source="测试用的放假通知",
    off=tuple(date(2026, 10, 1) + timedelta(days=n) for n in range(7)),
    work=(date(2026, 10, 10),),
)
CALENDAR = Calendar([NOTICE])


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("made", "minutes", "due"),
    [
        ("2026-11-23 10:00", 60, "2026-11-23 11:00"),
        ("2026-11-23 11:30", 60, "2026-11-23 13:30"),  # over the midday break
        ("2026-11-23 12:20", 60, "2026-11-23 14:00"),  # made in the break: counted from its end
        ("2026-11-23 16:30", 60, "2026-11-24 09:30"),  # over the night
        ("2026-11-23 22:00", 60, "2026-11-24 10:00"),  # made after work
        ("2026-11-23 03:00", 60, "2026-11-23 10:00"),  # made before work
        ("2026-11-27 16:30", 60, "2026-11-30 09:30"),  # Friday to Monday
        ("2026-11-28 10:00", 60, "2026-11-30 10:00"),  # made on a Saturday
        ("2026-11-23 09:00", 420, "2026-11-23 17:00"),  # a whole day ends with the day
        ("2026-11-23 09:00", 421, "2026-11-24 09:01"),
        ("2026-11-23 09:00", 840, "2026-11-24 17:00"),
        ("2026-11-23 12:30", 0, "2026-11-23 13:00"),  # at once means: as soon as anybody works
        ("2026-09-30 16:30", 60, "2026-10-08 09:30"),  # over the National Day holiday
        ("2026-10-09 16:30", 60, "2026-10-10 09:30"),  # Friday to a Saturday that is worked instead
        ("2026-10-10 16:30", 60, "2026-10-12 09:30"),  # and from there over a Sunday only
    ],
)
def test_so_much_working_time_after(made: str, minutes: int, due: str) -> None:
    assert after(moment(made), minutes, calendar=CALENDAR, zone=ZONE, spells=SPELLS) == moment(due)


def test_a_day_that_was_corrected_by_hand_counts_as_corrected() -> None:
    shut = Calendar([NOTICE], [Correction(day=date(2026, 11, 24), means="rest")])
    assert after(moment("2026-11-23 16:30"), 60, calendar=shut, zone=ZONE, spells=SPELLS) == moment(
        "2026-11-25 09:30"
    )


def test_a_year_without_a_notice_is_guessed_from_the_statutory_holidays() -> None:
    guessed = Calendar([])
    assert guessed.is_guessed(2027)
    made = moment("2027-04-02 16:30")  # a Friday; the weekend and the Monday of Qingming follow
    assert after(made, 60, calendar=guessed, zone=ZONE, spells=SPELLS) == moment("2027-04-06 09:30")


def test_the_moment_may_be_given_in_any_zone() -> None:
    made = moment("2026-11-23 16:30").astimezone(ZoneInfo("UTC"))
    assert after(made, 60, calendar=CALENDAR, zone=ZONE, spells=SPELLS) == moment("2026-11-24 09:30")


def test_without_working_hours_there_is_no_deadline() -> None:
    with pytest.raises(ValueError, match="working hours"):
        after(moment("2026-11-23 10:00"), 60, calendar=CALENDAR, zone=ZONE, spells=())
