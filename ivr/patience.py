"""How long a caller may have to wait, said as a range, rounded up, or not at all.

Position times handling time over the operators present (the formula of the large vendors), blended with what those
who were answered of late did wait, because operators take breaks and serve other lines too. With few calls to go by,
or nobody present, nothing is said: a caller who was told three minutes and waits ten has been lied to.
"""

from math import ceil

from ivr.acd import Pace
from ivr.hours import spoken_number

KNOWN_AT_LEAST = 10  # calls; fewer are no pace
LONGEST_SAID_MINUTES = 30  # beyond this nobody can know
SPREAD = 1.5  # the upper end of the range over the lower
MINUTE_MS = 60_000


def estimate(position: int, on_shift: int, pace: Pace) -> str | None:
    """The wait in words, as in 三到五分钟; None when we do not know enough to say."""
    if pace.known < KNOWN_AT_LEAST or on_shift < 1 or position < 1:
        return None
    by_position = pace.handled_ms * position / on_shift
    expected = (2 * by_position + pace.waited_ms) / 3
    low = max(1, ceil(expected / MINUTE_MS))
    high = max(low + 1, ceil(expected * SPREAD / MINUTE_MS))
    if high > LONGEST_SAID_MINUTES:
        return None
    return f"{_minutes(low)}到{_minutes(high)}分钟"


def _minutes(number: int) -> str:
    return "两" if number == 2 else spoken_number(number)
