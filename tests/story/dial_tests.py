"""Dial tests in a story: one number is tested now, while time goes on, and what is left of it afterwards."""

import asyncio
from datetime import datetime
from typing import Any

import aiohttp
import pytest
from typer.testing import CliRunner

from ivr.cli import app
from tests.town import Town, until

SECOND = 0.15  # real seconds that pass for each of the hotline's, so that 127 numbers do not take two minutes


async def is_tested(
    town: Town, number: str, *, hotline: str = "nanning", through: bool = True
) -> dict[str, Any]:
    """This number is tested now, while time goes on; the result."""
    token, began = town.admin_token(hotline), town.hotline(hotline).now()
    asked = {"numbers": [number], "through": through}
    await town.ask("POST", f"/api/{hotline}/probes", token=token, json=asked)

    async def judged() -> list[dict[str, Any]]:
        history = await town.ask("GET", f"/api/{hotline}/probes/{number}", token=token)
        return [one for one in history if datetime.fromisoformat(one["at"]).timestamp() * 1000 >= began]

    finding = asyncio.create_task(until(judged, f"{number} is tested"))
    while not finding.done():
        await asyncio.wait({finding}, timeout=SECOND)
        await town.passes(1)
    return dict(finding.result()[0])


async def alarm_of(town: Town, number: str, *, hotline: str = "nanning") -> str:
    shown = await town.ask("GET", f"/api/{hotline}/alarms", token=town.admin_token(hotline))
    return next((str(one["text"]) for one in shown["raised"] if one["name"] == f"probe:{number}"), "")


async def newest_call(town: Town, *, hotline: str = "nanning") -> list[str]:
    """By name: what is known of one may still grow."""
    found = await town.ask("GET", f"/api/{hotline}/calls?limit=1", token=town.admin_token(hotline))
    return [one["sid"] for one in found["calls"]]


async def heard_at(town: Town, phone: str) -> str:
    """What the last call to this phone, or from it, heard."""
    async with aiohttp.ClientSession(town.company_url) as company:
        async with company.get("/simulator/calls") as answer:
            *_, last = [one for one in await answer.json() if phone in (one["to"], one["from"])]
        async with company.get(f"/simulator/calls/{last['sid']}") as answer:
            return " ".join(one["text"] or "" for one in (await answer.json())["heard"])


async def nobody_is_on_the_phone(town: Town) -> bool:
    async def quiet() -> bool:
        async with aiohttp.ClientSession(town.company_url) as company:
            async with company.get("/simulator/calls?live=true") as answer:
                return not await answer.json()

    return bool(await until(quiet, "no leg is up"))


async def ivr_probe(town: Town, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, list[str]]:
    """The command, in a thread of its own, while time flies for the hotlines."""
    for name, value in town.demo.environment().items():
        monkeypatch.setenv(name, value)
    command = asyncio.create_task(asyncio.to_thread(CliRunner().invoke, app, ["probe", *arguments]))
    while not command.done():
        await town.passes(1)
        await asyncio.wait({command}, timeout=SECOND)
    result = command.result()
    return result.exit_code, result.output.splitlines()
