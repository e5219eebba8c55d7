"""The people of the town: somebody with a telephone, a telephone on somebody's table, an operator at a desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

from tests.waiting import until

if TYPE_CHECKING:
    from tests.town import Town


@dataclass(slots=True)
class Caller:
    """Somebody with a telephone."""

    town: Town
    number: str
    sid: str = ""
    since: float = 0.0  # of the company's clock: what rang before is not of this story

    async def dials(self, number: str, **more: Any) -> Caller:
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

    async def is_near_the_phone(self, behaviour: str = "by_hand", *, after: float = 0.5) -> Caller:
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
