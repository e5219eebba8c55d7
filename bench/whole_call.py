"""What one whole answered call costs the hotline: processor time of its worker and of Valkey, from dialling to wrap-up.

Callers and softphones live in the pretend phone company, a process of its own, sixteen times as fast as life; operators
sit at event streams, as the page in a browser does, and act by HTTP. A call is everything that it sets going: greeting,
line, offer, acceptance, the carrier's redirect, both ways into the room and out of it, rating, wrap-up, and what the
desks are shown meanwhile. The same desks are first measured with nobody dialling, for as long; that share (heartbeats,
clocks, looking for errands) is what the hotline costs without a call, and is told apart.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from rich.console import Console

from bench.exchange import processor_seconds
from bench.ground import DISK, Broken, called_off, caller, free_port
from bench.targets import Target
from ivr import demo
from ivr.accounts import issue_token
from ivr.demo import CannotStart, Demo
from ivr.roles import Role
from ivr.store import connect

DEAREST_MS = 12.0
SPEED = 16.0
LINE = "+8677100000002"
BEAT_SECONDS = 3.0  # as the page in the browser does
TALK_SECONDS = 0.3
PATIENCE_SECONDS = 300.0  # with all of them
LOOK_SECONDS, LAST_WORDS_SECONDS = 0.05, 1.0
SCRIPT = [{"when": "请您评价", "press": "1"}]
HOTLINE = "nanning"


@dataclass(frozen=True, slots=True)
class Size:
    desks: int
    calls: int  # for each desk, on the average


BUSY, FULL, QUICK = Size(desks=40, calls=15), Size(desks=120, calls=6), Size(desks=2, calls=2)


@dataclass(slots=True)
class Calls:
    """How many there are to be, were dialled, and are wrapped up."""

    all: int
    dialled: int = 0
    over: int = 0


@dataclass(slots=True)
class Desk:
    """One operator: an event stream, a heartbeat, a softphone, and the hand on the buttons."""

    http: aiohttp.ClientSession
    url: str
    company: str
    seat: int
    token: str
    shown: dict[str, Any] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    identity: str = ""

    async def sits_down(self) -> None:
        await self.ask("PUT", "/presence", present=True)
        phone = await self.ask("GET", "/softphone")
        self.identity = phone["identity"]
        await self.at_the_company("/simulator/softphones", token=phone["token"])
        await self.ask("PUT", "/intent", intent="ready")

    async def watches(self) -> None:
        async with self.http.get(f"{self.url}/events", headers=self.headers) as stream:
            async for line in stream.content:
                if line.startswith(b"data: {") and b'"presence"' in line:
                    self.shown = json.loads(line.removeprefix(b"data: "))
                    self.news.set()

    async def beats(self) -> None:
        while True:
            await self.ask("POST", "/heartbeat")
            await asyncio.sleep(BEAT_SECONDS)

    async def sees(self, line: str) -> None:
        while self.shown.get("line") != line:
            self.news.clear()
            await self.news.wait()

    async def takes(self, calls: "Calls") -> None:
        """Whatever is offered here, until cancelled; as soon as a call is wrapped up, the next one is dialled."""
        while True:
            await self.dials(calls)
            await self.sees("offered")
            await self.ask("POST", "/acceptance", sid=self.shown["call"]["sid"])
            await self.at_the_company(f"/simulator/softphones/{self.identity}/calls", params={})
            await self.sees("talking")
            await asyncio.sleep(TALK_SECONDS)
            await self.ask("POST", "/hang-up")
            await self.sees("wrap_up")
            await self.ask("POST", "/wrap-up/end")
            calls.over += 1

    async def dials(self, calls: "Calls") -> None:
        """The next of them; whose desk it comes to is the queue's to say."""
        if calls.dialled < calls.all:
            calls.dialled += 1
            who = {
                "from": caller(calls.dialled),
                "to": LINE,
            }  # nobody rings twice: nobody is asked less than the whole
            await self.at_the_company("/simulator/calls", **who, script=SCRIPT)

    async def ask(self, method: str, path: str, **body: object) -> Any:
        async with self.http.request(
            method, self.url + path, json=body or None, headers=self.headers
        ) as answer:
            if answer.status >= 300:
                raise Broken(f"{method} {path}: {answer.status} {await answer.text()}")
            return await answer.json()

    async def at_the_company(self, path: str, **body: object) -> None:
        async with self.http.post(self.company + path, json=body) as answer:
            if answer.status >= 300:
                raise Broken(f"{path}: {answer.status} {await answer.text()}")

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


