"""Texts as people have them on their phones: what they were sent, and what they send to a published number."""

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ivr.simulator.errors import PersonRefused
from ivr.simulator.inbound_texts import receive
from ivr.simulator.owners import phone_at
from ivr.simulator.people.replies import asked, exchange_of
from ivr.simulator.texts import LONGEST_TEXT, Text

ARRIVED = ("delivered", "received")


class Writing(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sender: str = Field(alias="from", min_length=1)
    to: str = Field(min_length=1)
    body: str = Field(min_length=1, max_length=LONGEST_TEXT)


async def arrived(request: Request) -> Response:
    """Those that arrived, oldest first; to one phone or number, or from one, or all."""
    to, sender = _number_in(request, "to"), _number_in(request, "from")
    texts = [text for text in exchange_of(request).texts.values() if text.status in ARRIVED]
    return JSONResponse(
        [
            _as_json(text)
            for text in texts
            if (not to or text.to == to) and (not sender or text.from_ == sender)
        ]
    )


async def send(request: Request) -> Response:
    """Somebody writes to a published number."""
    exchange, writing = exchange_of(request), await asked(request, Writing)
    number = exchange.number_dialled(writing.to)
    if number is None:
        raise PersonRefused(
            404, f"Nobody has the number {writing.to}; GET /simulator/numbers lists those that exist."
        )
    if phone_at(exchange, writing.sender).landline:
        raise PersonRefused(409, f"{writing.sender} is a landline, which cannot send texts.")
    return JSONResponse(_as_json(receive(exchange, writing.sender, number, writing.body)), 201)


async def arrived_or_send(request: Request) -> Response:
    return await (send(request) if request.method == "POST" else arrived(request))


def _number_in(request: Request, name: str) -> str:
    return request.query_params.get(name, "").replace(" ", "+")  # a plus that was not escaped


def _as_json(text: Text) -> dict[str, object]:
    return {
        "sid": text.sid,
        "from": text.from_,
        "to": text.to,
        "body": text.body,
        "at": text.updated_at,
    }


ROUTES = [Route("/simulator/texts", arrived_or_send, methods=["GET", "POST"])]
