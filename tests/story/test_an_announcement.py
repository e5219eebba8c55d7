"""A typhoon: every caller hears of it first, and every admin sees that they do."""

from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest_asyncio

from tests.cast import MAYOR, SUPERVISOR, WANG, ZHOU
from tests.town import Caller, Operator, Town

TYPHOON = "受台风影响，部分窗口今天暂停办理。"
WHERE = "/api/nanning/announcement"


@pytest_asyncio.fixture
async def announced(town: Town) -> AsyncIterator[Town]:
    await town.ask("PUT", WHERE, token=town.admin_token(), json={"text": TYPHOON})
    yield town
    await town.ask("DELETE", WHERE, token=town.admin_token())


async def test_the_next_caller_hears_the_announcement_before_the_greeting(announced: Town) -> None:
    zhou = await announced.caller(ZHOU).dials(MAYOR)
    await zhou.hears("欢迎拨打")
    heard = await _words(zhou)
    assert heard[0] == TYPHOON
    assert "欢迎拨打" in heard[1]


async def test_who_calls_outside_the_hours_hears_it_too(announced: Town) -> None:
    opening = "/api/nanning/opening"
    await announced.ask("PUT", opening, token=announced.admin_token(), json={"override": "closed"})
    try:
        zhou = await announced.caller(ZHOU).dials(MAYOR)
        await zhou.hears("工作日")
        assert (await _words(zhou))[0] == TYPHOON
    finally:
        await announced.ask("PUT", opening, token=announced.admin_token(), json={"always_open": True})


async def test_an_announcement_ends_at_its_time_by_itself(town: Town) -> None:
    until = town.hotline().moment() + timedelta(hours=2)
    wish = {"text": TYPHOON, "until": until.isoformat()}
    told = await town.ask("PUT", WHERE, token=town.admin_token(), json=wish)
    assert told["is_on"]
    await town.passes(7201)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("欢迎拨打")
    assert TYPHOON not in await zhou.everything_heard()
    assert not (await town.ask("DELETE", WHERE, token=town.admin_token()))["is_on"]


async def test_every_page_of_an_admin_says_what_callers_hear(announced: Town) -> None:
    headers = {"Authorization": f"Bearer {announced.admin_token()}"}
    async with aiohttp.ClientSession(announced.url, headers=headers) as admin:
        for page in ("/calls", "/callbacks"):
            async with admin.get(page) as answer:
                assert f"来电人先听到紧急播报：{TYPHOON}" in await answer.text()


async def test_only_supervisors_and_admins_may_announce_and_only_what_can_be_said(town: Town) -> None:
    wang = await town.operator(WANG)
    await town.ask("PUT", WHERE, token=wang.token, json={"text": TYPHOON}, expect=403)
    await town.ask("PUT", WHERE, token=town.admin_token(), json={"text": "没有句号"}, expect=422)
    await town.ask("PUT", WHERE, token=town.admin_token(), json={"text": " "}, expect=422)
    assert (await town.ask("GET", WHERE, token=wang.token)) == {"is_on": False, "text": "", "until": None}


async def test_what_was_announced_of_late_can_be_announced_again(town: Town) -> None:
    boss = Operator(town, SUPERVISOR).token
    other = "因停电，办事大厅今天上午暂停办理。"
    await town.ask("PUT", WHERE, token=boss, json={"text": TYPHOON})
    await town.ask("PUT", WHERE, token=boss, json={"text": other})
    past = await town.ask("GET", WHERE + "/past", token=boss)
    assert (past[0]["announcement"]["text"], past[0]["by"]) == (TYPHOON, SUPERVISOR)
    assert other not in [one["announcement"]["text"] for one in past], "it is said now"
    await town.ask("DELETE", WHERE, token=boss)
    past = await town.ask("GET", WHERE + "/past", token=boss)
    assert [one["announcement"]["text"] for one in past[:2]] == [other, TYPHOON]
    gone = {"text": TYPHOON, "until": "2026-01-01T08:00"}
    refusal = await town.ask("PUT", WHERE, token=boss, json=gone, expect=422)
    assert "已经过去" in refusal["fields"]["until"]


async def _words(caller: Caller) -> list[str]:
    """What they have heard, without the tones."""
    return [words for words in await caller.everything_heard() if words]
