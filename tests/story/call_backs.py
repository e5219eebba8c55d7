"""What stories of call-backs often say: somebody asks for one, the doors are shut, and what the lists hold."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.cast import MAYOR, WANG
from tests.town import Caller, Operator, Town, until


async def asks_for_a_call_back(town: Town, number: str) -> Caller:
    """They are in line, and leave it for a call-back."""
    caller = await town.caller(number).dials(MAYOR)
    await caller.hears("星号键")
    await caller.presses("*")
    await caller.hears("确认请按 1")
    await caller.presses("1")
    await caller.hears("已为您登记")
    await caller.is_hung_up_on()
    return caller


async def asks_and_is_rung(town: Town, number: str) -> tuple[Caller, Operator]:
    """They have asked for one, it is their turn, and their phone rings: they will pick it up by hand."""
    caller = await asks_for_a_call_back(town, number)
    await caller.is_near_the_phone("by_hand")
    wang = await town.operator(WANG)
    await wang.accepts()
    await caller.is_rung()
    return caller, wang


async def loses_the_operator(caller: Caller, operator: Operator) -> None:
    """They have picked up and wait for the operator, whose phone is lost; they are told so to the end."""
    await caller.picks_up()
    await caller.hears("您好，这里是南宁")
    await operator.pauses()
    await operator.drops_the_phone()
    await caller.hears("我们稍后再给您回电")
    await caller.is_hung_up_on()


async def is_called_back(town: Town, number: str) -> tuple[Caller, Operator]:
    """They have asked for one, and talk with the operator who called them."""
    caller = await asks_for_a_call_back(town, number)
    await caller.is_near_the_phone("answers_and_presses_1")
    wang = await town.operator(WANG)
    await wang.accepts()
    await caller.is_rung()
    await wang.is_on("talking")
    await caller.is_in_the_room()
    return caller, wang


@asynccontextmanager
async def closed(town: Town) -> AsyncIterator[None]:
    await town.ask("PUT", "/api/nanning/opening", token=town.admin_token(), json={"override": "closed"})
    try:
        yield
    finally:
        await town.ask("PUT", "/api/nanning/opening", token=town.admin_token(), json={"always_open": True})


async def open_ones(town: Town) -> list[dict[str, Any]]:
    return list(await town.ask("GET", "/api/nanning/call-backs", token=town.admin_token()))


async def settled(town: Town) -> list[dict[str, Any]]:
    return list(await town.ask("GET", "/api/nanning/settled", token=town.admin_token()))


async def is_in_state(town: Town, state: str) -> bool:
    return [one["state"] for one in await open_ones(town)] == [state]


async def is_outcome(town: Town, sid: str, outcome: str) -> bool:
    record = await town.ask("GET", f"/api/nanning/calls/{sid}", token=town.admin_token())
    return bool(record["outcome"] == outcome)


async def record_of(town: Town, sid: str) -> dict[str, Any]:
    """The record, once that call has ended."""

    async def ended() -> dict[str, Any] | None:
        record: dict[str, Any] = await town.ask("GET", f"/api/nanning/calls/{sid}", token=town.admin_token())
        return record if record["state"] == "ended" else None

    return dict(await until(ended, f"the record of {sid} is complete"))


async def rung(town: Town, caller: Caller) -> list[dict[str, Any]]:
    """The calls in which their phone was rung."""
    calls = await caller._do("GET", "")
    return [one for one in calls if one["to"] == caller.number and one["started_at"] >= caller.since]


async def gives_up(town: Town, number: str) -> Caller:
    """They hang up after half a minute in line: one of those who are missed."""
    caller = await town.caller(number).dials(MAYOR)
    await caller.hears("waiting.wav")
    await town.passes(30)
    await caller.hangs_up()
    await caller.record()
    return caller
