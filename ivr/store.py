"""The one store: Valkey or Redis, how it is asked, and whether it will do."""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError, WatchError

from ivr.wire import Answer, Wire

CHAPTERS = (
    "acd",
    "matching",
    "books",
    "missed",
    "callers",
    "callbacks",
    "calls",
    "talk",
    "party",
    "tape",
    "desk_phones",
    "probes",
    "promises",
    "cases",
    "direct",
    "through",
    "codes",
    "ring_back",
    "texts",
    "operators",
    "deserted",
    "desk_probes",
    "supervision",
    "listening",
    "alarms",
    "tasks",
    "privacy",
    "exports",
    "hooks",
    "look",
)  # of one library, in this order
TIMEOUT_SECONDS = 3.0
PLAIN = frozenset(
    {"EXISTS", "GET", "HGET", "HGETALL", "HMGET", "ZCARD", "ZCOUNT"}
)  # answers are words or numbers
OLDEST = {"valkey": (7, 2), "redis": (7, 0)}


class Unfit(Exception):
    """This server cannot be trusted with calls; the text says why and what to change."""


@dataclass(slots=True)
class Store:
    """The store: the queue's functions and plain questions over a wire of our own, everything else over redis-py."""

    url: str
    redis: "Redis"
    _wire: Wire
    _patient: list[Wire] = field(default_factory=list)

    @property
    def troubles(self) -> int:
        """How often it was away, since this worker began."""
        return self._wire.troubles

    async def ask(self, *command: object) -> Answer:
        """One command's answer. Raises what redis-py raises."""
        if command[0] in PLAIN:
            return await self._plain(command)
        return await self.redis.execute_command(*command)

    async def _plain(self, command: tuple[Any, ...]) -> Answer:
        """A question in the path of every request: it changes nothing, so a broken connection is tried again."""
        try:
            answer = await self._wire.ask(*command)
        except RedisConnectionError:
            answer = await self._wire.ask(*command)
        return dict(zip(answer[::2], answer[1::2], strict=True)) if command[0] == "HGETALL" else answer

    async def hear(self, *command: str | int) -> Answer:
        """The answer to a question that waits for news: on a wire of its own, so that it holds up no other."""
        wire = self._patient.pop() if self._patient else Wire(self.url)
        try:
            answer = await wire.ask(*command)
        except (CancelledError, RedisConnectionError, ResponseError):
            wire.close()  # what it may still be told is for nobody
            raise
        self._patient.append(wire)
        return answer

    async def call(self, function: str, root: str, *arguments: str | int) -> Answer:
        """FCALL. Every function may be repeated, so a broken connection is tried again; a server that has lost the
        library (a new one, a flushed one) is given it again, once."""
        try:
            return await self._call(function, root, *arguments)
        except ResponseError as error:
            if "Function not found" not in str(error):
                raise
            await load_library(self.redis)
            return await self._call(function, root, *arguments)

    async def _call(self, function: str, root: str, *arguments: str | int) -> Answer:
        try:
            return await self._wire.ask("FCALL", function, 1, root, *arguments)
        except RedisConnectionError:
            return await self._wire.ask("FCALL", function, 1, root, *arguments)

    async def together(self, *commands: tuple[object, ...]) -> list[Answer]:
        """All of these commands as one step, with their answers in order."""
        pipeline = self.redis.pipeline(transaction=True)
        for command in commands:
            pipeline.execute_command(*command)
        return list(await pipeline.execute())

    async def swap(self, expected: Mapping[str, str], *commands: tuple[object, ...]) -> bool:
        """All of these commands as one step, but only while each key holds what is expected of it ("0": or nothing)."""

        async def holds(pipeline: Any) -> bool:
            return all(
                [(await pipeline.execute_command("GET", key) or "0") == expected[key] for key in expected]
            )

        return await self._while(holds, *expected, commands=commands)

    async def swap_hash(self, key: str, expected: Mapping[str, str], *commands: tuple[object, ...]) -> bool:
        """The same, while the hash at `key` has exactly these fields."""

        async def holds(pipeline: Any) -> bool:
            return bool(await pipeline.execute_command("HGETALL", key) == expected)

        return await self._while(holds, key, commands=commands)

    async def _while(
        self,
        holds: Callable[[Any], Awaitable[bool]],
        *keys: str,
        commands: tuple[tuple[object, ...], ...],
    ) -> bool:
        async with self.redis.pipeline(transaction=True) as pipeline:
            await pipeline.watch(*keys)
            if not await holds(pipeline):
                return False
            pipeline.multi()
            for command in commands:
                pipeline.execute_command(*command)
            try:
                await pipeline.execute()
            except WatchError:
                return False
            return True

    async def each(self, *commands: tuple[object, ...]) -> list[Answer]:
        """Many questions in one round trip."""
        pipeline = self.redis.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        return list(await pipeline.execute())

    async def close(self) -> None:
        for wire in (self._wire, *self._patient):
            wire.close()
        await self.redis.aclose()


def connect(url: str) -> Store:
    """A store at `url`; nothing is sent yet. A broken connection is tried again twice within half a second."""
    return Store(
        url,
        Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(ExponentialBackoff(cap=0.2, base=0.05), 2),
            health_check_interval=30,
        ),
        Wire(url),
    )


async def load_library(redis: "Redis") -> None:
    """The queue's functions, in place of those that an older release left."""
    await redis.execute_command("FUNCTION", "LOAD", "REPLACE", library())


def library() -> str:
    """The text of the library."""
    return "\n".join(
        (Path(__file__).parent / "acd" / f"{chapter}.lua").read_text("utf-8") for chapter in CHAPTERS
    )


async def examine(redis: "Redis") -> list[str]:
    """Raises `Unfit` for a server that is too old or may evict; returns warnings for one that may forget."""
    fitness(
        await redis.info("server"), str((await redis.info("memory")).get("maxmemory_policy", "noeviction"))
    )
    return _what_it_may_forget(await redis.info("persistence"), await _setting(redis, "appendfsync"))


def fitness(server: dict[str, Any], policy: str) -> None:
    """Raises `Unfit` for a server that cannot hold the library, or may throw calls away."""
    name = "valkey" if "valkey_version" in server else "redis"
    version = str(server.get("valkey_version") or server["redis_version"])
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST[name]:
        oldest = ".".join(map(str, OLDEST[name]))
        raise Unfit(f"{name} {version} is too old: function libraries need {name} {oldest} or newer.")
    if policy != "noeviction":
        raise Unfit(f"maxmemory-policy is {policy}: calls would be thrown away. Set it to noeviction.")


def _what_it_may_forget(persistence: dict[str, Any], appendfsync: str) -> list[str]:
    if not persistence.get("aof_enabled"):
        return ["The store keeps no append-only file: calls are lost when it stops. Set appendonly yes."]
    if appendfsync not in ("always", ""):
        return [
            f"appendfsync is {appendfsync}: the last moments are lost when the power fails. Set it to always."
        ]
    return []


async def _setting(redis: "Redis", name: str) -> str:
    try:
        return str((await redis.config_get(name)).get(name, ""))
    except ResponseError:  # hosted servers forbid CONFIG; what cannot be read is not complained of
        return ""
