"""A real simulator and a small real TwiML application, each on its own port, for one test.

The application answers each path with what the test told it to say, and keeps every request it was sent.
"""

import asyncio
import io
import socket
import time
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from twilio.rest import Client

from ivr.simulator.server import build_app
from ivr.simulator.settings import Settings

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "token-of-the-account"
API_KEY, API_SECRET = "SK" + "0" * 31 + "2", "secret-of-the-key-which-is-long-enough"
APPLICATION = "AP" + "0" * 31 + "3"
MAYOR, CALLER = "+8677100000001", "+862000000001"
PATIENCE_SECONDS = 5.0

Found = TypeVar("Found")
Answer = str | Response | Callable[["Asked"], str | Response]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that the application received."""

    method: str
    url: str
    path: str
    form: Mapping[str, str]
    headers: Mapping[str, str]

    def __getitem__(self, field: str) -> str:
        return self.form[field]


@dataclass
class Application:
    """What is behind the numbers. Paths that nobody gave an answer for are answered with an empty 204."""

    address: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def says(self, path: str, *answers: Answer) -> str:
        """Answer this path with these in turn, the last one for ever. The text stands inside <Response>."""
        turns = list(answers)

        def in_turn(asked: Asked) -> str | Response:
            answer = turns.pop(0) if len(turns) > 1 else turns[0]
            return answer(asked) if callable(answer) and not isinstance(answer, Response) else answer

        self.answers[path] = in_turn
        return self.address + path

    def requests(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    async def receives(self, path: str, times: int = 1) -> list[Asked]:
        """The requests to this path, as soon as there are so many."""
        return await until(lambda: found if len(found := self.requests(path)) >= times else None)

    async def __call__(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).multi_items()}
        query = dict(request.query_params)
        asked = Asked(request.method, str(request.url), request.url.path, form or query, request.headers)
        self.asked.append(asked)
        answer = self.answers.get(request.url.path, Response(status_code=204))
        said = answer(asked) if callable(answer) and not isinstance(answer, Response) else answer
        return said if isinstance(said, Response) else twiml(said)


@dataclass
class World:
    address: str
    application: Application
    people: httpx.AsyncClient
    twilio: Client

    async def publish(self, voice_url: str, number: str = MAYOR, **settings: str) -> str:
        """Publish a number with the official client; its Sid."""
        created = await self.rest(
            self.twilio.incoming_phone_numbers.create, phone_number=number, voice_url=voice_url, **settings
        )
        return str(created.sid)

    async def rest(self, ask: Callable[..., Found], *args: object, **fields: object) -> Found:
        """The official client is not asynchronous; it asks from a thread of its own."""
        return await asyncio.to_thread(ask, *args, **fields)

    async def dial(self, *script: dict[str, object], to: str = MAYOR, caller: str = CALLER) -> "Line":
        reply = await self.people.post("/simulator/calls", json={"from": caller, "to": to, "script": script})
        assert reply.status_code == 201, reply.text
        return Line(self, reply.json()["sid"])

    async def leg(self, **wanted: str) -> "Line":
        """A call that looks like this, as soon as there is one."""

        async def found() -> "Line | None":
            calls = (await self.people.get("/simulator/calls")).json()
            return next(
                (Line(self, c["sid"]) for c in calls if all(c[k] == v for k, v in wanted.items())), None
            )

        return await eventually(found)

    async def sign_in(self, identity: str, **changes: Any) -> httpx.Response:
        token = access_token(identity, **changes)
        return await self.people.post("/simulator/softphones", json={"token": token})

    async def connect(self, identity: str, **params: str) -> "Line":
        """A softphone calls its application, as Device.connect() does."""
        reply = await self.people.post(f"/simulator/softphones/{identity}/calls", json={"params": params})
        assert reply.status_code == 201, reply.text
        return Line(self, reply.json()["sid"])

    async def warnings(self) -> list[int]:
        log = (await self.people.get("/simulator/log")).json()
        return [warning["code"] for warning in log["warnings"]]


@dataclass(frozen=True)
class Line:
    """One call, as the person on it knows it."""

    world: World
    sid: str

    async def look(self) -> dict[str, object]:
        found: dict[str, object] = (await self.world.people.get(f"/simulator/calls/{self.sid}")).json()
        return found

    async def heard(self) -> list[tuple[str, str]]:
        items = (await self.look())["heard"]
        assert isinstance(items, list)
        return [(item["kind"], item["text"] or item["url"] or "") for item in items]

    async def hears(self, kind: str, words: str = "") -> None:
        async def said() -> str | None:
            return next((text or kind for k, text in await self.heard() if k == kind and words in text), None)

        await eventually(said)

    async def is_(self, **wanted: object) -> dict[str, object]:
        """Wait until the call looks like this."""

        async def seen() -> dict[str, object] | None:
            now = await self.look()
            return now if all(now[name] == value for name, value in wanted.items()) else None

        return await eventually(seen)

    async def answered(self) -> None:
        async def picked_up() -> bool | None:
            return (await self.look())["answered_at"] is not None or None

        await eventually(picked_up)

    async def press(self, digits: str) -> None:
        await self.is_(listening_for="digits")
        reply = await self.world.people.post(f"/simulator/calls/{self.sid}/digits", json={"digits": digits})
        assert reply.status_code == 204, reply.text

    async def pick_up(self) -> None:
        await self.is_(status="ringing")
        assert (await self.world.people.post(f"/simulator/calls/{self.sid}/answer")).status_code == 204

    async def hang_up(self) -> None:
        assert (await self.world.people.delete(f"/simulator/calls/{self.sid}")).status_code == 204

    async def over(self) -> dict[str, object]:
        async def ended() -> dict[str, object] | None:
            now = await self.look()
            return now if now["ended_at"] is not None else None

        return await eventually(ended)


def access_token(identity: str, **changes: Any) -> str:
    """A token as the application makes it with the official library; `changes` spoil it."""
    made = {"account_sid": ACCOUNT, "signing_key_sid": API_KEY, "secret": API_SECRET, "ttl": 60} | changes
    application = made.pop("application", APPLICATION)
    token = AccessToken(identity=identity, **made)
    token.add_grant(VoiceGrant(incoming_allow=True, outgoing_application_sid=application))
    return str(token.to_jwt())


def twiml(inside: str) -> Response:
    return Response(f"<?xml version='1.0'?><Response>{inside}</Response>", media_type="text/xml")


async def until(condition: Callable[[], Found | None]) -> Found:
    """Wait for something to be true, for a few seconds at most."""

    async def look() -> Found | None:
        return condition()

    return await eventually(look)


async def eventually(look: Callable[[], Awaitable[Found | None]]) -> Found:
    """Look again and again until there is something to see, for a few seconds at most."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := await look():
            return found
        await asyncio.sleep(0.01)
    raise AssertionError(f"not so within {PATIENCE_SECONDS:g} s")


