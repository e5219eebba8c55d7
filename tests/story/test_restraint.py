"""Callers who ring without end: asked, slowed down, and at the very last asked to pause, always in words."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest_asyncio

from tests.cast import ADMIN, MAYOR, SUN, WANG, ZHOU
from tests.story.rules import rules
from tests.town import Caller, Operator, Town

BOSS = "9010"  # a supervisor
NAGGER = "+862000000011"
BLOCKED = "+862000000012"
HIDDEN = "anonymous"


@pytest_asyncio.fixture
async def strict(town: Town) -> AsyncIterator[Town]:
    """Two calls in ten minutes are as many as one caller may make."""
    async with rules(town, "restraint", calls_allowed=2, calls_window_seconds=600, slow_seconds=300):
        yield town


async def test_who_rings_too_often_is_asked_then_served_after_others_and_never_shut_out(strict: Town) -> None:
    await strict.passes(601)  # whatever others have rung before is forgotten
    for _ in range(2):
        assert await _is_told(strict, NAGGER) == "", "as often as one may"
    assert await _is_told(strict, NAGGER) == "warned"
    nagger = await strict.caller(NAGGER).dials(MAYOR)
    await nagger.hears("排在其他来电之后")
    await nagger.hears("waiting.wav")
    zhou = await strict.caller(ZHOU).dials(MAYOR)  # came later, and goes first
    await zhou.hears("waiting.wav")
    wang = await strict.operator(WANG)
    assert (await wang.accepts())["sid"] == zhou.sid
    await wang.is_on("talking")
    await zhou.hangs_up()
    await wang.is_on("wrap_up")
    await wang.finishes()
    card = await wang.rings()
    assert (card["sid"], card["pace"]) == (nagger.sid, "slow")


async def test_with_a_free_operator_nobody_waits_for_having_rung_often(strict: Town) -> None:
    await strict.passes(601)
    for _ in range(3):
        await _is_told(strict, NAGGER)
    wang = await strict.operator(WANG)
    nagger = await strict.caller(NAGGER).dials(MAYOR)
    assert (await wang.rings())["sid"] == nagger.sid


async def test_those_who_withhold_their_number_are_not_one_caller(strict: Town) -> None:
    for _ in range(5):
        assert await _is_told(strict, HIDDEN) == ""


async def test_a_supervisor_asks_a_caller_to_pause_and_the_caller_hears_until_when_and_whom_to_ring(
    town: Town,
) -> None:
    first = await town.caller(BLOCKED).dials(MAYOR)
    await first.hears("欢迎拨打")
    await first.hangs_up()
    await first.record()
    block = await _boss(town, "PUT", f"/{first.sid}", json={"hours": 24, "reason": "一小时内辱骂话务员五次"})
    until = datetime.fromisoformat(block["until"])
    assert until - town.hotline().moment() > timedelta(hours=23, minutes=59)

    again = await town.caller(BLOCKED).dials(MAYOR)
    heard = await again.hears("暂不接入")
    assert "月" in heard["text"] and "点" in heard["text"] and "110" in heard["text"]
    await again.is_hung_up_on()
    record = await again.record()
    assert (record["outcome"], record["ended_by"]) == ("blocked", "hotline")
    listed = await _boss(town, "GET", "")
    assert [(one["caller"], one["reason"], one["by"]) for one in listed] == [
        ("+86 20****0012", "一小时内辱骂话务员五次", BOSS)
    ]
    evidence = await _boss(town, "GET", f"/{again.sid}")
    assert (evidence["blocked_calls"], len(evidence["calls"])) == (1, 2)
    assert BLOCKED not in str(evidence), "the number stays masked"

    await town.passes(24 * 3600)
    assert await _boss(town, "GET", "") == []
    later = await town.caller(BLOCKED).dials(MAYOR)
    await later.hears("欢迎拨打")


async def test_the_evidence_is_what_was_said_and_what_the_operators_wrote_of_it(town: Town) -> None:
    async with rules(town, "talk", record_talks=True):
        zhou = await town.caller(ZHOU).dials(MAYOR)
        wang = await town.operator(WANG)
        await wang.accepts()
        await wang.sees(lambda desk: desk["call"]["tape"] == "on", "that it is recorded")
        await wang.ask("PUT", f"/calls/{zhou.sid}/note", expect=200, json={"text": "辱骂话务员，未说明诉求"})
        await zhou.hangs_up()
        await zhou.record()
    [told, *_] = (await _boss(town, "GET", f"/{zhou.sid}"))["calls"]
    assert told["record"]["note"] == "辱骂话务员，未说明诉求"
    assert told["record"]["recorded"] is not None
    sound = f"/api/nanning/calls/{zhou.sid}/sound"
    shown = await _page(town, f"/blocks/{zhou.sid}")
    assert "辱骂话务员，未说明诉求" in shown
    assert f'src="{sound}"' in shown
    assert (await _page(town, sound)).startswith("RIFF")


async def test_a_block_may_be_lifted_before_its_time(town: Town) -> None:
    first = await town.caller(BLOCKED).dials(MAYOR)
    await first.hears("欢迎拨打")
    await first.hangs_up()
    await _boss(town, "PUT", f"/{first.sid}", json={"hours": 1, "reason": "弄错了"})
    assert (await _boss(town, "DELETE", f"/{first.sid}"))["was_there"]
    again = await town.caller(BLOCKED).dials(MAYOR)
    await again.hears("欢迎拨打")


async def test_nobody_is_blocked_without_a_reason_an_end_or_a_number_nor_by_an_operator(town: Town) -> None:
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("欢迎拨打")
    for wish in ({"hours": 24, "reason": " "}, {"hours": 10_000, "reason": "骚扰"}, {"reason": "骚扰"}):
        await _boss(town, "PUT", f"/{zhou.sid}", json=wish, expect=422)
    hidden = await town.caller(HIDDEN).dials(MAYOR)
    await hidden.hears("欢迎拨打")
    await _boss(town, "PUT", f"/{hidden.sid}", json={"hours": 1, "reason": "骚扰"}, expect=409)
    police = await town.caller("110").dials(MAYOR)
    await police.hears("欢迎拨打")
    await _boss(town, "PUT", f"/{police.sid}", json={"hours": 1, "reason": "骚扰"}, expect=409)
    wang = await town.operator(WANG)
    where = f"/api/nanning/blocks/{zhou.sid}"
    await town.ask("PUT", where, token=wang.token, json={"hours": 1, "reason": "骚扰"}, expect=403)


async def test_a_caller_of_a_class_is_served_before_others_and_the_desk_shows_it(town: Town) -> None:
    where, token = "/api/nanning/classes/members", town.admin_token()
    wish = {
        "numbers": ["020/0000 0003"],
        "name": "enterprise",
        "reason": "重点企业名单",
    }  # as somebody would type it
    assert await town.ask("PUT", where, token=token, json=wish) == {"changed": 1}
    try:
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await zhou.hears("waiting.wav")
        sun = await town.caller(SUN).dials(MAYOR)
        await sun.hears("waiting.wav")
        wang = await town.operator(WANG)
        card = await wang.rings()
        assert (card["sid"], card["caller_class"]) == (sun.sid, "企业")
        [member] = await town.ask("GET", where, token=token)
        assert (member["caller"], member["by"], member["reason"]) == ("+86 20****0003", ADMIN, "重点企业名单")
        assert await town.ask("PUT", where, token=token, json=wish) == {"changed": 0}, "is in it already"
    finally:
        await town.ask("PUT", where, token=token, json={**wish, "name": ""})
    assert await town.ask("GET", where, token=token) == []
    for wrong in ({"name": "nobody"}, {"numbers": ["0003"]}, {"reason": " "}):
        await town.ask("PUT", where, token=token, json={**wish, **wrong}, expect=422)
    await town.ask("DELETE", f"{where}/{member['handle']}", token=token, expect=404)
    await town.ask("GET", where, token=Operator(town, BOSS).token, expect=403)


async def _is_told(town: Town, number: str) -> str:
    """How a caller is greeted who hangs up in line."""
    caller = await town.caller(number).dials(MAYOR)
    await caller.hears("waiting.wav")
    heard = await _words(caller)
    await caller.hangs_up()
    await caller.record()  # else this call might still be the first in line
    return "warned" if "不要重复拨打" in heard else "slow" if "排在其他来电之后" in heard else ""


async def _words(caller: Caller) -> str:
    return " ".join(await caller.everything_heard())


async def _boss(town: Town, method: str, path: str, *, expect: int = 200, **body: Any) -> Any:
    token = Operator(town, BOSS).token
    return await town.ask(method, f"/api/nanning/blocks{path}", token=token, expect=expect, **body)


async def _page(town: Town, path: str) -> str:
    headers = {"Authorization": f"Bearer {Operator(town, BOSS).token}"}
    async with aiohttp.ClientSession(town.url, headers=headers) as boss, boss.get(path) as answer:
        assert answer.status == 200, path
        return (await answer.read()).decode("utf-8", errors="replace")
