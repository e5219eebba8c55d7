"""The course of a call as a picture: a lane for the caller and one for each operator, from the events of its record."""

from dataclasses import dataclass, field
from typing import NamedTuple

from ivr.records import Moment, Record

PHASES = {
    "greeting": "问候",
    "waiting": "排队",
    "ringing": "振铃",
    "connecting": "接通",
    "calling": "呼叫",
    "talking": "通话",
    "held": "保持",
    "transferring": "转接",
    "parting": "道别",
    "wrap_up": "整理",
}
CALLER = "来电人"

# event -> what begins for the caller, what begins for the operator who is named; "" ends theirs, None leaves it.
BEGINS: dict[str, tuple[str | None, str | None]] = {
    "arrive": ("greeting", None),
    "turn_away": ("parting", None),
    "ring": ("ringing", None),
    "answer_in_person": ("talking", None),
    "miss_in_person": ("greeting", None),
    "wait": ("waiting", None),
    "offer": ("ringing", "ringing"),
    "accept": ("connecting", "connecting"),
    "pick": ("connecting", "connecting"),
    "miss": ("waiting", ""),
    "decline": ("waiting", ""),
    "lose": ("waiting", ""),
    "rescue": ("waiting", ""),
    "join": ("talking", "talking"),
    "hold": ("held", "held"),
    "resume": ("talking", "talking"),
    "consult": ("held", "transferring"),
    "transfer": ("transferring", "transferring"),
    "hand_over": (None, ""),
    "take_over": ("talking", "talking"),
    "come_back": ("waiting", ""),
    "drop": ("waiting", ""),
    "defer": ("parting", None),
    "ask_back": ("", None),
    "wake": ("waiting", None),
    "rest": ("", None),
    "stand_back": ("", None),
    "dial": ("calling", "calling"),
    "reach": ("connecting", "connecting"),
    "put_off": ("", ""),
    "break_off": ("", ""),
    "give_up": ("", ""),
    "withdraw": ("", ""),
    "expire": ("", None),
    "part": ("parting", ""),
    "hang_up": ("", ""),
}
TAKES_OVER = "take_over"
ENDS_FOR_ALL = ("part", "hang_up")
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
MOST_TICKS = 7
SHORTEST = 0.001


class Bar(NamedTuple):
    """Seconds since the call arrived."""

    phase: str
    since: float
    until: float

    @property
    def seconds(self) -> float:
        return self.until - self.since


@dataclass
class Lane:
    """What went on at one end of the line."""

    title: str
    bars: list[Bar] = field(default_factory=list)
    phase: str = ""
    since: float = 0.0

    def turn(self, phase: str, at: float) -> None:
        """Whatever went on here ends, and this begins."""
        if phase == self.phase:
            return
        if self.phase and at > self.since:
            self.bars.append(Bar(self.phase, self.since, at))
        self.phase, self.since = phase, at


@dataclass(frozen=True)
class Picture:
    """Lanes and the axis below them. `whole` is how many seconds the picture is wide."""

    lanes: list[Lane]
    whole: float
    ticks: list[int]

    @property
    def totals(self) -> dict[str, float]:
        """How long each phase took: the caller's own, and the operators' wrap-up."""
        found: dict[str, float] = {}
        for lane in self.lanes:
            for bar in lane.bars:
                if lane is self.lanes[0] or bar.phase == "wrap_up":
                    found[bar.phase] = found.get(bar.phase, 0.0) + bar.seconds
        return {phase: found[phase] for phase in PHASES if phase in found}


def draw(record: Record) -> Picture:
    """The picture of a call that is over, or of what there is of it so far."""
    moments = record.timeline or ()
    caller, operators = Lane(CALLER), dict[str, Lane]()
    for moment in moments:
        _turn(moment, caller, operators)
    last = max(record.lasted or 0.0, moments[-1].after if moments else 0.0)
    for lane in (caller, *operators.values()):
        lane.turn("", last)
    _wrap_up(record, operators)
    lanes = [caller, *operators.values()]
    whole = max([bar.until for lane in lanes for bar in lane.bars] + [last, SHORTEST])
    return Picture(lanes, whole, _ticks(whole))


def _turn(moment: Moment, caller: Lane, operators: dict[str, Lane]) -> None:
    of_caller, of_operator = BEGINS.get(moment.event, (None, None))
    if of_caller is not None:
        caller.turn(of_caller, moment.after)
    if moment.event in ENDS_FOR_ALL:
        _let_go(operators, moment.after)
    elif of_operator is not None and moment.operator:
        lane = operators.setdefault(moment.operator, Lane(f"话务员 {moment.operator}"))
        if moment.event == TAKES_OVER:
            _let_go(operators, moment.after)
        lane.turn(of_operator, moment.after)


def _let_go(operators: dict[str, Lane], at: float) -> None:
    for lane in operators.values():
        lane.turn("", at)


def _wrap_up(record: Record, operators: dict[str, Lane]) -> None:
    """It is no event of the call: it is counted from the end of the operator's talk."""
    lane = operators.get(record.operator or "")
    if lane and lane.bars and record.wrapped:
        until = lane.bars[-1].until
        lane.bars.append(Bar("wrap_up", until, until + record.wrapped))


def _ticks(whole: float) -> list[int]:
    step = next((step for step in STEPS if whole / step <= MOST_TICKS), STEPS[-1] * (int(whole) // 20000 + 1))
    return list(range(0, int(whole) + 1, step))
