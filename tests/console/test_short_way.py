"""What a desk is told the short way is what the framework would have told it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from ivr import acd
from ivr.accounts import issue_token
from ivr.hotline import Hotline
from ivr.newswire import Newswire
from ivr.roles import Role
from routes import desk
from routes.app import build_console
from routes.short_way import ShortWay

PLACE = "/api/nanning/desk"


@dataclass(frozen=True, slots=True)
class Ways:
    """The same console, with and without the short way in front of it."""

    short: httpx.AsyncClient
    long: httpx.AsyncClient
    token: str

    async def both(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """The answer, once it is known to be the same either way."""
        headers = {"Authorization": f"Bearer {self.token}", **sent.pop("headers", {})}
        answers = [
            await way.request(method, path, headers=headers, **sent) for way in (self.short, self.long)
        ]
        assert len({(one.status_code, one.headers["content-type"], one.text) for one in answers}) == 1
        return answers[0]


@pytest_asyncio.fixture
async def ways(hotline: Hotline) -> AsyncIterator[Ways]:
    await acd.sign_in(hotline, operator="9001")
    token = await issue_token(hotline.settings, hotline.store, hotline.name, role=Role.OPERATOR, id="9001")
    console = build_console(hotline.settings, {hotline.name: hotline})
    console.state.newswires[hotline.name] = Newswire(hotline)
    short, long = (httpx.ASGITransport(each) for each in (ShortWay(console, desk.router), console))
    async with (
        httpx.AsyncClient(transport=short, base_url="http://here") as one,
        httpx.AsyncClient(transport=long, base_url="http://here") as other,
    ):
        yield Ways(one, other, token)


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", PLACE, {}, 200),
        ("PUT", PLACE + "/presence", {"json": {"present": True}}, 200),
        ("POST", PLACE + "/heartbeat", {}, 200),
        ("POST", PLACE + "/wrap-up/end", {}, 200),
        ("POST", PLACE + "/acceptance", {"json": {"sid": "CA" + "0" * 32}}, 409),
        ("POST", PLACE + "/acceptance", {"json": {"sid": 3}}, 422),
        ("POST", PLACE + "/acceptance", {"json": {"sid": "x", "more": 1}}, 422),
        ("POST", PLACE + "/acceptance", {"content": b"{"}, 422),
        ("POST", PLACE + "/acceptance", {}, 422),
        ("PUT", PLACE + "/intent", {"json": {"intent": "asleep"}}, 422),
        ("POST", PLACE + "/heartbeat", {"headers": {"Authorization": "Bearer ztc_nanning_nobody"}}, 401),
        ("POST", "/api/bozhou/desk/heartbeat", {}, 404),
        ("GET", PLACE + "/heartbeat", {}, 405),
        ("GET", "/api/nanning/queue", {}, 200),
    ],
)
async def test_either_way_says_the_same(
    ways: Ways, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    assert (await ways.both(method, path, **sent)).status_code == status


async def test_what_each_call_asks_goes_the_short_way(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nowhere(*_: object) -> None:
        raise AssertionError("it went the long way")

    monkeypatch.setattr(FastAPI, "__call__", nowhere)
    headers = {"Authorization": f"Bearer {ways.token}"}
    for path in ("/heartbeat", "/hang-up", "/wrap-up/end"):
        assert (await ways.short.post(PLACE + path, headers=headers)).status_code == 200
