"""A town to test in: a real Valkey, the real application, the real simulator, and its people.

The hotline's clock can be put forward; the simulator's people live twenty times as fast. Nothing is replaced by a
double, and nobody sleeps: whoever waits, waits for something to be so.
"""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn

from ivr import accounts, changes
from ivr.carrier.twilio import Twilio
from ivr.demo import ACCOUNT, API_SECRET, API_TOKEN, APPLICATION, OFFICES, STAFF, Demo, publish
from ivr.hotline import Hotline, open_hotline, teach, wall_clock
from ivr.logs import speak_json
from ivr.roles import Role
from ivr.simulator.server import build_app
from ivr.simulator.settings import Settings as SimulatorSettings
from ivr.store import connect, load_library
from routes.app import Front

PATIENCE_SECONDS = 30.0
SPEED = 20.0
LEASE_STEP_SECONDS = 4

__all__ = ["ACCOUNT", "API_SECRET", "Caller", "Operator", "Town", "until"]


async def until(holds: Callable[[], Awaitable[Any]], what: str) -> Any:
    """What `holds` says, as soon as it is true of anything; a failure names what did not come to be."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while not (found := await holds()):
        assert asyncio.get_running_loop().time() < deadline, f"waited {PATIENCE_SECONDS:.0f} s for: {what}"
        await asyncio.sleep(0.01)
    return found


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
            ws="websockets-sansio",
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        if self.server is None or self.thread is None:
            return
        self.server.should_exit = True
        self.thread.join(10)
        assert not self.thread.is_alive(), f"the server on port {self.port} does not stop"


@dataclass(slots=True)
class Town:
    """Everything up. `ahead` is by how many milliseconds the hotlines' clocks are put forward."""

    demo: Demo
    application: Server
    company: Server
    front: Front
    ahead: int = 0
    operators: "list[Operator]" = field(default_factory=list)

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
        """The end of a test: nobody is on the phone, nobody at a desk."""
        async with aiohttp.ClientSession(self.company_url) as company:
            async with company.get("/simulator/calls?live=true") as answer:
                for call in await answer.json():
                    await company.delete(f"/simulator/calls/{call['sid']}")
        for operator in self.operators:
            await until(operator.is_off_the_phone, f"{operator.number} is off the phone")
            await operator.goes_home()
        self.operators.clear()

    def caller(self, number: str) -> "Caller":
        return Caller(self, number)

    async def phone(self, number: str, behaviour: str, **more: Any) -> None:
        """What somebody else's phone does from now on when it is rung."""
        async with aiohttp.ClientSession(self.company_url) as company:
            where, what = f"/simulator/phones/{number}", {"behaviour": behaviour, **more}
            async with company.put(where, json=what) as answer:
                assert answer.status == 200, await answer.text()

    async def operator(self, number: str, *, hotline: str = "nanning") -> "Operator":
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

    async def phone_rings(self, number: str) -> "Telephone":
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


def found(folder: Path, store_url: str) -> Town:
    """The town as it will be; nothing is up yet."""
    demo = Demo(port=free_port(), simulator_port=free_port(), folder=folder, redis_url=store_url, speed=SPEED)
    company = Server(build_app(SimulatorSettings.model_validate(_lower(demo))), demo.simulator_port)
    front = Front(demo.settings())
    return Town(demo, Server(front, demo.port), company, front)


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
    """No dial test by the clock: tests are run at any hour of the day."""
    profile = hotline.handbook.profile
    probes = profile.probes.model_copy(update={"times": ()})
    quiet = replace(hotline.handbook, profile=profile.model_copy(update={"probes": probes}))
    await teach(hotline.store, hotline.name, quiet)


