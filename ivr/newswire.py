"""What happened, told to whoever listens in this worker: one reader of the event stream, fanned out in memory.

A listener gets a nudge, not a history: it then reads how things stand. So a slow listener misses nothing that matters,
and a stream that was trimmed or a server that was restarted needs no catching up.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ivr.hotline import Hotline

BLOCK_MS = 1000
BATCH = 500
EVERYBODY = ""  # a listener to every move

Nudge = asyncio.Event


@dataclass(slots=True)
class Newswire:
    """One hotline's news in one worker. `follow` runs for ever; `listen` is for a desk or a wallboard."""

    hotline: Hotline
    waiting: int = 0  # callers in line, as of the last news
    _listeners: dict[str, set[Nudge]] = field(default_factory=lambda: defaultdict(set))
    _last: str = "$"

    @contextmanager
    def listen(self, operator: str = EVERYBODY) -> Iterator[Nudge]:
        """An event that is set whenever something happens to this operator (or, without one, to anybody)."""
        nudge = Nudge()
        self._listeners[operator].add(nudge)
        try:
            yield nudge
        finally:
            self._listeners[operator].discard(nudge)
            if not self._listeners[operator]:
                del self._listeners[operator]

    async def follow(self) -> None:
        """Read on from where we are, wait at most a second for news, and pass it on."""
        if self._last == "$":
            self._last = await self._newest()
        stream = self.hotline.key("events")
        news = await self.hotline.store.ask(
            "XREAD", "COUNT", BATCH, "BLOCK", BLOCK_MS, "STREAMS", stream, self._last
        )
        for _, entries in news or []:
            for entry, move in entries:
                self._last = entry
                self._pass_on(move["operator"])
        self.waiting = await self.hotline.store.ask("ZCARD", self.hotline.key("waiting", "main"))

    async def _newest(self) -> str:
        newest = await self.hotline.store.ask("XREVRANGE", self.hotline.key("events"), "+", "-", "COUNT", 1)
        return str(newest[0][0]) if newest else "0"

    def _pass_on(self, operator: str) -> None:
        for whom in {operator, EVERYBODY}:
            for nudge in self._listeners.get(whom, ()):
                nudge.set()
