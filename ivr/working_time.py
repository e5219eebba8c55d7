"""Working time: so many minutes of it after a moment, over nights, weekends, holidays and make-up workdays.

Which day is a workday is the calendar's business, as it is for the opening hours; which hours of a workday are worked
is given as spells.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from ivr.hours import Calendar
from ivr.profile.fields import minutes

LONGEST_DAYS = 400  # that are looked at: no deadline is further away, and no holiday is longer


def after(
    at: datetime, worked: float, *, calendar: Calendar, zone: tzinfo, spells: tuple[tuple[str, str], ...]
) -> datetime:
    """The moment by which `worked` minutes have been worked since `at`. Raises ValueError without any spell."""
    left = timedelta(minutes=worked)
    for begins, ends in _worked_from(at.astimezone(zone), calendar, zone, spells):
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    raise ValueError(f"no {worked} minutes are worked within {LONGEST_DAYS} days: give working hours")


def _worked_from(
    at: datetime, calendar: Calendar, zone: tzinfo, spells: tuple[tuple[str, str], ...]
) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of work from this moment on."""
    for offset in range(LONGEST_DAYS):
        day = at.date() + timedelta(days=offset)
        if not calendar.is_workday(day):
            continue
        for opens, closes in spells:
            begins, ends = max(_at(day, opens, zone), at), _at(day, closes, zone)
            if begins < ends:
                yield begins, ends


def _at(day: date, clock_time: str, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone) + timedelta(minutes=minutes(clock_time))
