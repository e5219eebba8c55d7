"""How long after an operator says “ready” the next caller rings at their desk, however many wait.

Three hotlines behind one worker, with few, many and very many callers in line, take turns, so that a noisy moment of
the machine meets all of them alike. Each is measured twice: as a program at the desk lives it, from the request being
sent to the `desk` event that shows the offer, and in the store alone, from `acd.ready` to the offer on the event
stream. After each round the caller hangs up and a new one joins the line, so that nobody is offered twice.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import aiohttp
from rich.console import Console
from rich.table import Table

from bench.ground import Ground, a_ground, called_off, caller, free_port
from bench.targets import Target, percentile
from bench.webhook import sid
from ivr import accounts, acd
from ivr.acd import Intent, Line
from ivr.hotline import Hotline
from ivr.roles import Role

SEAT = "9001"
WAITING = {"few": 10, "many": 1_000, "verymany": 10_000}  # hotline -> callers in line
SLOWEST_MS, GROWTH = 10.0, 1.3
PATIENCE_SECONDS = 5.0
COLD, ROUNDS = 5, 200
LINE = "+8677100000002"
AT_ONCE = 500  # callers who arrive together while a line is filled

Times = dict[str, list[float]]  # milliseconds of each round, by hotline


@dataclass(slots=True)
class Queue:
    """A hotline, and the numbers of the callers who have not called yet."""

    hotline: Hotline
    callers: "count[int]" = field(default_factory=lambda: count(1))

    async def fill(self, waiting: int) -> None:
        """One operator, who is not ready, and so many callers in line."""
        await acd.sign_in(self.hotline, operator=SEAT)
        for start in range(0, waiting, AT_ONCE):
            await asyncio.gather(*(self.call() for _ in range(min(AT_ONCE, waiting - start))))

    async def call(self) -> None:
        number = next(self.callers)
        await acd.arrive(self.hotline, sid(number), line=LINE, caller=caller(number), is_open=True)
        await acd.wait(self.hotline, sid(number))

    async def next_round(self) -> None:
        """The operator takes a break, the caller who rang is gone, another one joins the line."""
        await acd.renew(self.hotline, operator=SEAT)
        await acd.pause(self.hotline, operator=SEAT, reason="")
        offered = await self.hotline.store.ask("HGET", self.hotline.key("operator", SEAT), "call")
        await acd.hang_up(self.hotline, offered, by="caller")
        await self.call()


@dataclass(slots=True)
class Desk:
    """The operator's desk as a program works it: acts by HTTP, and an event stream that shows what came of them."""

    http: aiohttp.ClientSession
    url: str
    shown: tuple[str, str] = ("", "")
    shown_at: float = 0.0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self) -> None:
        """Follow the event stream, until cancelled."""
        async with self.http.get(f"{self.url}/events") as stream:
            async for text in stream.content:
                if text.startswith(b"data: {") and b'"presence"' in text:
                    self.shown_at = time.perf_counter()
                    seen = json.loads(text.removeprefix(b"data: "))
                    self.shown = seen["intent"], seen["line"]
                    self.news.set()

    async def shows(self, intent: Intent, line: Line) -> float:
        """Wait until the desk shows this; answers the moment at which it first did."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.shown != (intent, line):
                self.news.clear()
                await self.news.wait()
        return self.shown_at

    async def say_ready(self) -> None:
        async with self.http.put(f"{self.url}/intent", json={"intent": Intent.READY}) as answer:
            answer.raise_for_status()


async def run(console: Console, quick: bool) -> list[Target]:
    waiting = {name: 10 + n // 100 if quick else n for name, n in WAITING.items()}
    rounds = 3 if quick else ROUNDS
    async with a_ground() as ground, _queues(ground, waiting) as queues:
        in_the_store = await _take_turns(
            rounds, {name: _in_the_store(queue) for name, queue in queues.items()}
        )
        async with _desks(ground, queues) as desks:
            turns = {name: _at_the_desk(queue, desks[name]) for name, queue in queues.items()}
            at_the_desk = await _take_turns(rounds, turns)
    _print(console, waiting, {"HTTP request to desk event": at_the_desk, "in the store alone": in_the_store})
    return _targets(at_the_desk)


@asynccontextmanager
async def _queues(ground: Ground, waiting: dict[str, int]) -> AsyncIterator[dict[str, Queue]]:
    async with AsyncExitStack() as stack:
        queues = {}
        for name, callers in waiting.items():
            hotline = await stack.enter_async_context(
                ground.hotline(name, lease_seconds=120, max_wait_seconds=7200)
            )
            queues[name] = Queue(hotline)
            await queues[name].fill(callers)
        yield queues


@asynccontextmanager
async def _desks(ground: Ground, queues: dict[str, Queue]) -> AsyncIterator[dict[str, Desk]]:
    """The application, and at each hotline a desk whose event stream is open."""
    port = free_port()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(ground.product(port, *queues))
        desks = {}
        for name, queue in queues.items():
            settings = queue.hotline.settings
            token = await accounts.issue_token(settings, ground.store, name, role=Role.OPERATOR, id=SEAT)
            http = aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"})
            desk = desks[name] = Desk(
                await stack.enter_async_context(http), f"http://127.0.0.1:{port}/api/{name}/desk"
            )
            stack.push_async_callback(called_off, asyncio.create_task(desk.watch()))
        yield desks


async def _take_turns(rounds: int, turns: dict[str, Callable[[], Awaitable[float]]]) -> Times:
    """The first few rounds find everything cold; they are lived and not counted."""
    times: Times = {name: [] for name in turns}
    for _ in range(COLD + rounds):
        for name, turn in turns.items():
            times[name].append(1000 * await turn())
    return {name: each[COLD:] for name, each in times.items()}


def _at_the_desk(queue: Queue, desk: Desk) -> Callable[[], Awaitable[float]]:
    async def turn() -> float:
        await desk.shows(Intent.PAUSED, Line.IDLE)
        began = time.perf_counter()
        saying = asyncio.create_task(desk.say_ready())
        shown = await desk.shows(Intent.READY, Line.OFFERED)
        await saying
        await queue.next_round()
        return shown - began

    return turn


def _in_the_store(queue: Queue) -> Callable[[], Awaitable[float]]:
    """`ready` writes two moves, that it was said and the offer; both are read in one answer."""
    store, stream = queue.hotline.store, queue.hotline.key("events")

    async def turn() -> float:
        newest = await store.ask("XREVRANGE", stream, "+", "-", "COUNT", 1)
        reading = asyncio.create_task(store.ask("XREAD", "BLOCK", 5000, "STREAMS", stream, newest[0][0]))
        await asyncio.sleep(0.001)  # until the reader stands at the stream, as the application's does
        began = time.perf_counter()
        saying = asyncio.create_task(acd.ready(queue.hotline, operator=SEAT))
        news = await reading
        read = time.perf_counter()
        await saying
        assert news[0][1][-1][1]["event"] == "offer", news
        await queue.next_round()
        return read - began

    return turn


def _targets(times: Times) -> list[Target]:
    """Of the way by HTTP. Growth is of the median: the p99 of so few rounds is the machine's worst moment."""
    targets = [
        Target(
            f"ready to ring, {WAITING[name]:,} waiting: p99",
            percentile(each, 0.99),
            "at most",
            SLOWEST_MS,
            "ms",
        )
        for name, each in times.items()
    ]
    growth = percentile(times["verymany"], 0.5) / percentile(times["few"], 0.5)
    return [*targets, Target("ready to ring: 10,000 waiting to 10, median", growth, "at most", GROWTH)]


def _print(console: Console, waiting: dict[str, int], ways: dict[str, Times]) -> None:
    table = Table("from ready to ring", title="An operator says ready (ms)", title_justify="left")
    for column in ("waiting", "rounds", "p50", "p99", "slowest"):
        table.add_column(column, justify="right")
    for way, times in ways.items():
        for name, each in times.items():
            figures = (f"{percentile(each, share):.2f}" for share in (0.5, 0.99, 1.0))
            table.add_row(way, f"{waiting[name]:,}", str(len(each)), *figures)
    console.print(table)
