"""What was counted of the calls, by quarters of an hour, as the queue wrote it with each call."""

from datetime import date, datetime, time
from typing import Any

from ivr.formulas import Counts
from ivr.hotline import Hotline

QUARTER_MS = 15 * 60 * 1000
QUARTERS_A_DAY = 96

_NAMES = Counts.__slots__
_FIELDS = tuple(f"q{n}:{name}" for n in range(4) for name in _NAMES)


def quarter_of(at: int) -> int:
    """The number of the quarter in which this moment is, counted since 1970."""
    return at // QUARTER_MS


def first_quarter(hotline: Hotline, day: date) -> int:
    """The quarter with which this day begins in the hotline's city."""
    midnight = datetime.combine(day, time(), hotline.timezone)
    return quarter_of(int(midnight.timestamp() * 1000))


async def by_quarter(hotline: Hotline, first: int, last: int) -> dict[int, Counts]:
    """The counts of each quarter from `first` to `last`, both included. A call belongs to the quarter it arrived in."""
    hours = range(first // 4, last // 4 + 1)
    rows = await hotline.store.each(*(("HMGET", hotline.key("tally", str(hour)), *_FIELDS) for hour in hours))
    quarters = {
        hour * 4 + n: _counts(row, n) for hour, row in zip(hours, rows, strict=True) for n in range(4)
    }
    return {quarter: quarters[quarter] for quarter in range(first, last + 1)}


def total(quarters: dict[int, Counts], since: int) -> Counts:
    """The sum of those quarters that are not before `since`."""
    return sum((counts for quarter, counts in quarters.items() if quarter >= since), Counts())


def _counts(row: list[Any], n: int) -> Counts:
    own = row[n * len(_NAMES) : (n + 1) * len(_NAMES)]
    return Counts(*(int(count or 0) for count in own))
