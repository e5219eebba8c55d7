"""What measures the hotline does not stumble over itself."""

import asyncio

from bench.exchange import Exchange

ANSWER = b"HTTP/1.1 200 OK\r\n\r\n<Response />"


async def test_a_line_that_was_closed_while_it_was_silent_is_not_asked_again() -> None:
    closed = asyncio.Event()

    async def answers_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(ANSWER)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        closed.set()

    async with await asyncio.start_server(answers_once, "127.0.0.1", 0) as hotline:
        exchange = Exchange(hotline.sockets[0].getsockname()[1], "nanning")
        for _ in range(20):  # each over a new line: the last one was closed meanwhile
            closed.clear()
            await exchange.asks("wait", "CA" + "0" * 32)
            await closed.wait()
            await _is_heard()
        exchange.close()
    assert len(exchange.took) == 20


async def _is_heard() -> None:
    """The end of a connection has come to the other end of it, within this one event loop."""
    for _ in range(3):
        await asyncio.sleep(0)
