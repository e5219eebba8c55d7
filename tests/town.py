"""A town to test in: a real Valkey, the real application, the real simulator, and its people.

The hotline's clock can be put forward; the simulator's people live twenty times as fast. Nothing is replaced by a
double, and nobody sleeps: whoever waits, waits for something to be so.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn

from ivr import accounts, changes
from ivr.carrier.twilio import Twilio
from ivr.demo import ACCOUNT, API_SECRET, API_TOKEN, APPLICATION, OFFICES, STAFF, Demo, publish
from ivr.hotline import Hotline, loaded, open_hotline, teach, wall_clock
from ivr.logs import speak_json
from ivr.roles import Role
from ivr.simulator.server import build_app
from ivr.simulator.settings import Settings as SimulatorSettings
from ivr.store import connect, load_library
from routes.app import Front
from tests.townspeople import Caller, Operator, Telephone, secret_of
from tests.waiting import PATIENCE_SECONDS, until

SPEED = 20.0
LEASE_STEP_SECONDS = 4

__all__ = ["ACCOUNT", "API_SECRET", "Caller", "Operator", "Telephone", "Town", "secret_of", "until"]


@dataclass
class Server:
    """An ASGI application under a real uvicorn, in a thread of this process."""

    app: Any
    port: int
    server: uvicorn.Server | None = None
    thread: threading.Thread | None = None

    def start(self) -> None:
        config = uvicorn.Config(
            self.app,
            "127.0.0.1",
            self.port,
            log_level="warning",
            timeout_graceful_shutdown=1,
            http="routes.one_packet:OnePacket",
            ws="websockets-sansio",
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        if self.server is None or self.thread is None:
            return
        self.server.should_exit = True
        self.thread.join(PATIENCE_SECONDS)
        assert not self.thread.is_alive(), f"the server on port {self.port} does not stop"


@dataclass(slots=True)
class Town:
    """Everything up. `ahead` is by how many milliseconds the hotlines' clocks are put forward."""

    demo: Demo
    application: Server
    company: Server
    front: Front
    ahead: int = 0
    operators: list[Operator] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.demo.url

    @property
    def company_url(self) -> str:
        return self.demo.simulator_url

    def hotline(self, name: str = "nanning") -> Hotline:
        return self.front.hotlines[name]

    async def passes(self, seconds: float) -> None:
        """Time goes on for the hotline, in steps that keep every desk's heartbeat."""
        left = seconds
        while left > 0:
            self.ahead += int(min(left, LEASE_STEP_SECONDS) * 1000)
            left -= LEASE_STEP_SECONDS
            for operator in self.operators:
                await operator.beats()

    async def breathes(self) -> None:
        """A moment of the simulator's time, for what people do in between: a second and a half of theirs."""
        await asyncio.sleep(1.5 / SPEED)

    async def calls_home(self) -> None:
        """The end of a test: nobody is on the phone, nobody at a desk. Callers hang up first: else they were lost."""
        async with aiohttp.ClientSession(self.company_url) as company:
            async with company.get("/simulator/calls?live=true") as answer:
                live = await answer.json()
            for call in sorted(live, key=lambda one: str(one["from"]).startswith("client:")):
                await company.delete(f"/simulator/calls/{call['sid']}")
        for operator in self.operators:
            await until(operator.is_off_the_phone, f"{operator.number} is off the phone")
            await operator.goes_home()
        self.operators.clear()

    def caller(self, number: str) -> Caller:
        return Caller(self, number)

    async def phone(self, number: str, behaviour: str, **more: Any) -> None:
        """What somebody else's phone does from now on when it is rung."""
        async with aiohttp.ClientSession(self.company_url) as company:
            where, what = f"/simulator/phones/{number}", {"behaviour": behaviour, **more}
            async with company.put(where, json=what) as answer:
                assert answer.status == 200, await answer.text()

    async def operator(self, number: str, *, hotline: str = "nanning") -> Operator:
        """Somebody who has sat down at their desk and is ready."""
        operator = Operator(self, number, hotline)
        self.operators.append(operator)
        await operator.sits_down()
        await operator.is_ready()
        return operator

    async def phone_does(self, number: str, behaviour: str, **more: Any) -> None:
        """From its next call on, this phone acts by itself."""
        async with aiohttp.ClientSession(self.company_url) as company:
            path = f"/simulator/phones/{number}"
            async with company.put(path, json={"behaviour": behaviour, **more}) as answer:
                assert answer.status == 200, await answer.text()

    async def phone_rings(self, number: str) -> Telephone:
        """Waits until somebody's phone outside the hotline rings."""

        async def ringing() -> dict[str, Any] | None:
            async with aiohttp.ClientSession(self.company_url) as company:
                async with company.get("/simulator/calls?live=true") as answer:
                    calls = await answer.json()
            return next((one for one in calls if one["to"] == number and one["status"] == "ringing"), None)

        call = await until(ringing, f"the phone {number} rings")
        return Telephone(self, number, call["sid"], call_from=call["from"])

    async def ask(self, method: str, path: str, *, token: str, expect: int = 200, **body: Any) -> Any:
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
            async with http.request(method, self.url + path, **body) as answer:
                assert answer.status == expect, f"{method} {path}: {answer.status} {await answer.text()}"
                return await answer.json()

    def admin_token(self, hotline: str = "nanning") -> str:
        return f"ztc_{hotline}_{API_TOKEN}"


