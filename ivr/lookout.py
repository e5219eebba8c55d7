"""How the store does, as one worker sees it. What it was too slow or too broken to be told, it is told afterwards."""

import asyncio
from dataclasses import dataclass

from ivr import alarms
from ivr.hotline import Hotline

SLOW_SECONDS = 0.5  # for the simplest of questions; a step of a call asks several


@dataclass(slots=True)
class Lookout:
    """One worker's, of one hotline. `told` is how many troubles the store has been told of."""

    hotline: Hotline
    told: int = 0

    async def look(self) -> None:
        """Ask once, and count what was slow, and what broke since the last look. Raises while the store is away."""
        clock = asyncio.get_running_loop().time
        asked_at = clock()
        await self.hotline.store.ask("GET", self.hotline.key("edition"))
        slow = clock() - asked_at > SLOW_SECONDS
        troubles = self.hotline.store.troubles
        new, self.told = troubles - self.told + slow, troubles
        if new:
            await alarms.count_failure(self.hotline, "store", times=new)
