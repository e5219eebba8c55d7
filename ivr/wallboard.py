"""What the wallboard shows: who waits, who works, how well it goes, and how that compares with a week ago.

It is read whole each time; nothing is added up from news. The figures come from the register of formulas.
"""

from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from ivr import acd, alarms
from ivr.acd import Line, Presence
from ivr.acd.supervision import EVERY_DESK
from ivr.alarms import Alarm
from ivr.directory import mask
from ivr.formulas import COMPLETION_WANTED, FORMULAS, Counts, Figure
from ivr.hotline import Hotline
from ivr.records import SEALED
from ivr.roles import Person
from ivr.tallies import QUARTER_MS, QUARTERS_A_DAY, by_quarter, first_quarter, quarter_of, total

CALLERS_SHOWN = 50  # of each queue
TODAY = (
    "answered_well",
    "sl_1",
    "sl_2",
    "sl_3",
    "sl_4",
    "abandonment",
    "short",
    "asa",
    "aht",
    "rona",
    "occupancy",
)
LAST_24_HOURS = ("completion", "completion_open")
WANTED = {"completion": COMPLETION_WANTED}


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True)


class Caller(_Shown):
    """Somebody in line or in a talk. Moments are milliseconds since 1970; the number is masked."""

    sid: str
    whose: str
    caller: str
    queue: str
    priority: int
    queued: int | None
    joined: int | None
    state: str


class QueueShown(_Shown):
    """One queue, and the first of those who stand in it."""

    name: str
    title: str
    waiting: int
    longest_since: int | None
    on_shift: int
    idle: int
    first: list[Caller]


class Listener(_Shown):
    """A supervisor in a talk. `ear` is coming or listening; `tuned` is the mode that the carrier has put them into."""

    id: str
    ear: str
    mode: str
    tuned: str


class Mine(_Shown):
    """Whoever looks: their ear in a talk, or a call of their own. `since` is from when on it is so."""

    id: str
    ear: str
    mode: str
    tuned: str
    line: str
    sid: str
    whose: str
    since: int


class Seat(_Shown):
    """One operator on shift. `since` is the moment from which they have been as they are."""

    id: str
    presence: str
    intent: str
    reason: str
    line: str
    since: int
    rest_until: int
    help_why: str | None  # they ask for help
    overlong: bool  # a break that has lasted longer than breaks for its reason may
    caller: Caller | None
    test: str  # in a dial test: whose number it is of; "" for none
    listeners: list[Listener]


class Notice(_Shown):
    """What a supervisor told one desk, or all (`to` is empty), and which operators have read it."""

    id: str
    to: str
    by: str
    kind: str
    text: str
    at: int
    seen: list[str]


class Reading(_Shown):
    """A figure with its words, its formula and the time that it is about."""

    name: str
    title: str
    formula: str
    unit: str
    of: str
    value: float | None
    wanted: float | None


class Board(_Shown):
    """All of it. `now` is our clock, so that a page can correct its own."""

    now: int
    open: bool
    live: int
    waiting: int
    longest_since: int | None
    received: int
    answered: int
    abandoned: int
    short: int
    queues: list[QueueShown]
    seats: list[Seat]
    mine: Mine
    alarms: list[Alarm]
    notices: list[Notice]
    readings: list[Reading]


class Quarter(_Shown):
    """A quarter of an hour of one day: calls that came, that were answered, and their mean wait in seconds."""

    received: int
    answered: int
    waited: float | None


async def show(hotline: Hotline, person: Person) -> Board:
    """How things stand, now, and how this person stands to it."""
    seen = await acd.board(hotline, top=CALLERS_SHOWN)
    now_quarter = quarter_of(hotline.now())
    midnight = first_quarter(hotline, hotline.moment().date())
    day_before = now_quarter - QUARTERS_A_DAY + 1
    counted = await by_quarter(hotline, min(midnight, day_before), now_quarter)
    today = total(counted, midnight) + under_way(hotline, seen, midnight * QUARTER_MS)
    last_24_hours = total(counted, day_before)
    seats = sorted((_seat(hotline, one) for one in seen["operators"] or ()), key=lambda seat: seat.id)
    queues = [
        _line(hotline, name, queue.title, seen["queues"][name], seats)
        for name, queue in hotline.handbook.profile.queues.items()
    ]
    return Board(
        now=hotline.now(),
        open=hotline.is_open(),
        live=seen["live"],
        waiting=seen["waiting"],
        longest_since=_earliest(queue.longest_since for queue in queues),
        received=today.received,
        answered=today.answered,
        abandoned=today.abandoned,
        short=today.short,
        queues=queues,
        seats=seats,
        alarms=await alarms.standing(hotline),
        mine=await _mine(hotline, person),
        notices=[_notice(one) for one in seen["notices"] or ()],
        readings=_readings(today, last_24_hours),
    )