@dataclass(slots=True)
class Caller:
    """Somebody with a telephone."""

    town: Town
    number: str
    sid: str = ""
    since: float = 0.0  # of the company's clock: what rang before is not of this story

    async def dials(self, number: str, **more: Any) -> "Caller":
        call = await self._do("POST", "", json={"from": self.number, "to": number, **more})
        self.sid = call["sid"]
        self.since = self.since or (await self.call())["started_at"]
        return self

    async def hears(self, words: str) -> dict[str, Any]:
        """Waits until this has been said to them (or played), and returns when and how."""
        return dict(await until(lambda: self._heard(words), f"{self.number} hears “{words}”; {self.sid}"))

    async def is_in_the_room(self) -> None:
        await until(self._in_room, f"{self.number} is in the room")

    async def presses(self, digits: str) -> None:
        await self._do("POST", f"/{self.sid}/digits", json={"digits": digits})

    async def is_listened_to(self) -> None:
        """Waits until what they say is recorded."""

        async def so() -> bool:
            return bool((await self.call())["listening_for"] == "recording")

        await until(so, f"{self.number} is recorded")

    async def speaks(self, seconds: float, *, to_the_end: bool = True) -> None:
        await self.is_listened_to()
        await self._do("POST", f"/{self.sid}/speech", json={"seconds": seconds})
        if to_the_end:
            await self.presses("#")

    async def hangs_up(self) -> None:
        await self._do("DELETE", f"/{self.sid}")

    async def is_near_the_phone(self, behaviour: str = "by_hand", *, after: float = 0.5) -> "Caller":
        """What their own telephone does when it is rung, from now on."""
        body = {"behaviour": behaviour, "after_seconds": after}
        async with aiohttp.ClientSession(self.town.company_url) as company:
            async with company.put(f"/simulator/phones/{self.number}", json=body) as answer:
                assert answer.status == 200, await answer.text()
        return self

    async def is_rung(self, times: int = 1) -> dict[str, Any]:
        """Waits until their telephone has been rung so many times; from then on they are on that call."""

        async def so() -> dict[str, Any] | None:
            calls = await self._do("GET", "")
            rung = [one for one in calls if one["to"] == self.number and one["started_at"] >= self.since]
            return rung[times - 1] if len(rung) >= times else None

        call = dict(await until(so, f"{self.number} is rung, time {times}"))
        self.sid = call["sid"]
        return call

    async def picks_up(self) -> None:
        async def rings() -> bool:
            return bool((await self.call())["status"] == "ringing")

        await until(rings, f"the phone of {self.number} rings")
        await self._do("POST", f"/{self.sid}/answer")

    async def call(self) -> dict[str, Any]:
        return dict(await self._do("GET", f"/{self.sid}"))

    async def everything_heard(self) -> list[str]:
        return [item["text"] or item["url"] or "" for item in (await self.call())["heard"]]

    async def is_hung_up_on(self) -> dict[str, Any]:
        """Waits until the line is down; the call as the phone company has it."""
        return dict(await until(self._over, f"{self.number}'s call is over"))

    async def is_back_in_the_room(self) -> None:
        """Waits until the last thing they hear is other people."""

        async def so() -> bool:
            return bool((await self.call())["heard"][-1]["kind"] == "room")

        await until(so, f"{self.number} hears the others")

    async def record(self, hotline: str = "nanning") -> dict[str, Any]:
        """The hotline's record, once the call has ended."""
        path, token = f"/api/{hotline}/calls/{self.sid}", self.town.admin_token(hotline)

        async def ended() -> dict[str, Any] | None:
            record: dict[str, Any] = await self.town.ask("GET", path, token=token)
            return record if record["state"] == "ended" else None

        return dict(await until(ended, f"the record of {self.sid} is complete"))

    async def _heard(self, words: str) -> dict[str, Any] | None:
        heard = (await self.call())["heard"]
        return next((one for one in heard if words in f"{one['text'] or ''} {one['url'] or ''}"), None)

    async def _in_room(self) -> bool:
        return (await self.call())["room"] is not None

    async def _over(self) -> dict[str, Any] | None:
        call = await self.call()
        return call if call["ended_at"] else None

    async def _do(self, method: str, path: str, **body: Any) -> Any:
        async with aiohttp.ClientSession(self.town.company_url) as company:
            async with company.request(method, "/simulator/calls" + path, **body) as answer:
                assert answer.status < 300, f"{method} {path}: {answer.status} {await answer.text()}"
                return await answer.json() if answer.status != 204 else None


@dataclass(slots=True)
class Telephone(Caller):
    """A phone on somebody's table, which the hotline calls."""

    call_from: str = ""

    async def answers(self) -> None:
        await self._do("POST", f"/{self.sid}/answer")


