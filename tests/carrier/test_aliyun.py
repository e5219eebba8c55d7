"""Texts through Alibaba's own client, to a gateway on loopback that checks its signatures and answers as documented."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from config.settings import Unset
from ivr.carrier import CarrierBusy, CarrierFailed, CarrierRefused
from ivr.carrier.aliyun import Aliyun
from ivr.carrier.approved import read
from ivr.carrier.gateway import text_gateway
from ivr.demo import Demo
from tests.carrier.gateway_of_texts import TextGatewayOnLoopback, listening
from tests.cast import WU
from tests.town import free_port

DEMO = Demo(port=1, simulator_port=2, folder=Path(".data"), redis_url="unix:///nowhere")
TEMPLATES = {
    "SMS_1001": "您拨打的${post}电话暂时无法接听，会后联系您，如有急事，请拨打${office}值班电话${phone}。",
    "SMS_1002": "您拨打的${post}电话暂时无法接听，会后联系您。",
}
WORDS = "【亳州公开电话】您拨打的市教育局局长电话暂时无法接听，会后联系您，如有急事，请拨打教育局值班电话055800000518。"


@pytest_asyncio.fixture
async def gateway(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TextGatewayOnLoopback]:
    for proxy in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(proxy, raising=False)  # its client would go there even on loopback
    async with listening() as opened:
        yield opened


async def send(gateway: TextGatewayOnLoopback, words: str = WORDS, *, secret: str | None = None) -> str:
    more = {"secret": secret} if secret else {}
    return await Aliyun(gateway.settings(DEMO, TEMPLATES, **more), seconds=1.0).text(
        WU, words, sender="", news="", about="bozhou.CA1"
    )


async def test_words_are_sent_as_the_approved_template_that_says_them(gateway: TextGatewayOnLoopback) -> None:
    assert await send(gateway) == "9006197469364984400"
    (asked,) = gateway.asked
    assert (asked["PhoneNumbers"], asked["SignName"], asked["OutId"]) == (
        WU[3:],
        "亳州公开电话",
        "bozhou.CA1",
    )
    assert asked["TemplateCode"] == "SMS_1001"
    assert json.loads(asked["TemplateParam"]) == {
        "post": "市教育局局长", "office": "教育局", "phone": "055800000518",
    }  # fmt: skip


@pytest.mark.parametrize(
    "words", ["【亳州公开电话】别的话", f"【亳州公开电话】您拨打的{'长' * 36}电话暂时无法接听，会后联系您。"]
)
async def test_what_no_template_says_is_not_even_asked_for(
    gateway: TextGatewayOnLoopback, words: str
) -> None:
    with pytest.raises(CarrierRefused):
        await send(gateway, words)
    assert gateway.asked == []


@pytest.mark.parametrize(
    ("code", "status", "failure"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", 200, CarrierRefused),  # this number has had as many as networks allow
        ("isv.SMS_TEMPLATE_ILLEGAL", 200, CarrierRefused),
        ("isv.MOBILE_NUMBER_ILLEGAL", 200, CarrierRefused),
        ("InvalidAccessKeyId.NotFound", 404, CarrierRefused),
        ("Throttling.User", 400, CarrierBusy),  # not carried out: later
        ("isp.SYSTEM_ERROR", 200, CarrierFailed),  # nobody knows
        ("InternalError", 500, CarrierFailed),
    ],
)
async def test_each_refusal_is_told_by_its_code_and_never_by_the_number(
    gateway: TextGatewayOnLoopback, code: str, status: int, failure: type[CarrierFailed]
) -> None:
    gateway.code, gateway.status = code, status
    with pytest.raises(CarrierFailed) as refused:
        await send(gateway)
    assert type(refused.value) is failure
    assert str(refused.value) == code
    assert len(gateway.asked) == 1  # one request, whatever comes back
    assert refused.value.__context__ is None or refused.value.__suppress_context__


async def test_a_wrong_secret_is_refused(gateway: TextGatewayOnLoopback) -> None:
    with pytest.raises(CarrierRefused, match="SignatureDoesNotMatch"):
        await send(gateway, secret="demo-another-secret")
    assert gateway.asked == []


async def test_silence_and_a_gateway_that_is_down_are_failures_and_asked_once(
    gateway: TextGatewayOnLoopback,
) -> None:
    gateway.silent = True
    with pytest.raises(CarrierFailed, match="no answer"):
        await send(gateway)
    assert len(gateway.asked) == 1
    with pytest.raises(CarrierFailed, match="no answer"):
        await send(TextGatewayOnLoopback(free_port()))


def test_texts_go_through_the_gateway_where_it_has_a_key_and_else_through_the_carrier() -> None:
    assert text_gateway(DEMO.settings()) is None
    configured = TextGatewayOnLoopback(1).settings(DEMO, TEMPLATES)
    assert isinstance(text_gateway(configured), Aliyun)


@pytest.mark.parametrize(
    ("code", "template", "why"),
    [
        ("1001", "您拨打的${post}电话", "the code is SMS_"),
        ("SMS_1", "您拨打的{post}电话无人接听", "a variable is"),
        ("SMS_1", "您拨打的${职务}电话无人接听", "a variable is"),
        ("SMS_1", "您拨打的${mobile}电话无人接听", "no variable is called"),
        ("SMS_1", "您拨打的${post}电话，${post}会后联系您", "stands once"),
        ("SMS_1", "您拨打的${post}${office}电话", "between two"),
        ("SMS_1", "【公开电话】您拨打的${post}电话", "in front"),
        ("SMS_1", "${post}好", "words of its own"),
    ],
)
def test_a_template_that_no_gateway_approves_stops_the_start_and_says_why(
    code: str, template: str, why: str
) -> None:
    with pytest.raises(Unset, match=why):
        read({code: template})
