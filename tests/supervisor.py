"""Somebody at the wallboard, working through the API."""

import json
from dataclasses import dataclass
from typing import Any

import aiohttp

from ivr.keys import root
from ivr.store import connect
from tests.cast import SUPERVISOR
from tests.town import Town, secret_of, until


@dataclass(slots=True)
class Supervisor:
    town: Town
    number: str = SUPERVISOR
    phone: str = ""  # the carrier's call of their softphone

    @property
    def token(self) -> str:
        return f"ztc_nanning_{secret_of(self.number)}"

    async def board(self) -> dict[str, Any]:
        return dict(await self.asks("GET", "/wallboard"))

    async def seat(self, number: str) -> dict[str, Any]:
        return next(one for one in (await self.board())["seats"] if one["id"] == number)

    async def tells(self, operator: str, state: str, why: str) -> dict[str, Any]:
        """Puts the operator into this state."""
        body = {"state": state, "why": why}
        return dict(await self.asks("PUT", f"/operators/{operator}/state", json=body))

    async def writes(self, text: str, to: str = "") -> None:
        await self.asks("POST", "/notices", json={"text": text, "to": to})

    async def asks(self, method: str, path: str, *, expect: int = 200, **body: Any) -> Any:
        return await self.town.ask(method, f"/api/nanning{path}", token=self.token, expect=expect, **body)

    async def audited(self, act: str) -> list[tuple[str, str]]:
        """What the audit says of this act: about what, and why; the newest first."""
        store = connect(self.town.demo.store_url)
        entries = await store.ask("XREVRANGE", root("nanning") + "audit", "+", "-")
        await store.close()
        said = [json.loads(one["entry"]) for _, one in entries]
        return [(one["about"], one["why"]) for one in said if one["act"] == act]

    # -------------------------------------------------------------------------------------- in a talk

    async def listens_to(self, sid: str, mode: str = "listen") -> "Supervisor":
        """Wants into the talk, and their phone comes into its room."""
        ticket = await self.asks("GET", "/desk/softphone")
        await self._company("POST", "/simulator/softphones", json={"token": ticket["token"]})
        await self.asks("PUT", f"/talks/{sid}/ear", json={"mode": mode})
        path = f"/simulator/softphones/nanning_{self.number}/calls"
        self.phone = (await self._company("POST", path, json={"params": {}}))["sid"]

        async def inside() -> bool:
            return bool((await self._phone())["room"])

        await until(inside, f"{self.number} is in the room")
        return self

    async def is_tuned_to(self, mode: str) -> None:
        async def so() -> bool:
            return bool((await self.board())["mine"]["tuned"] == mode)

        await until(so, f"{self.number} is in the mode {mode}")

    async def in_the_room(self) -> dict[str, Any]:
        """Themselves as the phone company has them in the conference."""
        demo = self.town.demo.environment()
        account = demo["TWILIO_ACCOUNT_SID"]
        headers = {"Authorization": aiohttp.encode_basic_auth(account, demo["TWILIO_AUTH_TOKEN"])}
        path = f"/2010-04-01/Accounts/{account}/Conferences"
        rooms = await self._company("GET", f"{path}.json?Status=in-progress", headers=headers)
        for room in rooms["conferences"]:
            inside = await self._company("GET", f"{path}/{room['sid']}/Participants.json", headers=headers)
            for one in inside["participants"]:
                if one["call_sid"] == self.phone:
                    return dict(one)
        raise AssertionError(f"{self.number} is in no room")

    async def leaves(self) -> None:
        """Hangs up, and nobody tells the hotline but the carrier."""
        await self._company("DELETE", f"/simulator/calls/{self.phone}")

        async def out() -> bool:
            return bool((await self.board())["mine"]["ear"] == "none")

        await until(out, f"{self.number} listens no more")

    async def is_off_the_phone(self) -> None:
        async def so() -> bool:
            return bool((await self._phone())["ended_at"])

        await until(so, f"{self.number} is off the phone")

    async def _phone(self) -> dict[str, Any]:
        return dict(await self._company("GET", f"/simulator/calls/{self.phone}"))

    async def _company(self, method: str, path: str, **body: Any) -> Any:
        async with aiohttp.ClientSession(self.town.company_url) as company:
            async with company.request(method, path, **body) as answer:
                assert answer.status < 300, f"{method} {path}: {answer.status} {await answer.text()}"
                return await answer.json() if answer.status != 204 else None
