"""Alive, ready, and what Prometheus scrapes."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Gauge,
    generate_latest,
    multiprocess,
)
from redis.exceptions import RedisError

from ivr import acd
from routes.guards import Everybody, hotlines_of

READY_SECONDS = 2.0

router = APIRouter(include_in_schema=False, dependencies=[Everybody])


@router.get("/healthz")
async def alive() -> PlainTextResponse:
    return PlainTextResponse("alive\n")


@router.get("/readyz")
async def ready(request: Request) -> PlainTextResponse:
    """Whether the store answers and every hotline is open. 503 tells a load balancer to send callers elsewhere."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            await request.app.state.store.ask("PING")
    except (RedisError, OSError, TimeoutError):
        return PlainTextResponse("the store does not answer\n", 503)
    if len(hotlines_of(request)) < len(request.app.state.settings.hotline_hotlines):
        return PlainTextResponse("the hotlines are not open yet\n", 503)
    return PlainTextResponse("ready\n")


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Counters of all workers, and the state of each queue as the store has it now; without it, the counters alone,
    which are wanted most then."""
    text = generate_latest(_counted()) + generate_latest(await _state(request))
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def _counted() -> CollectorRegistry:
    """Of every worker that shares our folder; of this process alone when it was not given one."""
    shared = CollectorRegistry()
    try:
        multiprocess.MultiProcessCollector(shared)
    except ValueError:
        return REGISTRY
    return shared


async def _state(request: Request) -> CollectorRegistry:
    registry = CollectorRegistry()
    up = Gauge("hotline_store_up", "Whether the store answers", registry=registry)
    try:
        async with asyncio.timeout(READY_SECONDS):
            await request.app.state.store.ask("PING")
            boards = {
                hotline.name: await acd.board(hotline, top=0)  # counts only
                for hotline in hotlines_of(request).values()
            }
    except (RedisError, OSError, TimeoutError):
        return registry
    up.set(1)
    gauges = {
        name: Gauge(f"hotline_{name}", meaning, ("hotline",), registry=registry)
        for name, meaning in (
            ("waiting", "Callers in line"),
            ("live", "Calls that are not over"),
            ("on_shift", "Operators present"),
        )
    }
    for hotline, board in boards.items():
        for name, gauge in gauges.items():
            gauge.labels(hotline).set(board[name])
    return registry
