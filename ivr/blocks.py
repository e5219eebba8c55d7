"""来电限制: a supervisor asks a caller to pause, for a time that ends by itself, for a reason that is written down.

A caller is named by one of their calls, so that no number need be typed or shown. Whoever rings while asked to pause is
told so, until when, and whom to ring in an emergency; the call is in the records as blocked.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ivr import audit, records
from ivr.acd import Outcome, callers
from ivr.audit import Act
from ivr.directory import is_withheld, mask
from ivr.errors import Conflict, Invalid, NotFound
from ivr.hotline import Hotline
from ivr.records import Record, Sought
from ivr.roles import Person

HOUR_MS = 3_600_000
LONGEST_REASON = 200
CALLS_SHOWN = 200


class Block(BaseModel):
    """One caller who is asked to pause. `sid` is the call for which they were."""

    model_config = ConfigDict(frozen=True)

    sid: str
    caller: str
    since: datetime
    until: datetime
    by: str
    reason: str


class Told(BaseModel):
    """One call of a caller, and how long a message they left in it."""

    model_config = ConfigDict(frozen=True)

    record: Record
    pace: str  # "", warned or slow
    message_seconds: int | None


class Evidence(BaseModel):
    """All that we know of one caller, the newest call first."""

    model_config = ConfigDict(frozen=True)

    sid: str
    caller: str
    caller_class: str
    block: Block | None
    blocked_calls: int  # of those that are shown
    calls: list[Told]


async def listed(hotline: Hotline) -> list[Block]:
    """Those that hold now; the one that ends first comes first."""
    stored = await hotline.store.ask("HGETALL", hotline.key("blocks"))
    found = [_block(hotline, caller, text) for caller, text in stored.items()]
    now = hotline.moment()
    return sorted((one for one in found if one.until > now), key=lambda one: one.until)


async def evidence(hotline: Hotline, sid: str) -> Evidence:
    """What the caller of this call has done. Raises NotFound; Conflict when they withheld their number."""
    caller = await _caller_of(hotline, sid)
    stored, member = await hotline.store.each(
        ("HGET", hotline.key("blocks"), caller), ("HGET", hotline.key("classes"), caller)
    )
    block = _block(hotline, caller, stored) if stored else None
    found = await records.search(hotline, Sought(caller=caller, finds_sealed=True), limit=CALLS_SHOWN)
    calls = await _told(hotline, found.calls)
    return Evidence(
        sid=sid,
        caller=mask(caller),
        caller_class=hotline.handbook.profile.class_title((member or "").partition("|")[0]),
        block=block if block and block.until > hotline.moment() else None,
        blocked_calls=sum(one.record.outcome == Outcome.BLOCKED for one in calls),
        calls=calls,
    )


async def _told(hotline: Hotline, found: list[Record]) -> list[Told]:
    facts = await hotline.store.each(
        *(("HMGET", hotline.key("call", one.sid), "pace", "recording_seconds") for one in found)
    )
    return [
        Told(record=one, pace=pace or "", message_seconds=int(seconds) if seconds else None)
        for one, (pace, seconds) in zip(found, facts, strict=True)
    ]


async def block(hotline: Hotline, person: Person, sid: str, *, hours: int, reason: str) -> Block:
    """From the caller's next call on. Raises Invalid, NotFound, or Conflict for a number that is never limited."""
    caller = await _caller_of(hotline, sid)
    rules = hotline.handbook.profile.restraint
    reason = reason.strip()
    if not 2 <= len(reason) <= LONGEST_REASON:
        raise Invalid(f"请写明限制的原因，2 到 {LONGEST_REASON} 个字：会记入审计，也给其他班长看")
    if not 1 <= hours <= rules.longest_block_hours:
        raise Invalid(f"一次最长限制 {rules.longest_block_hours} 小时，最短 1 小时：到期会自动解除")
    if caller in (*rules.never_limited, hotline.handbook.profile.emergency_number):
        raise Conflict("这是从不限制的号码（紧急电话、总机等），不能限制")
    await audit.note(hotline, person, Act.BLOCK, sid, f"{hours} 小时：{reason}")
    until = hotline.now() + hours * HOUR_MS
    await callers.block(hotline, caller, until=until, by=person.id, sid=sid, reason=reason)
    return _block(hotline, caller, await hotline.store.ask("HGET", hotline.key("blocks"), caller))


async def lift(hotline: Hotline, person: Person, sid: str) -> bool:
    """Before its time; says whether there was anything to lift."""
    caller = await _caller_of(hotline, sid)
    await audit.note(hotline, person, Act.UNBLOCK, sid)
    return await callers.unblock(hotline, caller, by=person.id) == "OK"


async def _caller_of(hotline: Hotline, sid: str) -> str:
    caller: str | None = await hotline.store.ask("HGET", hotline.key("call", sid), "caller")
    if caller is None:
        raise NotFound(f"没有通话 {sid}：请检查编号")
    if is_withheld(caller):
        raise Conflict("来电人没有显示号码：不显示号码的人很多，不能当作同一个人限制")
    return caller


def _block(hotline: Hotline, caller: str, text: str) -> Block:
    until, since, by, sid, reason = text.split("|", 4)
    return Block(
        sid=sid,
        caller=mask(caller),
        since=hotline.at(since),
        until=hotline.at(until),
        by=by,
        reason=reason,
    )
