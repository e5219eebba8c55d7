"""Somebody at the wallboard, working through the API."""

import json
from dataclasses import dataclass
from typing import Any

from ivr.keys import root
from ivr.store import connect
from tests.cast import SUPERVISOR
from tests.town import Town, secret_of


@dataclass(slots=True)
class Supervisor:
    town: Town
    number: str = SUPERVISOR

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
