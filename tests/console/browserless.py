"""A browser without a window: cookies, forms, and the headers that say where a request comes from."""

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, NamedTuple, Self

import aiohttp

from tests.town import Town


class Page(NamedTuple):
    status: int
    text: str
    headers: dict[str, str]
    where: str


class Visitor:
    """Somebody at a computer. `site` is what the browser says of where a request comes from."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def signs_in(self, operator: str, password: str = "", hotline: str = "nanning") -> Page:
        form = {"hotline": hotline, "operator": operator, "password": password or f"demo-{operator}"}
        return await self.goes("POST", "/session", data=form)

    async def listens_to(self, path: str) -> bytes:
        async with self._http.get(self._town.url + path) as answer:
            assert (answer.status, answer.content_type) == (200, "audio/wav")
            return await answer.read()

    def opens(self, path: str) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """What comes bit by bit."""
        return self._http.get(self._town.url + path)

    async def goes(self, method: str, path: str, *, site: str = "same-origin", **more: Any) -> Page:
        headers = {"Sec-Fetch-Site": site} | more.pop("headers", {})
        async with self._http.request(method, self._town.url + path, headers=headers, **more) as answer:
            found = {name.lower(): value for name, value in answer.headers.items()}
            return Page(answer.status, await answer.text(), found, answer.url.path)
