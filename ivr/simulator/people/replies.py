"""Reading what people ask, and how they are refused."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from ivr.simulator.call import Call, heard_as_json
from ivr.simulator.errors import PersonRefused
from ivr.simulator.exchange import Exchange

Form = TypeVar("Form", bound=BaseModel)


def exchange_of(connection: HTTPConnection) -> Exchange:
    exchange: Exchange = connection.app.state.exchange
    return exchange


async def asked(request: Request, form: type[Form]) -> Form:
    """The JSON body, if it is what this address takes."""
    try:
        return form.model_validate_json(await request.body())
    except ValidationError as wrong:
        first = wrong.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        fields = ", ".join(form.model_fields)
        raise PersonRefused(400, f"{where}: {first['msg']}. Send JSON with {fields}.") from wrong


def call_named(request: Request) -> Call:
    sid = request.path_params["sid"]
    call = exchange_of(request).calls.get(sid)
    if call is None:
        raise PersonRefused(404, f"There is no call {sid}; GET /simulator/calls lists those that there are.")
    return call


def live_call_named(request: Request) -> Call:
    call = call_named(request)
    if call.is_over or call.farewell is not None:
        raise PersonRefused(409, f"The call {call.sid} is over; dial again.")
    return call


def call_as_json(call: Call) -> dict[str, object]:
    return {
        "sid": call.sid,
        "from": call.from_,
        "to": call.to,
        "direction": call.direction,
        "parent_sid": call.parent_sid,
        "status": call.status,
        "started_at": call.started_at,
        "answered_at": call.answered_at,
        "ended_at": call.ended_at,
        "room": call.room,
        "listening_for": call.listening_for,
        "heard": [heard_as_json(item) for item in call.heard],
    }


async def refuse(request: Request, refused: Exception) -> Response:
    if not isinstance(refused, PersonRefused):
        raise refused
    code = {} if refused.code is None else {"code": refused.code}
    return JSONResponse({"error": refused.sentence, **code}, refused.status)
