"""The live feed of what happens to calls, for the event stream, the softphones and the callers' scripts.

A listener that stops reading loses its oldest news rather than holding up the exchange.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

EventName = Literal["heard", "status", "room", "number", "phone", "text"]
EVERYTHING = ""
UNREAD = 1_000


@dataclass(frozen=True, slots=True)
class Event:
    name: EventName
    sid: str
    facts: dict[str, object]

    def as_json(self) -> dict[str, object]:
        return {"sid": self.sid, **self.facts}


Listener = asyncio.Queue[Event]


@dataclass(slots=True)
class Feed:
    _listeners: dict[str, list[Listener]] = field(default_factory=dict)

    def publish(self, name: EventName, sid: str, /, **facts: object) -> None:
        event = Event(name, sid, facts)
        for topic in (sid, EVERYTHING):
            for listener in self._listeners.get(topic, ()):
                if listener.full():
                    listener.get_nowait()
                listener.put_nowait(event)

    @contextmanager
    def listen(self, sid: str = EVERYTHING) -> Iterator[Listener]:
        """Hear of one call, or of everything, from now on."""
        listener: Listener = asyncio.Queue(UNREAD)
        self._listeners.setdefault(sid, []).append(listener)
        try:
            yield listener
        finally:
            listeners = self._listeners[sid]
            listeners.remove(listener)
            if not listeners:
                del self._listeners[sid]
