"""The booth's receivers: its callers' legs speak and hear in the page that took them up, over one WebSocket."""

import asyncio
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from ivr.simulator.exchange import Exchange
from ivr.simulator.people.replies import exchange_of
from ivr.simulator.receivers import lose, pass_on, take_up
from ivr.simulator.softphones import Wire

UNREADABLE = 1007  # the WebSocket's own code for it


class Message(BaseModel):
    """`take_up` a leg, or a `signal` for the browser at the other end of it."""

    model_config = ConfigDict(frozen=True)

    type: Literal["take_up", "signal"]
    call_sid: str
    to: str = ""
    signal: dict[str, object] = {}


async def socket(websocket: WebSocket) -> None:
    """A booth, as long as its page is open. What it says of a call that is over comes too late and is let be."""
    await websocket.accept()
    exchange: Exchange = exchange_of(websocket)
    wire: Wire = asyncio.Queue()
    writing = asyncio.create_task(_write(websocket, wire))
    try:
        while True:
            _obey(exchange, wire, Message.model_validate_json(await websocket.receive_text()))
    except WebSocketDisconnect:
        pass  # the page was closed, or lost
    except ValidationError:
        await websocket.close(UNREADABLE)
    finally:
        writing.cancel()
        lose(exchange, wire)


async def _write(websocket: WebSocket, wire: Wire) -> None:
    while True:
        await websocket.send_json(await wire.get())


def _obey(exchange: Exchange, wire: Wire, message: Message) -> None:
    match message.type:
        case "take_up" if message.call_sid in exchange.calls:
            take_up(exchange, exchange.calls[message.call_sid], wire)
        case "signal":
            pass_on(exchange, message.call_sid, wire, message.to, message.signal)


ROUTES: list[BaseRoute] = [WebSocketRoute("/simulator/receivers", socket)]
