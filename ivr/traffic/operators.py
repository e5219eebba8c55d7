"""The operators: each works a desk through the API, as the page in a browser does, and is only human.

They act on what the desk shows and on nothing else, so that a lost request, a killed worker or a restarted store
needs no case of its own: the next look at the desk says what is to be done.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import aiohttp

from ivr.traffic.company import Company
from ivr.traffic.plan import LONGEST_TALK_SECONDS, TALK, Plan, lognormal

HEARTBEATS_A_LEASE = 4
ACCEPTS = (2.0, 0.5)  # median seconds until the hand is on the button, and sigma
WRAPS_UP = (3.0, 0.5)
BREAK = (12.0, 0.4)
LOOKS_UP = (4.0, 0.5)  # while the caller is on hold
ASKS_FIRST = (2.0, 0.5)  # in the consultation before they hand the caller on
COMES_SECONDS = 20.0  # that a colleague may take to come
LOOK_SECONDS = 2.0  # without news
RECONNECT_SECONDS = 1.0
REQUEST = aiohttp.ClientTimeout(total=10)

# In a hundred: what becomes of an offer, of an idle moment, what happens in a talk, and who or what ends it.
OFFERS = {"accept": 91, "decline": 3, "miss": 3, "accept_and_never_come": 3}
BETWEEN = {"wait": 90, "break": 5, "close_the_tab": 3, "go_home_and_return": 2}
TALKS = {"talk": 82, "hold": 9, "transfer": 9}
ENDS = {"caller": 55, "desk": 28, "phone": 12, "tab": 5}

Shown = dict[str, Any]


def _guest_of(desk: Shown) -> str:
    """Where somebody is whom this operator brings into the talk."""
    guest = (desk.get("call") or {}).get("guest")
    return str(guest["state"]) if guest else "none"


@dataclass(slots=True)
class Operator:
    """`works` runs until it is cancelled; `goes_home` ends the shift properly."""

    number: str
    token: str
    url: str  # of this hotline's API
    lease_seconds: float
    colleagues: tuple[str, ...]
    plan: Plan
    company: Company
    http: aiohttp.ClientSession
    desk: Shown = field(default_factory=dict)
    identity: str = ""
    phone: str = ""  # the softphone's call
    tab_is_open: bool = True
    staying: bool = True  # until nobody dials any more
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = self.plan.chance("operator", self.number)

    async def works(self) -> None:
        async with asyncio.TaskGroup() as desk:
            desk.create_task(self._beats())
            desk.create_task(self._watches())
            desk.create_task(self._acts())

    async def goes_home(self) -> None:
        await self._do("PUT", "/presence", present=False)

    # ---------------------------------------------------------------------------------- the page in the browser

    async def _beats(self) -> None:
        while True:
            if self.tab_is_open:
                await self._do("POST", "/heartbeat")
            await asyncio.sleep(self.lease_seconds / HEARTBEATS_A_LEASE)

    async def _watches(self) -> None:
        """The desk's event stream, opened again whenever it breaks off."""
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                async for desk in self._stream():
                    self._sees(desk)
            await asyncio.sleep(self.plan.real(RECONNECT_SECONDS) * (0.5 + self.chance.random()))

    async def _stream(self) -> AsyncIterator[Shown]:
        patience = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=40)
        async with self.http.get(
            self.url + "/desk/events", headers=self._headers, timeout=patience
        ) as stream:
            event = ""
            async for line in stream.content:
                word, _, rest = line.decode().strip().partition(": ")
                if word == "event":
                    event = rest
                elif word == "data" and event == "desk" and self.tab_is_open:
                    yield json.loads(rest)
                if not self.tab_is_open:
                    return

    def _sees(self, desk: Shown) -> None:
        """A look that is older than what is known already teaches nothing."""
        if desk["now"] >= self.desk.get("now", 0):
            self.desk = desk
            self._news.set()

    # ---------------------------------------------------------------------------------- the person at it

    async def _acts(self) -> None:
        while True:
            self._news.clear()
            await self._acts_on(self.desk)
            with suppress(TimeoutError):
                async with asyncio.timeout(self.plan.real(LOOK_SECONDS)):
                    await self._news.wait()
                continue
            await self._looks()

    async def _acts_on(self, desk: Shown) -> None:
        line = desk.get("line", "")
        if desk.get("presence") != "on":
            await self._sits_down()
        elif line == "offered":
            await self._is_rung(desk["call"])
        elif line == "connecting":
            await self._phones_in()
        elif line == "talking":
            await self._talks()
        elif line == "wrap_up":
            await self._wraps_up()
        elif line == "idle":
            await self._is_idle()

    async def _sits_down(self) -> None:
        if not self.staying and self.desk.get("line", "idle") == "idle":
            return
        self.phone = ""
        if await self._do("PUT", "/presence", present=True) is None:
            return
        softphone = await self._do("GET", "/softphone")
        if softphone is not None:
            self.identity = await self.company.register(softphone["token"])

    async def _is_rung(self, call: Shown) -> None:
        choice = self._chooses(OFFERS)
        await self._stays("offered", *ACCEPTS)
        if self.desk.get("line") != "offered" or choice == "miss":
            return await self._while_it_is("offered")
        if choice == "decline":
            await self._do("POST", "/refusal", sid=call["sid"])
            return None
        done = await self._do("POST", "/acceptance", sid=call["sid"])
        if choice == "accept_and_never_come":
            return await self._while_it_is("connecting")
        if done is not None and done["desk"]["line"] == "connecting":
            await self._phones_in()
        return None

    async def _phones_in(self) -> None:
        """Once for each acceptance; a phone that is in the room stays there."""
        if not self.identity or (self.phone and self.phone not in self.company.legs):
            return
        with suppress(aiohttp.ClientError):
            self.phone = await self.company.connect(self.identity)
        await self._while_it_is("connecting")

    async def _talks(self) -> None:
        """Until the caller hangs up, or this operator does: by the desk, by losing the phone or the whole page. Whoever
        was called back leaves that to the operator."""
        match self._chooses(TALKS):
            case "hold":
                await self._looks_something_up()
            case "transfer":
                await self._hands_on()
        who = self._chooses(ENDS)
        if who == "caller" and (self.desk.get("call") or {}).get("callback"):
            who = "desk"
        wish = LONGEST_TALK_SECONDS if who == "caller" else lognormal(self.chance, TALK)
        await self._while_it_is("talking", wish)
        if self.desk.get("line") != "talking":
            return
        if who == "tab":
            await self._closes_the_tab()
        elif who == "phone" and self.phone:
            await self.company.hang_up(self.phone)
        else:
            await self._do("POST", "/hang-up")

    async def _looks_something_up(self) -> None:
        await self._do("PUT", "/hold", held=True)
        await self._stays("talking", *LOOKS_UP)
        await self._do("PUT", "/hold", held=False)

    async def _hands_on(self) -> None:
        """A colleague is asked, and gets the caller; one who does not come leaves them where they are."""
        if not self.colleagues:
            return
        who = self.chance.choice(self.colleagues)
        if await self._do("POST", "/guest", kind="operator", who=who, mode="consult") is None:
            return
        await self._until(lambda desk: _guest_of(desk) != "ringing", COMES_SECONDS)
        if _guest_of(self.desk) == "consulting":
            await self._stays("talking", *ASKS_FIRST)
            await self._do("POST", "/transfer")
        if self.desk.get("line") == "talking":
            await self._do("DELETE", "/guest")

    async def _wraps_up(self) -> None:
        await self._stays("wrap_up", *WRAPS_UP)
        if self.desk.get("line") == "wrap_up":
            await self._do("POST", "/wrap-up/end")

    async def _is_idle(self) -> None:
        if self.desk["intent"] != "ready":
            await self._do("PUT", "/intent", intent="ready")
            return
        choice = self._chooses(BETWEEN)
        if choice == "break":
            await self._do("PUT", "/intent", intent="paused", reason="小休")
            await asyncio.sleep(self.plan.real(lognormal(self.chance, BREAK)))
        elif choice == "close_the_tab":
            await self._closes_the_tab()
        elif choice == "go_home_and_return":
            await self._do("PUT", "/intent", intent="leaving")

    async def _closes_the_tab(self) -> None:
        """No heartbeat, no stream, no phone, until after the lease; then the page is opened again."""
        self.tab_is_open = False
        if self.phone:
            await self.company.hang_up(self.phone)
        await asyncio.sleep(self.lease_seconds * (0.8 + self.chance.random()))
        self.tab_is_open = True
        await self._do("POST", "/heartbeat")

    def _chooses(self, odds: dict[str, int]) -> str:
        if not self.staying:  # at the end of the day nobody tries anything
            return next(iter(odds)) if odds is not ENDS else "desk"
        return self.chance.choices(list(odds), list(odds.values()))[0]

    async def _stays(self, line: str, median: float, sigma: float) -> None:
        await self._while_it_is(line, lognormal(self.chance, (median, sigma)))

    async def _while_it_is(self, line: str, seconds: float = LONGEST_TALK_SECONDS) -> None:
        """Returns when the desk shows something else, or after these seconds of their time."""
        await self._until(lambda desk: desk.get("line") != line, seconds)

    async def _until(self, holds: Callable[[Shown], bool], seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.plan.real(seconds)):
                while not holds(self.desk):
                    self._news.clear()
                    await self._news.wait()

    async def _looks(self) -> None:
        if self.tab_is_open:
            await self._do("GET", "")

    async def _do(self, method: str, path: str, **body: object) -> Shown | None:
        """One request; None if it was refused or came to nothing. The next look at the desk puts it right."""
        with suppress(aiohttp.ClientError, TimeoutError):
            async with self.http.request(
                method, f"{self.url}/desk{path}", json=body or None, headers=self._headers, timeout=REQUEST
            ) as answer:
                if answer.status >= 300:
                    return None
                said: Shown = await answer.json()
                if "now" in said or "desk" in said:
                    self._sees(said.get("desk", said))
                return said
        return None

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}
