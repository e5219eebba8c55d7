"""The operator's desk: its page, its acts, its live state. A browser and a program use the same routes."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict

from config.settings import TWILIO_API
from ivr import acd, desk
from ivr.acd import By, Intent
from ivr.desk import Desk, Done
from ivr.operator_flow import identity
from ivr.roles import Right
from ivr.waiting import InLine
from routes.guards import At, OperatorAt, newswire_of
from routes.pages import page
from routes.streams import Stream

TOKEN_SECONDS = 3600
WAITING_EVERY_SECONDS = 1.0

router = APIRouter(tags=["desk"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Present(_Body):
    """`by` is the telephone to sign in with: softphone, in the browser, or phone, on the desk."""

    present: bool
    by: By = By.SOFTPHONE


class Wish(_Body):
    intent: Intent
    reason: str = ""


class Which(_Body):
    sid: str


class Softphone(BaseModel):
    """What a browser needs to become the operator's telephone."""

    driver: str
    token: str
    identity: str
    url: str | None
    seconds: int


class Beat(BaseModel):
    word: str


@router.get("/desk", include_in_schema=False)
async def desk_page(request: Request, person: OperatorAt) -> HTMLResponse:
    return page(request, "desk", person)


@router.get("/api/{hotline}/desk")
async def how_things_stand(hotline: At, person: OperatorAt) -> Desk:
    return await desk.show(hotline, person)


@router.put("/api/{hotline}/desk/presence")
async def be_present(hotline: At, person: OperatorAt, wish: Present) -> Done:
    return await desk.be_present(hotline, person, wish.present, wish.by)


@router.put("/api/{hotline}/desk/intent")
async def intend(hotline: At, person: OperatorAt, wish: Wish) -> Done:
    return await desk.intend(hotline, person, wish.intent, wish.reason)


@router.post("/api/{hotline}/desk/heartbeat")
async def heartbeat(hotline: At, person: OperatorAt) -> Beat:
    return Beat(word=await acd.renew(hotline, operator=person.id))


@router.post("/api/{hotline}/desk/acceptance")
async def accept(hotline: At, person: OperatorAt, offer: Which) -> Done:
    return await desk.accept(hotline, person, offer.sid)


@router.get("/api/{hotline}/queue")
async def line(hotline: At, person: OperatorAt) -> list[InLine]:
    """Who waits in the queues that you serve, the next one first; a supervisor sees every queue."""
    return await desk.line(hotline, person)


@router.post("/api/{hotline}/desk/pick")
async def pick(hotline: At, person: OperatorAt, caller: Which) -> Done:
    """Take this caller out of the line, whatever their turn; for those who may."""
    return await desk.pick(hotline, person, caller.sid)


@router.post("/api/{hotline}/desk/refusal")
async def decline(hotline: At, person: OperatorAt, offer: Which) -> Done:
    return await desk.decline(hotline, person, offer.sid)


@router.post("/api/{hotline}/desk/hang-up")
async def hang_up(hotline: At, person: OperatorAt) -> Done:
    return await desk.hang_up(hotline, person)


@router.post("/api/{hotline}/desk/wrap-up/end")
async def finish(hotline: At, person: OperatorAt) -> Done:
    return await desk.finish(hotline, person)


@router.get("/api/{hotline}/desk/softphone")
async def softphone(hotline: At, person: OperatorAt) -> Softphone:
    """A fresh token for this operator's phone, and which driver speaks to this carrier."""
    who = identity(hotline.name, person.id)
    carrier = hotline.settings.twilio_api_url
    return Softphone(
        driver="twilio" if carrier == TWILIO_API else "simulator",
        token=hotline.carrier.softphone_token(who, TOKEN_SECONDS),
        identity=who,
        url=None if carrier == TWILIO_API else carrier,
        seconds=TOKEN_SECONDS,
    )


@router.get("/api/{hotline}/desk/events", response_class=EventSourceResponse)
async def events(request: Request, hotline: At, person: OperatorAt) -> AsyncIterator[ServerSentEvent]:
    """`desk`: the whole state, now and after each change. `waiting`: how many wait. `alarms`, to whoever may look
    after them: how many stand, now and when it changes. `retry`: connect again."""
    stream = Stream(request, person)
    newswire, served = newswire_of(request, hotline), desk.queues_of(hotline, person)
    waiting, alarms = -1, -1 if person.may(Right.SUPERVISE) else None
    with newswire.listen(person.id) as nudge:
        nudge.set()
        while await stream.goes_on():
            if nudge.is_set():
                nudge.clear()
                seen = await desk.show(hotline, person, news=nudge.news)
                waiting = seen.waiting
                yield ServerSentEvent(event="desk", data=seen)
            elif (now_waiting := newswire.waiting_in(served)) != waiting:
                waiting = now_waiting
                yield ServerSentEvent(event="waiting", data={"waiting": waiting})
            if alarms not in (None, newswire.alarms):
                alarms = newswire.alarms
                yield ServerSentEvent(event="alarms", data={"standing": alarms})
            await nudge.within(WAITING_EVERY_SECONDS)
    yield ServerSentEvent(event="retry", data={})
