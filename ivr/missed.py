"""Callers whom nobody served: a list that makes itself, to be called back or taken off with a reason (漏接回拨)."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ivr import callbacks, records
from ivr.acd import Word
from ivr.acd import callbacks as queue
from ivr.errors import Invalid, NotFound
from ivr.hotline import Hotline
from ivr.roles import Person

SHOWN_AT_MOST = 200
HOUR_MS = 3_600_000
HOURS = 24


class Missed(BaseModel):
    """A caller on one line; `sid` is their last call, and stands for them: their number is masked."""

    model_config = ConfigDict(frozen=True)

    sid: str
    whose: str
    line: str
    caller: str
    times: int
    first: datetime
    last: datetime
    outcome: str | None


class MissedCallers(BaseModel):
    """Those who can be called back, and how many in the last 24 hours cannot: they hid their number."""

    model_config = ConfigDict(frozen=True)

    callers: list[Missed]
    withheld: int


async def waiting(hotline: Hotline) -> MissedCallers:
    """Whoever was missed first stands first."""
    store, key = hotline.store, hotline.key
    who = await store.ask("ZRANGE", key("missed"), 0, SHOWN_AT_MOST - 1)
    entries = await store.ask("HMGET", key("misses"), *who) if who else []
    found = [await _missed(hotline, entry) for entry in entries if entry]
    return MissedCallers(callers=sorted(found, key=lambda one: one.first), withheld=await _withheld(hotline))


async def _missed(hotline: Hotline, entry: str) -> Missed:
    times, first, sid = entry.split()
    record = await records.read(hotline, sid)
    return Missed(
        sid=sid,
        whose=record.whose,
        line=record.line,
        caller=record.caller,
        times=int(times),
        first=hotline.at(first),
        last=record.arrived,
        outcome=record.outcome,
    )


async def _withheld(hotline: Hotline) -> int:
    this_hour = hotline.now() // HOUR_MS
    counts = await hotline.store.each(
        *(("HGET", hotline.key("tally", str(this_hour - n)), "missed_withheld") for n in range(HOURS))
    )
    return sum(int(count or 0) for count in counts)


async def call_back(hotline: Hotline, person: Person, sid: str) -> str:
    """回拨, now, by this operator. Raises Conflict when they cannot, NotFound when it is no longer there."""
    await _who(hotline, sid)
    return await callbacks.call_caller(hotline, person, sid, source="missed")


async def dismiss(hotline: Hotline, person: Person, sid: str, note: str) -> Word:
    """不必回拨, and why. Raises Invalid without a reason."""
    if not callbacks.a_note(note):
        raise Invalid("请写明不必回拨的原因，如 已由其他渠道联系")
    caller, line = await _who(hotline, sid)
    return await queue.dismiss(
        hotline, caller=caller, line=line, operator=person.id, note=callbacks.a_note(note)
    )


async def _who(hotline: Hotline, sid: str) -> tuple[str, str]:
    caller, line = await hotline.store.ask("HMGET", hotline.key("call", sid), "caller", "line")
    if not caller:
        raise NotFound("没有这个漏接来电，或对方没有显示号码：请刷新列表")
    return caller, line
