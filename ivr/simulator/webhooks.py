"""The one door through which the phone company calls the application: signed, patient for 15 seconds, logged.

A newcomer would resolve the URL once and sign it once; each redirect is a new URL and so a new signature,
while every try of one webhook carries the same idempotency token.
"""

import asyncio
import string
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode, urljoin, urlsplit

import aiohttp
from yarl import URL

from ivr.simulator.clock import Clock
from ivr.simulator.errors import NoReply
from ivr.simulator.faults import Fault, Faults
from ivr.simulator.log import REPLY_CHARACTERS, Log, WebhookSent
from ivr.simulator.overrides import Failure, Patience, split
from ivr.simulator.signature import sign

MOST_REDIRECTS = 10
LARGEST_REPLY = 64 * 1024
LARGEST_SOUND = 64 * 1024 * 1024
HEADERS = {"User-Agent": "TwilioProxy/1.1", "Accept": "*/*", "X-Home-Region": "us1"}

Cookies = dict[str, dict[str, str]]  # by host; a call has its own, and they end with it


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    media_type: str
    body: bytes
    url: str  # the last one, when redirected
    max_age: int = 0  # seconds for which a sound may be played again without asking

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def failure(self) -> Failure | None:
        """As retries are asked for: `#rp=4xx,5xx`."""
        if self.status >= 500:
            return "5xx"
        return "4xx" if self.status >= 400 else None


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    form: Mapping[str, str]
    token: str = field(default_factory=lambda: str(uuid.uuid4()))
    cookies: Cookies = field(default_factory=dict)
    largest: int = LARGEST_REPLY
    is_for_document: bool = False


class _Failed(Exception):
    def __init__(self, kind: Failure, reason: str) -> None:
        self.kind, self.reason = kind, reason
        super().__init__(reason)


