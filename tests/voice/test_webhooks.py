"""`POST /voice/{hotline}/{step}`: signed requests are answered in TwiML, everything else is turned away untouched."""

import json
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl
from uuid import uuid4
from xml.etree import ElementTree

import aiohttp
import pytest

from ivr.store import connect
from routes.voice import STEPS
from tests.cast import MAYOR, NOBODYS, ZHOU
from tests.town import Town
from tests.voice.carrier_words import Said, form_of, post, post_raw, sign


def new_sid() -> str:
    return "CA" + uuid4().hex


def verbs(said: Said) -> list[str]:
    assert (said.status, said.type) == (200, "text/xml"), said
    return [verb.tag for verb in ElementTree.fromstring(said.text)]


async def test_a_signed_call_to_the_mayor_hears_the_greeting_and_goes_on_to_wait(town: Town) -> None:
    said = await post(f"{town.url}/voice/nanning/answer", form_of(new_sid()))
    assert verbs(said) == ["Say", "Redirect"]
    assert "欢迎拨打南宁优化营商环境服务企业‘直通车’" in said.text
    assert ElementTree.fromstring(said.text)[1].text == "wait"


async def test_a_step_posted_twice_is_answered_alike_and_counted_once(town: Town) -> None:
    sid = new_sid()
    for step in ("answer", "wait"):
        url = f"{town.url}/voice/nanning/{step}"
        assert await post(url, form_of(sid)) == await post(url, form_of(sid))
    await post(f"{town.url}/voice/nanning/ended", form_of(sid, status="completed"))
    record = await town.ask("GET", f"/api/nanning/calls/{sid}", token=town.admin_token())
    assert [moment["event"] for moment in record["timeline"]] == ["arrive", "wait", "hang_up"]


async def test_the_signature_covers_our_own_query(town: Town) -> None:
    url = f"{town.url}/voice/nanning/thank?room=abc"
    assert (await post(url, form_of(new_sid()))).status == 200
    assert (
        await post_raw(url, b"CallSid=CA", sign(f"{town.url}/voice/nanning/thank", {"CallSid": "CA"}))
    ).status == 403


@pytest.mark.parametrize("step", sorted(STEPS))
@pytest.mark.parametrize("signature", ["", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "不是签名"])
async def test_unsigned_and_wrongly_signed_requests_leave_no_trace(
    town: Town, step: str, signature: str
) -> None:
    url = f"{town.url}/voice/nanning/{step}"
    said = await without_a_trace(town, lambda: post(url, form_of(new_sid()), signature=signature))
    assert said.status == 403
    assert "HOTLINE_PUBLIC_URL" in said.text


async def test_a_signature_of_another_account_or_another_body_is_wrong(town: Town) -> None:
    url, form = f"{town.url}/voice/nanning/answer", form_of(new_sid())
    assert (await post(url, form, signature=sign(url, form, "another-token"))).status == 403
    assert (await post(url, {**form, "From": ZHOU + "1"}, signature=sign(url, form))).status == 403


async def test_a_number_that_nobody_published_is_told_so_and_nothing_is_written(town: Town) -> None:
    url = f"{town.url}/voice/nanning/answer"
    said = await without_a_trace(town, lambda: post(url, form_of(new_sid(), to=NOBODYS)))
    assert verbs(said) == ["Say", "Hangup"]
    assert "不是公布的公开电话" in said.text


@pytest.mark.parametrize(
    "path", ["nanning/no_such_step", "nowhere/answer", "nanning/", "nanning/answer/x", "x"]
)
async def test_a_signed_call_that_is_led_to_no_step_of_ours_still_hears_words(town: Town, path: str) -> None:
    said = await without_a_trace(town, lambda: post(f"{town.url}/voice/{path}", form_of(new_sid())))
    assert verbs(said) == ["Say", "Hangup"]
    assert "暂时无法接通" in said.text


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"CallSid=%FF%FE", 400, "UTF-8"),
        ("CallSid=\u4e2d".encode("gb18030"), 400, "UTF-8"),
        (b"", 400, "CallSid"),
        (b"CallSid=", 400, "CallSid"),
        (b"CallSid=CA123", 400, "CallSid"),
        (b"CallSid=" + b"CA" + b"0" * 31 + b"G", 400, "CallSid"),
        (b"&&&=&=", 400, "CallSid"),
        (b"x=" + b"y" * 65_536, 413, "64 kB"),
    ],
)
async def test_a_malformed_body_gets_a_clear_answer_and_writes_nothing(
    town: Town, body: bytes, status: int, why: str
) -> None:
    url = f"{town.url}/voice/nanning/answer"
    said = await without_a_trace(town, lambda: post_raw(url, body, sign(url, _as_sent(body))))
    assert (said.status, said.type) == (status, "text/plain")
    assert why in said.text


async def test_webhooks_are_posts(town: Town) -> None:
    url = f"{town.url}/voice/nanning/answer"
    assert (await post_raw(url, b"", sign(url, {}), method="GET")).status == 405


async def test_what_is_turned_away_is_one_line_in_the_log_without_personal_data(
    town: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    await post(f"{town.url}/voice/nanning/answer", form_of(new_sid(), Digits="5"), signature="wrong")
    written = capfd.readouterr()
    lines = [line for line in (written.out + written.err).splitlines() if line]
    assert len(lines) == 1
    assert json.loads(lines[0])["status"] == 403
    assert MAYOR not in lines[0]
    assert ZHOU not in lines[0]


async def test_every_reply_is_twiml_that_the_carrier_knows_to_the_letter(town: Town) -> None:
    """The phone company records a warning for each verb or attribute that it does not know."""
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    operator = await town.operator("9001")
    await operator.accepts()
    await operator.is_on("talking")
    await operator.hangs_up()
    await zhou.is_hung_up_on()
    async with aiohttp.ClientSession() as http, http.get(f"{town.company_url}/simulator/log") as answer:
        warnings = (await answer.json())["warnings"]
    assert [one for one in warnings if one["sid"] in (zhou.sid, operator.phone)] == []


async def without_a_trace(town: Town, request: Callable[[], Awaitable[Said]]) -> Said:
    """The reply to a request that writes nothing. The loop writes when it likes: once in five it did not."""
    for _ in range(5):
        before = await snapshot(town)
        said = await request()
        if await snapshot(town) == before:
            return said
    raise AssertionError(f"each of five such requests left a trace: {said}")


async def snapshot(town: Town) -> dict[str, int]:
    """How much of everything the hotline has written, read over a connection of our own."""
    store, hotline = connect(town.demo.store_url), town.hotline()
    try:
        names = [name async for name in store.redis.scan_iter(hotline.root + "*", count=1000)]
        return {"keys": len(names), "events": int(await store.ask("XLEN", hotline.key("events")))}
    finally:
        await store.close()


def _as_sent(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="utf-8", errors="replace"))
