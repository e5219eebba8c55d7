"""How an answer leaves: short, in one packet; long, as fast as it is read."""

import asyncio
from collections.abc import Iterator

import pytest
from starlette.types import Receive, Scope, Send

from bench.ground import free_port
from tests.town import Server

CHUNK = b"x" * 100_000
CHUNKS = 80


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    length = len(CHUNK) * CHUNKS if scope["path"] == "/long" else 5
    headers = [(b"content-length", str(length).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if scope["path"] == "/long":
        for _ in range(CHUNKS):
            await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    else:
        await send({"type": "http.response.body", "body": b"short"})


@pytest.fixture
def port() -> Iterator[int]:
    server = Server(_app, free_port())
    server.start()
    yield server.port
    server.stop()


async def _connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    while True:
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.02)


async def test_a_short_answer_is_read_at_once_and_a_long_one_whole(port: int) -> None:
    reader, writer = await _connected(port)
    for _ in range(20):
        writer.write(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
        answer = await reader.read(65_536)
        assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"\r\n\r\nshort")
    writer.write(b"GET /long HTTP/1.1\r\nhost: h\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    assert await reader.readexactly(len(CHUNK) * CHUNKS) == CHUNK * CHUNKS
    writer.close()


async def test_whoever_says_that_it_is_their_last_request_gets_the_answer_first(port: int) -> None:
    reader, writer = await _connected(port)
    writer.write(b"GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
    assert (await reader.read()).endswith(b"\r\n\r\nshort")
    writer.close()
