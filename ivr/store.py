"""The one store: Valkey or Redis, its fitness at the start, and one round trip for all that a loop turn asks.

A web worker answers many calls in one turn of its event loop. What they ask of the store in that turn leaves in one
pipeline (`Store.ask`), so that the cost of a round trip is shared: this is worth a quarter of the throughput.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError, ResponseError, WatchError

LIBRARY = Path(__file__).parent / "acd" / "acd.lua"
TIMEOUT_SECONDS = 3.0
OLDEST = {"valkey": (7, 2), "redis": (7, 0)}

Answer = Any  # what Valkey says: words, numbers, lists of them


class Unfit(Exception):
    """This server cannot be trusted with calls; the text says why and what to change."""


@dataclass(slots=True)
class Store:
    """A connection to the store. `ask` waits for its answer; the questions of one loop turn travel together."""

    redis: "Redis"
    _asked: list[tuple[tuple[object, ...], "asyncio.Future[Any]"]] = field(default_factory=list)
    _under_way: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def ask(self, *command: object) -> Answer:
        """One command's answer. Raises what redis-py raises: an error of this command alone, or of the connection."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        if not self._asked:
            loop.call_soon(self._send)
        self._asked.append((command, answer))
        return await answer

    def _send(self) -> None:
        asked, self._asked = self._asked, []
        task = asyncio.get_running_loop().create_task(self._exchange(asked))
        self._under_way.add(task)  # the loop itself keeps only a weak reference
        task.add_done_callback(self._under_way.discard)

    async def _exchange(self, asked: "list[tuple[tuple[object, ...], asyncio.Future[Any]]]") -> None:
        try:
            pipeline = self.redis.pipeline(transaction=False)
            for command, _ in asked:
                pipeline.execute_command(*command)
            answers = await pipeline.execute(raise_on_error=False)
        except (RedisError, OSError, asyncio.CancelledError) as broken:
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(broken)
            return
        for (_, future), answer in zip(asked, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    async def call(self, function: str, root: str, *arguments: object) -> Answer:
        """FCALL. A server that has lost the library (a new one, a flushed one) is given it again, once."""
        try:
            return await self.ask("FCALL", function, 1, root, *arguments)
        except ResponseError as error:
            if "Function not found" not in str(error):
                raise
            await load_library(self.redis)
            return await self.ask("FCALL", function, 1, root, *arguments)

    async def together(self, *commands: tuple[object, ...]) -> list[Answer]:
        """All of these commands as one step, with their answers in order."""
        pipeline = self.redis.pipeline(transaction=True)
        for command in commands:
            pipeline.execute_command(*command)
        return list(await pipeline.execute())

    async def swap(self, key: str, expected: str | None, *commands: tuple[object, ...]) -> bool:
        """All of these commands as one step, but only while `key` holds `expected` (None: whatever it holds)."""
        async with self.redis.pipeline(transaction=True) as pipeline:
            if expected is not None:
                await pipeline.watch(key)
                if (await pipeline.execute_command("GET", key) or "0") != expected:
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
        return list(await asyncio.gather(*(self.ask(*command) for command in commands)))

    async def block(self, *command: object) -> Answer:
        """A command that waits at the server: on a connection of its own, so that it holds nobody up."""
        return await self.redis.execute_command(*command)

    async def close(self) -> None:
        await self.redis.aclose()


def connect(url: str) -> Store:
    """A store at `url`; nothing is sent yet. A broken connection is tried again twice within half a second."""
    return Store(
        Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(ExponentialBackoff(cap=0.2, base=0.05), 2),
            health_check_interval=30,
        )
    )


async def load_library(redis: "Redis") -> None:
    await redis.execute_command("FUNCTION", "LOAD", "REPLACE", LIBRARY.read_text("utf-8"))


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
