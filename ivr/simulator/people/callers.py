"""Callers: dial, press, speak, hang up, and look at what was heard."""

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ivr.simulator.call import CallStatus
from ivr.simulator.errors import PersonRefused
from ivr.simulator.life import dial_number
from ivr.simulator.people.replies import asked, call_as_json, call_named, exchange_of, live_call_named
from ivr.simulator.people.scripts import Step, follow_script


class Dialling(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    caller: str = Field(alias="from", min_length=1)
    to: str = Field(min_length=1)
    forwarded_from: str | None = None
    script: tuple[Step, ...] = ()


class Digits(BaseModel):
    digits: str = Field(pattern=r"^[0-9*#A-D]+$")


class Speech(BaseModel):
    seconds: float = Field(gt=0)


async def numbers(request: Request) -> Response:
    known = exchange_of(request).numbers.values()
    return JSONResponse([{"number": n.phone_number, "name": n.friendly_name, "sid": n.sid} for n in known])


async def dial(request: Request) -> Response:
    exchange, dialling = exchange_of(request), await asked(request, Dialling)
    call = dial_number(exchange, dialling.caller, dialling.to, dialling.forwarded_from)
    if dialling.script:
        exchange.spawn(follow_script(exchange, call, dialling.script))
    return JSONResponse({"sid": call.sid}, 201)


async def index(request: Request) -> Response:
    live_only = request.query_params.get("live") == "true"
    calls = [c for c in exchange_of(request).calls.values() if not (live_only and c.is_over)]
    return JSONResponse([call_as_json(call) for call in calls])


async def fetch(request: Request) -> Response:
    return JSONResponse(call_as_json(call_named(request)))


async def press(request: Request) -> Response:
    pressed = await asked(request, Digits)
    live_call_named(request).press(pressed.digits)
    return Response(status_code=204)


async def speak(request: Request) -> Response:
    speech = await asked(request, Speech)
    call = live_call_named(request)
    if call.listening_for != "recording":
        raise PersonRefused(409, "Nothing records what is said now; wait until listening_for is recording.")
    call.speak(speech.seconds)
    return Response(status_code=204)


async def pick_up(request: Request) -> Response:
    """Answer a phone that rings."""
    call = live_call_named(request)
    if call.status is not CallStatus.RINGING or call.direction == "inbound":
        raise PersonRefused(409, f"The call {call.sid} does not ring here; it is {call.status}.")
    call.pick_up()
    return Response(status_code=204)


async def hang_up(request: Request) -> Response:
    """Put the phone down; one that rings here is declined."""
    call = live_call_named(request)
    if call.direction != "inbound" and call.answered_at is None:
        call.decline()
    else:
        call.hang_up("this person")
    return Response(status_code=204)


async def index_or_dial(request: Request) -> Response:
    return await (dial(request) if request.method == "POST" else index(request))


async def fetch_or_hang_up(request: Request) -> Response:
    return await (hang_up(request) if request.method == "DELETE" else fetch(request))


ROUTES = [
    Route("/simulator/numbers", numbers),
    Route("/simulator/calls", index_or_dial, methods=["GET", "POST"]),
    Route("/simulator/calls/{sid}", fetch_or_hang_up, methods=["GET", "DELETE"]),
    Route("/simulator/calls/{sid}/digits", press, methods=["POST"]),
    Route("/simulator/calls/{sid}/speech", speak, methods=["POST"]),
    Route("/simulator/calls/{sid}/answer", pick_up, methods=["POST"]),
]
