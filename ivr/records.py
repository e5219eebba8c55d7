"""The record of each call and its timeline: read, searched by any of its indexes together, page by page."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from ivr.acd.promises import How, State
from ivr.directory import Line, mask
from ivr.errors import Invalid, NotFound
from ivr.hotline import Hotline

MOST_A_PAGE = 500
LONGEST_CURSOR = 24
LOOKED_AT_ONCE = 200
LOOKED_AT_MOST = 5000  # for one page; a sparser search goes on from its cursor
SEALED = "已保密"
Sort = Literal["arrived", "waited", "talked"]


class Moment(BaseModel):
    """One line of a timeline."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    after: float  # seconds since the call arrived
    event: str
    operator: str | None
    note: str | None


class Part(BaseModel):
    """One operator's part of a talk, in seconds."""

    model_config = ConfigDict(frozen=True)

    operator: str
    talked: float


class Emergency(BaseModel):
    """One of the emergency services was brought into the talk."""

    model_config = ConfigDict(frozen=True)

    service: str
    at: datetime
    operator: str


class Promised(BaseModel):
    """What the caller was promised: that they will be contacted; and how they were, once they were."""

    model_config = ConfigDict(frozen=True)

    state: State
    due: datetime
    kept: datetime | None
    how: How | None


class Record(BaseModel):
    """One call. Durations are seconds; moments are in the city's own time; the caller is masked."""

    model_config = ConfigDict(frozen=True)

    sid: str
    hotline: str
    line: str
    whose: str
    unit: str
    area: str
    caller: str
    sealed: bool  # the caller asked that nobody learn who they are
    state: str
    queue: str
    outcome: str | None
    ended_by: str | None
    came_from: str | None  # the hotline that passed the caller on to this one
    passed_to: str | None  # the hotline that this one passed the caller on to
    operator: str | None
    operators: tuple[Part, ...]  # all who talked with the caller, in that order, once their part is over
    holder: str | None  # who held the post when the call came, as the directory numbers its holders
    answered_by: str | None  # of a post that answers in person: own, second or duty phone
    missed_why: str | None  # why the official could not be reached
    text: str | None  # what the caller was sent, so what was promised
    text_state: str | None  # what is known of its delivery
    promise: Promised | None = None  # of a call that is read alone
    arrived: datetime
    queued: datetime | None
    offered: datetime | None
    accepted: datetime | None
    joined: datetime | None
    parted: datetime | None
    ended: datetime | None
    waited: float | None
    talked: float | None
    held: float | None  # of the talk, on hold
    handed_to: str | None  # somebody outside, whom the operator left the caller with
    emergencies: tuple[Emergency, ...]
    noticed: datetime | None  # they heard that the talk is recorded
    recorded: float | None  # so many seconds of it are kept; 0 while the carrier has not said how many
    note: str  # what the operators wrote of it
    wrapped: float | None
    lasted: float | None
    callback: str | None  # the call-back that was asked for in it
    of: str | None  # of a call-back: the call that asked for it
    rating: int | None  # 1 满意, 2 基本满意, 3 不满意
    timeline: tuple[Moment, ...] | None = None


class Page(NamedTuple):
    calls: list[Record]
    cursor: str | None  # where the next page begins; None at the end


