"""Registering what other people's phones do when they are called."""

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ivr.simulator.people.replies import asked, exchange_of
from ivr.simulator.phones import AFTER_SECONDS, Behaviour, Phone


class Registering(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    behaviour: Behaviour = "by_hand"
    after_seconds: float = Field(default=AFTER_SECONDS, ge=0)
    landline: bool = False
    name: str = ""


async def register(request: Request) -> Response:
    """From its next call or text on, the phone at this number or SIP address does so."""
    wanted, number = await asked(request, Registering), request.path_params["number"]
    exchange, phone = exchange_of(request), Phone(number, **wanted.model_dump())
    exchange.phones[number] = phone
    exchange.feed.publish("phone", number)
    return JSONResponse(_as_json(phone))


async def forget(request: Request) -> Response:
    """The phone lies on a table again; a number of the account leads to its application again."""
    exchange, number = exchange_of(request), request.path_params["number"]
    exchange.phones.pop(number, None)
    exchange.feed.publish("phone", number)
    return Response(status_code=204)


async def index(request: Request) -> Response:
    return JSONResponse([_as_json(phone) for phone in exchange_of(request).phones.values()])


def _as_json(phone: Phone) -> dict[str, object]:
    return {
        "number": phone.number,
        "behaviour": phone.behaviour,
        "after_seconds": phone.after_seconds,
        "landline": phone.landline,
        "name": phone.name,
    }


ROUTES = [
    Route("/simulator/phones", index),
    Route("/simulator/phones/{number}", register, methods=["PUT"]),
    Route("/simulator/phones/{number}", forget, methods=["DELETE"]),
]
