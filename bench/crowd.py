"""A bad morning: five thousand callers in line, five hundred operators who talk, twenty new calls a second.

Each caller comes round when the music ends, each operator has the page's event stream and heartbeat and takes the next
caller as soon as the last is wrapped up, so that the line stays as long as it is. Measured are the webhooks, from the
moment at which they were due to the last byte of the answer; an offer, from the queue's decision to the event stream of
the desk; and, before anybody dials, what five hundred desks that only sit there cost.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console

from bench.exchange import Exchange, processor_seconds
from bench.ground import Broken, Ground, a_ground, called_off, caller, free_port
from bench.targets import Target, percentile
from bench.webhook import sid
from ivr import accounts, acd
from ivr.hotline import Hotline
from ivr.operator_flow import identity
from ivr.roles import Role

HOTLINE = "nanning"
LINE = "+8677100000002"
WEBHOOK_MS, OFFER_MS, OF_A_CORE, FILES_A_DESK = 100.0, 150.0, 0.25, 2.0
MUSIC_SECONDS = 24.0  # of config/audio/waiting.wav
GREETING_SECONDS = 6.0
BEAT_SECONDS = 3.0  # of the page in the browser
ACCEPTS_SECONDS, WRAPS_UP_SECONDS = 2.0, 4.0
AT_ONCE = 250
GONE = 409
FILLING_SECONDS = 10.0
FIRST_SEAT = 10_000
A_LEG = 500_000_000  # where the numbers of the operators' own calls begin


@dataclass(frozen=True, slots=True)
class Size:
    waiting: int
    desks: int
    calls_a_second: float
    seconds: float  # that are measured
    idle_seconds: float

    @property
    def talk_seconds(self) -> float:
        """So long that, all in all, as many are served as dial."""
        return self.desks / self.calls_a_second - ACCEPTS_SECONDS - WRAPS_UP_SECONDS


FULL = Size(waiting=5_000, desks=500, calls_a_second=20, seconds=60, idle_seconds=20)
QUICK = Size(waiting=50, desks=20, calls_a_second=2, seconds=2, idle_seconds=1)


@dataclass(slots=True)
class Crowd:
    """Everybody, and the clocks by which they act."""

    size: Size
    hotline: Hotline
    exchange: Exchange
    offers: list[float] = field(default_factory=list)  # milliseconds from the decision to the desk
    gone: set[str] = field(default_factory=set)  # callers who wait no more
    lost: int = 0  # offers that were over before their operator took them
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    # -------------------------------------------------------------------------------------- callers

    async def fill(self) -> list[str]:
        """The line as it is when we begin to look; who stands in it."""
        sids = [sid(next(self.numbers)) for _ in range(self.size.waiting)]
        for start in range(0, len(sids), AT_ONCE):
            await asyncio.gather(*(self._lines_up(each) for each in sids[start : start + AT_ONCE]))
        return sids

    async def _lines_up(self, each: str) -> None:
        await acd.arrive(self.hotline, each, line=LINE, caller=caller(int(each[2:], 16)), is_open=True)
        await acd.wait(self.hotline, each)

    async def waits(self, each: str, since: float) -> None:
        """Round after round, each when the music of the last is over."""
        due = since
        while each not in self.gone:
            await _until(due)
            if each not in self.gone:
                await self.exchange.asks("wait", each, due)
            due += MUSIC_SECONDS

    async def dial(self, people: asyncio.TaskGroup) -> None:
        """New callers, evenly, until cancelled."""
        due = asyncio.get_running_loop().time()
        while True:
            await _until(due)
            people.create_task(self._dials(due))
            due += 1 / self.size.calls_a_second

    async def _dials(self, due: float) -> None:
        number = next(self.numbers)
        each, who = sid(number), caller(number)
        await self.exchange.asks("answer", each, due, From=who, Caller=who)
        await self.waits(each, due + GREETING_SECONDS)

    # -------------------------------------------------------------------------------------- operators

    async def works(self, seat: int, desk: "Desk") -> None:
        """One caller after the other, for ever."""
        leg = sid(A_LEG + seat)
        while True:
            call = await desk.is_offered()
            self.offers.append(time.time() * 1000 - call["offered"])
            await asyncio.sleep(ACCEPTS_SECONDS)
            each = call["sid"]
            if not await desk.takes(each):
                self.lost += 1
                continue
            self.gone.add(each)
            await self._meets(seat, each, leg)
            await asyncio.sleep(self.size.talk_seconds)
            await self._hears_of(each, each, "participant-leave")
            await self._hears_of(each, leg, "participant-leave")
            await self.exchange.asks("ended", each, CallStatus="completed")
            await asyncio.sleep(WRAPS_UP_SECONDS)
            desk.shown = {}
            await desk.asks("POST", "/wrap-up/end")

    async def _meets(self, seat: int, each: str, leg: str) -> None:
        who = f"client:{identity(HOTLINE, str(seat))}"
        await asyncio.gather(
            self.exchange.asks("meet_operator", each),
            self.exchange.asks("operator/join", leg, From=who, Caller=who),
        )
        await self._hears_of(each, each, "participant-join")
        await self._hears_of(each, leg, "participant-join")

    async def _hears_of(self, each: str, who: str, event: str) -> None:
        room = await self.hotline.store.ask("HGET", self.hotline.key("call", each), "room")
        await self.exchange.asks(f"room?call={each}", who, FriendlyName=room or "", StatusCallbackEvent=event)


@dataclass(slots=True)
class Desk:
    """The page of one operator, without a browser."""

    http: aiohttp.ClientSession
    url: str
    token: str
    shown: dict[str, Any] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def watches(self) -> None:
        async with self.http.get(f"{self.url}/events", headers=self.headers) as stream:
            async for line in stream.content:
                if line.startswith(b"data: {") and b'"presence"' in line:
                    self.shown = json.loads(line.removeprefix(b"data: "))
                    self.news.set()

    async def beats(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await self.asks("POST", "/heartbeat")

    async def is_offered(self) -> dict[str, Any]:
        while self.shown.get("line") != "offered":
            self.news.clear()
            await self.news.wait()
        return dict(self.shown["call"])

    async def takes(self, each: str) -> bool:
        """Whether this caller was still to be had."""
        self.shown = {}
        return await self.asks("POST", "/acceptance", sid=each) != GONE

    async def asks(self, method: str, path: str, **body: object) -> int:
        """The status of the answer."""
        async with self.http.request(
            method, self.url + path, json=body or None, headers=self.headers
        ) as answer:
            if answer.status >= 300 and answer.status != GONE:
                raise Broken(f"{method} {path}: {answer.status} {await answer.text()}")
            return answer.status

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


async def run(console: Console, quick: bool) -> list[Target]:
    size = QUICK if quick else FULL
    async with a_ground() as ground, ground.hotline(HOTLINE, max_wait_seconds=7200) as hotline:
        exchange = Exchange(free_port(), HOTLINE)
        company = await exchange.serves()
        address = "http://127.0.0.1:{1}".format(*company.sockets[0].getsockname())
        async with company, ground.product(exchange.port, HOTLINE, company=address) as worker:
            figures = await _the_morning(size, ground, hotline, exchange, worker)
        exchange.close()
    _print(console, size, figures)
    return _targets(size, figures)


@dataclass(frozen=True, slots=True)
class Figures:
    took: list[float]
    offers: list[float]
    idle: float  # of a core, with the desks alone
    busy: float
    valkey: float
    files: float  # open in the worker, for each desk
    lost: int


async def _the_morning(
    size: Size, ground: Ground, hotline: Hotline, exchange: Exchange, worker: int
) -> Figures:
    before = _open_files(worker)
    async with _desks(size, ground, hotline, exchange.port) as desks:
        files = (_open_files(worker) - before) / size.desks
        idle = await _share_of(worker, size.idle_seconds)
        crowd = Crowd(size, hotline, exchange)
        everybody = asyncio.create_task(_everybody(crowd, desks))
        await asyncio.sleep(
            size.desks / size.calls_a_second + FILLING_SECONDS
        )  # every desk has had a caller by then
        exchange.took.clear()
        crowd.offers.clear()
        valkey = asyncio.create_task(_share_of(ground.valkey, size.seconds))
        busy = await _share_of(worker, size.seconds)
        figures = Figures(
            list(exchange.took), list(crowd.offers), idle, busy, await valkey, files, crowd.lost
        )
        await called_off(everybody)
    return figures


async def _everybody(crowd: Crowd, desks: dict[int, Desk]) -> None:
    """The line comes round evenly, operators say that they are ready one by one, and new callers dial."""
    line, size = await crowd.fill(), crowd.size
    begins = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as people:
        for n, each in enumerate(line):
            people.create_task(crowd.waits(each, begins + n * MUSIC_SECONDS / size.waiting))
        for n, (seat, desk) in enumerate(desks.items()):
            people.create_task(_starts(crowd, seat, desk, begins + n / size.calls_a_second))
        await crowd.dial(people)


async def _starts(crowd: Crowd, seat: int, desk: Desk, at: float) -> None:
    await _until(at)
    await desk.asks("PUT", "/intent", intent="ready")
    await crowd.works(seat, desk)


@asynccontextmanager
async def _desks(size: Size, ground: Ground, hotline: Hotline, port: int) -> AsyncIterator[dict[int, Desk]]:
    """All of them signed in and paused, each with its event stream and its heartbeat."""
    url = f"http://127.0.0.1:{port}/api/{HOTLINE}/desk"
    async with AsyncExitStack() as stack:
        connector, patience = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=None)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector, timeout=patience))
        desks = {}
        for seat in range(FIRST_SEAT, FIRST_SEAT + size.desks):
            token = await accounts.issue_token(
                hotline.settings, ground.store, HOTLINE, role=Role.OPERATOR, id=str(seat)
            )
            desk = desks[seat] = Desk(http, url, token)
            await desk.asks("PUT", "/presence", present=True)
            for loop in (desk.watches(), desk.beats()):
                stack.push_async_callback(called_off, asyncio.create_task(loop))
            await asyncio.sleep(BEAT_SECONDS / size.desks)
        yield desks


async def _share_of(pid: int, seconds: float) -> float:
    """Of one core, over these seconds."""
    before, began = processor_seconds(pid), time.monotonic()
    await asyncio.sleep(seconds)
    return (processor_seconds(pid) - before) / (time.monotonic() - began)


def _open_files(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))


def _targets(size: Size, figures: Figures) -> list[Target]:
    who = f"{size.waiting:,} in line, {size.desks} desks"
    return [
        Target(f"{who}: webhook p99", percentile(figures.took, 0.99), "at most", WEBHOOK_MS, "ms"),
        Target(f"{who}: offer to desk p99", percentile(figures.offers, 0.99), "at most", OFFER_MS, "ms"),
        Target(f"{size.desks} desks alone: of a core", figures.idle, "at most", OF_A_CORE),
        Target(f"{size.desks} desks alone: files each", figures.files, "at most", FILES_A_DESK),
    ]


def _print(console: Console, size: Size, figures: Figures) -> None:
    took, offers = figures.took, figures.offers
    console.print(
        f"A crowd: {len(took) / size.seconds:,.0f} webhooks a second, p50 {percentile(took, 0.5):.1f}, "
        f"p99 {percentile(took, 0.99):.1f}, slowest {max(took):.0f} ms; {len(offers)} offers, p50 "
        f"{percentile(offers, 0.5):.1f}, p99 {percentile(offers, 0.99):.1f} ms. The worker took {figures.busy:.0%} of "
        f"a core, Valkey {figures.valkey:.0%}; with the desks alone the worker took {figures.idle:.0%}; "
        f"{figures.lost} offers were over before they were taken"
    )
