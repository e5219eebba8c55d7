"""What cannot be fetched or played, and how patient the phone company is."""

import pytest
from starlette.responses import RedirectResponse, Response

from .world import World

BROKEN = [
    (Response("<Response><Say>a & b</Say></Response>", media_type="text/xml"), 12100),
    (Response(" <?xml version='1.0'?><Response/>", media_type="text/xml"), 12100),
    (Response("\ufeff<Response/>", media_type="text/xml"), 12100),
    (Response("<Answer/>", media_type="text/xml"), 12102),
    (Response("{}", media_type="application/json"), 12300),
    (Response(f"<Response>{' ' * 65_536}</Response>", media_type="text/xml"), 11750),
    (Response("oh", status_code=500), 11200),
    (Response("<Response><Gather><Hangup/></Gather></Response>", media_type="text/xml"), 13320),
    (Response("<Response><Dial/></Response>", media_type="text/xml"), 13224),
    (Response("<Response><Dial>市长</Dial></Response>", media_type="text/xml"), 13223),
    (
        Response(
            "<Response><Dial callerId='+8677100000099'>+862000000009</Dial></Response>", media_type="text/xml"
        ),
        13214,
    ),
]


@pytest.mark.parametrize(("reply", "code"), BROKEN, ids=[str(code) for _, code in BROKEN])
async def test_what_cannot_be_played_goes_to_the_fallback_with_the_reason(
    world: World, reply: Response, code: int
) -> None:
    # When a document cannot be retrieved or executed, the fallback URL is asked, with ErrorCode and ErrorUrl.
    app = world.application
    answer, fallback = app.says("/answer", reply), app.says("/fallback", "<Say>稍后再拨</Say>")
    await world.publish(answer, voice_fallback_url=fallback)

    line = await world.dial()
    ended = await line.over()

    asked = app.requests("/fallback")[0]
    assert (asked["ErrorCode"], asked["ErrorUrl"]) == (str(code), answer)
    assert ("say", "稍后再拨") in await line.heard()
    assert ended["status"] == "completed"


async def test_without_a_fallback_the_caller_hears_english_and_the_line_goes_dead(world: World) -> None:
    # No fallback, or a fallback that fails as well: an apology in English, and a hang-up.
    app = world.application
    await world.publish(app.says("/answer", Response(status_code=404)))
    line = await world.dial()
    await line.over()
    assert [kind for kind, _ in await line.heard()] == ["ring", "error", "say", "hangup"]
    assert await world.warnings() == [11200]


async def test_a_server_that_cannot_be_reached_is_tried_once_more(world: World) -> None:
    # By default exactly one retry, and only when no connection could be made.
    await world.publish("http://127.0.0.1:9/answer")
    await (await world.dial()).over()
    log = (await world.people.get("/simulator/log")).json()
    assert [sent["url"] for sent in log["webhooks"]] == ["http://127.0.0.1:9/answer"] * 2
    assert await world.warnings() == [11205]


async def test_an_address_that_is_none_is_an_error_of_the_document(world: World) -> None:
    await world.publish(world.application.says("/answer", "<Redirect>http://hotline:99999/</Redirect>"))
    line = await world.dial()
    assert (await line.over())["status"] == "completed"
    assert await world.warnings() == [11100]


async def test_retries_are_as_the_url_asks_and_carry_the_same_idempotency_token(world: World) -> None:
    # `#rc=3&rp=5xx` asks for up to three retries on server errors. The token tells retries from new requests.
    app = world.application
    answer = app.says("/answer", Response(status_code=503), Response(status_code=503), "<Say>好了</Say>")
    await world.publish(answer + "#rc=3&rp=5xx")
    line = await world.dial()
    await line.over()
    assert ("say", "好了") in await line.heard()
    assert len({asked.headers["i-twilio-idempotency-token"] for asked in app.asked}) == 1
    assert len(app.asked) == 3


async def test_redirects_are_followed_and_signed_anew_but_not_for_ever(world: World) -> None:
    # 301, 302 and 307 are followed; more than ten of them are error 11215.
    app = world.application
    app.says("/moved", RedirectResponse("/answer", 307))
    app.says("/answer", "<Redirect>/circle</Redirect>")
    app.says("/circle", RedirectResponse("/circle", 307))
    await world.publish(app.address + "/moved")
    line = await world.dial()
    await line.over()
    assert app.requests("/answer")[0]["CallSid"] == line.sid
    assert await world.warnings() == [11215]


async def test_a_relative_address_starts_from_the_document_that_holds_it(world: World) -> None:
    app = world.application
    await world.publish(app.says("/voice/answer", "<Redirect>step/two</Redirect>"))
    app.says("/voice/step/two", "<Redirect>three</Redirect>")
    app.says("/voice/step/three", "<Hangup/>")
    await (await world.dial()).over()
    assert [asked.path for asked in app.asked] == ["/voice/answer", "/voice/step/two", "/voice/step/three"]
