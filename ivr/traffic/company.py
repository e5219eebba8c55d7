"""The phone company, as its people and its own log show it: dial, hang up, and who was with whom in which room.

This is the other book: nothing in it comes from the hotline. A call is fetched once more when it is over, because the
company forgets old ones.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict, Field

from ivr.traffic.plan import Faults

SOFTPHONE = "client:"


class Heard(BaseModel):
    model_config = ConfigDict(frozen=True)

    at: float
    kind: str
    text: str | None


class Leg(BaseModel):
    """One call as the company has it. Moments are seconds since 1970."""

    model_config = ConfigDict(frozen=True)

    sid: str
    caller: str = Field(alias="from")
    dialled: str = Field(alias="to")
    direction: str
    parent_sid: str | None  # whose <Dial> rang it
    started_at: float
    answered_at: float | None
    ended_at: float | None
    room: str | None
    heard: tuple[Heard, ...]

    @property
    def is_operators(self) -> bool:
        return self.caller.startswith(SOFTPHONE)

    @property
    def words(self) -> str:
        return " ".join(one.text or "" for one in self.heard if one.kind == "say")


@dataclass(slots=True)
class Together:
    """Two legs in one room."""

    room: str
    since: float
    until: float | None = None


@dataclass(slots=True)
class Company:
    """`follow` runs for as long as there is traffic."""

    url: str
    http: aiohttp.ClientSession
    legs: dict[str, Leg] = field(default_factory=dict)  # those that are over
    together: dict[frozenset[str], list[Together]] = field(default_factory=dict)
    _inside: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    _over: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    _listening: asyncio.Event = field(default_factory=asyncio.Event)

    # ---------------------------------------------------------------------------------- what people do

    async def dial(self, caller: str, number: str, script: list[dict[str, object]]) -> str:
        """`script` is what they do with the keys, as the company's people have it."""
        body = {"from": caller, "to": number, "script": script}
        answer = await self._ask("POST", "/simulator/calls", body)
        return str(answer["sid"])

    async def hang_up(self, sid: str) -> None:
        """Put the phone down; nothing if the line is dead already."""
        async with self.http.delete(f"{self.url}/simulator/calls/{sid}") as answer:
            if answer.status not in (204, 404, 409):
                raise aiohttp.ClientError(f"hanging up {sid}: {answer.status} {await answer.text()}")

    async def phone(self, number: str, behaviour: str) -> None:
        """What this telephone does when it is rung, from now on."""
        await self._ask("PUT", f"/simulator/phones/{number}", {"behaviour": behaviour, "after_seconds": 2})

    async def register(self, token: str) -> str:
        """A softphone; its identity."""
        answer = await self._ask("POST", "/simulator/softphones", {"token": token})
        return str(answer["identity"])

    async def connect(self, identity: str) -> str:
        answer = await self._ask("POST", f"/simulator/softphones/{identity}/calls", {"params": {}})
        return str(answer["sid"])

    async def misbehave(self, faults: Faults, seed: int) -> None:
        await self._ask("PUT", "/simulator/faults", {"set": faults.value, "seed": seed})

    async def behave(self) -> None:
        await self._ask("DELETE", "/simulator/faults")

    async def is_over(self, sid: str) -> None:
        """Waits until the line of this call is dead."""
        await self._over[sid].wait()

    async def live(self) -> list[Leg]:
        return [Leg.model_validate(one) for one in await self._ask("GET", "/simulator/calls?live=true")]

    async def warnings(self) -> list[dict[str, Any]]:
        """What Twilio's debugger would complain of, the last two thousand."""
        return list((await self._ask("GET", "/simulator/log"))["warnings"])

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        async with self.http.request(method, self.url + path, json=body) as answer:
            if answer.status >= 300:
                raise aiohttp.ClientError(f"{method} {path}: {answer.status} {await answer.text()}")
            return await answer.json() if answer.status != 204 else None

    # ---------------------------------------------------------------------------------- what it tells

    async def listens(self) -> None:
        """Waits until `follow` hears: whoever dials before would be missed."""
        await self._listening.wait()

    async def follow(self) -> None:
        """Write down who meets whom, and each call once it is over."""
        async with asyncio.TaskGroup() as fetching:
            async for name, facts in self._events():
                sid = str(facts["sid"])
                if name == "room":
                    self._moves(sid, facts["room"])
                elif name == "status" and facts["status"] in _OVER:
                    self._moves(sid, None)
                    fetching.create_task(self._keep(sid))

    async def _events(self) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        patience = aiohttp.ClientTimeout(total=None, sock_read=60)
        async with self.http.get(f"{self.url}/simulator/events", timeout=patience) as stream:
            name = ""
            async for line in stream.content:
                self._listening.set()
                word, _, rest = line.decode().rstrip("\n").partition(": ")
                if word == "event":
                    name = rest
                elif word == "data":
                    yield name, json.loads(rest)

    def _moves(self, sid: str, room: str | None) -> None:
        """Somebody came into a room or is out of any. The moment is ours: the feed itself names none."""
        now = asyncio.get_running_loop().time()
        for name, inside in self._inside.items():
            if sid in inside and name != room:
                del inside[sid]
                for other in inside:
                    self.together[frozenset((sid, other))][-1].until = now
        if room is not None and sid not in self._inside[room]:
            for other in self._inside[room]:
                self.together.setdefault(frozenset((sid, other)), []).append(Together(room, now))
            self._inside[room][sid] = now
        for name in [name for name, inside in self._inside.items() if not inside]:
            del self._inside[name]

    async def _keep(self, sid: str) -> None:
        self.legs[sid] = Leg.model_validate(await self._ask("GET", f"/simulator/calls/{sid}"))
        self._over[sid].set()

    def rung(self, number: str) -> list[Leg]:
        """The calls in which this telephone was rung, the first before the others."""
        legs = (
            leg
            for leg in self.legs.values()
            if leg.dialled == number and leg.direction.startswith("outbound")
        )
        return sorted(legs, key=lambda leg: leg.started_at)

    def talks_of(self, sid: str) -> dict[str, list[Together]]:
        """With whom this leg was in a room."""
        return {next(iter(pair - {sid})): times for pair, times in self.together.items() if sid in pair}


_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
