"""What goes wrong on purpose, and how often: the two doors and the calls ask here before they do things right.

A newcomer would draw all the decisions from one source of chance. Each kind has its own, made from the seed, so
that switching one fault on does not change when another one strikes.
"""

import random
from asyncio import Event, timeout
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from ivr.simulator.clock import Clock
from ivr.simulator.errors import RestRefused
from ivr.simulator.log import FaultInjected, Log

LONGEST_DELAY = 10.0  # seconds; a callback that is late is at most this late
LONGEST_DETOUR = 5.0  # seconds for which a callback waits to be overtaken by the next one
CHANGE_OF_MIND = 3.0  # seconds after which somebody who gives up has hung up

SetName = Literal["mild", "wild"]


class Fault(StrEnum):
    """What can go wrong.

    Callbacks are the status callbacks of calls, rooms, recordings and messages: nobody plays their answer.
    Requests for documents may be repeated, but are never lost.
    """

    CALLBACK_DUPLICATED = "callback_duplicated"  # sent twice at once, with one idempotency token
    CALLBACK_DELAYED = "callback_delayed"
    CALLBACK_OUT_OF_ORDER = "callback_out_of_order"  # arrives after the next one of the same call or room
    CALLBACK_LOST = "callback_lost"
    WEBHOOK_RETRIED = "webhook_retried"  # the reply to a document request is lost, and it is asked for again
    REST_429 = "rest_429"  # refused, nothing done
    REST_500 = "rest_500"  # broken, nothing done
    REST_SILENT = "rest_silent"  # done, but whoever asked is not told
    CALL_DROPS = "call_drops"  # an answered call, before its next document is asked for
    HANG_UP_AFTER_OFFER = "hang_up_after_offer"  # somebody who has just been moved, connected or picked up


SETS: Mapping[SetName, Mapping[Fault, float]] = {
    # A bad day of a good carrier. Each callback is sent once, so that some are lost is part of life.
    "mild": {
        Fault.CALLBACK_DUPLICATED: 0.03,
        Fault.CALLBACK_DELAYED: 0.03,
        Fault.CALLBACK_OUT_OF_ORDER: 0.03,
        Fault.CALLBACK_LOST: 0.01,
        Fault.WEBHOOK_RETRIED: 0.02,
        Fault.REST_429: 0.02,
        Fault.REST_500: 0.01,
        Fault.REST_SILENT: 0.01,
        Fault.CALL_DROPS: 0.01,
        Fault.HANG_UP_AFTER_OFFER: 0.02,
    },
    "wild": dict.fromkeys(Fault, 0.1),
}


@dataclass(slots=True)
class Faults:
    clock: Clock
    log: Log
    rates: Mapping[Fault, float] = field(default_factory=dict)
    upcoming: dict[Fault, int] = field(default_factory=dict)
    seed: int = 0
    happened: dict[Fault, int] = field(default_factory=lambda: dict.fromkeys(Fault, 0))
    _chance: dict[Fault, random.Random] = field(default_factory=dict)
    _held: dict[str, list[Event]] = field(default_factory=dict)  # callbacks that wait to be overtaken

    def switch(self, rates: Mapping[Fault, float], upcoming: Mapping[Fault, int], seed: int | None) -> None:
        """From now on these happen, and nothing else. `upcoming` strikes the next so many chances, for certain.
        Without a seed one is drawn; it is shown, so that a run can be repeated."""
        self.rates, self.upcoming = rates, dict(upcoming)
        self.seed = random.randrange(2**32) if seed is None else seed  # noqa: S311 - nothing secret
        self._chance = {fault: random.Random(f"{self.seed} {fault}") for fault in Fault}  # noqa: S311

    def strikes(self, fault: Fault, url: str) -> bool:
        """Whether this goes wrong, this time. If so it is counted, and entered in the log."""
        if self.upcoming.get(fault, 0) > 0:
            self.upcoming[fault] -= 1
        elif not self.rates.get(fault) or self._chance[fault].random() >= self.rates[fault]:
            return False
        self.happened[fault] += 1
        self.log.faults.append(FaultInjected(self.clock.now(), fault, url))
        return True

    def refuse_request(self, url: str) -> None:
        """Turn a REST request away before anything is done; RestRefused (20429 or 20500)."""
        if self.strikes(Fault.REST_429, url):
            raise RestRefused(429, 20429)
        if self.strikes(Fault.REST_500, url):
            raise RestRefused(500, 20500)

    @asynccontextmanager
    async def callback(self, url: str, about: str) -> AsyncIterator[int]:
        """Around the sending of a callback about a call or a room: it waits as long as a fault demands, and
        answers how many times to send it, 0, 1 or 2."""
        if self.strikes(Fault.CALLBACK_LOST, url):
            yield 0
            return
        if self.strikes(Fault.CALLBACK_OUT_OF_ORDER, url):
            await self._be_overtaken(about)
        if self.strikes(Fault.CALLBACK_DELAYED, url):
            await self.clock.spend(self._draw(Fault.CALLBACK_DELAYED, LONGEST_DELAY))
        try:
            yield 2 if self.strikes(Fault.CALLBACK_DUPLICATED, url) else 1
        finally:
            for waiting in self._held.pop(about, ()):
                waiting.set()

    async def _be_overtaken(self, about: str) -> None:
        overtaken = Event()
        self._held.setdefault(about, []).append(overtaken)
        with suppress(TimeoutError):  # it was the last one
            async with timeout(self.clock.real(LONGEST_DETOUR)):
                await overtaken.wait()

    async def change_of_mind(self) -> None:
        """The moment before somebody hangs up."""
        await self.clock.spend(self._draw(Fault.HANG_UP_AFTER_OFFER, CHANGE_OF_MIND))

    def _draw(self, fault: Fault, most: float) -> float:
        return self._chance[fault].uniform(0, most)
