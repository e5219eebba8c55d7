"""Text messages: sent by the application, delivered or not, and read by people."""

import asyncio
import json

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest.api.v2010.account.message import MessageInstance

from .world import ACCOUNT, CALLER, MAYOR, TOKEN, World

THANKS = "感谢致电直通车，您的意见已记录。"


async def send(world: World, to: str = CALLER, body: str = THANKS) -> MessageInstance:
    create, callback = world.twilio.messages.create, world.application.address + "/progress"
    return await world.rest(create, to=to, from_=MAYOR, body=body, status_callback=callback)


async def register(world: World, number: str, **phone: object) -> None:
    assert (await world.people.put(f"/simulator/phones/{number}", json=phone)).status_code == 200


async def test_a_text_is_sent_and_delivered_and_the_application_is_told(world: World) -> None:
    # A message goes queued, sent, delivered; each step after the first is a status callback.
    queued = await send(world)
    assert (str(queued.status), queued.num_segments, str(queued.direction)) == ("queued", "1", "outbound-api")
    told = await world.application.receives("/progress", 2)
    assert [(one["MessageStatus"], one["SmsStatus"]) for one in told] == [
        ("sent", "sent"),
        ("delivered", "delivered"),
    ]
    assert {(one["MessageSid"], one["To"], one["From"]) for one in told} == {(queued.sid, CALLER, MAYOR)}

    fetched = await world.rest(world.twilio.messages(str(queued.sid)).fetch)
    assert (str(fetched.status), fetched.error_code, fetched.body) == ("delivered", None, THANKS)
    received = (await world.people.get("/simulator/texts", params={"to": CALLER})).json()
    assert [(text["from"], text["body"]) for text in received] == [(MAYOR, THANKS)]
    assert (await world.people.get("/simulator/texts", params={"to": MAYOR})).json() == []


async def test_a_text_to_nobody_is_undelivered_with_the_reason(world: World) -> None:
    # A handset that does not exist: undelivered, ErrorCode 30005.
    await register(world, CALLER, behaviour="invalid")
    sent = await send(world)
    last = (await world.application.receives("/progress", 2))[1]
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30005")
    fetched = await world.rest(world.twilio.messages(str(sent.sid)).fetch)
    assert (str(fetched.status), fetched.error_code) == ("undelivered", 30005)
    assert (await world.people.get("/simulator/texts")).json() == []


@pytest.mark.parametrize(
    ("to", "body", "code"),
    [
        ("+867710000013", THANKS, 21614),
        ("市长", THANKS, 21211),
        (CALLER, "长" * 1_601, 21617),
        (CALLER, "", 21602),
    ],
)
async def test_what_cannot_be_sent_is_refused(world: World, to: str, body: str, code: int) -> None:
    # 21614: a landline cannot receive texts. 21211: no number. 21617: too long. 21602: nothing to say.
    await register(world, "+867710000013", landline=True)
    with pytest.raises(TwilioRestException) as refused:
        await send(world, to=to, body=body)
    assert (refused.value.status, refused.value.code) == (400, code)


async def test_long_texts_are_counted_in_pieces(world: World) -> None:
    # 70 Chinese characters in one piece, 67 in each of several; Latin ones 160 and 153.
    sizes = {"长" * 70: "1", "长" * 71: "2", "a" * 160: "1", "a" * 307: "3"}
    assert [(await send(world, body=body)).num_segments for body in sizes] == list(sizes.values())


async def test_texts_are_listed_newest_first_with_every_field(world: World) -> None:
    first, second = await send(world), await send(world, to=MAYOR)
    listed = await world.rest(world.twilio.messages.list)
    assert [one.sid for one in listed] == [second.sid, first.sid]
    to_caller = await world.rest(world.twilio.messages.list, to=CALLER)
    assert [one.sid for one in to_caller] == [first.sid]
    async with httpx.AsyncClient(base_url=world.address, auth=(ACCOUNT, TOKEN)) as client:
        ours = set((await client.get(str(listed[0].uri))).json())
    read = {name.rstrip("_") for name in vars(listed[0]) if not name.startswith("_")}
    assert read == ours


async def test_a_text_is_seen_at_once_on_the_stream(world: World) -> None:
    async def next_text() -> dict[str, str]:
        async with world.people.stream("GET", "/simulator/events") as stream:
            lines = stream.aiter_lines()
            await anext(lines)
            await send(world)
            async for line in lines:
                if line == "event: text":
                    found: dict[str, str] = json.loads((await anext(lines)).removeprefix("data: "))
                    return found
        raise AssertionError("the stream ended")

    text = await asyncio.wait_for(next_text(), 5)
    assert (text["from"], text["to"], text["body"]) == (MAYOR, CALLER, THANKS)