async def day(hotline: Hotline, *, days_ago: int = 0) -> list[Quarter]:
    """The quarters of a day, from its midnight in the city; of today only those that have begun."""
    first = first_quarter(hotline, hotline.moment().date() - timedelta(days=days_ago))
    last = first + QUARTERS_A_DAY - 1
    counted = await by_quarter(hotline, first, min(last, quarter_of(hotline.now())))
    return [
        Quarter(received=one.received, answered=one.answered, waited=FORMULAS["asa"].of(one))
        for one in counted.values()
    ]


def _line(hotline: Hotline, name: str, title: str, seen: dict[str, Any], seats: list[Seat]) -> QueueShown:
    """Whose phone rings at a desk still waits, though they stand in no line meanwhile."""
    ringing = (
        seat.caller.queued
        for seat in seats
        if seat.caller and seat.caller.queue == name and seat.line in (Line.OFFERED, Line.CONNECTING)
    )
    return QueueShown(
        name=name,
        title=title,
        waiting=seen["waiting"],
        longest_since=_earliest((seen.get("longest"), *ringing)),
        on_shift=seen["on_shift"],
        idle=seen["idle"],
        first=[_caller(hotline, one) for one in seen["first"] or ()],
    )


def _earliest(moments: Any) -> int | None:
    return min((int(moment) for moment in moments if moment), default=None)


def _caller(hotline: Hotline, seen: dict[str, Any]) -> Caller:
    line = hotline.handbook.directory.find(seen["line"])
    return Caller(
        sid=seen["sid"],
        whose=line.display_name if line else seen["line"],
        caller=SEALED if seen.get("sealed") else mask(seen["caller"]),
        queue=seen["queue"],
        priority=int(seen["priority"]),
        queued=int(seen["queued"]) if seen.get("queued") else None,
        joined=int(seen["joined"]) if seen.get("joined") else None,
        state=seen["state"],
    )


def _seat(hotline: Hotline, seen: dict[str, Any]) -> Seat:
    line = seen.get("line", Line.IDLE)
    parts = ("line", "intent", "presence") if line == Line.IDLE else ("line",)
    caller = seen.get("caller")
    return Seat(
        id=seen["id"],
        presence=seen.get("presence", Presence.OFF),
        intent=seen.get("intent", "paused"),
        reason=seen.get("reason", ""),
        line=line,
        since=max(int(seen.get(f"{part}_since", 0)) for part in parts),
        rest_until=int(seen.get("rest_until", 0)),
        help_why=seen.get("help_why"),
        overlong="overlong" in seen,
        caller=_caller(hotline, caller) if caller and caller.get("line") else None,
        test=_whose(hotline, seen.get("probe", "")),
        listeners=[Listener(**one) for one in seen.get("listeners") or ()],
    )


def _whose(hotline: Hotline, number: str) -> str:
    line = hotline.handbook.directory.find(number) if number else None
    return line.display_name if line else number


async def _mine(hotline: Hotline, person: Person) -> Mine:
    o = (await acd.desk(hotline, person.id))["operator"]
    sid = o.get("ear_call") or (o.get("call", "") if o["line"] != Line.IDLE else "")
    dialled = await hotline.store.ask("HGET", hotline.key("call", sid), "line") if sid else o.get("probe")
    return Mine(
        id=person.id,
        ear=o["ear"],
        mode=o.get("ear_mode", ""),
        tuned=o.get("ear_tuned", ""),
        line=o["line"],
        sid=sid,
        whose=_whose(hotline, dialled or ""),
        since=int(o.get("ear_since" if o["ear"] != "none" else "line_since", 0)),
    )


def _notice(seen: dict[str, Any]) -> Notice:
    return Notice(
        id=seen["id"],
        to="" if seen["to"] == EVERY_DESK else seen["to"],
        by=seen["by"],
        kind=seen["kind"],
        text=seen["text"],
        at=int(seen["at"]),
        seen=sorted(seen["seen"] or ()),
    )


def _readings(today: Counts, last_24_hours: Counts) -> list[Reading]:
    spans = (("今日", today, TODAY), ("最近 24 小时", last_24_hours, LAST_24_HOURS))
    return [_reading(name, of, FORMULAS[name].of(counts)) for of, counts, names in spans for name in names]


def _reading(name: str, of: str, value: Figure) -> Reading:
    formula = FORMULAS[name]
    return Reading(
        name=name,
        title=formula.title,
        formula=formula.formula,
        unit=formula.unit,
        of=of,
        value=value,
        wanted=WANTED.get(name),
    )


def under_way(hotline: Hotline, seen: dict[str, Any], since: int) -> Counts:
    """How long the operators on the board have been ready or busy since this moment, where that is not over yet."""

    def so_far(what: str) -> int:
        begun = (int(one[what]) for one in seen["operators"] or () if what in one)
        return sum(hotline.now() - max(moment, since) for moment in begun)

    return Counts(ready_ms=so_far("ready_since"), busy_ms=so_far("busy_since"))
