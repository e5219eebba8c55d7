"""A stream of events ends with the rights of whoever opened it."""

import asyncio

import aiohttp
import pytest

from routes import streams
from tests.cast import SUPERVISOR, WANG
from tests.console.browserless import Visitor
from tests.town import Town


@pytest.mark.parametrize(
    ("who", "path"),
    [
        (WANG, "desk"),
        (WANG, "call-backs"),
        (SUPERVISOR, "wallboard"),
        (SUPERVISOR, "probes"),
    ],
)
async def test_who_signs_out_hears_no_more(
    town: Town, monkeypatch: pytest.MonkeyPatch, who: str, path: str
) -> None:
    monkeypatch.setattr(streams, "ASK_AGAIN_SECONDS", 0.2)
    async with Visitor(town) as somebody:
        await somebody.signs_in(who)
        async with somebody.opens(f"/api/nanning/{path}/events") as stream:
            with pytest.raises(TimeoutError):
                await whole(stream, within=1.0)
            assert (await somebody.goes("POST", "/session/end")).status == 200
            assert b"event: retry" in await whole(stream, within=20.0)


async def whole(stream: aiohttp.ClientResponse, *, within: float) -> bytes:
    """All that is left of it. Raises TimeoutError when it does not end."""
    async with asyncio.timeout(within):
        return b"".join([chunk async for chunk in stream.content.iter_any()])
