"""拨测到人 where operators answer: the test rings at the desk of whoever would get the next caller, who hears one
sentence and is free as before; and whatever keeps it from an operator is named."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.cast import DESK_PHONE, LI, MAYOR, WANG, ZHOU
from tests.story.desk_phones import at_a_phone
from tests.story.dial_tests import (
    alarm_of,
    heard_at,
    is_tested,
    ivr_probe,
    newest_call,
    nobody_is_on_the_phone,
)
from tests.town import Town, until


async def test_an_operator_who_takes_it_is_proved_to_answer(town: Town) -> None:
    wang = await town.operator(WANG)
    async with under_test(town) as finding:
        card = await wang.rings()
        assert (card["test"], card["whose"], card["number"], card["caller"]) == (
            True,
            "南宁市市长",
            MAYOR,
            "",
        )
        await wang.accepts()
    last = finding.result()
    assert (last["verdict"], last["passed"], last["answered_by"]) == ("reached", True, "operator")
    assert (last["through"], last["operator"]) == (True, WANG)
    assert last["person_after"] > 0
    assert "欢迎拨打" in last["heard"]
    assert "的拨测，不是群众来电" in await heard_at(town, f"client:nanning_{WANG}")
    assert await nobody_is_on_the_phone(town)


async def test_it_is_no_call_and_costs_the_operator_nothing(town: Town) -> None:
    wang = await town.operator(WANG)
    before, mine = await newest_call(town), await figures_of(town)
    async with under_test(town):
        await wang.accepts()
    desk = await wang.is_on("idle")
    assert (desk["intent"], desk["rest_until"] <= desk["now"], desk["call"]) == ("ready", True, None)
    assert await newest_call(town) == before
    assert await figures_of(town) == mine
    zhou = await town.caller(ZHOU).dials(MAYOR)  # and the next caller has them at once
    await wang.accepts()
    await zhou.hears("九零零一号客服代表为您服务")


async def test_an_operator_may_say_no_and_has_declined_nothing(town: Town) -> None:
    wang = await town.operator(WANG)
    async with under_test(town) as finding:
        await wang.declines()
    last = finding.result()
    assert (last["verdict"], last["answered_by"], last["operator"]) == ("operator_declined", "nobody", WANG)
    assert last["explained"] == f"话务员 {WANG} 拒接了这次拨测"
    desk = await wang.desk()
    assert (desk["intent"], desk["rest_until"] <= desk["now"]) == ("ready", True)


async def test_a_desk_at_which_it_rings_out_is_named_until_a_test_passes(town: Town) -> None:
    wang = await town.operator(WANG)
    assert (await is_tested(town, MAYOR))["verdict"] == "operator_no_answer"
    assert (await wang.desk())["intent"] == "ready"

    async def is_raised() -> bool:
        return "振铃后没有接听" in await alarm_of(town, MAYOR)

    async def is_over() -> bool:
        return not await alarm_of(town, MAYOR)

    await until(is_raised, "the alarm names it")
    async with under_test(town):
        await wang.accepts()
    await until(is_over, "the alarm is over")


async def test_a_desk_whose_connection_is_lost_is_named(town: Town) -> None:
    """Accepted on the screen, and no softphone ever comes."""
    wang = await town.operator(WANG)
    async with under_test(town) as finding:
        await wang.takes_the_offer()
    assert (finding.result()["verdict"], finding.result()["operator"]) == ("operator_lost", WANG)
    await wang.is_on("idle")


async def test_a_page_that_is_closed_is_named(town: Town) -> None:
    wang = await town.operator(WANG)
    async with under_test(town) as finding:
        await wang.rings()
        town.operators.remove(wang)  # nobody beats for them
    town.operators.append(wang)
    assert finding.result()["verdict"] in ("operator_lost", "operator_no_answer")
    assert (await wang.desk())["line"] == "idle"


async def test_with_nobody_free_it_waits_behind_all_callers_and_then_says_so(town: Town) -> None:
    wang = await town.operator(WANG)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")
    assert (await is_tested(town, MAYOR))["verdict"] == "operator_none_free"
    await zhou.hangs_up()


async def test_with_nobody_on_shift_it_says_what_a_citizen_would_meet(town: Town) -> None:
    assert (await is_tested(town, MAYOR))["verdict"] == "unstaffed"


async def test_outside_the_hours_no_operator_is_rung(town: Town) -> None:
    wang = await town.operator(WANG)
    await town.ask("PUT", "/api/nanning/opening", token=town.admin_token(), json={"override": "closed"})
    try:
        last = await is_tested(town, MAYOR)
    finally:
        await town.ask("PUT", "/api/nanning/opening", token=town.admin_token(), json={"always_open": True})
    assert (last["verdict"], last["answered_by"]) == ("operator_closed", "announcement")
    assert (await wang.desk())["line"] == "idle"


async def test_a_caller_who_comes_while_it_rings_has_the_operator_and_the_test_another(town: Town) -> None:
    wang = await town.operator(WANG)
    async with under_test(town) as finding:
        await wang.rings()
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await wang.sees(lambda desk: desk["call"] and not desk["call"]["test"], "a caller in its place")
        await wang.accepts()
        await wang.is_on("talking")
        li = await town.operator(LI)
        await li.accepts()
    assert (finding.result()["verdict"], finding.result()["operator"]) == ("reached", LI)
    await zhou.hangs_up()


async def test_a_number_is_tested_to_an_operator_from_the_terminal(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang = await town.operator(WANG)
    command = asyncio.create_task(ivr_probe(town, monkeypatch, "--through", MAYOR))
    await wang.accepts()
    code, said = await command
    assert code == 0, said
    assert f"话务员 {WANG} 接听" in said[0]
    assert "秒后有人接听" in said[0]


async def test_a_desk_phone_rings_and_1_proves_who_is_there(town: Town) -> None:
    async with at_a_phone(town) as wang:
        await town.phone(DESK_PHONE, "answers_and_presses_1", after_seconds=1)
        last = await is_tested(town, MAYOR)
        assert (last["verdict"], last["answered_by"], last["operator"]) == ("reached", "operator", WANG)
        heard = await heard_at(town, DESK_PHONE)
        assert "这是公开电话拨测" in heard
        assert "通话正常" in heard
        await wang.is_on("idle")


@pytest.mark.parametrize(
    ("behaviour", "verdict", "by"),
    [
        ("busy", "operator_busy", "nobody"),
        ("no_answer", "operator_no_answer", "nobody"),
        ("switched_off", "operator_off", "nobody"),
        ("invalid", "operator_invalid", "nobody"),
        ("declined", "operator_declined", "nobody"),
        ("voicemail", "operator_no_key", "machine"),
    ],
)
async def test_whatever_keeps_a_desk_phone_from_being_answered_is_named(
    town: Town, behaviour: str, verdict: str, by: str
) -> None:
    async with at_a_phone(town) as wang:
        await town.phone(DESK_PHONE, behaviour, after_seconds=1)
        last = await is_tested(town, MAYOR)
        assert (last["verdict"], last["answered_by"]) == (verdict, by)
        desk = await wang.is_on("idle")
        assert (desk["intent"], desk["rest_until"] <= desk["now"]) == ("ready", True)


@pytest.mark.parametrize("fault", ["callback_lost", "callback_duplicated", "webhook_retried"])
async def test_it_ends_by_itself_whatever_the_carrier_forgets_or_repeats(town: Town, fault: str) -> None:
    wang = await town.operator(WANG)
    async with aiohttp.ClientSession(town.company_url) as company:
        await company.put("/simulator/faults", json={fault: 1})
        try:
            async with under_test(town) as finding:
                await wang.accepts()
        finally:
            await company.delete("/simulator/faults")
    assert (finding.result()["verdict"], finding.result()["answered_by"]) == ("reached", "operator")
    await wang.is_on("idle")
    assert await nobody_is_on_the_phone(town)


@asynccontextmanager
async def under_test(town: Town) -> AsyncIterator[asyncio.Task[dict[str, Any]]]:
    """The mayor's number is tested, to an operator, while others act; with the result once that is over."""
    finding = asyncio.create_task(is_tested(town, MAYOR))
    yield finding
    await finding


async def figures_of(town: Town) -> dict[str, Any]:
    """What the wallboard has counted of today."""
    board = await town.ask("GET", "/api/nanning/wallboard", token=town.admin_token())
    counted = ("live", "waiting", "received", "answered", "abandoned", "short")
    return {name: board[name] for name in counted}