async def run(console: Console, quick: bool) -> list[Target]:
    return [await _measured(console, size) for size in ([QUICK] if quick else [BUSY, FULL])]


async def _measured(console: Console, size: Size) -> Target:
    try:
        async with a_machine() as machine, _desks(machine, size) as desks:
            began, before = time.monotonic(), _clocks(machine)
            await _all_are_taken(desks, Calls(size.desks * size.calls))
            after, seconds = _clocks(machine), time.monotonic() - began
            await asyncio.sleep(seconds)  # the same desks, as long, and nobody dials
            idle = _clocks(machine)
    except CannotStart as why:
        raise Broken(str(why)) from why
    except TimeoutError:
        raise Broken(f"the calls were not over within {PATIENCE_SECONDS:.0f} s") from None
    calls = size.desks * size.calls
    busy = {name: after[name] - before[name] for name in before}
    quiet = {name: idle[name] - after[name] for name in before}
    each = {name: 1000 * (busy[name] - quiet[name]) / calls for name in before}
    console.print(
        f"Whole calls: {calls} at {size.desks} desks in {seconds:.0f} s. Each cost "
        + ", ".join(f"{name} {figure:.1f} ms" for name, figure in each.items())
        + f"; with nobody dialling, worker and Valkey took {(quiet['app'] + quiet['valkey']) / seconds:.1%} of a core"
    )
    dear = each["app"] + each["valkey"]
    return Target(
        f"a whole answered call, {size.desks} desks: worker, Valkey", dear, "at most", DEAREST_MS, "ms"
    )


async def _all_are_taken(desks: list[Desk], calls: Calls) -> None:
    """Until the last of them is wrapped up, and its caller has said how it was."""
    async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as people:
        work = [people.create_task(desk.takes(calls)) for desk in desks]
        while calls.over < calls.all:
            await asyncio.sleep(LOOK_SECONDS)
        await asyncio.sleep(LAST_WORDS_SECONDS)
        for each in work:
            each.cancel()


@asynccontextmanager
async def a_machine() -> AsyncIterator[Demo]:
    """Valkey, one worker and the phone company, each a process of its own."""
    DISK.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=DISK.absolute()) as folder:
        machine = Demo(free_port(), free_port(), folder=Path(folder), redis_url=None, speed=SPEED)
        try:
            await demo.open_up(machine)
            yield machine
        finally:
            await demo.close_down(machine)


@asynccontextmanager
async def _desks(machine: Demo, size: Size) -> AsyncIterator[list[Desk]]:
    store = connect(machine.store_url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        http = await stack.enter_async_context(
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)
            )
        )
        desks = []
        for n in range(size.desks):
            seat = 9101 + n
            token = await issue_token(machine.settings(), store, HOTLINE, role=Role.OPERATOR, id=str(seat))
            desk = Desk(http, f"{machine.url}/api/{HOTLINE}/desk", machine.simulator_url, seat, token)
            await desk.sits_down()
            for loop in (desk.watches(), desk.beats()):
                stack.push_async_callback(called_off, asyncio.create_task(loop))
            await desk.sees("idle")
            desks.append(desk)
        yield desks


def _clocks(machine: Demo) -> dict[str, float]:
    """Seconds of processor time so far, by part."""
    return {part.name: processor_seconds(part.process.pid) for part in machine.parts if part.process}
