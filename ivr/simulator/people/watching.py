"""Watching: the live stream of events, and the log of what was sent and asked."""

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ivr.simulator.feed import EVERYTHING, Feed, Listener
from ivr.simulator.people.replies import exchange_of

HEARTBEAT_SECONDS = 15


async def events(request: Request) -> Response:
    feed, sid = exchange_of(request).feed, request.query_params.get("sid", EVERYTHING)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(feed, sid), media_type="text/event-stream", headers=headers)


async def _stream(feed: Feed, sid: str) -> AsyncIterator[str]:
    with feed.listen(sid) as listener:
        yield ": listening\n\n"
        while True:
            yield await _next(listener)


async def _next(listener: Listener) -> str:
    try:
        event = await asyncio.wait_for(listener.get(), HEARTBEAT_SECONDS)
    except TimeoutError:
        return ": still here\n\n"
    return f"event: {event.name}\ndata: {json.dumps(event.as_json(), ensure_ascii=False)}\n\n"


async def log(request: Request) -> Response:
    return JSONResponse(exchange_of(request).log.as_json())


ROUTES = [Route("/simulator/events", events), Route("/simulator/log", log)]
