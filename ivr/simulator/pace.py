"""The pace at which the phone company dials what it is asked to dial over REST; the rest stand in line.

What a <Dial> rings, and what people dial, is not held up.
"""

import asyncio
from dataclasses import dataclass, field

from ivr.simulator.clock import Clock


@dataclass(slots=True)
class Pace:
    clock: Clock
    calls_per_second: float  # real seconds, whatever the speed; 0 is no limit
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _next_at: float = 0.0

    async def until_my_turn(self) -> float:
        """Wait in line. Seconds spent there; who gives up, waiting, takes no turn."""
        if not self.calls_per_second:
            return 0.0
        came = self.clock.now()
        async with self._turn:
            await asyncio.sleep(self._next_at - self.clock.now())
            self._next_at = self.clock.now() + 1 / self.calls_per_second
        return self.clock.now() - came
