"""The promise (会后联系您): whoever cannot answer says that they will contact the caller, and that is not forgotten.

A promise has a deadline in working time. The official is reminded before it; after it their office is told, then the
duty desk, and at last it becomes a case (工单). It is kept by ringing back through the hotline, or by saying what was
done.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain

from pydantic import BaseModel, ConfigDict

from ivr import audit, working_time
from ivr.acd import Word
from ivr.acd import promises as book
from ivr.acd.promises import Deadlines, How, State
from ivr.audit import Act
from ivr.directory import Line, mask
from ivr.errors import Conflict, Invalid, NotFound
from ivr.hotline import Hotline
from ivr.records import SEALED
from ivr.roles import Person

LONGEST_NOTE = 500
SHOWN_AT_MOST = 500
THEMSELVES = "本人"  # who acts by the link in a reminder
STATES = {
    State.OPEN: "等待联系",
    State.REMINDED: "已提醒本人",
    State.OFFICE: "逾期，已交办公室",
    State.DUTY: "逾期，已交值班室",
    State.CASE: "逾期，已转工单",
    State.KEPT: "已联系",
    State.WITHDRAWN: "已撤销",
    State.SETTLED: "未联系，工单已办结",
}
STAGES = {"official": "本人", "office": "办公室", "duty": "值班室"}
TOLD = {
    "queued": "短信待发",
    "sending": "短信发送中",
    "sent": "短信已发",
    "delivered": "短信已送达",
    "undelivered": "短信未送达",
    "refused": "短信被网关拒绝",
    "unsure": "短信不知是否发出",
    "unreported": "短信已发，没有送达回执",
    "no_sender": "未开通短信",
    "no_phone": "没有登记电话",
    "landline": "座机，未发短信",
    "quiet": "夜间，未发短信",
    "capped": "当天短信已达上限",
}
"""What came of telling whoever is to act."""
WAYS = {How.RING_BACK: "回拨接通", How.STATEMENT: "说明了办理情况", How.CALL: "来电人再次来电，本人接听"}
OVERDUE = (State.OFFICE, State.DUTY, State.CASE, State.SETTLED)
OVER = (State.KEPT, State.WITHDRAWN, State.SETTLED)


class Promise(BaseModel):
    """One promise. Moments are in the city's own time; the caller is masked."""

    model_config = ConfigDict(frozen=True)

    sid: str  # of the call in which it was made
    line: str
    whose: str
    unit: str
    area: str
    holder: str  # who held the post then
    caller: str
    why: str  # why nobody answered
    state: State
    standing: str
    opened: datetime
    due: datetime
    overdue: bool
    kept: datetime | None
    how: How | None
    by: str
    note: str
    told: str  # who was reminded of it, and what came of that
    case: str  # the number of the case that it became, if it did
    is_over: bool
    can_ring_back: bool  # it is open, and we know where the official is rung


class Rate(BaseModel):
    """How many promises a post, or all posts of a unit, made and kept."""

    model_config = ConfigDict(frozen=True)

    whose: str
    line: str  # "" for a unit
    made: int
    kept: int  # in time
    overdue: int  # were not, whether they were kept later or not
    kept_late: int
    left: int  # nobody kept them until they became a case
    withdrawn: int
    share: float | None  # 按时联系率: kept in time, of those whose time is over; None before there is any


# ------------------------------------------------------------------------------------------ made and kept


async def make(hotline: Hotline, sid: str, line: Line, *, caller: str, why: str) -> Word:
    """The caller of this call is told that they will be contacted. Once for a call, however often it is said."""
    return await book.make(
        hotline,
        sid,
        line=line.number,
        caller=caller,
        holder=line.holder_on(hotline.moment().date()),
        why=why,
        deadlines=deadlines(hotline),
    )


def deadlines(hotline: Hotline) -> Deadlines:
    """Of a promise that is made now."""
    rules = hotline.handbook.profile.promises
    due = rules.keep_minutes
    office = due + rules.office_minutes
    duty = office + rules.duty_minutes
    stages = (due - rules.remind_minutes, due, office, duty, duty + rules.case_minutes)
    return Deadlines(*(worked_by(hotline, hotline.moment(), minutes) for minutes in stages))


