"""How many webhooks a second one worker answers, complete: parsed, checked, decided in the store, on disk, in words.

A rate alone says more about the machine than about the code. So the same requests go to two other servers under the
same settings: one that does nothing, and one written as the tutorials teach. They take turns, round by round, and a
ratio is the median of the ratios of the rounds: what slows the machine for longer than a round slows both.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from subprocess import PIPE

from rich.console import Console
from rich.table import Table

from bench.callers import LINES, Plan, Tally
from bench.ground import Broken, Ground, a_ground, free_port
from bench.targets import Target
from bench.webhook import sid
from ivr import acd, arrival, call_flow
from ivr.call import Call
from ivr.demo import AUTH_TOKEN
from ivr.hotline import Hotline
from ivr.twiml import render

HOTLINE = "nanning"
VERBS = {"answer": "<Redirect>wait</Redirect>", "wait": '<Gather action="wait"'}
IN_LINE = 128  # callers who wait, and ask again and again
OF_BARE, OF_TUTORIAL = 0.20, 3.0


@dataclass(frozen=True, slots=True)
class Size:
    rounds: int
    seconds: float  # of each server in each round
    requests: int  # at most


FULL = Size(rounds=9, seconds=0.5, requests=12_000)
QUICK = Size(rounds=1, seconds=0.2, requests=500)


@dataclass(slots=True)
class Servers:
    """`ports` and `pids` by name: bare, ours, tutorial."""

    ground: Ground
    hotline: Hotline
    ports: dict[str, int]
    pids: dict[str, int]
    numbers: "count[int]" = field(default_factory=lambda: count(1_000_000, 100_000))


async def run(console: Console, quick: bool) -> list[Target]:
    size = QUICK if quick else FULL
    async with _servers() as servers:
        tallies = await _take_turns(servers, size)
    targets = []
    for step, by_server in tallies.items():
        _print(console, step, by_server)
        ours, bare, tutorial = (by_server[name] for name in ("ours", "bare", "tutorial"))
        targets += [
            Target(f"{step}: of the bare server's rate", _ratio(ours, bare), "at least", OF_BARE),
            Target(f"{step}: times the tutorial's rate", _ratio(ours, tutorial), "at least", OF_TUTORIAL),
        ]
    return targets


def _ratio(ours: list[Tally], theirs: list[Tally]) -> float:
    return median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True))


@asynccontextmanager
async def _servers() -> AsyncIterator[Servers]:
    ports = {name: free_port() for name in ("bare", "ours", "tutorial")}
    async with a_ground() as ground, ground.hotline(HOTLINE) as hotline, AsyncExitStack() as stack:
        await _write_down_the_words(hotline, ground.folder)
        pids = {"ours": await stack.enter_async_context(ground.product(ports["ours"], HOTLINE))}
        for name in ("bare", "tutorial"):
            peer = ("bench.peers", name, str(ports[name]), ground.store_url, str(ground.folder))
            pids[name] = await stack.enter_async_context(
                ground.server(name, peer, f"http://127.0.0.1:{ports[name]}/", {})
            )
        yield Servers(ground, hotline, ports, pids)


async def _write_down_the_words(hotline: Hotline, folder: Path) -> None:
    """What the product says to a caller, for the bare server to say. The calls that stand in line begin here too."""
    for number in range(IN_LINE):
        form = {"To": "+8677100000002", "From": "+862000000001"}
        greeting = await arrival.answer(hotline, Call(sid(number), form, {}))
        await call_flow.wait(hotline, Call(sid(number), form, {}))
    waiting = await call_flow.wait(hotline, Call(sid(0), form, {}))
    (folder / "answer.xml").write_bytes(render(greeting))
    (folder / "wait.xml").write_bytes(render(waiting))


Rounds = dict[str, dict[str, list[Tally]]]


async def _take_turns(servers: Servers, size: Size) -> Rounds:
    tallies: Rounds = {step: {name: [] for name in servers.ports} for step in VERBS}
    for _ in range(size.rounds):
        for step, by_server in tallies.items():
            for name, rounds in by_server.items():
                rounds.append(await _one_round(servers, size, step, name))
    return tallies


async def _one_round(servers: Servers, size: Size, step: str, name: str) -> Tally:
    """`answer`: each request a new call, hung up afterwards. `wait`: the calls in line, again and again."""
    new = step == "answer"
    plan = Plan(
        port=servers.ports[name],
        path=f"/voice/{HOTLINE}/{step}",
        auth_token=AUTH_TOKEN,
        verb=VERBS[step],
        first=next(servers.numbers) if new else 0,
        calls=size.requests if new else IN_LINE,
        requests=size.requests if new else 2 * size.requests,
        seconds=size.seconds,
        processes={"server": servers.pids[name], "valkey": servers.ground.valkey},
    )
    tally = await _load(plan)
    if new and name == "ours":
        sids = (sid(plan.first + n) for n in range(tally.answered))
        await asyncio.gather(*(acd.hang_up(servers.hotline, each, by="caller") for each in sids))
    return tally


async def _load(plan: Plan) -> Tally:
    callers = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.callers", stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    try:
        said, why = await callers.communicate(json.dumps(asdict(plan)).encode())
    finally:
        if callers.returncode is None:
            callers.kill()
            await callers.wait()
    if callers.returncode:
        raise Broken(f"the load on {plan.path} broke off: {why.decode(errors='replace').splitlines()[-1]}")
    return Tally(**json.loads(said))


def _print(console: Console, step: str, by_server: dict[str, list[Tally]]) -> None:
    """The shares are of one core: the server's near 100% says that it was the bottleneck, and not the callers."""
    rounds = len(by_server["ours"])
    title = f"Webhook “{step}”: one worker, {LINES} lines, median of {rounds} rounds, every answer checked"
    table = Table("server", title=title, title_justify="left")
    for column in (
        "requests/s",
        "slowest - fastest",
        "its core",
        "Valkey's",
        "callers'",
        "µs of its core each",
    ):
        table.add_column(column, justify="right")
    for name, tallies in by_server.items():
        rates = sorted(tally.rate for tally in tallies)
        shares = [median(tally.share(who) for tally in tallies) for who in ("server", "valkey", "callers")]
        each = median(tally.share("server") / tally.rate for tally in tallies)
        table.add_row(
            name,
            f"{median(rates):,.0f}",
            f"{rates[0]:,.0f} - {rates[-1]:,.0f}",
            *(f"{share:.0%}" for share in shares),
            f"{each * 1e6:,.0f}",
        )
    console.print(table)
