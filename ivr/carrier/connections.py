"""The connections to the carrier's REST API, under its official client: kept open, and nothing noted down.

Its own transport keeps each request and each answer for a log that nobody reads, and builds an authorisation anew.
"""

from logging import NullHandler, getLogger
from typing import Any
from urllib.parse import urlencode

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response


class Connections(AsyncHttpClient):
    """What the client asks its transport for; time limits are those of whoever asks."""

    def __init__(self, account: str, token: str) -> None:
        log = getLogger("twilio")
        log.addHandler(NullHandler())
        super().__init__(log, True)
        self._session = aiohttp.ClientSession(
            headers={"Authorization": aiohttp.encode_basic_auth(account, token)},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(),  # none of its own
        )

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: Any = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Any:
        """`auth` is the account's own, which each request carries already. A form is written out here, in a
        third of the time: its type is among the headers."""
        form = urlencode(data, doseq=True).encode() if data else None
        return self._ask(
            method, uri, params=params, data=form, headers=headers, allow_redirects=allow_redirects
        )

    async def _ask(self, method: str, url: str, **about: Any) -> Response:
        async with self._session.request(method, url, **about) as answer:
            return Response(answer.status, (await answer.read()).decode(errors="replace"), answer.headers)

    async def close(self) -> None:
        await self._session.close()
