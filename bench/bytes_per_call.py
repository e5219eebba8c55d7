"""What one finished call costs in the store for ever: its record, its timeline, its part of every index and count.

Twenty operators, each on a clock of their own, live a month of calls side by side; every move is the queue's own.
The first figure is taken when the event stream has reached its bound, and the callers of the warm-up are other people:
so what is bounded is left out, and what grows is counted whole.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from random import Random

from rich.console import Console
from rich.table import Table

from bench.ground import Broken, a_ground, caller
from bench.targets import Target
from bench.webhook import sid
from ivr import acd
from ivr.acd import Outcome
from ivr.hotline import Hotline
from ivr.store import Store

LARGEST = 1_200.0  # bytes
SECOND, HOUR, DAY = 1_000, 3_600_000, 86_400_000
MARCH = 20_513 * DAY  # 1 March 2026 at 8:00 in China, when the doors open; they close after 14 hours
OPEN = 14 * HOUR
OPERATORS = [str(9001 + n) for n in range(20)]
SAMPLE = 300  # keys of each family that are weighed


@dataclass(frozen=True, slots=True)
class Span:
    """So many calls of so many callers over so many days from `begins`; both are numbered from `first`."""

    first: int
    calls: int
    callers: int
    begins: int
    days: int

    @property
    def each(self) -> int:
        """Calls for each operator."""
        return self.calls // len(OPERATORS)


WARM_UP = Span(first=1_000_000, calls=4_000, callers=1_000, begins=MARCH - 10 * DAY, days=6)
MONTH = Span(first=1, calls=20_000, callers=5_000, begins=MARCH, days=30)


@dataclass(slots=True)
class Seat:
    """One operator and, one after the other, the calls that reach them, on this seat's own clock."""

    hotline: Hotline
    id: str
    chance: Random
    now: int = 0

    def __post_init__(self) -> None:
        self.hotline = replace(self.hotline, clock=lambda: self.now)

    def later(self, shortest: int, longest: int) -> None:
        self.now += self.chance.randint(shortest * SECOND, longest * SECOND)

    async def live(self, span: Span) -> None:
        """This seat's calls, evenly over the days and the hours in which the doors are open."""
        lines = [line.number for line in self.hotline.handbook.directory.lines]
        for n in range(span.each):
            day, of_day = divmod(n * span.days / span.each, 1)
            self.now = max(self.now, span.begins + int(day * DAY + of_day * OPEN))
            self.later(0, 300)
            number = span.first + n * len(OPERATORS) + OPERATORS.index(self.id)
            from_whom = caller(span.first + self.chance.randrange(span.callers))
            await self.call(sid(number), self.chance.choice(lines), from_whom)

    async def call(self, sid: str, line: str, number: str) -> None:
        (life,) = self.chance.choices(list(LIVES), list(LIVES.values()))
        await acd.sign_in(self.hotline, operator=self.id, queues=self.id)
        await acd.pause(self.hotline, operator=self.id, reason="")
        is_open = life is not closed
        await acd.arrive(self.hotline, sid, line=line, caller=number, queue=self.id, is_open=is_open)
        self.later(5, 9)
        await life(self, sid)
        await acd.hang_up(self.hotline, sid, by="caller")
        self.later(5, 30)
        await acd.finish(self.hotline, operator=self.id)


# ------------------------------------------------------------------------------------------ how a call can go


async def answered(seat: Seat, sid: str) -> None:
    await rings(seat, sid)
    room = seat.chance.randbytes(16).hex()
    await acd.accept(seat.hotline, sid, operator=seat.id, room=room)
    await acd.meet(seat.hotline, sid)
    seat.later(1, 3)
    leg = f"CA{seat.chance.randbytes(16).hex()}"
    await acd.pick_up(seat.hotline, operator=seat.id, leg=leg)
    await acd.join(seat.hotline, sid, leg=leg, room=room)
    await acd.join(seat.hotline, sid, leg=sid, room=room)
    seat.later(30, 600)
    await acd.quit_room(seat.hotline, sid, leg=seat.chance.choice((sid, leg)), room=room)
    seat.later(1, 5)


async def declined_first(seat: Seat, sid: str) -> None:
    await rings(seat, sid)
    await acd.decline(seat.hotline, sid, operator=seat.id)
    seat.later(11, 15)
    await answered(seat, sid)


async def abandoned_ringing(seat: Seat, sid: str) -> None:
    await rings(seat, sid)


async def abandoned_in_line(seat: Seat, sid: str) -> None:
    await acd.wait(seat.hotline, sid)
    seat.later(1, 110)


