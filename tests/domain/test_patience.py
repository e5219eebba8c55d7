"""What a caller is told of their wait: a range, rounded up, or nothing."""

import pytest

from ivr.acd import Pace
from ivr.patience import estimate

MINUTE = 60_000


@pytest.mark.parametrize(
    ("position", "on_shift", "pace", "said"),
    [
        (2, 2, Pace(3 * MINUTE, 50, 3 * MINUTE), "三到五分钟"),
        (3, 1, Pace(2 * MINUTE, 50, 6 * MINUTE), "六到九分钟"),
        (2, 10, Pace(2 * MINUTE, 50, 0), "一到两分钟"),
        (2, 2, Pace(3 * MINUTE, 9, 3 * MINUTE), None),  # too few calls to know a pace
        (2, 0, Pace(3 * MINUTE, 50, 3 * MINUTE), None),  # nobody is there
        (90, 1, Pace(3 * MINUTE, 50, 3 * MINUTE), None),  # beyond what anybody can know
    ],
)
def test_the_wait_is_a_range_rounded_up_or_is_not_said(
    position: int, on_shift: int, pace: Pace, said: str | None
) -> None:
    assert estimate(position, on_shift, pace) == said
