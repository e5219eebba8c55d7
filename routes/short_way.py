"""The short way to the routes that each call goes: what a desk does, its heartbeat, its event stream.

The framework works out anew for each request what a route needs, and that costs several times what the request itself
costs. Here the same declarations are read once, at the start: who may, with which body, what is answered. The routes
stand where they stood, in the framework's list and in the contract; what a request here lacks to be plain (another
path, a body that will not do) is answered there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from inspect import isasyncgenfunction
from typing import Any, cast

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from fastapi.sse import KEEPALIVE_COMMENT, ServerSentEvent
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json
from starlette.types import Message, Receive, Scope, Send

from routes.problems import TOLD, problem_of

OF_A_STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]
PLACE = "/api/{hotline}/"
LONGEST_BODY = 64 * 1024
BREATH_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Need:
    """What is found out about a request before the route is asked: whose hotline, and who may."""

    name: str
    call: Callable[..., Any]
    takes_hotline: bool


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A route of the framework as it was declared."""

    act: Callable[..., Any]
    needs: tuple[Need, ...]
    body: tuple[str, type[BaseModel]] | None
    request: str | None  # what the route calls the request, if it wants it
    is_stream: bool


class ShortWay:
    """In front of the framework's application: of `router` what is asked at each call, and all the rest to `app`."""

    def __init__(self, app: FastAPI, router: APIRouter) -> None:
        self._app = app
        self._shortcuts = {
            (method, route.path.removeprefix(PLACE)): _shortcut(route)
            for route in router.routes
            if isinstance(route, APIRoute) and _is_plain(route)
            for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            _, _, hotline, tail = (*scope["path"].split("/", 3), "")[:4]
            found = self._shortcuts.get((scope["method"], tail))
            if found:
                scope["app"], scope["path_params"] = self._app, {"hotline": hotline}
                await self._take(found, scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _take(self, short: Shortcut, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Request(scope)
        try:
            given = await _what_is_needed(short, asked)
            sent = await _whole(receive) if short.body else b""
            if short.body and not _fits(short.body, asked, sent, given):
                await self._app(scope, _again(sent, receive), send)
            elif short.is_stream:
                await _stream(short.act(**given), receive, send)
            else:
                await _send(send, to_json(await short.act(**given)))
        except TOLD as refused:
            await problem_of(refused)(scope, receive, send)


def _is_plain(route: APIRoute) -> bool:
    """Of one hotline and nothing else in its address; answered with a model, or with events."""
    here, what = route.path.partition(PLACE)[::2]
    answer = route.response_model
    is_model = isinstance(answer, type) and issubclass(answer, BaseModel)
    return not here and "{" not in what and (is_model or isasyncgenfunction(route.endpoint))


def _shortcut(route: APIRoute) -> Shortcut:
    asks = route.dependant
    needs = tuple(
        Need(str(one.name), cast(Any, one.call), bool(one.path_params)) for one in asks.dependencies
    )
    body = next(((one.name, cast(Any, one.field_info.annotation)) for one in asks.body_params), None)
    return Shortcut(route.endpoint, needs, body, asks.request_param_name, isasyncgenfunction(route.endpoint))


async def _what_is_needed(short: Shortcut, asked: Request) -> dict[str, Any]:
    """In the order of the declaration, as the framework finds it out. Raises what refuses the request."""
    found: dict[str, Any] = {short.request: asked} if short.request else {}
    for need in short.needs:
        where = asked.path_params if need.takes_hotline else {}
        found[need.name] = await need.call(asked, **where)
    return found


def _fits(body: tuple[str, type[BaseModel]], asked: Request, sent: bytes, given: dict[str, Any]) -> bool:
    """Whether the body is what the route wants, which is then given it."""
    name, model = body
    if not asked.headers.get("content-type", "").startswith("application/json"):
        return False
    try:
        given[name] = model.model_validate_json(sent)
    except ValidationError:
        return False
    return True


async def _whole(receive: Receive) -> bytes:
    """The body, or of a longer one the beginning, which will not do."""
    body, more = b"", True
    while more and len(body) < LONGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(sent: bytes, receive: Receive) -> Receive:
    """What was received already, for whoever reads it after us."""
    left: list[Message] = [{"type": "http.request", "body": sent, "more_body": False}]

    async def from_the_start() -> Message:
        return left.pop() if left else await receive()

    return from_the_start


async def _send(send: Send, answer: bytes) -> None:
    headers = [(b"content-length", str(len(answer)).encode()), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


# ------------------------------------------------------------------------------------------ an event stream


async def _stream(events: AsyncIterator[ServerSentEvent], receive: Receive, send: Send) -> None:
    """Until the events end or nobody listens any more."""
    await send({"type": "http.response.start", "status": 200, "headers": OF_A_STREAM})
    tasks = [asyncio.create_task(each) for each in (_tell(events, send), _keep_up(send), _is_gone(receive))]
    try:
        over, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in over:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _tell(events: AsyncIterator[ServerSentEvent], send: Send) -> None:
    async with aclosing(cast(Any, events)):
        async for event in events:
            await send({"type": "http.response.body", "body": _written(event), "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _keep_up(send: Send) -> None:
    """Proxies end what is silent for long."""
    while True:
        await asyncio.sleep(BREATH_SECONDS)
        await send({"type": "http.response.body", "body": KEEPALIVE_COMMENT, "more_body": True})


async def _is_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _written(event: ServerSentEvent) -> bytes:
    """As the framework writes it; JSON is one line."""
    return b"event: %b\ndata: %b\n\n" % (str(event.event).encode(), to_json(event.data))
