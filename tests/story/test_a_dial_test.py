"""拨测, the journalist's test: every published number is called as a citizen would call it, and whatever is wrong with
one of them is found and named."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from ivr.carrier.twilio import Twilio
from ivr.demo import ACCOUNT, AUTH_TOKEN, publish
from tests.cast import EDUCATION, EDUCATION_PHONE, MAYOR, NOBODYS, WANG
from tests.story.dial_tests import SECOND, ivr_probe
from tests.town import Town, until

BOZHOU_OPERATOR = "8001"
NANNING = [f"+8677100000{n:03d}" for n in range(1, 47)]


@pytest_asyncio.fixture
async def whole(town: Town) -> AsyncIterator[Town]:
    """The town, whose numbers are put right again after the test."""
    yield town
    async with aiohttp.ClientSession(town.company_url) as company:
        async with company.get("/simulator/phones") as answer:
            for phone in await answer.json():
                await company.delete(f"/simulator/phones/{phone['number']}")
    await publish(town.demo)


async def test_a_number_that_is_answered_as_it_should_be_passes(town: Town) -> None:
    await town.operator(WANG)
    last = await result_of(town, MAYOR)
    assert (last["verdict"], last["answered_by"], last["passed"]) == ("reached", "operators", True)
    assert "欢迎拨打" in last["heard"]
    assert (last["on_shift"], last["is_open"], last["status"]) == (1, True, "completed")
    assert last["rang"] >= 0


async def test_out_of_hours_the_announcement_is_what_should_be_heard(town: Town) -> None:
    await town.ask("PUT", "/api/nanning/opening", token=town.admin_token(), json={"override": "closed"})
    try:
        last = await result_of(town, MAYOR)
    finally:
        await town.ask("PUT", "/api/nanning/opening", token=town.admin_token(), json={"always_open": True})
    assert (last["verdict"], last["answered_by"], last["is_open"]) == ("reached", "announcement", False)
    assert "服务时间" in last["heard"]


async def test_hours_in_which_nobody_sits_at_a_desk_are_a_failure(town: Town) -> None:
    assert (await result_of(town, MAYOR))["verdict"] == "unstaffed"


async def test_a_test_is_in_no_list_of_calls_and_in_no_counter(town: Town) -> None:
    wang = await town.operator(WANG)
    before = await town.ask("GET", "/api/nanning/calls?limit=1", token=town.admin_token())
    await result_of(town, MAYOR)
    assert await town.ask("GET", "/api/nanning/calls?limit=1", token=town.admin_token()) == before
    assert (await wang.desk())["line"] == "idle"


async def test_somebody_who_shows_the_testing_number_while_nothing_is_tested_is_a_caller(town: Town) -> None:
    caller = await town.caller("+8677100009000").dials(MAYOR)
    await caller.hears("waiting.wav")
    await caller.hangs_up()
    assert (await caller.record())["outcome"] in ("abandoned_short", "abandoned_queue")


async def test_a_number_whose_end_nobody_reports_is_asked_about(whole: Town) -> None:
    async with aiohttp.ClientSession(whole.company_url) as company:
        await company.put(f"/simulator/phones/{MAYOR}", json={"behaviour": "busy"})
        await company.put("/simulator/faults", json={"next": {"callback_lost": 1}})
    finding = asyncio.create_task(result_of(whole, MAYOR))
    while not finding.done():
        await whole.passes(4)
        await asyncio.wait({finding}, timeout=SECOND)
    assert (finding.result()["verdict"], finding.result()["status"]) == ("busy", "lost")


async def test_a_carrier_that_does_not_dial_is_named(town: Town) -> None:
    async with aiohttp.ClientSession(town.company_url) as company:
        await company.put("/simulator/faults", json={"next": {"rest_500": 1}})
    last = await result_of(town, MAYOR)
    assert (last["verdict"], last["answered_by"]) == ("not_dialled", "nobody")
    assert last["fault"]


async def test_only_a_supervisor_may_have_numbers_called(town: Town) -> None:
    wang = await town.operator(WANG)
    await town.ask("POST", "/api/nanning/probes", token=wang.token, json={}, expect=403)
    unknown = await town.ask(
        "POST", "/api/nanning/probes", token=town.admin_token(), json={"numbers": [NOBODYS]}, expect=404
    )
    assert "号码簿" in unknown["detail"]


async def test_ivr_probe_calls_all_127_numbers_and_names_what_is_wrong_with_twelve(
    whole: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await whole.operator(WANG)
    await whole.operator(BOZHOU_OPERATOR, hotline="bozhou")
    broken = await break_twelve(whole, foreign=f"{whole.company_url}/nothing-here")

    code, lines = await ivr_probe(whole, monkeypatch, "--all")

    assert code == 1
    results = {found[2]: found for line in lines if (found := RESULT.match(line))}
    assert len(results) == 127
    failed = {number.replace(" ", ""): found[3] for number, found in results.items() if found[1] == "失败"}
    assert {number: said for number, said in failed.items() if broken.get(number, "?") not in said} == {}
    assert failed.keys() == broken.keys()
    assert "nanning: 46 个号码，34 个通过，12 个失败" in lines
    assert "bozhou: 81 个号码，81 个通过，0 个失败" in lines


async def test_ivr_probe_goes_through_to_a_person_and_rings_nobody_unnamed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.phone(EDUCATION_PHONE, "answers_and_presses_1", after_seconds=1)
    code, lines = await ivr_probe(town, monkeypatch, "--through", EDUCATION)
    assert (code, lines[-1]) == (0, "bozhou: 1 个号码，1 个通过，0 个失败")
    assert "本人（已按 1 确认）" in lines[0]
    assert "秒后有人接听" in lines[0]
    assert (await ivr_probe(town, monkeypatch, "--through", "--all"))[0] == 2


RESULT = re.compile(r"\w+  (通过|失败)  (\+86 \d+ \d+ \d+)  (.+)")


async def break_twelve(town: Town, foreign: str) -> dict[str, str]:
    """Twelve numbers of Nanning, each broken in a way of its own, and the words that name it."""
    answer, numbers = town.hotline().url("answer"), iter(NANNING[5:])
    addresses = {
        "没有设置接听地址": "",
        "指向了别的系统": foreign,
        "签名不符": answer.replace("127.0.0.1", "localhost"),
        "不存在的地址": answer.removesuffix("answer") + "answr",
        "另一条热线": town.hotline("bozhou").url("answer"),
    }
    phones = {
        "占线": "busy",
        "无人接听": "no_answer",
        "关机": "switched_off",
        "空号": "invalid",
        "语音信箱": "voicemail",
        "接通无声": "answers_and_presses_1",
    }
    broken = {}
    for name, address in addresses.items():
        broken[number := next(numbers)] = name
        await points(town, number, address)
    for name, behaviour in phones.items():
        broken[number := next(numbers)] = name
        async with aiohttp.ClientSession(town.company_url) as company:
            await company.put(f"/simulator/phones/{number}", json={"behaviour": behaviour})
    broken[number := next(numbers)] = "号码不在运营商账户里"
    await released(town, number)
    return broken


async def points(town: Town, number: str, address: str) -> None:
    carrier = Twilio(town.demo.settings())
    try:
        await carrier.point_number(number, name=number, voice_url=address, ended_url="")
    finally:
        await carrier.close()


async def released(town: Town, number: str) -> None:
    account = f"/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers"
    auth = aiohttp.BasicAuth(ACCOUNT, AUTH_TOKEN)
    async with aiohttp.ClientSession(town.company_url, auth=auth) as company:
        async with company.get("/simulator/numbers") as answer:
            (sid,) = [one["sid"] for one in await answer.json() if one["number"] == number]
        async with company.delete(f"{account}/{sid}.json") as answer:
            assert answer.status == 204


async def result_of(town: Town, number: str) -> dict[str, Any]:
    """This number is tested now; the result."""
    token, began = town.admin_token(), town.hotline().now()
    await town.ask("POST", "/api/nanning/probes", token=token, json={"numbers": [number]})

    async def judged() -> list[dict[str, Any]]:
        history = await town.ask("GET", f"/api/nanning/probes/{number}", token=token)
        return [one for one in history if datetime.fromisoformat(one["at"]).timestamp() * 1000 >= began]

    return dict((await until(judged, f"{number} is tested"))[0])
