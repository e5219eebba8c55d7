"""Those who stand in line just now, as whoever may pick one of them sees them."""

from pydantic import BaseModel, ConfigDict

from ivr.directory import mask
from ivr.hotline import Hotline

SHOWN_AT_MOST = 200
_FACTS = ("line", "caller", "queue", "queued", "priority", "class", "pace")


class InLine(BaseModel):
    """A caller in line. `queued` is milliseconds since 1970; the caller is masked."""

    model_config = ConfigDict(frozen=True)

    sid: str
    number: str
    whose: str
    caller: str
    queue: str
    queue_title: str
    queued: int
    priority: int
    caller_class: str  # its title; "" for everybody else


async def in_line(hotline: Hotline, queues: list[str]) -> list[InLine]:
    """The callers of these queues, each queue in its order; whoever overflowed stands in the line they came to."""
    lines = await hotline.store.each(
        *(("ZRANGE", hotline.key("waiting", queue), 0, SHOWN_AT_MOST - 1) for queue in queues)
    )
    sids = list(dict.fromkeys(sid for line in lines for sid in line))[:SHOWN_AT_MOST]
    calls = await hotline.store.each(*(("HMGET", hotline.key("call", sid), *_FACTS) for sid in sids))
    return [
        _in_line(hotline, sid, dict(zip(_FACTS, facts, strict=True)))
        for sid, facts in zip(sids, calls, strict=True)
        if facts[3]  # nobody else is in a line
    ]


def _in_line(hotline: Hotline, sid: str, call: dict[str, str]) -> InLine:
    line = hotline.handbook.directory.find(call["line"])
    profile = hotline.handbook.profile
    queue = profile.queues.get(call["queue"])
    return InLine(
        sid=sid,
        number=call["line"],
        whose=line.display_name if line else call["line"],
        caller=mask(call["caller"]),
        queue=call["queue"],
        queue_title=queue.title if queue else call["queue"],
        queued=int(call["queued"]),
        priority=int(call["priority"]),
        caller_class=profile.class_title(call["class"] or ""),
    )
