"""The phone company of a crowd: it asks the hotline for documents when they are due, and says yes to every request.

Nothing is played and nobody is imagined: what the hotline must do for thousands of callers is set going with as little
of the machine as possible, and how long each answer took is written down. A request that is due is sent, whether or
not others are still unanswered, and its time runs from the moment at which it was due.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field

from bench.ground import Broken
from bench.webhook import signed
from ivr.demo import AUTH_TOKEN

END = (b"</Response>", b"<Response />")
OK = b"HTTP/1.1 200 "
PATIENCE_SECONDS = 15.0  # as long as a carrier waits
YES = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class Exchange:
    """`took` has a figure, in milliseconds, for each webhook since it was last emptied."""

    port: int  # of the hotline
    hotline: str
    took: list[float] = field(default_factory=list)
    _free: list[Line] = field(default_factory=list)

    async def asks(self, step: str, sid: str, due: float | None = None, **fields: str) -> None:
        """The next document of this call, or news of it. `due` is a moment of the loop's clock; now, without."""
        began = due if due is not None else asyncio.get_running_loop().time()
        request = signed(self.port, f"/voice/{self.hotline}/{step}", AUTH_TOKEN, CallSid=sid, **fields)
        line = self._one_that_is_open() or await asyncio.open_connection("127.0.0.1", self.port)
        async with asyncio.timeout(PATIENCE_SECONDS):
            line[1].write(request)
            answer = await line[0].read(65536)
            while answer and not answer.endswith(END):
                answer += await line[0].read(65536)
        if not answer.startswith(OK):
            raise Broken(f"{step} was answered with {answer.decode(errors='replace')[:200] or 'nothing'}")
        self.took.append(1000 * (asyncio.get_running_loop().time() - began))
        self._free.append(line)

    def _one_that_is_open(self) -> Line | None:
        """The one used last; those that a rush has left behind were closed by the hotline, as it says it does."""
        while self._free:
            line = self._free.pop()
            if not line[0].at_eof():
                return line
            line[1].close()
        return None

    async def serves(self) -> "asyncio.Server":
        """Its REST API, on a port of its own: every request about a call is granted."""
        return await asyncio.start_server(_grants, "127.0.0.1", 0)

    def close(self) -> None:
        for _, writer in self._free:
            writer.close()


async def _grants(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length")
                ),
                0,
            )
            await reader.readexactly(length)
            writer.write(YES)
    writer.close()


def processor_seconds(pid: int) -> float:
    """Processor time of a process so far. Linux gives every process a clock of its own for it."""
    return time.clock_gettime((~pid << 3) | 2)