class Sought(BaseModel):
    """What is searched for; what is empty is not asked. All of it must hold. `caller` is a whole number in E.164,
    or the last digits of one; how many, `privacy` decides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line: str = ""
    queue: str = ""
    caller: str = ""
    operator: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
    within: tuple[str, ...] | None = None  # only calls to these numbers; None is all
    sort: Sort = "arrived"
    finds_sealed: bool = True  # whether a search by caller may find who asked that nobody learn of them

    @property
    def index(self) -> tuple[str, ...]:
        """The shortest list that holds every hit."""
        for name in ("caller", "operator", "line", "outcome"):
            value = getattr(self, name)
            if value and (name != "caller" or self.names_a_caller):
                return ("calls", name, value)
        return ("calls", "line", self.within[0]) if self.within and len(self.within) == 1 else ("calls",)

    @property
    def names_a_caller(self) -> bool:
        return self.caller.startswith("+")

    def fits(self, stored: dict[str, str]) -> bool:
        """Of the operators, only whoever talked with the caller counts; an outcome only when the call is over."""
        if self.within is not None and stored.get("line") not in self.within:
            return False
        if self.caller and "sealed" in stored and not self.finds_sealed:
            return False
        if self.caller and not self.names_a_caller and not stored.get("caller", "").endswith(self.caller):
            return False
        known = {
            "line": stored.get("line"),
            "queue": stored.get("queue"),
            "caller": stored.get("caller") if self.names_a_caller else self.caller,
            "outcome": stored.get("outcome") if "ended" in stored else None,
        }
        fits = all(not getattr(self, name) or getattr(self, name) == value for name, value in known.items())
        return fits and (not self.operator or self.operator in who_talked(stored))


def talked(operators: str) -> Iterator[tuple[str, int]]:
    """Who talked with the caller, and for how many ms: "9001=61000 9002=8000" as the queue writes it."""
    for part in operators.split():
        who, _, ms = part.partition("=")
        yield who, int(ms)


def who_talked(stored: dict[str, str]) -> set[str]:
    """The operators of a call, whoever talks at this moment included; not one at whose desk it only rang afterwards."""
    now = {stored["operator"]} if "with_since" in stored and "operator" in stored else set()
    return now | {who for who, _ in talked(stored.get("operators", ""))}


async def read(hotline: Hotline, sid: str, *, within: tuple[str, ...] | None = None) -> Record:
    """The record with its timeline. `within` are the lines whose calls the reader may see, None for all. Raises
    NotFound."""
    stored, promise = await hotline.store.together(
        ("HGETALL", hotline.key("call", sid)), ("HGETALL", hotline.key("promise", sid))
    )
    if not stored.get("arrived") or (within is not None and stored["line"] not in within):
        raise NotFound(f"没有通话 {sid}：请检查编号")
    record = _record(hotline, sid, stored, whole=True)
    return record.model_copy(update={"promise": _promised(hotline, promise)}) if promise else record


def _promised(hotline: Hotline, stored: dict[str, str]) -> Promised:
    due, kept = (hotline.at(stored[name]) if stored.get(name) else None for name in ("due_at", "kept"))
    assert due is not None
    how = How(stored["how"]) if stored.get("how") else None
    return Promised(state=State(stored["state"]), due=due, kept=kept, how=how)


async def search(hotline: Hotline, sought: Sought, *, limit: int = 50, cursor: str = "") -> Page:
    """The newest first, or the longest of what it finds. Raises Invalid for a cursor that is not one of ours, and for
    too much to be put in order."""
    limit = max(1, min(limit, MOST_A_PAGE))
    if sought.sort != "arrived":
        return await _longest(hotline, sought, limit, cursor)
    newest, skip = _place(cursor, sought, hotline.timezone)
    oldest = _ms(sought.since, hotline.timezone) if sought.since else "-inf"
    found: list[Record] = []
    looked = 0
    while looked < LOOKED_AT_MOST:
        sids = await _listed(hotline, sought.index, newest, oldest, skip)
        calls = await hotline.store.each(*(("HGETALL", hotline.key("call", sid)) for sid, _ in sids))
        for (sid, score), stored in zip(sids, calls, strict=True):
            newest, skip = (score, skip + 1) if score == newest else (score, 1)
            looked += 1
            if stored and sought.fits(stored):
                found.append(_record(hotline, sid, stored, whole=False))
            if len(found) == limit:
                return Page(found, f"{newest}-{skip}")
        if len(sids) < LOOKED_AT_ONCE:
            return Page(found, None)
    return Page(found, f"{newest}-{skip}")


async def _longest(hotline: Hotline, sought: Sought, limit: int, cursor: str) -> Page:
    """By how long they waited or talked; the cursor is how many were shown already."""
    if cursor and not (cursor.isdecimal() and len(cursor) < len(str(LOOKED_AT_MOST)) + 1):
        raise Invalid(f"“{cursor}”不是本接口给出的 cursor：请原样使用上一页返回的值")
    newest_first = sought.model_copy(update={"sort": "arrived"})
    if await how_many(hotline, newest_first) > LOOKED_AT_MOST:
        raise Invalid(f"超过 {LOOKED_AT_MOST} 通，不能按时长排列：请先缩短日期范围，或限定号码、话务员")
    found: list[Record] = []
    place: str | None = ""
    while place is not None:
        page = await search(hotline, newest_first, limit=MOST_A_PAGE, cursor=place)
        found, place = [*found, *page.calls], page.cursor
    found.sort(key=lambda record: getattr(record, sought.sort) or 0.0, reverse=True)
    shown = int(cursor or 0) + limit
    return Page(found[shown - limit : shown], str(shown) if shown < len(found) else None)


async def how_many(hotline: Hotline, sought: Sought, *, cursor: str = "") -> int:
    """How many calls a search has to look at, or has still to from this cursor on; it finds no more than that."""
    newest, skip = _place(cursor, sought, hotline.timezone)
    oldest = _ms(sought.since, hotline.timezone) if sought.since else "-inf"
    return max(0, int(await hotline.store.ask("ZCOUNT", hotline.key(*sought.index), oldest, newest)) - skip)


def _place(cursor: str, sought: Sought, zone: Any) -> tuple[int | str, int]:
    """Score and how many of that score were shown already."""
    if not cursor:
        return (_ms(sought.until, zone) - 1 if sought.until else "+inf"), 0
    score, _, skip = cursor.partition("-")
    if not (score.isdecimal() and skip.isdecimal() and len(cursor) <= LONGEST_CURSOR):
        raise Invalid(f"“{cursor}”不是本接口给出的 cursor：请原样使用上一页返回的值")
    return int(score), int(skip)


def _ms(moment: datetime, zone: Any) -> int:
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp() * 1000)


async def _listed(
    hotline: Hotline, index: tuple[str, ...], newest: int | str, oldest: int | str, skip: int
) -> list[tuple[str, int]]:
    """Sids with the moments of their arrival, the newest first."""
    flat = await hotline.store.ask(
        "ZREVRANGEBYSCORE", hotline.key(*index), newest, oldest, "WITHSCORES", "LIMIT", skip, LOOKED_AT_ONCE
    )
    return [(sid, int(float(score))) for sid, score in flat]


def _record(hotline: Hotline, sid: str, stored: dict[str, str], *, whole: bool) -> Record:
    zone = hotline.timezone

    def moment(name: str) -> datetime | None:
        return datetime.fromtimestamp(int(stored[name]) / 1000, zone) if stored.get(name) else None

    def seconds(name: str) -> float | None:
        return int(stored[name]) / 1000 if stored.get(name) else None

    line = hotline.handbook.directory.find(stored["line"])
    arrived, ended = int(stored["arrived"]), stored.get("ended")
    return Record(
        sid=sid,
        hotline=hotline.name,
        line=stored["line"],
        **_whose(line),
        caller=SEALED if "sealed" in stored else mask(stored["caller"]),
        sealed="sealed" in stored,
        state=stored["state"],
        queue=stored["queue"],
        outcome=stored.get("outcome"),
        ended_by=stored.get("ended_by"),
        came_from=stored.get("came_from"),
        passed_to=stored["passed_to"].partition(" ")[0] if "passed_to" in stored else None,
        operator=stored.get("operator"),
        operators=tuple(
            Part(operator=who, talked=ms / 1000) for who, ms in talked(stored.get("operators", ""))
        ),
        holder=stored.get("holder") or None,
        answered_by=stored.get("answered_by"),
        missed_why=stored.get("missed_why"),
        text=stored.get("text"),
        text_state=stored.get("text_state"),
        arrived=datetime.fromtimestamp(arrived / 1000, zone),
        **{name: moment(name) for name in ("queued", "offered", "accepted", "joined", "parted", "ended")},
        **{name: seconds(name) for name in ("waited", "talked", "held", "wrapped")},
        lasted=(int(ended) - arrived) / 1000 if ended else None,
        note=stored.get("note", ""),
        noticed=moment("noticed"),
        recorded=float(stored.get("tape_seconds", 0)) if "tape_sid" in stored else None,
        handed_to=stored.get("handed_to"),
        emergencies=_emergencies(stored.get("emergencies", ""), zone),
        callback=stored.get("callback"),
        of=stored.get("of"),
        rating=int(stored["rating"]) if "rating" in stored else None,
        timeline=_timeline(stored, arrived, zone) if whole else None,
    )


def _emergencies(text: str, zone: Any) -> tuple[Emergency, ...]:
    """A line each, as the queue writes them: "110 报警 1795399200000 9001"."""
    made = [line.rsplit(" ", 2) for line in text.splitlines()]
    return tuple(
        Emergency(service=service, at=datetime.fromtimestamp(int(at) / 1000, zone), operator=operator)
        for service, at, operator in made
    )


def _whose(line: Line | None) -> dict[str, str]:
    """A number that has since been withdrawn is still in its records."""
    if line is None:
        return {"whose": "已撤下的号码", "unit": "", "area": ""}
    return {"whose": line.display_name, "unit": line.unit, "area": line.area}


def _timeline(stored: dict[str, str], arrived: int, zone: Any) -> tuple[Moment, ...]:
    moments = []
    for n in range(1, int(stored.get("moves", 0)) + 1):
        if f"t{n}" not in stored:
            break
        after, event, *who = stored[f"t{n}"].split(" ")
        is_operator = bool(who) and who[0].isdecimal()
        moments.append(
            Moment(
                at=datetime.fromtimestamp((arrived + int(after)) / 1000, zone),
                after=int(after) / 1000,
                event=event,
                operator=who[0] if is_operator else None,
                note=" ".join(who[1:] if is_operator else who) or None,
            )
        )
    return tuple(moments)
