"""Signing in with a real identity provider on this machine: who comes in, who does not, and what is tried on it."""

import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
import pytest_asyncio

from ivr import accounts
from ivr.demo import Demo
from ivr.roles import Role
from ivr.store import connect
from routes.app import Front
from tests.cast import LI, WANG
from tests.town import Server, Town, free_port, opens, until

PEOPLE = {"wang": {"employee_number": WANG}, "li": {"employee_number": LI}, "guest": {"nickname": "somebody"}}


@pytest_asyncio.fixture
async def provider(tmp_path: Path) -> AsyncIterator[str]:
    """A program of its own, as a provider is."""
    port = free_port()
    process = _started(port, tmp_path / "provider.log")
    url = f"http://127.0.0.1:{port}"
    try:
        await until(lambda: opens(url + "/.well-known/openid-configuration"), "the provider is up")
        async with aiohttp.ClientSession() as http:
            for sub, claims in PEOPLE.items():
                async with http.put(f"{url}/users/{sub}", json=claims) as answer:
                    assert answer.status == 204, await answer.text()
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _started(port: int, log_file: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "oidc_provider_mock", "--host", "127.0.0.1", "--port", str(port)]
    with log_file.open("wb") as log:
        return subprocess.Popen([*command, "--require-nonce"], stdout=log, stderr=log)


@dataclass
class House:
    """An installation whose staff sign in with the provider. 9001 has an account, 9002 has none."""

    url: str
    provider: str


@pytest_asyncio.fixture
async def house(valkey: str, provider: str, tmp_path: Path) -> AsyncIterator[House]:
    demo = Demo(port=free_port(), simulator_port=free_port(), folder=tmp_path, redis_url=valkey + "?db=3")
    oidc = {
        "hotline_oidc_issuer": provider,
        "hotline_oidc_client_id": "zhitongche",
        "hotline_oidc_client_secret": "demo-oidc-secret-not-a-secret",
    }
    settings = type(demo.settings()).model_validate({**demo.settings().model_dump(), **oidc})
    store = connect(demo.store_url)
    await store.redis.flushdb()
    await accounts.appoint(store, "nanning", WANG, role=Role.OPERATOR, password="a long passphrase")
    application = Server(Front(settings), demo.port)
    application.start()
    await until(lambda: opens(demo.url + "/readyz"), "the application is up")
    yield House(demo.url, provider)
    application.stop()
    await store.close()


@dataclass
class Browser:
    http: aiohttp.ClientSession
    house: House

    async def departs(self) -> str:
        """To the provider: the address it is sent to."""
        start = f"{self.house.url}/session/oidc?hotline=nanning"
        async with self.http.get(start, allow_redirects=False) as answer:
            assert answer.status == 303
            return answer.headers["location"]

    async def agrees(self, address: str, sub: str, action: str = "authorize") -> str:
        """At the provider's form: the address it sends back to."""
        form = {"sub": sub, "action": action}
        async with self.http.post(address, data=form, allow_redirects=False) as answer:
            assert answer.status == 302
            return answer.headers["location"]

    async def returns(self, address: str) -> tuple[int, str, str]:
        """The status, where it leads, and what the page says."""
        async with self.http.get(address, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("location", ""), await answer.text()

    async def is_in(self) -> bool:
        async with self.http.get(f"{self.house.url}/api/nanning/desk") as answer:
            return answer.status == 200


@pytest_asyncio.fixture
async def browser(house: House) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        yield Browser(http, house)


async def test_who_has_an_account_comes_in_by_the_provider(browser: Browser) -> None:
    async with browser.http.get(browser.house.url + "/") as form:
        assert "用统一身份认证登录" in await form.text()
    back = await browser.agrees(await browser.departs(), "wang")
    assert (await browser.returns(back))[:2] == (303, "/desk")
    assert await browser.is_in()


async def test_the_code_goes_with_a_challenge_a_nonce_and_a_state(browser: Browser) -> None:
    asked = parse_qs(urlsplit(await browser.departs()).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert len(asked["nonce"][0]) >= 40
    assert asked["state"][0].startswith("nanning.")


@pytest.mark.parametrize("sub", ["li", "guest"])
async def test_who_has_no_account_here_does_not_come_in_and_hears_why(browser: Browser, sub: str) -> None:
    back = await browser.agrees(await browser.departs(), sub)
    status, _, page = await browser.returns(back)
    assert (status, "没有账号" in page) == (401, True)
    assert not await browser.is_in()


async def test_who_says_no_at_the_provider_is_back_at_the_form(browser: Browser) -> None:
    back = await browser.agrees(await browser.departs(), "wang", "deny")
    status, _, page = await browser.returns(back)
    assert (status, "用工号和密码登录" in page) == (401, True)


async def test_what_another_browser_began_cannot_be_ended_in_this_one(browser: Browser, house: House) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        other = Browser(http, house)
        back = await other.agrees(await other.departs(), "wang")
    status, _, page = await browser.returns(back)
    assert (status, "不是从这个浏览器开始的" in page) == (401, True)
    assert not await browser.is_in()


async def test_the_same_answer_opens_only_once(browser: Browser) -> None:
    back = await browser.agrees(await browser.departs(), "wang")
    assert (await browser.returns(back))[0] == 303
    await browser.departs()  # the browser has a state again, and not that one
    assert (await browser.returns(back))[0] == 401


async def test_a_code_that_the_provider_never_gave_opens_nothing(browser: Browser) -> None:
    state = parse_qs(urlsplit(await browser.departs()).query)["state"][0]
    back = f"{browser.house.url}/session/oidc/back?state={state}&code=guessed"
    status, _, page = await browser.returns(back)
    assert (status, "没有接受" in page) == (401, True)
    assert not await browser.is_in()


async def test_where_there_is_no_provider_there_is_no_such_way(town_url: str) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{town_url}/session/oidc?hotline=nanning", allow_redirects=False) as answer:
            assert answer.status == 404
        async with http.get(town_url + "/") as form:
            assert "统一身份认证" not in await form.text()


@pytest.fixture
def town_url(town: Town) -> str:
    return town.url
