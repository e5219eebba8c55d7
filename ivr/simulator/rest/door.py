"""The one door through which REST requests come in and their answers go out: who asks, what is said,
what is kept.
"""

import base64
import binascii
import secrets
from asyncio import sleep, timeout
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ivr.simulator.errors import RestRefused
from ivr.simulator.exchange import Exchange
from ivr.simulator.faults import Fault
from ivr.simulator.log import RequestServed
from ivr.simulator.settings import Settings
from ivr.simulator.sids import new_sid

API = "/2010-04-01/Accounts/{account}"
REQUEST_SECONDS = 0.1  # real seconds that a request takes where they are counted
LONGEST_SILENCE = 10.0  # real seconds for which a lost answer is waited for


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the form of a POST, or the query of a GET, and the names in the path."""

    exchange: Exchange
    names: dict[str, str]
    form: FormData

    def text(self, field: str, usual: str = "") -> str:
        value = self.form.get(field, usual)
        return value if isinstance(value, str) else usual

    def needed(self, field: str) -> str:
        if not self.text(field):
            raise RestRefused(400, 20001, f"{field} is required.")
        return self.text(field)

    def whole(self, field: str, usual: int) -> int:
        return int(self.text(field)) if self.text(field).isdigit() else usual

    def flag(self, field: str) -> bool | None:
        """None when the request does not say."""
        return {"true": True, "false": False}.get(self.text(field).lower())

    def words(self, field: str, usual: str) -> frozenset[str]:
        given = [
            word for value in self.form.getlist(field) if isinstance(value, str) for word in value.split()
        ]
        return frozenset(given or usual.split())


@dataclass(frozen=True, slots=True)
class Served:
    body: dict[str, object] | None = None
    status: int = 200


Clerk = Callable[[Asked], Served]


def desk(path: str, **clerks: Clerk) -> Route:
    """One address of the API, and who serves each method there."""

    async def serve(request: Request) -> Response:
        return await _serve(request, clerks[request.method])

    return Route(API + path, serve, methods=list(clerks), name=path)


async def _serve(request: Request, clerk: Clerk) -> Response:
    exchange: Exchange = request.app.state.exchange
    exchange.requests_in_hand += 1
    try:
        return await _take_in_hand(exchange, request, clerk)
    finally:
        exchange.requests_in_hand -= 1


async def _take_in_hand(exchange: Exchange, request: Request, clerk: Clerk) -> Response:
    at, url = exchange.clock.now(), request.url.path
    form = (
        await request.form()
        if request.method == "POST"
        else FormData(list(request.query_params.multi_items()))
    )
    served = await _served(exchange, request, clerk, form)
    silent = served.status < 400 and exchange.faults.strikes(Fault.REST_SILENT, url)
    seconds = round(exchange.clock.now() - at, 4)
    kept = {name: str(value) for name, value in form.multi_items()}
    entry = RequestServed(at, request.method, url, kept, None if silent else served.status, seconds)
    exchange.log.requests.append(entry)
    if silent:
        served = await _say_nothing(request)
    return _answer(exchange, served, seconds)


async def _served(exchange: Exchange, request: Request, clerk: Clerk, form: FormData) -> Served:
    try:
        _recognise(exchange.settings, request)
        await _stay_within_the_limit(exchange)
        exchange.faults.refuse_request(request.url.path)
        return clerk(Asked(exchange, dict(request.path_params), form))
    except RestRefused as refused:
        return Served(_error_body(refused), refused.status)


async def _stay_within_the_limit(exchange: Exchange) -> None:
    """With a limit, each request takes the time that it would: otherwise no two would ever be in hand at once."""
    most = exchange.settings.simulator_concurrent_requests
    if most and exchange.requests_in_hand > most:
        raise RestRefused(429, 20429)
    if most:
        await sleep(REQUEST_SECONDS)


async def _say_nothing(request: Request) -> Served:
    """The answer is lost: whoever asked waits until they give up, or until a proxy between does."""
    with suppress(TimeoutError):
        async with timeout(LONGEST_SILENCE):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    return Served(status=504)


def _answer(exchange: Exchange, served: Served, seconds: float) -> Response:
    headers = {
        "Twilio-Request-Id": new_sid("RQ"),
        "Twilio-Request-Duration": f"{seconds:.3f}",
        "Twilio-Concurrent-Requests": str(exchange.requests_in_hand),
        "X-API-Domain": "api.twilio.com",
        "X-Home-Region": "us1",
    }
    if served.body is None:
        return Response(status_code=served.status, headers=headers)
    return JSONResponse(served.body, served.status, headers)


def _recognise(settings: Settings, request: Request) -> None:
    """The account with its token, or its API key with the key's secret."""
    user, password = _basic(request.headers.get("Authorization", ""))
    known = {
        settings.twilio_account_sid: settings.twilio_auth_token,
        settings.twilio_api_key: settings.twilio_api_secret,
    }
    if user not in known or not secrets.compare_digest(known[user].encode(), password.encode()):
        raise RestRefused(401, 20003)
    if request.path_params["account"] != settings.twilio_account_sid:
        raise RestRefused(404, 20404, _not_found(request.url.path))


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def _error_body(refused: RestRefused) -> dict[str, object]:
    return {
        "code": refused.code,
        "message": refused.message,
        "more_info": f"https://www.twilio.com/docs/errors/{refused.code}",
        "status": refused.status,
    }


def not_found(what: str) -> RestRefused:
    return RestRefused(404, 20404, _not_found(what))


def _not_found(what: str) -> str:
    return f"The requested resource {what} was not found"


async def nothing_there(request: Request) -> Response:
    """Any other address of the API."""
    refused = not_found(request.url.path)
    return JSONResponse(_error_body(refused), refused.status)