class Webhooks:
    def __init__(self, auth_token: str, clock: Clock, log: Log, faults: Faults) -> None:
        self._auth_token, self._clock, self._log, self._faults = auth_token, clock, log, faults
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(
        self, url: str, form: Mapping[str, str], *, method: str = "POST", cookies: Cookies | None = None
    ) -> Reply:
        """Ask the application for a document. Any status is a reply; NoReply is raised when there is none.

        A GET carries the form in its query, after whatever the URL already asks."""
        request = _asking(method, url, form)
        return await self._try(
            replace(request, cookies={} if cookies is None else cookies, is_for_document=True)
        )

    async def notify(
        self, url: str, form: Mapping[str, str], *, about: str, method: str = "POST"
    ) -> Reply | None:
        """Tell the application of something, in a callback about a call or a room. None: it was lost."""
        request = _asking(method, url, form)
        async with self._faults.callback(url, about) as copies:
            replies = await asyncio.gather(*(self._try(request) for _ in range(copies)))
        return replies[0] if replies else None

    async def fetch_sound(self, url: str, cookies: Cookies) -> Reply:
        """A file to play: asked for with GET and without the fields of the call."""
        return await self._try(_Request("GET", url, {}, cookies=cookies, largest=LARGEST_SOUND))

    async def _try(self, request: _Request) -> Reply:
        bare, patience = split(request.url)
        if not _is_web_address(bare):
            raise NoReply(11100, f"{bare!r} is not an http(s) URL.")
        request = replace(request, url=quote(bare, safe=string.punctuation))  # sent and signed as ASCII
        try:
            async with asyncio.timeout(patience.total):
                if request.is_for_document and self._faults.strikes(Fault.WEBHOOK_RETRIED, request.url):
                    await self._with_retries(request, patience)  # this reply is lost on its way
                return await self._with_retries(request, patience)
        except TimeoutError:
            raise NoReply(11200, f"No reply within {patience.total:g} s.") from None

    async def _with_retries(self, request: _Request, patience: Patience) -> Reply:
        for tries_left in range(patience.retries, -1, -1):
            try:
                reply = await self._following_redirects(request, patience)
            except _Failed as failed:
                if tries_left and patience.forgives(failed.kind):
                    continue
                raise NoReply(11205 if failed.kind == "ct" else 11200, failed.reason) from failed
            failure = reply.failure
            if failure is None or not tries_left or not patience.forgives(failure):
                return reply
        raise AssertionError("the last try either replies or raises")

    async def _following_redirects(self, request: _Request, patience: Patience) -> Reply:
        for _ in range(MOST_REDIRECTS + 1):
            reply, location = await self._logged(request, patience)
            if location is None:
                return reply
            keeps_form = reply.status in (307, 308)
            request = replace(
                request,
                method=request.method if keeps_form else "GET",
                url=urljoin(request.url, location),
                form=request.form if keeps_form else {},
            )
        raise NoReply(11215, f"More than {MOST_REDIRECTS} redirects, the last to {request.url}.")

    async def _logged(self, request: _Request, patience: Patience) -> tuple[Reply, str | None]:
        at, reply, error = self._clock.now(), None, None
        try:
            reply, location = await self._ask(request, patience)
            return reply, location
        except _Failed as failed:
            error = failed.reason
            raise
        except asyncio.CancelledError:
            error = "given up: the call moved on or the time was over"
            raise
        finally:
            text = (
                ""
                if reply is None or request.largest > LARGEST_REPLY
                else reply.body.decode(errors="replace")
            )
            self._log.webhooks.append(
                WebhookSent(
                    at=at,
                    url=request.url,
                    form=request.form,
                    status=None if reply is None else reply.status,
                    reply=text[:REPLY_CHARACTERS],
                    seconds=round(self._clock.now() - at, 4),
                    error=error,
                )
            )

    async def _ask(self, request: _Request, patience: Patience) -> tuple[Reply, str | None]:
        if self._session is None:
            raise RuntimeError("webhooks are sent only while the exchange is open")
        limits = aiohttp.ClientTimeout(total=None, sock_connect=patience.connect, sock_read=patience.read)
        try:
            async with self._session.request(
                request.method,
                URL(request.url, encoded=True),
                data=urlencode(request.form).encode() if request.form else None,
                headers=self._headers(request),
                timeout=limits,
                allow_redirects=False,
            ) as response:
                return await _read(response, request)
        except aiohttp.ConnectionTimeoutError as slow:
            raise _Failed("ct", f"No connection within {patience.connect:g} s.") from slow
        except aiohttp.ClientConnectorError as refused:
            raise _Failed("ct", f"No connection: {refused}.") from refused
        except (aiohttp.ClientError, TimeoutError) as broken:
            raise _Failed("rt", f"The reply broke off: {type(broken).__name__} {broken}".rstrip()) from broken

    def _headers(self, request: _Request) -> dict[str, str]:
        headers = HEADERS | {
            "X-Twilio-Signature": sign(self._auth_token, request.url, request.form),
            "I-Twilio-Idempotency-Token": request.token,
        }
        if request.method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        kept = request.cookies.get(urlsplit(request.url).netloc)
        if kept:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in kept.items())
        return headers


async def _read(response: aiohttp.ClientResponse, request: _Request) -> tuple[Reply, str | None]:
    if response.cookies:
        kept = request.cookies.setdefault(urlsplit(request.url).netloc, {})
        kept.update({name: morsel.value for name, morsel in response.cookies.items()})
    # One byte more than allowed is enough to know that it is too large.
    body = await response.content.read(request.largest + 1) if request.largest else b""
    while len(body) <= request.largest and not response.content.at_eof():
        body += await response.content.read(request.largest + 1 - len(body))
    redirected = response.status in (301, 302, 303, 307, 308)
    reply = Reply(
        status=response.status,
        media_type=response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
        body=body,
        url=request.url,
        max_age=_max_age(response.headers.get("Cache-Control", "")),
    )
    return reply, response.headers.get("Location") if redirected else None


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # no such port
        return False


def _max_age(cache_control: str) -> int:
    for part in cache_control.split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-age" and value.isdigit():
            return int(value)
    return 0


def _asking(method: str, url: str, form: Mapping[str, str]) -> _Request:
    if method.upper() == "GET":
        return _Request("GET", _with_query(url, form), {})
    return _Request(method.upper(), url, form)


def _with_query(url: str, form: Mapping[str, str]) -> str:
    bare, hash_sign, fragment = url.partition("#")
    return bare + ("&" if "?" in bare else "?") + urlencode(form) + hash_sign + fragment
