"""What callers said whom nobody could serve: listened to at the desk, and worked off like calls."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ivr import acd, audit, records
from ivr.acd import Word
from ivr.audit import Act
from ivr.carrier import CarrierFailed
from ivr.errors import Conflict, NotFound
from ivr.hotline import Hotline
from ivr.roles import Person

SHOWN_AT_MOST = 200


class Message(BaseModel):
    """A message that nobody has worked off yet."""

    model_config = ConfigDict(frozen=True)

    sid: str
    arrived: datetime
    whose: str
    line: str
    caller: str
    seconds: int


async def waiting(hotline: Hotline) -> list[Message]:
    """The oldest first: they have waited longest."""
    sids = await hotline.store.ask("ZRANGE", hotline.key("messages"), 0, SHOWN_AT_MOST - 1)
    lengths = await hotline.store.each(
        *(("HGET", hotline.key("call", sid), "recording_seconds") for sid in sids)
    )
    found = []
    for sid, seconds in zip(sids, lengths, strict=True):
        record = await records.read(hotline, sid)
        found.append(
            Message(
                sid=sid, arrived=record.arrived, whose=record.whose, line=record.line, caller=record.caller,
                seconds=int(seconds),
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
        raise Conflict("运营商暂时没有给出这段留言，请稍候再听") from None


async def work_off(hotline: Hotline, person: Person, sid: str) -> Word:
    """Done with; repeating it changes nothing."""
    return await acd.work_off(hotline, sid, operator=person.id)