def found(folder: Path, store_url: str, *, speed: float = SPEED) -> Town:
    """The town as it will be; nothing is up yet."""
    demo = Demo(port=free_port(), simulator_port=free_port(), folder=folder, redis_url=store_url, speed=speed)
    company = Server(build_app(SimulatorSettings.model_validate(_lower(demo))), demo.simulator_port)
    front = Front(demo.settings())
    return Town(demo, Server(front, demo.port), company, front)


@contextmanager
def opened(folder: Path, store_url: str) -> Iterator[Town]:
    """The town, until it is left."""
    town = found(folder, store_url)
    try:
        asyncio.run(open_up(town))
        yield town
    finally:
        town.application.stop()
        town.company.stop()


async def open_up(town: Town) -> None:
    """Teach the store, start the company and the application, publish the numbers."""
    settings = town.demo.settings()
    store, carrier = connect(town.demo.store_url), Twilio(settings)
    speak_json()
    try:
        await load_library(store.redis)
        for name, people in STAFF.items():
            hotline = await open_hotline(name, store, carrier, settings)
            await changes.override(hotline, "open")
            await _leave_in_peace(hotline)
            for number, role in people.items():
                await accounts.appoint(
                    store, name, number, role=role, password=f"demo-{number}", lines=OFFICES.get(number, "")
                )
                await accounts.issue_token(
                    settings, store, name, role=role, id=number, secret=secret_of(number)
                )
            await accounts.issue_token(settings, store, name, role=Role.ADMIN, id="9000", secret=API_TOKEN)
        town.company.start()
        town.application.start()
        await until(lambda: opens(town.url + "/readyz"), "the application is up")
        await until(lambda: opens(town.company_url + "/simulator/numbers"), "the phone company is up")
        for hotline in town.front.hotlines.values():
            hotline.clock = lambda: wall_clock() + town.ahead
        await publish(town.demo)
    finally:
        await carrier.close()
        await store.close()


async def _leave_in_peace(hotline: Hotline) -> None:
    """No dial test by the clock: tests are run at any hour of the day. And nobody rings too often: in the stories a
    few people dial from the morning to the evening of one quarter of an hour."""
    profile = hotline.handbook.profile
    changed = {
        "probes": profile.probes.model_copy(update={"times": ()}),
        "restraint": profile.restraint.model_copy(update={"calls_allowed": 0}),
    }
    quiet = replace(hotline.handbook, profile=profile.model_copy(update=changed))
    await teach(hotline.store, hotline.name, quiet, note=loaded())


def _lower(demo: Demo) -> dict[str, Any]:
    plain = {name.lower(): value for name, value in demo.environment().items()}
    plain.pop("simulator_switches")
    return {**plain, "simulator_applications": {APPLICATION: f"{demo.url}/voice/nanning/operator/join"}}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def opens(url: str) -> bool:
    try:
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False
