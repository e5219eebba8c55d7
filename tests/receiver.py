"""Somebody's own system, which is told what happens: a real HTTP server on loopback, as good or bad as a test wants;
and its subscription."""

import asyncio
import json
from types import TracebackType
from typing import Any, NamedTuple, Self

from aiohttp import web

from tests.cast import MAYOR
from tests.town import Town, free_port, until

HOOKS = "/api/nanning/hooks"


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


async def asks(town: Town, method: str, path: str, *, expect: int = 200, **body: Any) -> Any:
    more = {"json": body} if body else {}
    return await town.ask(method, path, token=town.admin_token(), expect=expect, **more)


class Subscription:
    """One of the city's, for as long as the story."""

    def __init__(self, town: Town, receiver: Receiver, *events: str, whole: bool = False) -> None:
        self.town = town
        self._wish = {"title": "工单系统", "url": receiver.url, "events": events, "whole": whole}
        self.id = self.secret = ""

    async def __aenter__(self) -> "Subscription":
        made = await asks(self.town, "POST", HOOKS, expect=201, **self._wish)
        self.id, self.secret = made["hook"]["id"], made["secret"]
        return self

    async def __aexit__(self, *how: object) -> None:
        await asks(self.town, "DELETE", f"{HOOKS}/{self.id}")

    async def deliveries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await asks(self.town, "GET", f"{HOOKS}/{self.id}/deliveries")
        return found

    async def is_(self, state: str, *, said: str) -> dict[str, Any]:
        """Waits until the newest delivery is in this state and its last try said so."""

        async def so() -> dict[str, Any] | None:
            first, *_ = await self.deliveries() or [{}]
            done = first.get("state") == state and first["tries"] and first["tries"][-1]["said"] == said
            return first if done else None

        found: dict[str, Any] = await until(so, f"a delivery is {state} ({said})")
        return found


async def gives_up(town: Town, caller: str) -> str:
    someone = await town.caller(caller).dials(MAYOR)
    await someone.hears("waiting.wav")
    await someone.hangs_up()
    await someone.record()
    return someone.sid
