"""Ringing back on a promise: the official presses one button, and both phones ring, theirs first.

The caller sees the published number, and so does the official; nobody learns the other's. What came of it is told by
the carrier's own news: only a talk of some length keeps the promise.
"""

import secrets

from pydantic import BaseModel, ConfigDict

from ivr import audit, promises
from ivr.acd import Word
from ivr.acd import ring_back as rings
from ivr.audit import Act
from ivr.errors import Conflict
from ivr.hotline import Hotline
from ivr.promises import THEMSELVES
from ivr.roles import Person

WORDS = {
    "short": "刚才通话太短，还不算已经联系，请再次回拨。",
    "official": "您的电话没有接通，请再次回拨。",
    "caller": "来电人没有接听，请稍后再次回拨。",
}


class RingBack(BaseModel):
    """How the last ringing back stands: whether it goes on now, and what its end was in words."""

    model_config = ConfigDict(frozen=True)

    under_way: bool
    told: str


async def start(hotline: Hotline, sid: str, *, by: Person | None) -> Word:
    """Ring the official and then the caller. Raises NotFound; or Conflict while it rings, when the promise is over, and
    when nobody knows the official's phone."""
    promise = await promises.read(hotline, sid, by)
    if not promise.can_ring_back:
        raise Conflict("这个承诺已经完成，或号码簿里没有本人电话：请刷新页面，或写明怎样联系了来电人")
    who = by.id if by else THEMSELVES
    await audit.note(hotline, by, Act.RING_BACK, sid, "" if by else THEMSELVES)
    word = await rings.start(hotline, sid, room=secrets.token_hex(16), by=who)
    if word is Word.BUSY:
        raise Conflict("正在回拨，请接听电话")
    if word is Word.GONE:
        raise Conflict("这个承诺已经完成，不用再回拨")
    return word


async def last(hotline: Hotline, sid: str) -> RingBack:
    """The last one on this promise, if there was any."""
    state, result = await hotline.store.ask("HMGET", hotline.key("ring_back", sid), "state", "result")
    ended = (result or "").partition(" ")[0] if state == "over" else ""
    return RingBack(under_way=state not in (None, "over"), told=WORDS.get(ended, ""))
