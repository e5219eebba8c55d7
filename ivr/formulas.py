"""The register of formulas: every figure that a wallboard or a report shows, with the words and the formula beside it.

One code for all who count. A figure without anything to divide by is None: nothing is known, which is not zero. The
terms: GB/T 33358-2016 counts the wait from standing in line to the answer, ringing included, and asks for 15 seconds.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

ANSWERED_WELL_SECONDS = 15  # GB/T 33358-2016
COMPLETION_WANTED = 0.95  # GB/T 33358-2016: of any 24 hours

Figure = float | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted of the calls of some time, and of the operators' time. Calls under way count as received, and as
    nothing else yet. A call is counted when it came; a ring, and the operators' time, when it was."""

    received: int = 0
    over: int = 0
    closed: int = 0  # outside the hours, or the doors were shut
    queued: int = 0  # over, and stood in line
    answered: int = 0
    answered_well: int = 0  # within 15 seconds
    abandoned: int = 0  # in line or while it rang, the short ones not among them
    abandoned_well: int = 0  # of these, within 15 seconds
    short: int = 0  # gave up within the first seconds in line
    waited_ms: int = 0  # of the answered
    talked_ms: int = 0
    wrapped_ms: int = 0
    offers: int = 0  # calls that rang at an operator, each time anew
    missed: int = 0  # of these, those that nobody took or declined
    ready_ms: int = 0  # of all operators, among the idle
    busy_ms: int = 0  # from their accepting to the end of the wrap-up

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Formula:
    """`unit` is how the figure is written: share (of 1), seconds or count."""

    title: str
    formula: str
    unit: str
    of: Callable[[Counts], Figure]


def _share(part: int, whole: int) -> Figure:
    return part / whole if whole else None


def _mean(milliseconds: int, calls: int) -> Figure:
    return milliseconds / calls / 1000 if calls else None


def _sl_4(c: Counts) -> Figure:
    return _share(c.answered_well, c.answered + c.abandoned - c.abandoned_well)


FORMULAS = {
    "completion": Formula(
        "接通率",
        "接通 ÷ 来电。GB/T 33358：任意连续 24 小时不低于 95 %",
        "share",
        lambda c: _share(c.answered, c.over),
    ),
    "completion_open": Formula(
        "服务时间内接通率",
        "接通 ÷（来电 − 非服务时间来电）",
        "share",
        lambda c: _share(c.answered, c.over - c.closed),
    ),
    "answered_well": Formula(
        "15 秒接通率",
        "排队加振铃不超过 15 秒即接通 ÷ 进入排队的来电",
        "share",
        lambda c: _share(c.answered_well, c.queued),
    ),
    "sl_1": Formula(
        "服务水平一",
        "（15 秒内接通 + 15 秒内放弃）÷（接通 + 放弃），不含速挂",
        "share",
        lambda c: _share(c.answered_well + c.abandoned_well, c.answered + c.abandoned),
    ),
    "sl_2": Formula(
        "服务水平二",
        "15 秒内接通 ÷ 接通",
        "share",
        lambda c: _share(c.answered_well, c.answered),
    ),
    "sl_3": Formula(
        "服务水平三",
        "15 秒内接通 ÷（接通 + 放弃），不含速挂",
        "share",
        lambda c: _share(c.answered_well, c.answered + c.abandoned),
    ),
    "sl_4": Formula(
        "服务水平四",
        "15 秒内接通 ÷（接通 + 超过 15 秒才放弃），不含速挂",
        "share",
        _sl_4,
    ),
    "abandonment": Formula(
        "放弃率",
        "排队或振铃中挂机 ÷ 进入排队的来电；不含速挂，速挂另列",
        "share",
        lambda c: _share(c.abandoned, c.queued),
    ),
    "short": Formula(
        "速挂",
        "进入排队后几秒内就挂机的来电，不算放弃，单独列出",
        "count",
        lambda c: c.short,
    ),
    "asa": Formula(
        "平均应答速度",
        "接通者的等候时间之和 ÷ 接通；等候为排队加振铃",
        "seconds",
        lambda c: _mean(c.waited_ms, c.answered),
    ),
    "aht": Formula(
        "平均处理时长",
        "（通话 + 话后整理）÷ 接通；保持计入通话",
        "seconds",
        lambda c: _mean(c.talked_ms + c.wrapped_ms, c.answered),
    ),
    "rona": Formula(
        "未接率",
        "派到话务员、振铃到时仍无人接起的次数 ÷ 派话次数；拒接和振铃中挂机不算未接",
        "share",
        lambda c: _share(c.missed, c.offers),
    ),
    "occupancy": Formula(
        "占用率",
        "接入、通话和话后整理的时间 ÷（这些时间 + 空闲待接的时间）；振铃、小休、离线不计。长时间超过 85 % 会累垮话务员",
        "share",
        lambda c: _share(c.busy_ms, c.busy_ms + c.ready_ms),
    ),
}


class Staffing(NamedTuple):
    """What Erlang C expects of so many operators. Nobody gives up in it, so it is a floor for the staff needed."""

    load: float  # in erlangs
    waits: float  # share of callers who wait at all
    service_level: float  # share of callers answered within the target
    asa: float  # seconds
    occupancy: float


def erlang_c(*, calls: float, interval: float, handling: float, target: float, operators: int) -> Staffing:
    """`calls` in `interval` seconds, each of `handling` seconds, answered within `target` seconds by `operators`.

    More load than operators means a line that only grows: everybody waits, nobody within the target, for ever.
    """
    load = calls * handling / interval
    if load >= operators:
        return Staffing(load, 1.0, 0.0, math.inf, 1.0)
    blocked = 1.0  # Erlang B, by its recursion: no factorial overflows
    for n in range(1, operators + 1):
        blocked = load * blocked / (n + load * blocked)
    waits = blocked / (1 - load / operators * (1 - blocked))
    spare = operators - load
    return Staffing(
        load,
        waits,
        1 - waits * math.exp(-spare * target / handling),
        waits * handling / spare,
        load / operators,
    )


def operators_needed(
    *, calls: float, interval: float, handling: float, target: float, level: float, shrinkage: float = 0.0
) -> int:
    """How many must be on the roster for `level` (below 1) of callers to be answered within `target` seconds, when
    `shrinkage` of the paid time goes to breaks, training and illness."""
    operators = max(1, math.ceil(calls * handling / interval))
    while (
        erlang_c(
            calls=calls, interval=interval, handling=handling, target=target, operators=operators
        ).service_level
        < level
    ):
        operators += 1
    return math.ceil(operators / (1 - shrinkage))
