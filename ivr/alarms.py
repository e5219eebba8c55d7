"""What is not as it should be: measured by every worker every few seconds, raised and ended once, for all to see.

Each condition is bad, good or neither. Between the two an alarm stays what it is, so that a figure that wavers about
its limit does not ring all day.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from ivr import acd
from ivr.acd import Presence, Word, hooks
from ivr.acd import alarms as books
from ivr.acd.cases import CaseState
from ivr.directory import grouped
from ivr.errors import NotFound
from ivr.formulas import FORMULAS, Counts
from ivr.hotline import Hotline
from ivr.promises import TOLD, worked_by
from ivr.roles import Person
from ivr.tallies import by_quarter, quarter_of, total
from ivr.verdicts import EXPLAINED, Verdict

CLEARLY = 0.8  # of a limit: what has come down so far is over
BETTER_BY = 0.05  # that a share must be above its limit to be good again
HALF_AN_HOUR = 2  # quarters before the one under way
MINUTE_MS = 60_000
DEAD = {"failed": "线路故障", "invalid": "空号"}  # why a phone cannot be rung
GUESSED = "有人反复输错，请核实并换发登记码"
FAILURE_MINUTES = 5
FAILURES_KEPT_SECONDS = 15 * 60
PAST_SHOWN = 100
NAMED_AT_MOST = 10  # numbers that each have an alarm of their own

Failing = Literal["carrier", "store"]


class Condition(NamedTuple):
    """`bad` raises the alarm, `good` ends it."""

    name: str
    bad: bool
    good: bool
    text: str


class Alarm(BaseModel):
    """An alarm. Moments are milliseconds since 1970; `until` is None while it stands, `by` is who sees to it."""

    model_config = ConfigDict(frozen=True)

    name: str
    text: str
    since: int
    until: int | None = None
    by: str


class Alarms(BaseModel):
    """Those that stand, the oldest first, and those that are over, the newest first."""

    model_config = ConfigDict(frozen=True)

    raised: list[Alarm]
    past: list[Alarm]


async def show(hotline: Hotline) -> Alarms:
    return Alarms(
        raised=await standing(hotline),
        past=[Alarm(**one._asdict()) for one in await books.past(hotline, limit=PAST_SHOWN)],
    )


async def standing(hotline: Hotline) -> list[Alarm]:
    """The alarms that stand, the oldest first."""
    return [Alarm(**one._asdict()) for one in await books.raised(hotline)]


async def take_on(hotline: Hotline, person: Person, name: str) -> Word:
    """This person sees to it. Raises NotFound when it is over."""
    word = await books.take_on(hotline, name, by=person.id)
    if word is Word.GONE:
        raise NotFound("这个告警已经解除")
    return word


async def count_failure(hotline: Hotline, of: Failing = "carrier", *, times: int = 1) -> None:
    """The carrier, or the store, did not do what it was asked, or did not answer (in time)."""
    minute = _minute(hotline, of, hotline.now() // MINUTE_MS)
    await hotline.store.together(("INCRBY", minute, times), ("EXPIRE", minute, FAILURES_KEPT_SECONDS))


def _minute(hotline: Hotline, of: Failing, minute: int) -> str:
    names = {"carrier": hotline.key("carrier_failures"), "store": hotline.key("store_failures")}
    return f"{names[of]}:{minute}"


async def watch(hotline: Hotline) -> None:
    """Look once: raise what is bad, end what is good."""
    conditions = {one.name: one for one in await _conditions(hotline)}
    raised = {one.name for one in await books.raised(hotline)}
    for condition in conditions.values():
        if condition.bad:
            await books.raise_alarm(hotline, condition.name, condition.text)
    for name in raised:
        if name not in conditions or conditions[name].good:
            await books.stand_down(hotline, name)


# ------------------------------------------------------------------------------------------ what is looked at


async def _conditions(hotline: Hotline) -> list[Condition]:
    """Of what the rules have an alarm for; an alarm that the rules no longer have is over."""
    seen = await acd.board(hotline, top=0)
    now = quarter_of(hotline.now())
    lately = total(await by_quarter(hotline, now - HALF_AN_HOUR, now), now - HALF_AN_HOUR)
    return [
        *_waits(hotline, seen),
        *_answered_well(hotline, lately),
        *_staff(hotline, seen),
        *_carrier(hotline, await _failures(hotline, "carrier")),
        *_store(hotline, await _failures(hotline, "store")),
        *_calendar(hotline),
        *await _numbers(hotline),
        await _texts(hotline),
        *await _promises(hotline),
        *await _hooks(hotline),
    ]


def _waits(hotline: Hotline, seen: dict[str, Any]) -> Iterator[Condition]:
    limit = hotline.handbook.profile.alarms.longest_wait_seconds
    if not limit:
        return
    for name, queue in hotline.handbook.profile.queues.items():
        since = seen["queues"][name].get("longest")
        waited = (hotline.now() - int(since)) / 1000 if since else 0
        text = f"{queue.title}队列有人已排队 {round(waited)} 秒，超过 {limit} 秒"
        yield Condition(f"longest_wait:{name}", waited > limit, waited < limit * CLEARLY, text)


def _answered_well(hotline: Hotline, lately: Counts) -> Iterator[Condition]:
    rules = hotline.handbook.profile.alarms
    if not rules.answered_well_percent:
        return
    share, limit = FORMULAS["answered_well"].of(lately), rules.answered_well_percent / 100
    enough = lately.queued >= rules.answered_well_calls
    bad = enough and share is not None and share < limit
    good = not enough or share is None or share >= min(1, limit + BETTER_BY)
    text = f"最近半小时 15 秒接通率 {(share or 0) * 100:.0f} %，低于 {rules.answered_well_percent} %"
    yield Condition("answered_well", bad, good, text)


def _staff(hotline: Hotline, seen: dict[str, Any]) -> Iterator[Condition]:
    rules = hotline.handbook.profile.alarms
    for name, queue in hotline.handbook.profile.queues.items() if rules.unstaffed else ():
        alone = bool(
            hotline.is_open() and seen["queues"][name]["waiting"] and not seen["queues"][name]["on_shift"]
        )
        text = f"{queue.title}队列有 {seen['queues'][name]['waiting']} 人排队，而无人在岗"
        yield Condition(f"unstaffed:{name}", alone, not alone, text)
    for one in (seen["operators"] or ()) if rules.rona else ():
        paused = (
            one.get("intent") == "paused"
            and one.get("reason") == "RONA"
            and one.get("presence") != Presence.OFF
        )
        text = f"话务员 {one['id']} 连续未接，已自动示忙：请去看看"
        yield Condition(f"rona:{one['id']}", paused, not paused, text)
    for one in (seen["operators"] or ()) if rules.breaks else ():
        overlong = "overlong" in one
        text = f"话务员 {one['id']} {one.get('reason', '')}已超过规定时长：请去问问"
        yield Condition(f"break:{one['id']}", overlong, not overlong, text)


def _carrier(hotline: Hotline, failures: int) -> Iterator[Condition]:
    limit = hotline.handbook.profile.alarms.carrier_failures
    if limit:
        text = f"五分钟内运营商 {failures} 次拒绝或没有应答：请看日志，并联系运营商"
        yield Condition("carrier", failures >= limit, failures < limit * CLEARLY, text)


def _store(hotline: Hotline, failures: int) -> Iterator[Condition]:
    limit = hotline.handbook.profile.alarms.store_failures
    if limit:
        text = f"五分钟内数据库 {failures} 次中断或应答缓慢：请看日志和 Valkey 所在的机器"
        yield Condition("store", failures >= limit, failures < limit * CLEARLY, text)


def _calendar(hotline: Hotline) -> Iterator[Condition]:
    warnings = (
        hotline.handbook.hours.warnings(hotline.moment()) if hotline.handbook.profile.alarms.calendar else []
    )
    yield Condition("calendar", bool(warnings), not warnings, " ".join(warnings))


async def _numbers(hotline: Hotline) -> list[Condition]:
    """Published numbers whose last dial test failed, posts whose own phone cannot be rung at all, and those whose code
    somebody guesses at."""
    rules = hotline.handbook.profile.alarms
    tested, rung, guessed = await hotline.store.together(
        ("HGETALL", hotline.key("probes_failed")),
        ("HGETALL", hotline.key("phones_failing")),
        ("ZRANGEBYSCORE", hotline.key("codes_locked"), f"({hotline.now()}", "+inf"),
    )
    failed = {number: EXPLAINED[Verdict(word)] for number, word in tested.items()} if rules.probes else {}
    dead = {number: DEAD.get(why, why) for number, why in rung.items()} if rules.phones else {}
    return [
        *_each(hotline, "probe", "拨测未通过", failed),
        *_each(hotline, "phone", "本人电话连续打不通", dead),
        *_each(hotline, "code", "登记码被锁定", dict.fromkeys(guessed if rules.codes else (), GUESSED)),
    ]


def _each(hotline: Hotline, kind: str, what: str, found: dict[str, str]) -> Iterator[Condition]:
    """An alarm for each of the first numbers of the directory, and one for however many there are besides."""
    lines = [line for line in hotline.handbook.directory.lines if line.number in found]
    for line in lines[:NAMED_AT_MOST]:
        text = f"{line.display_name} {grouped(line.number)} {what}：{found[line.number]}"
        yield Condition(f"{kind}:{line.number}", True, False, text)
    more = len(lines) - NAMED_AT_MOST
    yield Condition(f"{kind}:more", more > 0, more <= 0, f"另有 {more} 个公布的号码{what}")


async def _texts(hotline: Hotline) -> Condition:
    """Texts that stop arriving are missed by nobody but who waits for one."""
    limit = hotline.handbook.profile.texts.failures_before_alarm
    failed, why = await hotline.store.ask("HMGET", hotline.key("texts_failing"), "failed", "why")
    in_a_row, word = int(failed or 0), (why or "").partition(" ")[0]
    text = f"短信连续 {in_a_row} 条没有送达（{TOLD.get(word, word)}）：请联系短信网关"
    return Condition("texts", 0 < limit <= in_a_row, not limit or in_a_row == 0, text)


async def _promises(hotline: Hotline) -> Iterator[Condition]:
    """Callers who were promised to be contacted, and were not in time; and those whom nobody contacted at all."""
    counts = await hotline.store.together(
        ("ZCOUNT", hotline.key("promises"), "-inf", hotline.now()),
        ("ZCARD", hotline.key("cases", CaseState.OPEN)),
        ("ZCARD", hotline.key("cases", CaseState.OVERDUE)),
    )
    late, left, unanswered = counts
    unread = await _unread(hotline)
    wanted = hotline.handbook.profile.alarms.promises
    texts = {
        "promises_overdue": f"{late} 件“会后联系您”逾期未联系，已交办公室或值班室：请到“承诺”页催办",
        "cases_open": f"{left} 件“会后联系您”一直无人联系，已转工单，待反馈：请到“工单”页督促办理",
        "cases_overdue": f"{unanswered} 件工单逾期未反馈：请到“工单”页催办",
        "cases_unread": f"{unread} 件工单已反馈，逾期未办结：请班长到“工单”页办结或退回",
    }
    return (
        Condition(name, wanted and count > 0, not wanted or count == 0, text)
        for count, (name, text) in zip((*counts, unread), texts.items(), strict=True)
    )


async def _unread(hotline: Hotline) -> int:
    """How many cases were answered and neither closed nor given back within as much working time as there was for the
    answer: whoever waits longest is late first."""
    minutes = hotline.handbook.profile.promises.case_minutes
    listed = await hotline.store.ask("ZRANGE", hotline.key("cases", CaseState.ANSWERED), 0, -1, "WITHSCORES")

    def due(answered: tuple[str, str]) -> int:
        return worked_by(hotline, hotline.at(answered[1]), minutes)

    return bisect_right(listed, hotline.now(), key=due)


async def _hooks(hotline: Hotline) -> list[Condition]:
    """Systems that are told nothing any more, because they could not be told for hours."""
    if not hotline.handbook.profile.alarms.hooks:
        return []
    return [
        Condition(
            f"hook:{id}", True, False, f"推送“{title}”一直送不到，已暂停：请对方检查，再到“管理 › 推送”恢复"
        )
        for id, title in (await hooks.paused(hotline)).items()
    ]


async def _failures(hotline: Hotline, of: Failing) -> int:
    minute = hotline.now() // MINUTE_MS
    counts = await hotline.store.ask(
        "MGET", *(_minute(hotline, of, minute - ago) for ago in range(FAILURE_MINUTES))
    )
    return sum(int(count or 0) for count in counts)
