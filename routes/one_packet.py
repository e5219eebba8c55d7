"""An answer leaves in one packet: its head and its body, which the server writes one after the other.

Each write is a question to the kernel and may wake up whoever waits at the other end; most answers here are so short
that this is a good part of what they cost.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SHORT = 16 * 1024
FEW = 8


class Together:
    """A transport that sends the little that is written within one turn of the event loop at once, and is the same
    otherwise: of what is long, the server must feel when it goes faster than the other end reads."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._unsent: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._unsent:
            self._loop.call_soon(self._send)
        self._unsent.append(data)
        if len(data) > SHORT or len(self._unsent) >= FEW:
            self._send()

    def close(self) -> None:
        self._send()
        self._transport.close()

    def _send(self) -> None:
        unsent, self._unsent = self._unsent, []
        if unsent and not self._transport.is_closing():
            self._transport.write(b"".join(unsent))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class OnePacket(HttpToolsProtocol):
    """The server's own protocol, over such a transport."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.transport: Any = Together(transport, self.loop)
