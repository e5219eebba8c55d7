"""What happened, told to whoever listens in this worker: one reader of the event stream, fanned out in memory.

A listener gets a nudge, not a history: it then reads how things stand. So a slow listener misses nothing that matters,
and a stream that was trimmed or a server that was restarted needs no catching up.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from ivr.hotline import Hotline

BLOCK_MS = 1000
BATCH = 500
COUNT_SECONDS = 0.5
BREATH_SECONDS = 0.002  # so that a rush of moves is read in handfuls, not one by one
EVERYBODY = ""  # a listener to every move
ALL = "*"  # in the place of an operator: what concerns every desk

Moment = tuple[int, ...]  # of an event in the queue's stream


def moment_of(event: str) -> Moment:
    """The stream's own order; of no event, before all of them."""
    return tuple(map(int, event.split("-"))) if event else ()


class Nudge(asyncio.Event):
    """`news` is the newest event that it was set for; none, for one that is set by hand."""

    news = ""

    async def within(self, seconds: float) -> None:
        """There is news, or so long there was none. (`asyncio.wait_for` would make a task of it each time.)"""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.wait()


@dataclass(slots=True)
class Newswire:
    """One hotline's news in one worker. `follow` runs for ever; `listen` is for a desk or a wallboard."""

    hotline: Hotline
    waiting: dict[str, int] = field(default_factory=dict)  # callers in each queue, as of the last news
    alarms: int = 0  # that stand, as of the last news of one
    _listeners: dict[str, set[Nudge]] = field(default_factory=lambda: defaultdict(set))
    _last: str = "$"
    _count_at: float = 0.0

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
            self.alarms = await self._how_many_alarms()
        store, stream = self.hotline.store, self.hotline.key("events")
        news = await store.hear("XREAD", "COUNT", BATCH, "BLOCK", BLOCK_MS, "STREAMS", stream, self._last)
        if not news:
            await self._count_who_waits()
            return
        ((_, entries),) = news
        self._last = entries[-1][0]
        latest = {operator: event for event, fields in entries for operator in _operators_of(fields)}
        for operator, event in latest.items():
            self._pass_on(operator, event)
        if any("alarm" in fields[::2] for _, fields in entries):
            self.alarms = await self._how_many_alarms()
        if asyncio.get_running_loop().time() >= self._count_at:
            await self._count_who_waits()
        await asyncio.sleep(BREATH_SECONDS)

    async def _count_who_waits(self) -> None:
        """Not after each move, of which there are many a second; desks are told no oftener."""
        self._count_at = asyncio.get_running_loop().time() + COUNT_SECONDS
        queues = list(self.hotline.handbook.profile.queues)
        counts = await self.hotline.store.each(
            *(("ZCARD", self.hotline.key("waiting", name)) for name in queues)
        )
        self.waiting = dict(zip(queues, map(int, counts), strict=True))

    def waiting_in(self, queues: Iterable[str]) -> int:
        """Whoever waits in several of them is counted in each, as a desk counts them."""
        return sum(self.waiting.get(name, 0) for name in queues)

    async def _how_many_alarms(self) -> int:
        return int(await self.hotline.store.ask("ZCARD", self.hotline.key("alarms")))

    async def _newest(self) -> str:
        newest = await self.hotline.store.hear("XREVRANGE", self.hotline.key("events"), "+", "-", "COUNT", 1)
        return str(newest[0][0]) if newest else "0"

    def _pass_on(self, operator: str, event: str) -> None:
        for whom in list(self._listeners) if operator == ALL else {operator, EVERYBODY}:
            for nudge in self._listeners.get(whom, ()):
                nudge.news = max(nudge.news, event, key=moment_of)
                nudge.set()


def _operators_of(fields: list[str]) -> set[str]:
    """Whose desks a move concerns: the operator who moves, and the one whose call it is; names stand before their
    values. Not every move is one of an operator's."""
    told = dict(zip(fields[::2], fields[1::2], strict=True))
    return {told.get("operator", ""), told.get("also", "")}
