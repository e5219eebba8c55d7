"""The wallboard: its page, what it shows, and the stream that keeps it true to within a second."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ivr import wallboard
from ivr.wallboard import Board, Quarter
from routes.guards import At, SupervisorAt, newswire_of
from routes.pages import page
from routes.streams import Stream

SOONEST_SECONDS = 0.5  # from one picture to the next, however much happens
LATEST_SECONDS = 10.0  # though nothing happens: the figures of the last 24 hours move with the clock
A_YEAR = 366

router = APIRouter(tags=["wallboard"])


@router.get("/wallboard", include_in_schema=False)
async def wallboard_page(request: Request, person: SupervisorAt) -> HTMLResponse:
    return page(request, "wallboard", person)


@router.get("/api/{hotline}/wallboard")
async def how_things_stand(hotline: At, person: SupervisorAt) -> Board:
    return await wallboard.show(hotline, person)


@router.get("/api/{hotline}/wallboard/day")
async def day(
    hotline: At, person: SupervisorAt, days_ago: int = Query(default=0, ge=0, le=A_YEAR)
) -> list[Quarter]:
    """The quarters of an hour of a day, from midnight in the city."""
    return await wallboard.day(hotline, days_ago=days_ago)


@router.get("/api/{hotline}/wallboard/events", response_class=EventSourceResponse)
async def events(request: Request, hotline: At, person: SupervisorAt) -> AsyncIterator[ServerSentEvent]:
    """`board`: all of it, now and within a second of each change. `day`: today's quarters. `retry`: connect again."""
    stream = Stream(request, person)
    told: list[Quarter] | None = None
    with newswire_of(request, hotline).listen() as nudge:
        while await stream.goes_on():
            nudge.clear()
            yield ServerSentEvent(event="board", data=await wallboard.show(hotline, person))
            today = await wallboard.day(hotline)
            if today != told:
                told = today
                yield ServerSentEvent(event="day", data=today)
            await asyncio.sleep(SOONEST_SECONDS)
            await nudge.within(LATEST_SECONDS)
    yield ServerSentEvent(event="retry", data={})
