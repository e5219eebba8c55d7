"""One connection to the store for the queue's functions and plain questions, which thousands of calls ask at once.

redis-py spends more on a round trip than Valkey does on the move. Here the questions of one turn of the event loop
leave together, answers come back in the order of the questions, and nothing else is done: what connections,
passwords and certificates are is redis-py's to say, and whatever is not asked in the path of every request goes
through it.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import hiredis
from redis.asyncio.connection import parse_url
from redis.exceptions import BusyLoadingError, RedisError, ResponseError
from redis.exceptions import ConnectionError as Broken

TIMEOUT_SECONDS = 3.0
TOGETHER_AT_MOST = 16  # so that the store begins while we still ask
PAUSES_SECONDS = (0.05, 0.2)  # before the second and the third try to connect

Answer = Any  # words, numbers, lists of them
Pending = deque["asyncio.Future[Answer]"]


@dataclass(slots=True)
class Wire:
    """Asks over one connection, which is made when first needed and again when it broke."""

    url: str
    troubles: int = 0  # how often the connection broke, or could not be made
    _line: "_Line | None" = None
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ask(self, *command: str | int) -> Answer:
        """The answer. Raises ResponseError when the store refuses, redis-py's ConnectionError when it is away."""
        line = self._line
        if line is None or line.broken:
            line = await self._connect()
        return await line.ask(command)

    def close(self) -> None:
        if self._line is not None:
            self._line.close()

    async def _connect(self) -> "_Line":
        async with self._making:
            if self._line is not None and self._line.broken:
                self.troubles += 1
                self._line = None
            if self._line is None:
                self._line = await self._try_to_connect()
            return self._line

    async def _try_to_connect(self) -> "_Line":
        for pause in (*PAUSES_SECONDS, None):
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    return await _connect(self.url)
            except OSError as away:  # a time-out is one too
                self.troubles += 1
                if pause is None:
                    raise Broken(f"the store does not answer: {away!r}") from away
                await asyncio.sleep(pause)
        raise AssertionError("unreachable: the last try returns or raises")


class _Line(asyncio.Protocol):
    """The connection itself: what is to be sent, and who waits for what comes."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(encoding="utf-8", replyError=_refusal)
        self._waiting: Pending = deque()
        self._unsent: list[bytes] = []
        self._answered = 0
        self._transport: asyncio.Transport | None = None
        self._watch: asyncio.TimerHandle | None = None
        self.broken = False

    def ask(self, command: tuple[str | int, ...]) -> "asyncio.Future[Answer]":
        packed = hiredis.pack_command(
            cast(tuple[str], command)
        )  # first: what cannot be said is not waited for
        answer: asyncio.Future[Answer] = self._loop.create_future()
        if self._watch is None:
            self._watch = self._loop.call_later(TIMEOUT_SECONDS, self._look_at_the_clock, self._answered)
        self._waiting.append(answer)
        self._unsent.append(packed)
        if len(self._unsent) == 1:
            self._loop.call_soon(self._send)
        elif len(self._unsent) >= TOGETHER_AT_MOST:
            self._send()
        return answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none, but does all that one does

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            self._answered += 1
            answer = self._waiting.popleft()
            if answer.done():
                continue  # whoever asked has gone away
            if isinstance(reply, RedisError):
                answer.set_exception(reply)
            else:
                answer.set_result(reply)

    def connection_lost(self, error: Exception | None) -> None:
        self.broken = True
        if self._watch is not None:
            self._watch.cancel()
        while self._waiting:
            answer = self._waiting.popleft()
            if not answer.done():
                answer.set_exception(Broken(f"the connection to the store broke: {error!r}"))

    def _send(self) -> None:
        if self._unsent and self._transport is not None:
            self._transport.write(b"".join(self._unsent))
            self._unsent.clear()

    def _look_at_the_clock(self, answered: int) -> None:
        """A store that has answered nothing since then, though it was asked, is as good as gone."""
        if not self._waiting:
            self._watch = None
        elif self._answered == answered:
            self.broken = True
            self.close()
        else:
            self._watch = self._loop.call_later(TIMEOUT_SECONDS, self._look_at_the_clock, self._answered)


def _refusal(why: str) -> RedisError:
    """A store that still reads what it knows, after a start, is away, as redis-py says too."""
    return BusyLoadingError(why) if why.startswith("LOADING ") else ResponseError(why)


async def _connect(url: str) -> _Line:
    """A connection that has said who it is and which database it wants."""
    told = parse_url(url)
    loop = asyncio.get_running_loop()
    if "path" in told:
        _, line = await loop.create_unix_connection(_Line, told["path"])
    else:
        tls = _certificates(told) if url.startswith("rediss:") else None
        host, port = told.get("host", "localhost"), told.get("port", 6379)
        _, line = await loop.create_connection(_Line, host, port, ssl=tls)
    try:
        if told.get("password"):
            await line.ask(("AUTH", *filter(None, (told.get("username"), told["password"]))))
        if told.get("db"):
            await line.ask(("SELECT", int(told["db"])))
    except (ResponseError, Broken, asyncio.CancelledError):
        line.close()
        raise
    return line


def _certificates(told: Mapping[str, Any]) -> ssl.SSLContext:
    """What the address says of them, in redis-py's words."""
    context = ssl.create_default_context(cafile=told.get("ssl_ca_certs"))
    if told.get("ssl_certfile"):
        context.load_cert_chain(told["ssl_certfile"], told.get("ssl_keyfile"))
    if told.get("ssl_cert_reqs") == "none":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
