"""Calling back: call-backs, missed callers and messages, what is open and what is done; as a page and as JSON."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict

from ivr import callbacks, messages, missed
from ivr.callbacks import CallBack, Settled
from ivr.messages import Message
from ivr.missed import MissedCallers
from routes.answers import PRIVATE, Sound
from routes.guards import At, OperatorAt, my_hotline, newswire_of
from routes.pages import page
from routes.streams import Stream

LOOK_SECONDS = 5.0

Tab = Literal["waiting", "missed", "messages", "settled"]

router = APIRouter(tags=["call-backs"])


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: str = ""


class Done(BaseModel):
    """What became of it. `call_back` is the id of the call-back that is being made, if one is."""

    word: str
    call_back: str | None = None


@router.get("/callbacks", include_in_schema=False)
async def callbacks_page(request: Request, person: OperatorAt, tab: Tab = "waiting") -> HTMLResponse:
    hotline = my_hotline(request, person)
    backs, left, callers = await asyncio.gather(
        callbacks.waiting(hotline), messages.waiting(hotline), missed.waiting(hotline)
    )
    done = await callbacks.settled(hotline) if tab == "settled" else []
    return page(
        request,
        "callbacks",
        person,
        tab=tab,
        backs=[one.model_dump(mode="json") for one in backs],
        messages=[one.model_dump(mode="json") for one in left],
        missed=callers.model_dump(mode="json"),
        settled=[one.model_dump(mode="json") for one in done],
    )


# ------------------------------------------------------------------------------------------ call-backs


@router.get("/api/{hotline}/call-backs")
async def waiting(hotline: At, person: OperatorAt) -> list[CallBack]:
    """Those that are open, in the order in which they were asked for."""
    return await callbacks.waiting(hotline)


@router.post("/api/{hotline}/call-backs/{back}/call")
async def make_now(hotline: At, person: OperatorAt, back: str) -> Done:
    """This operator makes it now: their own phone first, then the caller's."""
    return Done(word=await callbacks.make_now(hotline, person, back), call_back=back)


@router.post("/api/{hotline}/call-backs/{back}/withdrawal")
async def withdraw(hotline: At, person: OperatorAt, back: str, why: Note) -> Done:
    """It is not needed any more, and why."""
    return Done(word=await callbacks.withdraw(hotline, person, back, why.note))


@router.get("/api/{hotline}/settled")
async def settled(hotline: At, person: OperatorAt) -> list[Settled]:
    """What was done with last: call-backs, messages and missed callers, the newest first."""
    return await callbacks.settled(hotline)


@router.get("/api/{hotline}/call-backs/events", response_class=EventSourceResponse)
async def events(request: Request, hotline: At, person: OperatorAt) -> AsyncIterator[ServerSentEvent]:
    """`changed`: one of the lists may have; at most every few seconds. `retry`: connect again."""
    stream = Stream(request, person)
    with newswire_of(request, hotline).listen() as nudge:
        while await stream.goes_on():
            with suppress(TimeoutError):
                await asyncio.wait_for(request.app.state.closing.wait(), LOOK_SECONDS)
            if nudge.is_set():
                nudge.clear()
                yield ServerSentEvent(event="changed", data={})
    yield ServerSentEvent(event="retry", data={})


# ------------------------------------------------------------------------------------------ missed callers


@router.get("/api/{hotline}/missed")
async def missed_callers(hotline: At, person: OperatorAt) -> MissedCallers:
    """Callers whom nobody served, whoever was missed first before the others."""
    return await missed.waiting(hotline)


@router.post("/api/{hotline}/missed/{sid}/call")
async def call_missed(hotline: At, person: OperatorAt, sid: str) -> Done:
    return Done(word="OK", call_back=await missed.call_back(hotline, person, sid))


@router.post("/api/{hotline}/missed/{sid}/dismissal")
async def dismiss(hotline: At, person: OperatorAt, sid: str, why: Note) -> Done:
    """They need not be called back, and why."""
    return Done(word=await missed.dismiss(hotline, person, sid, why.note))


# ------------------------------------------------------------------------------------------ messages


@router.get("/api/{hotline}/messages")
async def messages_waiting(hotline: At, person: OperatorAt) -> list[Message]:
    """Those that nobody has worked off yet, the oldest first."""
    return await messages.waiting(hotline)


@router.get("/api/{hotline}/messages/{sid}/sound", response_class=Sound)
async def sound(hotline: At, person: OperatorAt, sid: str) -> Sound:
    """The message as a WAV file."""
    return Sound(await messages.sound(hotline, person, sid), headers=PRIVATE)


@router.put("/api/{hotline}/messages/{sid}/claim")
async def claim(hotline: At, person: OperatorAt, sid: str) -> Done:
    """It is this operator's to work off, for a while; one of any number gets it."""
    return Done(word=await messages.claim(hotline, person, sid))


@router.delete("/api/{hotline}/messages/{sid}/claim")
async def give_back(hotline: At, person: OperatorAt, sid: str) -> Done:
    return Done(word=await messages.give_back(hotline, person, sid))


@router.post("/api/{hotline}/messages/{sid}/call")
async def call_who_left_it(hotline: At, person: OperatorAt, sid: str) -> Done:
    return Done(word="OK", call_back=await messages.call_back(hotline, person, sid))


@router.post("/api/{hotline}/messages/{sid}/working-off")
async def work_off(hotline: At, person: OperatorAt, sid: str, done: Note | None = None) -> Done:
    """There is nothing left to do about it."""
    return Done(word=await messages.work_off(hotline, person, sid, done.note if done else ""))
