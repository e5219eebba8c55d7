"""What callers said whom nobody could serve: listened to in the console, and worked off by one operator each."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ivr import alarms, audit, callbacks, records
from ivr.acd import Word
from ivr.acd import callbacks as queue
from ivr.audit import Act
from ivr.carrier import CarrierFailed
from ivr.errors import Conflict, NotFound
from ivr.hotline import Hotline
from ivr.roles import Person

SHOWN_AT_MOST = 200


class Message(BaseModel):
    """A message that nobody has worked off yet. `claimed_by` is whose it is for now, or empty."""

    model_config = ConfigDict(frozen=True)

    sid: str
    arrived: datetime
    whose: str
    line: str
    caller: str
    seconds: int
    claimed_by: str


async def waiting(hotline: Hotline) -> list[Message]:
    """The oldest first: they have waited longest."""
    sids = await hotline.store.ask("ZRANGE", hotline.key("messages"), 0, SHOWN_AT_MOST - 1)
    stored = await hotline.store.each(
        *(
            ("HMGET", hotline.key("call", sid), "recording_seconds", "claimed_by", "claimed_until")
            for sid in sids
        )
    )
    found = []
    for sid, (seconds, whose, until) in zip(sids, stored, strict=True):
        record = await records.read(hotline, sid)
        found.append(
            Message(
                sid=sid, arrived=record.arrived, whose=record.whose, line=record.line, caller=record.caller,
                seconds=int(seconds), claimed_by=whose if until and int(until) > hotline.now() else "",
            )
        )  # fmt: skip
    return found


async def sound(hotline: Hotline, person: Person, sid: str) -> bytes:
    """The message as a WAV file; who listened is written down. Raises NotFound, or Conflict while the carrier does
    not give it."""
    recording = await hotline.store.ask("HGET", hotline.key("call", sid), "recording")
    if not recording:
        raise NotFound(f"通话 {sid} 没有留言")
    await audit.note(hotline, person, Act.PLAY, sid)
    try:
        return await hotline.carrier.sound_of(recording)
    except CarrierFailed:
        await alarms.count_failure(hotline)
        raise Conflict("运营商暂时没有给出这段留言，请稍候再听") from None


async def claim(hotline: Hotline, person: Person, sid: str) -> Word:
    """认领: of any number who want it, one gets it. Raises Conflict for the others, NotFound when it is done with."""
    claimed = await queue.claim(hotline, sid, operator=person.id)
    if claimed.word is Word.GONE:
        raise NotFound("这条留言已处理完毕，或没有这条留言：请刷新列表")
    if claimed.word is Word.BUSY:
        raise Conflict(_somebody_has_it(claimed.whose))
    return claimed.word


async def give_back(hotline: Hotline, person: Person, sid: str) -> Word:
    """放回: somebody else may take it."""
    return await queue.give_back(hotline, sid, operator=person.id)


async def call_back(hotline: Hotline, person: Person, sid: str) -> str:
    """回拨: the message is theirs, and they call the person who left it. Raises Conflict when they cannot, now."""
    await claim(hotline, person, sid)
    return await callbacks.call_caller(hotline, person, sid, source="message")


async def work_off(hotline: Hotline, person: Person, sid: str, note: str = "") -> Word:
    """处理完毕; repeating it changes nothing. Raises Conflict while it is somebody else's."""
    done = await queue.work_off(hotline, sid, operator=person.id, note=callbacks.a_note(note))
    if done.word is Word.BUSY:
        raise Conflict(_somebody_has_it(done.whose))
    return done.word


def _somebody_has_it(whose: str) -> str:
    return f"这条留言已由 {whose} 认领：请处理其他留言，或请对方放回"
