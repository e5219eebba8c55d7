"""A caller's text goes through a domestic gateway, and what it reports is on the call's record."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from ivr.carrier.aliyun import Aliyun
from ivr.demo import REPORT_SECRET
from tests.carrier.gateway_of_texts import TextGatewayOnLoopback, listening
from tests.cast import EDUCATION, EDUCATION_PHONE, WU
from tests.town import Caller, Town, until

TEMPLATES = {"SMS_18": "您好，我正在开会，会后联系您，如有急事，请拨打${office}值班电话${phone}。"}
REPORTS = f"/texts/aliyun/{REPORT_SECRET}"


async def test_the_text_goes_through_the_gateway_and_its_report_is_on_the_record(
    town: Town, gateway: TextGatewayOnLoopback
) -> None:
    wu = await is_told_of_a_text(town, "+8615400000021")
    (asked,) = await until(asked_of(gateway), "the gateway is asked")
    assert (asked["TemplateCode"], asked["OutId"]) == ("SMS_18", f"bozhou.{wu.sid}")
    assert await reported(town, [report(asked["OutId"], success=True)]) == {"code": 0, "msg": "接收成功"}
    await until(text_is(wu, "delivered"), "it is delivered")
    await reported(
        town, [report(asked["OutId"], success=False, err_code="MK:0001")]
    )  # late: nothing turns back
    assert (await wu.record("bozhou"))["text_state"] == "delivered"


async def test_one_push_tells_of_many_and_of_what_is_not_ours(
    town: Town, gateway: TextGatewayOnLoopback
) -> None:
    wu = await is_told_of_a_text(town, "+8615400000022")
    (asked,) = await until(asked_of(gateway), "the gateway is asked")
    strangers = [report("nowhere.CA" + "0" * 32), report(""), report("bozhou.x"), {"success": True}]
    await reported(town, [*strangers, report(asked["OutId"], success=False, err_code="USER_NOT_ONLINE")])
    await until(text_is(wu, "undelivered"), "it is undelivered")


async def test_what_cannot_be_read_of_a_push_keeps_nothing_else_back(
    town: Town, gateway: TextGatewayOnLoopback
) -> None:
    wu = await is_told_of_a_text(town, "+8615400000024")
    (asked,) = await until(asked_of(gateway), "the gateway is asked")
    odd: list[Any] = [
        None,
        "x",
        {},
        {"out_id": 7, "success": True},
        {"out_id": None, "success": None, "err_code": None},
    ]
    await reported(town, [*odd, report(asked["OutId"]) | {"err_code": None}])
    await until(text_is(wu, "delivered"), "it is delivered")


async def test_a_text_that_the_gateway_will_not_take_is_refused(
    town: Town, gateway: TextGatewayOnLoopback
) -> None:
    gateway.code = "isv.BUSINESS_LIMIT_CONTROL"
    wu = await is_told_of_a_text(town, "+8615400000023")
    await until(text_is(wu, "refused"), "it is refused")
    assert len(gateway.asked) == 1


async def test_who_does_not_know_the_secret_reports_nothing(town: Town) -> None:
    for path in ("/texts/aliyun/" + "x" * 32, "/texts/aliyun/"):
        async with aiohttp.ClientSession(town.url) as http:
            async with http.post(path, json=[report("bozhou.CA" + "0" * 32)]) as answer:
                assert answer.status in (403, 404)
    async with aiohttp.ClientSession(town.url) as http:
        async with http.post(REPORTS, data="no JSON") as answer:
            assert answer.status == 400


@pytest_asyncio.fixture
async def gateway(town: Town, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TextGatewayOnLoopback]:
    """Bozhou's texts go there for the length of a story."""
    for proxy in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(proxy, raising=False)
    hotline = town.hotline("bozhou")
    async with listening() as opened:
        hotline.gateway = Aliyun(opened.settings(town.demo, TEMPLATES))
        yield opened
        hotline.gateway = None


async def is_told_of_a_text(town: Town, number: str) -> Caller:
    """A caller of each story's own: two alike a day is the cap of the networks."""
    await town.phone(EDUCATION_PHONE, "declined", after_seconds=1)
    wu = await town.caller(number).dials(EDUCATION)
    await wu.hears("稍后请查看手机短信")
    await wu.hangs_up()
    await wu.record("bozhou")
    return wu


def asked_of(gateway: TextGatewayOnLoopback) -> Any:
    async def asked() -> list[dict[str, str]]:
        return gateway.asked

    return asked


def text_is(caller: Caller, state: str) -> Any:
    async def so() -> bool:
        return bool((await caller.record("bozhou"))["text_state"] == state)

    return so


def report(out_id: str, *, success: bool = True, err_code: str = "DELIVERED") -> dict[str, Any]:
    """One of a push, with every field: https://help.aliyun.com/zh/sms/developer-reference/smsreport-2"""
    moment = "2026-11-25 10:00:00"
    return {
        "phone_number": WU[3:], "send_time": moment, "report_time": moment, "success": success,
        "err_code": err_code, "err_msg": "", "sms_size": "1", "biz_id": "9006197469364984400", "out_id": out_id,
    }  # fmt: skip


async def reported(town: Town, reports: list[Any]) -> Any:
    async with aiohttp.ClientSession(town.url) as http, http.post(REPORTS, json=reports) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()