def worked_by(hotline: Hotline, since: datetime, minutes: int) -> int:
    """When so many minutes of work have passed since then, in milliseconds since 1970."""
    moment = working_time.after(
        since,
        minutes,
        calendar=hotline.handbook.calendar,
        zone=hotline.timezone,
        spells=hotline.handbook.profile.promises.working,
    )
    return int(moment.timestamp() * 1000)


async def upgrade_store(hotline: Hotline) -> None:
    """Teach a store of the release before what this one needs: by when the case of each promise would be due, and a
    case for those that nobody kept. Nothing is left to do the second time."""
    sids = await hotline.store.ask("ZRANGE", hotline.key("promises"), 0, -1)
    found = await hotline.store.each(
        *(("HMGET", hotline.key("promise", sid), "duty_until", "case_until") for sid in sids)
    )
    minutes = hotline.handbook.profile.promises.case_minutes
    moments = {
        sid: worked_by(hotline, max(hotline.at(duty_until), hotline.moment()), minutes)
        for sid, (duty_until, case_until) in zip(sids, found, strict=True)
        if duty_until and not case_until
    }
    if moments:
        await book.upgrade(hotline, moments)


async def say_what_was_done(hotline: Hotline, sid: str, *, by: Person | None, note: str) -> Word:
    """Kept by a statement; of the official themselves without `by`. Raises Invalid without one, NotFound, or Conflict
    for a promise that was withdrawn."""
    if not note.strip():
        raise Invalid("请写明怎样联系了来电人、答复了什么")
    await read(hotline, sid, by)
    said = note.strip()[:LONGEST_NOTE]
    who = by.id if by else THEMSELVES
    word = await book.keep(hotline, sid, how=How.STATEMENT, by=who, note=said)
    return await _done(hotline, by, Act.KEEP, sid, said if by else f"{THEMSELVES}：{said}", word)


async def take_back(hotline: Hotline, sid: str, *, by: Person, why: str) -> Word:
    """Withdrawn. Raises Invalid without a reason, NotFound, or Conflict for a promise that was kept."""
    if not why.strip():
        raise Invalid("请写明撤销的原因，如 来电人表示不需要回电")
    await read(hotline, sid, by)
    said = why.strip()[:LONGEST_NOTE]
    word = await book.take_back(hotline, sid, by=by.id, why=said)
    return await _done(hotline, by, Act.WITHDRAW, sid, said, word)


async def _done(hotline: Hotline, by: Person | None, act: Act, sid: str, said: str, word: Word) -> Word:
    """Noted once it is done: what was refused did not happen, and what was said before is noted already."""
    if word is Word.GONE:
        raise Conflict(f"通话 {sid} 没有待完成的承诺：可能已经联系或撤销，请刷新页面")
    if word is Word.OK:
        await audit.note(hotline, by, act, sid, said)
    return word


# ------------------------------------------------------------------------------------------ looking


async def read(hotline: Hotline, sid: str, person: Person | None = None) -> Promise:
    """One promise. Raises NotFound, also for what is not this person's to see."""
    ((stored, sealed),) = await _stored(hotline, [sid])
    if not stored or not may_see(person, stored["line"]):
        raise NotFound(f"通话 {sid} 没有承诺")
    return _promise(hotline, sid, stored, sealed)


async def of_call(hotline: Hotline, sid: str) -> Promise | None:
    """What was promised in this call, if anything was."""
    ((stored, sealed),) = await _stored(hotline, [sid])
    return _promise(hotline, sid, stored, sealed) if stored else None


async def waiting(hotline: Hotline, person: Person | None = None) -> list[Promise]:
    """Those that are not kept and no case yet, the most urgent first."""
    sids = await hotline.store.ask("ZRANGE", hotline.key("promises"), 0, SHOWN_AT_MOST - 1)
    return await _read_all(hotline, sids, person)


