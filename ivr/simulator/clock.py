"""The one source of time. Instants are real; only what people and machines spend is made shorter by the
speed.
"""

import asyncio
import math
import time
from dataclasses import dataclass
from email.utils import formatdate


@dataclass(frozen=True, slots=True)
class Clock:
    speed: float = 1.0  # 10 means that ten seconds of speech, silence or ringing pass in one

    def now(self) -> float:
        """Epoch seconds, as the application's own clock shows them."""
        return time.time()

    async def spend(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)

    def real(self, seconds: float) -> float:
        """How many real seconds it takes here to spend these."""
        return seconds / self.speed


def whole_seconds(since: float | None, until: float | None) -> int:
    """A duration as it is billed: started seconds count, and a call never answered lasted none."""
    if since is None or until is None:
        return 0
    return max(0, math.ceil(until - since))


def rfc2822(at: float | None) -> str | None:
    """An instant as Twilio writes it: `Tue, 14 Apr 2026 03:37:38 +0000`."""
    return None if at is None else formatdate(at, usegmt=False).replace("-0000", "+0000")