@dataclass(slots=True)
class Operator:
    """Somebody at a desk, working it through the API, with a softphone that has no browser."""

    town: Town
    number: str
    hotline: str = "nanning"
    phone: str = ""  # the carrier's call of their softphone

    async def sits_down(self) -> None:
        await self._do("PUT", "/presence", json={"present": True})
        softphone = await self._do("GET", "/softphone")
        await self._company("POST", "/simulator/softphones", json={"token": softphone["token"]})

    async def sits_at_a_phone(self) -> None:
        """With the telephone on the desk, and no browser."""
        await self._do("PUT", "/presence", json={"present": True, "by": "phone"})

    async def is_ready(self) -> None:
        await self._do("PUT", "/intent", json={"intent": "ready"})

    async def pauses(self, reason: str = "小休") -> None:
        await self._do("PUT", "/intent", json={"intent": "paused", "reason": reason})

    async def leaves_after_this_call(self) -> None:
        await self._do("PUT", "/intent", json={"intent": "leaving"})

    async def beats(self) -> str:
        return str((await self._do("POST", "/heartbeat"))["word"])

    async def desk(self) -> dict[str, Any]:
        return dict(await self._do("GET", ""))

    async def rings(self) -> dict[str, Any]:
        """Waits for an offer; the card that the desk shows."""
        await self.is_on("offered")
        return dict((await self.desk())["call"])

    async def is_on(self, line: str) -> dict[str, Any]:
        """Waits until the operator's line does this; the desk."""

        async def so() -> dict[str, Any] | None:
            desk = await self.desk()
            return desk if desk["line"] == line else None

        return dict(await until(so, f"{self.number}'s line is {line}"))

    async def accepts(self) -> dict[str, Any]:
        """Takes the offer, and the softphone goes into the room."""
        card = await self.takes_the_offer()
        await self.phones_in()
        return card

    async def takes_the_offer(self) -> dict[str, Any]:
        card = await self.rings()
        await self._do("POST", "/acceptance", json={"sid": card["sid"]})
        return card

    async def phones_in(self) -> None:
        path = f"/simulator/softphones/{self.hotline}_{self.number}/calls"
        self.phone = (await self._company("POST", path, json={"params": {}}))["sid"]

    async def declines(self) -> None:
        card = await self.rings()
        await self._do("POST", "/refusal", json={"sid": card["sid"]})

    async def hangs_up(self) -> None:
        """By the button of the desk."""
        await self._do("POST", "/hang-up")

    async def drops_the_phone(self) -> None:
        """The softphone's line goes down, and nobody tells the hotline but the carrier."""
        await self._company("DELETE", f"/simulator/calls/{self.phone}")

    async def holds(self) -> dict[str, Any]:
        return dict((await self._do("PUT", "/hold", json={"held": True}))["desk"])

    async def takes_off_hold(self) -> dict[str, Any]:
        return dict((await self._do("PUT", "/hold", json={"held": False}))["desk"])

    async def consults(self, kind: str, who: str, mode: str = "consult") -> None:
        await self._do("POST", "/guest", json={"kind": kind, "who": who, "mode": mode})

    async def confers(self) -> None:
        await self._do("POST", "/conference")

    async def takes_back(self) -> None:
        await self._do("DELETE", "/guest")

    async def transfers(self) -> None:
        await self._do("POST", "/transfer")

    async def sees(self, what: Callable[[dict[str, Any]], Any], words: str) -> dict[str, Any]:
        """Waits until the desk shows it; the desk."""

        async def so() -> dict[str, Any] | None:
            desk = await self.desk()
            return desk if what(desk) else None

        return dict(await until(so, f"{self.number} sees {words}"))

    async def sees_guest(self, state: str | None) -> dict[str, Any]:
        return await self.sees(
            lambda desk: (desk["call"]["guest"] or {}).get("state") == state, f"guest {state}"
        )

    async def phone_is_down(self) -> None:
        """Waits until their softphone's call is over."""
        await Caller(self.town, self.number, self.phone).is_hung_up_on()

    async def finishes(self) -> None:
        await self._do("POST", "/wrap-up/end")

    async def goes_home(self) -> None:
        await self._do("PUT", "/presence", json={"present": False})

    async def is_off_the_phone(self) -> bool:
        return (await self.desk())["line"] in ("idle", "wrap_up")

    async def ask(self, method: str, path: str, *, expect: int, **body: Any) -> Any:
        """One request to the desk's API, whatever comes of it."""
        where = f"/api/{self.hotline}/desk{path}"
        return await self.town.ask(method, where, token=self.token, expect=expect, **body)

    @property
    def token(self) -> str:
        return f"ztc_{self.hotline}_{secret_of(self.number)}"

    async def _do(self, method: str, path: str, **body: Any) -> Any:
        return await self.ask(method, path, expect=200, **body)

    async def _company(self, method: str, path: str, **body: Any) -> Any:
        async with aiohttp.ClientSession(self.town.company_url) as company:
            async with company.request(method, path, **body) as answer:
                assert answer.status < 300, f"{method} {path}: {answer.status} {await answer.text()}"
                return await answer.json() if answer.status != 204 else None


def secret_of(number: str) -> str:
    return f"test-token-of-{number}".ljust(43, "0")


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
