"""Softphones: one without a browser for tests, and the browser's own over a WebSocket.

A tab that is lost has two seconds to come back before its call is dropped.
"""

import asyncio
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from ivr.simulator.call import Call
from ivr.simulator.errors import PersonRefused
from ivr.simulator.exchange import Exchange
from ivr.simulator.life import connect_softphone
from ivr.simulator.people.replies import asked, exchange_of
from ivr.simulator.receivers import lose, pass_on, take_up
from ivr.simulator.softphones import Softphone, Wire
from ivr.simulator.tokens import read_token

LOST_TAB_SECONDS = 2.0


class SigningIn(BaseModel):
    token: str


class Connecting(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    params: dict[str, str] = {}


class Message(BaseModel):
    """What a browser says; each type uses its own fields. A muted microphone makes no difference here.

    With `sound` it registers, connects or answers to speak and hear by itself; `signal` is for the browser at the
    other end."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    type: Literal["register", "connect", "answer", "reject", "digits", "mute", "disconnect", "signal"]
    token: str = ""
    params: dict[str, str] = {}
    digits: str = Field(default="", pattern=r"^[0-9*#A-D]*$")
    sound: bool = False
    to: str = ""
    signal: dict[str, object] = {}


async def sign_in(request: Request) -> Response:
    signing_in = await asked(request, SigningIn)
    return JSONResponse({"identity": _register(exchange_of(request), signing_in.token).identity}, 201)


async def connect(request: Request) -> Response:
    exchange, connecting = exchange_of(request), await asked(request, Connecting)
    identity = request.path_params["identity"]
    softphone = exchange.softphones.get(identity)
    if softphone is None:
        raise PersonRefused(404, f"No softphone {identity} is signed in; POST /simulator/softphones first.")
    return JSONResponse({"sid": connect_softphone(exchange, softphone, connecting.params).sid}, 201)


def _register(exchange: Exchange, token: str) -> Softphone:
    grant = read_token(exchange, token)
    softphone = exchange.softphones.setdefault(
        grant.identity, Softphone(grant.identity, grant.application_sid, grant.may_be_called)
    )
    softphone.application_sid, softphone.may_be_called = grant.application_sid, grant.may_be_called
    return softphone


async def socket(websocket: WebSocket) -> None:
    """A browser's softphone, as long as its tab is open."""
    await websocket.accept()
    tab = _Tab(exchange_of(websocket))
    writing = asyncio.create_task(_write(websocket, tab.wire))
    try:
        while True:
            tab.hears(await websocket.receive_text())
    except WebSocketDisconnect:
        pass  # the tab was closed, or lost
    finally:
        writing.cancel()
        lose(tab.exchange, tab.wire)
        tab.close()


async def _write(websocket: WebSocket, wire: Wire) -> None:
    while True:
        await websocket.send_json(await wire.get())


class _Tab:
    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.wire: Wire = asyncio.Queue()
        self.softphone: Softphone | None = None

    def hears(self, text: str) -> None:
        try:
            self._obey(_MESSAGES.validate_json(text))
        except ValidationError as wrong:
            self._tell_error(31000, f"This is not a softphone's message: {wrong.errors()[0]['msg']}.")
        except PersonRefused as refused:
            self._tell_error(refused.code or 31000, refused.sentence)

    def _obey(self, message: Message) -> None:
        if message.type == "register":
            self._register(message)
            return
        if self.softphone is None:
            raise PersonRefused(409, "Register with a token first.", 31000)
        if message.type == "connect":
            self._join(connect_softphone(self.exchange, self.softphone, message.params), message)
        elif line := self._line():
            self._obey_on(line, message)

    def _obey_on(self, line: Call, message: Message) -> None:
        match message.type:
            case "digits":
                line.press(message.digits)
            case "answer":
                line.pick_up()
                self._join(line, message)
            case "reject":
                line.decline()
            case "disconnect":
                line.hang_up("this person")
            case "signal":
                pass_on(self.exchange, line.sid, self.wire, message.to, message.signal)

    def _join(self, line: Call, message: Message) -> None:
        if message.sound:
            take_up(self.exchange, line, self.wire)

    def _register(self, message: Message) -> None:
        self.close()
        self.softphone = _register(self.exchange, message.token)
        self.softphone.wires.append(self.wire)
        self.wire.put_nowait({"type": "registered", "identity": self.softphone.identity})
        for line in self.softphone.lines:
            if line.answered_at is not None:  # a tab that came back in time, or a new token
                self.wire.put_nowait({"type": "accept", "call_sid": line.sid})
                if line.sid not in self.exchange.receivers:  # another tab's sound stays there
                    self._join(line, message)

    def _line(self) -> Call | None:
        return self.softphone.lines[-1] if self.softphone and self.softphone.lines else None

    def _tell_error(self, code: int, message: str) -> None:
        self.wire.put_nowait({"type": "error", "code": code, "message": message})

    def close(self) -> None:
        softphone, self.softphone = self.softphone, None
        if softphone is not None:
            softphone.wires.remove(self.wire)
            self.exchange.spawn(_drop_if_lost(self.exchange, softphone))


async def _drop_if_lost(exchange: Exchange, softphone: Softphone) -> None:
    await asyncio.sleep(LOST_TAB_SECONDS)  # networks are not made faster
    if softphone.wires:
        return
    for line in list(softphone.lines):
        line.hang_up("a lost tab")
    if exchange.softphones.get(softphone.identity) is softphone:
        del exchange.softphones[softphone.identity]


_MESSAGES = TypeAdapter(Message)

ROUTES: list[BaseRoute] = [
    Route("/simulator/softphones", sign_in, methods=["POST"]),
    Route("/simulator/softphones/{identity}/calls", connect, methods=["POST"]),
    WebSocketRoute("/simulator/softphone", socket),
]