async def of_line(hotline: Hotline, line: str, person: Person | None = None) -> list[Promise]:
    """Every promise of a post, the newest first."""
    sids = await hotline.store.ask("ZREVRANGE", hotline.key("promises", "line", line), 0, SHOWN_AT_MOST - 1)
    return await _read_all(hotline, sids, person)


async def _read_all(hotline: Hotline, sids: list[str], person: Person | None) -> list[Promise]:
    return [
        _promise(hotline, sid, stored, sealed)
        for sid, (stored, sealed) in zip(sids, await _stored(hotline, sids), strict=True)
        if stored and may_see(person, stored["line"])
    ]


async def _stored(hotline: Hotline, sids: list[str]) -> list[tuple[dict[str, str], bool]]:
    """What is kept of each, and whether its caller asked that nobody learn who they are."""
    asked = (
        (("HGETALL", hotline.key("promise", sid)), ("HGET", hotline.key("call", sid), "sealed"))
        for sid in sids
    )
    found = await hotline.store.each(*chain.from_iterable(asked))
    return [(stored, sealed is not None) for stored, sealed in zip(found[::2], found[1::2], strict=True)]


def shown(caller: str, *, sealed: bool) -> str:
    """What everybody may see of a caller's number: some of its digits, or none."""
    return SEALED if sealed else mask(caller)


def may_see(person: Person | None, line: str) -> bool:
    """Whether what is about this published number is theirs to see; nobody in particular sees all."""
    return person is None or person.sees is None or line in person.sees


def _promise(hotline: Hotline, sid: str, stored: dict[str, str], sealed: bool) -> Promise:
    line, state = hotline.handbook.directory.find(stored["line"]), State(stored["state"])
    return Promise(
        sid=sid,
        line=stored["line"],
        whose=line.display_name if line else "已撤下的号码",
        unit=line.unit if line else "",
        area=line.area if line else "",
        holder=stored["holder"],
        caller=shown(stored["caller"], sealed=sealed),
        why=stored["why"],
        state=state,
        standing=STATES[state],
        opened=hotline.at(stored["opened"]),
        due=hotline.at(stored["due_at"]),
        overdue=state in OVERDUE or stored.get("late") == "1",
        kept=hotline.at(stored["kept"]) if "kept" in stored else None,
        how=How(stored["how"]) if stored.get("how") else None,
        by=stored.get("by", ""),
        note=stored.get("note", ""),
        told="；".join(
            f"{who}：{TOLD.get(came, came)}"
            for stage, who in STAGES.items()
            if (came := stored.get(f"told_{stage}"))
        ),
        case=stored.get("case", ""),
        is_over=state in OVER,
        can_ring_back=state not in OVER and bool(line and line.own_phone),
    )


# ------------------------------------------------------------------------------------------ how well they are kept


async def rates(hotline: Hotline, person: Person | None = None) -> tuple[list[Rate], list[Rate]]:
    """Of each post that ever promised, and of each unit; the most promises first."""
    counts = await hotline.store.ask("HGETALL", hotline.key("promise_counts"))
    lines = [one for one in hotline.handbook.directory.lines if may_see(person, one.number)]
    units: dict[str, list[Line]] = {}
    for line in lines:
        units.setdefault(f"{line.area} {line.unit}", []).append(line)
    posts = (_rate(counts, line.display_name, [line]) for line in lines)
    sums = (_rate(counts, name, members) for name, members in units.items())
    return _most_first(posts), _most_first(sums)


def _rate(counts: dict[str, str], whose: str, lines: list[Line]) -> Rate:
    def summed(what: str) -> int:
        return sum(int(counts.get(f"{line.number}:{what}", 0)) for line in lines)

    found = {name: summed(name) for name in ("made", "kept", "overdue", "kept_late", "left", "withdrawn")}
    due = found["kept"] + found["overdue"]
    line = lines[0].number if whose == lines[0].display_name else ""
    return Rate(whose=whose, line=line, **found, share=found["kept"] / due if due else None)


def _most_first(rates: Iterable[Rate]) -> list[Rate]:
    return sorted((rate for rate in rates if rate.made), key=lambda rate: -rate.made)
