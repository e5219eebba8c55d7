"""Texts that people send: the number's application is told, and answers or does not."""

import httpx
import pytest
from starlette.responses import Response
from twilio.request_validator import RequestValidator

from .world import CALLER, MAYOR, TOKEN, World, eventually, twiml

ASKING = "开会 15:00"


async def write(world: World, body: str = ASKING, *, sender: str = CALLER, to: str = MAYOR) -> httpx.Response:
    return await world.people.post("/simulator/texts", json={"from": sender, "to": to, "body": body})


async def answered(world: World) -> list[str]:
    """What the sender is sent back, as soon as it is there."""

    async def delivered() -> list[str] | None:
        texts = (await world.people.get("/simulator/texts", params={"to": CALLER})).json()
        return [text["body"] for text in texts] or None

    return await eventually(delivered)


async def test_the_application_is_told_with_twilios_fields_and_its_answer_is_delivered(world: World) -> None:
    # https://www.twilio.com/docs/messaging/guides/webhook-request
    app = world.application
    await world.publish("", sms_url=app.says("/texts", "<Message>已登记</Message>"))
    sent = (await write(world)).json()
    (asked,) = await app.receives("/texts")
    assert {name: asked[name] for name in ("From", "To", "Body", "SmsStatus", "NumMedia", "NumSegments")} == {
        "From": CALLER, "To": MAYOR, "Body": ASKING, "SmsStatus": "received", "NumMedia": "0", "NumSegments": "1",
    }  # fmt: skip
    assert {asked["MessageSid"], asked["SmsSid"], asked["SmsMessageSid"]} == {sent["sid"]}
    assert "CallSid" not in asked.form
    signature = asked.headers["x-twilio-signature"]
    assert RequestValidator(TOKEN).validate(asked.url, dict(asked.form), signature)

    assert await answered(world) == ["已登记"]
    listed = await world.rest(world.twilio.messages.list)
    assert [(str(one.direction), one.from_, str(one.status)) for one in listed] == [
        ("outbound-reply", MAYOR, "delivered"),
        ("inbound", CALLER, "received"),
    ]


async def test_an_answer_may_be_in_a_body_be_elsewhere_or_be_plain_words(world: World) -> None:
    app = world.application
    there = app.says("/there", "<Message><Body>在这里</Body></Message>")
    await world.publish("", sms_url=app.says("/texts", f"<Redirect>{there}</Redirect>"))
    await write(world)
    assert await answered(world) == ["在这里"]
    app.says("/texts", Response("只有文字", media_type="text/plain"))
    await write(world)
    await eventually(lambda: has(world, "只有文字"))


async def test_what_fails_is_asked_of_the_fallback_with_the_reason(world: World) -> None:
    app = world.application
    failing = app.says("/texts", Response("down", status_code=500))
    await world.publish("", sms_url=failing, sms_fallback_url=app.says("/instead", "<Message>稍后</Message>"))
    await write(world)
    (asked,) = await app.receives("/instead")
    assert (asked["ErrorCode"], asked["ErrorUrl"], asked["Body"]) == ("11200", failing, ASKING)
    assert await answered(world) == ["稍后"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("<Message/>", 14103),
        ("<Message to='nobody'>有</Message>", 14101),
        ("<Say>您好</Say>", 12200),
        (Response("<Response><Message>", media_type="text/xml"), 12100),
    ],
)
async def test_what_is_no_answer_is_warned_of(world: World, said: str | Response, code: int) -> None:
    await world.publish(
        "", sms_url=world.application.says("/texts", said if isinstance(said, Response) else twiml(said))
    )
    await write(world)

    async def warned() -> bool | None:
        return code in await world.warnings() or None

    await eventually(warned)
    assert (await world.people.get("/simulator/texts", params={"to": CALLER})).json() == []


async def test_a_number_without_an_smsurl_keeps_the_text_and_nobody_is_told(world: World) -> None:
    await world.publish(world.application.address + "/answer")
    assert (await write(world)).status_code == 201
    kept = (await world.people.get("/simulator/texts", params={"from": CALLER})).json()
    assert [(text["to"], text["body"]) for text in kept] == [(MAYOR, ASKING)]
    assert world.application.asked == []


async def test_a_text_to_nobody_from_a_landline_or_of_nothing_is_refused(world: World) -> None:
    await world.publish("")
    assert (await write(world, to="+8677109999999")).status_code == 404
    assert (await write(world, "")).status_code == 400
    await world.people.put(f"/simulator/phones/{CALLER}", json={"landline": True})
    assert (await write(world)).status_code == 409


async def has(world: World, body: str) -> bool | None:
    texts = (await world.people.get("/simulator/texts", params={"to": CALLER})).json()
    return body in [text["body"] for text in texts] or None
