"""Nobody sleeps in the tests: whoever waits, waits for something to be so."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

PATIENCE_SECONDS = 30.0


async def until(holds: Callable[[], Awaitable[Any]], what: str) -> Any:
    """What `holds` says, as soon as it is true of anything; a failure names what did not come to be."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while not (found := await holds()):
        assert asyncio.get_running_loop().time() < deadline, f"waited {PATIENCE_SECONDS:.0f} s for: {what}"
        await asyncio.sleep(0.01)
    return found
