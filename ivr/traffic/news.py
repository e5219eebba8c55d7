"""The hotline's own moves as they happen, out of its event stream: who may act on one, and what it proves.

The stream is bounded, so it is read while it grows. A store that is killed and comes back goes on where it was.
"""

import asyncio
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

from redis.exceptions import RedisError

from ivr.acd import CallState
from ivr.hotline import Hotline

LOOK_SECONDS = 0.05
BATCH = 1000
ANSWERED_WELL_MS = 15_000

Move = dict[str, str]


@dataclass(slots=True)
class News:
    """`follow` runs for as long as there is traffic. `wrong` is what no move may ever show."""

    hotline: Hotline
    counts: Counter[str] = field(default_factory=Counter)
    states: dict[str, str] = field(default_factory=dict)  # of calls that are not over
    lost: int = 0  # callers who were gone before they had talked
    answered_well: int = 0  # within the time that the trade counts
    wrong: list[str] = field(default_factory=list)
    _of: dict[tuple[str, str], asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    _since: dict[str, int] = field(default_factory=dict)  # in line
    _busy_with: dict[str, str] = field(default_factory=dict)
    _last: str = "0"

    async def happens(self, event: str, sid: str) -> None:
        """Waits until this has happened to this call; at once if it has before."""
        await self._of[event, sid].wait()

    def has_happened(self, event: str, sid: str) -> bool:
        return self._of[event, sid].is_set()

    def now(self, state: CallState) -> int:
        """How many calls are so at this moment."""
        return sum(1 for one in self.states.values() if one == state)

    async def follow(self) -> None:
        while True:
            with suppress(RedisError, OSError):  # the store is away
                await self.catch_up()
            await asyncio.sleep(LOOK_SECONDS)

    async def catch_up(self) -> None:
        """Read all that is new."""
        news = self.hotline.key("events")
        while found := await self.hotline.store.ask("XRANGE", news, f"({self._last}", "+", "COUNT", BATCH):
            for entry, move in found:
                self._last = entry
                self._note(move)

    def _note(self, move: Move) -> None:
        self.counts[move["event"]] += 1
        if sid := move.get("call"):
            self._of[move["event"], sid].set()
            self._counts(move, sid)
            if "state" in move:
                self._is_now(sid, move["state"])
        if "operator" in move and "line" in move:
            self._at_the_desk(move["operator"], move)

    def _counts(self, move: Move, sid: str) -> None:
        event, at = move["event"], int(move["at"])
        if event == "wait":
            self._since[sid] = at
        elif event == "join" and at - self._since.pop(sid, at) <= ANSWERED_WELL_MS:
            self.answered_well += 1
        elif event == "hang_up" and not self.has_happened("join", sid):
            self.lost += 1

    def _is_now(self, sid: str, state: str) -> None:
        if state == CallState.ENDED:
            self.states.pop(sid, None)
        else:
            self.states[sid] = state

    def _at_the_desk(self, operator: str, move: Move) -> None:
        """Nobody is offered a second caller, or moved by one they do not have."""
        event, sid = move["event"], move.get("call", "")
        busy_with = self._busy_with.get(operator)
        if event == "offer" and busy_with:
            self.wrong.append(f"{sid} was offered to {operator}, who had {busy_with} already")
        elif sid and busy_with and busy_with != sid:
            self.wrong.append(f"{sid} moved by “{event}” at {operator}'s desk, who had {busy_with}")
        if move["line"] == "idle":
            self._busy_with.pop(operator, None)
        else:
            self._busy_with[operator] = sid or busy_with or ""