@asynccontextmanager
async def open_world(speed: float, **limits: Any) -> AsyncIterator[World]:
    async with listening() as (app_socket, app_address), listening() as (exchange_socket, address):
        application = Application(app_address)
        settings = Settings(
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_api_key=API_KEY,
            twilio_api_secret=API_SECRET,
            simulator_port=exchange_socket.getsockname()[1],
            simulator_speed=speed,
            simulator_applications={APPLICATION: f"{app_address}/softphone"},
            **limits,
        )
        every_path = Route("/{path:path}", application.__call__, methods=["GET", "POST"])
        async with (
            running((Starlette(routes=[every_path]), app_socket), (build_app(settings), exchange_socket)),
            httpx.AsyncClient(base_url=address) as people,
        ):
            client = Client(ACCOUNT, TOKEN)
            client.api.base_url = address
            yield World(address, application, people, client)


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[socket.socket, str]]:
    # Named as TCP, or asyncio does not turn off the delay that makes every small reply wait for 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as free:
        free.bind(("127.0.0.1", 0))
        yield free, f"http://127.0.0.1:{free.getsockname()[1]}"


@asynccontextmanager
async def running(*apps: tuple[Starlette, socket.socket]) -> AsyncIterator[None]:
    """Serve these in this process, and stop them together, without waiting for open connections."""
    async with AsyncExitStack() as lives:
        for app, _ in apps:
            await lives.enter_async_context(app.router.lifespan_context(app))
        servers = [_Server(uvicorn.Config(app, log_level="warning", lifespan="off")) for app, _ in apps]
        serving = [
            asyncio.create_task(server.serve(sockets=[on]))
            for server, (_, on) in zip(servers, apps, strict=True)
        ]
        await until(lambda: all(server.started for server in servers) or None)
        yield
        for server in servers:
            server.enough.set()
        await asyncio.gather(*serving)


class _Server(uvicorn.Server):
    """One that stops at once: uvicorn looks only every tenth of a second whether it should, and there are
    two for each test."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.enough = asyncio.Event()

    async def main_loop(self) -> None:
        await self.enough.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in self.servers:
            listener.close()
        for task in self.server_state.tasks:
            task.cancel()
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        await asyncio.gather(*self.server_state.tasks, return_exceptions=True)


def silence(seconds: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 8000 * seconds)
    return file.getvalue()
