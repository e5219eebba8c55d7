"""How long a stream of events stays open: not past a deployment, and not past the rights of whoever listens."""

import asyncio

from fastapi import Request

from ivr.roles import Person
from routes.guards import who_asks

STREAM_SECONDS = 600  # then the page connects again: no stream outlives a deployment by much
ASK_AGAIN_SECONDS = 20.0


class Stream:
    """The stream that somebody has opened by this request."""

    def __init__(self, request: Request, person: Person) -> None:
        self._request = request
        self._person = person
        self._closing: asyncio.Event = request.app.state.closing
        self._ends = self._now() + STREAM_SECONDS
        self._ask_at = self._now() + ASK_AGAIN_SECONDS

    async def goes_on(self) -> bool:
        """False at its end, and when whoever opened it has signed out since, was removed, or may other things now:
        they connect again, and are asked at the door."""
        if self._closing.is_set() or self._now() >= self._ends:
            return False
        if self._now() < self._ask_at:
            return True
        self._ask_at = self._now() + ASK_AGAIN_SECONDS
        return await who_asks(self._request) == self._person

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
