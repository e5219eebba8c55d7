"""Days and moments as they stand in a page's address."""

from datetime import date, datetime, time, timedelta

from ivr.errors import Invalid

LAST_YEAR = 9999  # that a date can have: there is no day after its last


def start_of(day: str) -> datetime | None:
    return _moment(day, time.min) if day else None


def end_of(day: str) -> datetime | None:
    """A day given as the last one is meant whole."""
    moment = _moment(day, time.min) if day else None
    whole = moment and len(day) == len("2026-01-01") and moment.year < LAST_YEAR
    return moment + timedelta(days=1) if moment and whole else moment


def _moment(text: str, at: time) -> datetime:
    try:
        return (
            datetime.combine(date.fromisoformat(text), at)
            if len(text) == len("2026-01-01")
            else datetime.fromisoformat(text)
        )
    except (ValueError, OverflowError):
        raise Invalid(f"“{text}”不是日期：请写成 2026-01-31 或 2026-01-31T08:00") from None
