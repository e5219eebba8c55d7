"""Somebody's own system, which is told what happens: a real HTTP server on loopback, as good or bad as a test wants."""

import asyncio
import json
from types import TracebackType
from typing import Any, NamedTuple, Self

from aiohttp import web

from tests.town import free_port, until


class Letter(NamedTuple):
    """One request, as it came."""

    headers: dict[str, str]
    text: str

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text)
        return found


class Receiver:
    """`answers` are the statuses of the next requests, 200 after that; `silent` never answers."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.answers: list[int] = []
        self.silent = False
        self.elsewhere = 0  # requests that followed a redirect
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hotline"

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_post("/hotline", self._take)
        application.router.add_route("*", "/elsewhere", self._elsewhere)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def hears(self, kind: str, times: int = 1) -> Letter:
        """Waits until it was told of this so many times; answers the last."""

        async def so() -> list[Letter]:
            found = [letter for letter in self.letters if letter.told["type"] == kind]
            return found if len(found) >= times else []

        heard: list[Letter] = await until(so, f"{kind} is told {times} times")
        return heard[-1]

    async def _take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.letters.append(Letter(headers, await request.text()))
        if self.silent:
            await asyncio.sleep(3600)
        status = self.answers.pop(0) if self.answers else 200
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 307 else None)

    async def _elsewhere(self, request: web.Request) -> web.Response:
        self.elsewhere += 1
        return web.Response()