async def abandoned_in_greeting(seat: Seat, sid: str) -> None:
    """They hear nothing that keeps them."""


async def closed(seat: Seat, sid: str) -> None:
    """They are told the hours."""


async def rings(seat: Seat, sid: str) -> None:
    """The caller stands in line until the operator is ready, and rings for a moment."""
    await acd.wait(seat.hotline, sid)
    seat.later(0, 90)
    await acd.ready(seat.hotline, operator=seat.id)
    seat.later(1, 10)


Life = Callable[[Seat, str], Awaitable[None]]

LIVES: dict[Life, int] = {  # how many of a hundred calls
    answered: 84,
    declined_first: 3,
    abandoned_in_line: 6,
    abandoned_ringing: 1,
    abandoned_in_greeting: 2,
    closed: 4,
}


# ------------------------------------------------------------------------------------------ what they weigh


async def run(console: Console, quick: bool) -> list[Target]:
    warm_up, month = (replace(span, calls=100, callers=50) if quick else span for span in (WARM_UP, MONTH))
    async with a_ground() as ground, ground.hotline("nanning", lease_seconds=120) as hotline:
        await ground.store.redis.config_set("appendonly", "no")  # what is on disk is not weighed here
        await _pass(hotline, warm_up)
        before, families_before = await _used(ground.store), await _families(hotline)
        await _pass(hotline, month)
        after, families_after = await _used(ground.store), await _families(hotline)
        outcomes = await _outcomes(hotline, warm_up.calls + month.calls)
    families = Counter({name: size - families_before[name] for name, size in families_after.items()})
    _print(console, month.calls, after - before, families, outcomes)
    each = (after - before) / month.calls
    return [Target("a finished call, everything included", each, "at most", LARGEST, "bytes")]


async def _pass(hotline: Hotline, span: Span) -> None:
    seats = [Seat(hotline, id_, Random(int(id_) + span.first)) for id_ in OPERATORS]
    await asyncio.gather(*(seat.live(span) for seat in seats))
    # In production the errands have been run by now, and deleted.
    await hotline.store.ask("XTRIM", hotline.key("errands"), "MAXLEN", 0)


async def _outcomes(hotline: Hotline, calls: int) -> Counter[str]:
    """How the calls ended, by the store's own index: a mix that went wrong would weigh too little."""
    cards = await hotline.store.each(*(("ZCARD", hotline.key("calls:outcome", word)) for word in Outcome))
    outcomes = Counter({word.value: n for word, n in zip(Outcome, cards, strict=True) if n})
    if outcomes.total() != calls or outcomes[Outcome.ANSWERED] < 0.8 * calls:
        raise Broken(f"of {calls} calls these ended as they should: {outcomes}")
    return outcomes


async def _used(store: Store) -> int:
    return int((await store.redis.info("memory"))["used_memory"])


async def _families(hotline: Hotline) -> Counter[str]:
    """Bytes by family of keys, `call` or `calls:line`, from a sample of each."""
    keys: dict[str, list[str]] = {}
    async for key in hotline.store.redis.scan_iter(hotline.key("*"), count=1000):
        name, *rest = key.removeprefix(hotline.root).split(":")
        keys.setdefault(":".join((name, *rest[:-1])), []).append(key)
    return Counter({name: await _weight(hotline.store, Random(1), found) for name, found in keys.items()})


async def _weight(store: Store, chance: Random, keys: list[str]) -> int:
    sample = chance.sample(keys, min(SAMPLE, len(keys)))
    sizes = await store.each(*(("MEMORY", "USAGE", key, "SAMPLES", 0) for key in sample))
    return sum(sizes) * len(keys) // len(sample)


def _print(console: Console, calls: int, grown: int, families: Counter[str], outcomes: Counter[str]) -> None:
    title = f"{calls:,} finished calls of {len(OPERATORS)} operators took {grown / 1e6:,.1f} MB"
    table = Table("keys", title=title, title_justify="left")
    for column in ("bytes a call", "share"):
        table.add_column(column, justify="right")
    largest = [(name, size) for name, size in families.most_common() if size >= calls]
    rest = grown - sum(size for _, size in largest)
    for name, size in (*largest, ("the rest, and the table of keys itself", rest)):
        table.add_row(name, f"{size / calls:,.0f}", f"{size / grown:.0%}")
    console.print(table)
    console.print(", ".join(f"{n:,} {word}" for word, n in outcomes.most_common()), "(warm-up included)\n")
