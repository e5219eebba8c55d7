"""Somebody was promised to be contacted: what a story asks of the promise, and the telephones that ring about it."""

from typing import Any

import aiohttp

from ivr import promise_links
from ivr.store import connect
from tests.cast import EDUCATION, EDUCATION_PHONE, ZHOU
from tests.town import Caller, Town, until

TALKED_SECONDS = 25  # longer than the talk that keeps a promise


async def promised(town: Town, line: str = EDUCATION, *phones: str) -> Caller:
    """Somebody rings an official who is on the phone, and is told that they will be contacted."""
    for phone in phones or (EDUCATION_PHONE,):
        await town.phone(phone, "busy")
    zhou = await town.caller(ZHOU).dials(line)
    await zhou.hears("会后联系您")
    await zhou.hangs_up()
    return zhou


def link(town: Town, zhou: Caller) -> str:
    """What the reminder holds, without the host."""
    return promise_links.address(town.hotline("bozhou"), zhou.sid).removeprefix(town.url)


async def is_(town: Town, zhou: Caller, state: str) -> dict[str, Any] | None:
    promise: dict[str, Any] = await ask(town, "GET", f"/promises/{zhou.sid}")
    return promise if promise["state"] == state else None


async def ask(town: Town, method: str, path: str, **body: Any) -> Any:
    return await town.ask(method, f"/api/bozhou{path}", token=town.admin_token("bozhou"), **body)


async def leg(town: Town, number: str, zhou: Caller) -> dict[str, Any]:
    """The call that has rung this phone since Zhou was promised to be rung back."""
    began = (await zhou.call())["started_at"]

    async def found() -> list[dict[str, Any]]:
        async with aiohttp.ClientSession(town.company_url) as company:
            async with company.get("/simulator/calls") as answer:
                calls = await answer.json()
        rung = (one for one in calls if one["to"] == number and one["direction"] == "outbound-api")
        return [one for one in rung if one["started_at"] > began]

    return dict((await until(found, f"{number} is rung"))[-1])


async def look(town: Town, call: dict[str, Any]) -> dict[str, Any]:
    async with aiohttp.ClientSession(town.company_url) as company:
        async with company.get(f"/simulator/calls/{call['sid']}") as answer:
            return dict(await answer.json())


async def hears(town: Town, call: dict[str, Any], words: str) -> None:
    async def so() -> bool:
        return any(words in (one["text"] or "") for one in (await look(town, call))["heard"])

    await until(so, f"{call['to']} hears “{words}”")


async def is_in_the_room(town: Town, call: dict[str, Any]) -> None:
    async def so() -> bool:
        return (await look(town, call))["room"] is not None

    await until(so, f"{call['to']} is in the room")


async def hangs_up(town: Town, call: dict[str, Any]) -> None:
    async with aiohttp.ClientSession(town.company_url) as company:
        await company.delete(f"/simulator/calls/{call['sid']}")


async def its_moment_comes(town: Town, zhou: Caller) -> None:
    """Without the hours of work before it."""
    store = connect(town.demo.store_url)
    try:
        due = town.hotline("bozhou").key("due")
        await store.ask("ZADD", due, 1, f"promise:{zhou.sid}")
    finally:
        await store.close()
