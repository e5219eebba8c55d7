"""The REST API, asked by the official client as it is sold, pointed here by its base URL."""

from collections.abc import Callable

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from .world import ACCOUNT, API_KEY, API_SECRET, APPLICATION, CALLER, MAYOR, TOKEN, Line, World

HOLD = '<Gather timeout="600"><Say>请稍候</Say></Gather>'
OPERATOR = "+862000000009"


async def refusal(world: World, ask: Callable[..., object], **fields: object) -> tuple[int, int | None]:
    with pytest.raises(TwilioRestException) as refused:
        await world.rest(ask, **fields)
    return refused.value.status, refused.value.code


async def test_the_account_or_its_api_key_opens_the_api_and_nothing_else_does(world: World) -> None:
    # Basic auth with AccountSid and token, or key and secret; anything else is 401 with code 20003.
    url = f"{world.address}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    async with httpx.AsyncClient() as client:
        assert (await client.get(url, auth=(ACCOUNT, TOKEN))).status_code == 200
        assert (await client.get(url, auth=(API_KEY, API_SECRET))).status_code == 200
        for auth in ((ACCOUNT, API_SECRET), (API_KEY, TOKEN), ("", ""), None):
            refused = await client.get(url, auth=auth)
            assert (refused.status_code, refused.json()["code"]) == (401, 20003)
    assert set(refused.json()) == {"code", "message", "more_info", "status"}


async def test_a_live_call_is_redirected_and_its_old_document_does_not_come_back(world: World) -> None:
    # Updating Url interrupts whatever the call does; the redirected leg asks for the new document.
    app = world.application
    await world.publish(app.says("/answer", HOLD + "<Say>too far</Say>"))
    line = await world.dial()
    await line.hears("say", "请稍候")

    call = world.twilio.calls(line.sid)
    updated = await world.rest(call.update, url=app.says("/moved", "<Say>到了</Say>"))

    assert str(updated.status) == "in-progress"
    await line.over()
    assert [text for kind, text in await line.heard() if kind == "say"] == ["请稍候", "到了"]
    assert app.requests("/moved")[0]["CallStatus"] == "in-progress"


async def test_a_live_call_takes_inline_twiml_and_is_hung_up_by_its_status(world: World) -> None:
    await world.publish(world.application.says("/answer", HOLD))
    line = await world.dial()
    await line.hears("say")
    call = world.twilio.calls(line.sid)
    await world.rest(call.update, twiml="<Response><Say>换了</Say><Pause length='600'/></Response>")
    await line.hears("say", "换了")
    await world.rest(call.update, status="completed")
    assert (await line.over())["status"] == "completed"
    fetched = await world.rest(call.fetch)
    assert (str(fetched.status), fetched.duration, fetched.direction) == ("completed", "1", "inbound")


async def test_nothing_can_be_done_to_a_call_that_is_over_or_was_never_there(world: World) -> None:
    # A call that is over answers an update with 400, code 21220; an unknown one with 404, code 20404.
    await world.publish(world.application.says("/answer", "<Hangup/>"))
    line = await world.dial()
    await line.over()
    over, unknown = world.twilio.calls(line.sid), world.twilio.calls("CA" + "f" * 32)
    assert await refusal(world, over.update, url="http://127.0.0.1:9/x") == (400, 21220)
    assert await refusal(world, over.update, status="completed") == (400, 21220)
    assert await refusal(world, unknown.update, status="completed") == (404, 20404)
    assert await refusal(world, unknown.fetch) == (404, 20404)


async def test_a_call_out_rings_is_answered_and_reports_its_progress_in_order(world: World) -> None:
    # A created call goes queued, ringing, in-progress, completed. Subscribed events are numbered from 0.
    app = world.application
    created = await world.rest(
        world.twilio.calls.create,
        to=OPERATOR,
        from_=MAYOR,
        url=app.says("/greet", "<Say>您好</Say>"),
        status_callback=app.address + "/progress",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    assert str(created.status) == "queued"
    line = Line(world, str(created.sid))
    await line.pick_up()
    await line.over()

    told = sorted(await app.receives("/progress", 4), key=lambda asked: int(asked["SequenceNumber"]))
    assert [asked["CallStatus"] for asked in told] == ["initiated", "ringing", "in-progress", "completed"]
    assert [asked["SequenceNumber"] for asked in told] == ["0", "1", "2", "3"]
    assert app.requests("/greet")[0]["Direction"] == "outbound-api"


async def test_a_call_out_that_nobody_takes_is_no_answer_busy_or_canceled(world: World) -> None:
    # It rings for Timeout and five seconds more. Declined is busy; canceled is possible only until answered.
    async def call_out(timeout: int) -> Line:
        create = world.twilio.calls.create
        created = await world.rest(create, to=OPERATOR, from_=MAYOR, twiml="<Response/>", timeout=timeout)
        return Line(world, str(created.sid))

    ignored, declined, canceled = await call_out(5), await call_out(600), await call_out(600)
    await declined.is_(status="ringing")
    await declined.hang_up()
    await world.rest(world.twilio.calls(canceled.sid).update, status="canceled")

    statuses = [(await line.over())["status"] for line in (ignored, declined, canceled)]
    assert statuses == ["no-answer", "busy", "canceled"]


async def test_lists_are_filtered_newest_first_and_come_in_pages(world: World) -> None:
    # Lists are enveloped in pages, which the client follows by next_page_uri.
    await world.publish(world.application.says("/answer", HOLD))
    lines = [await world.dial() for _ in range(5)]
    await lines[0].hears("say")
    await lines[0].hang_up()
    await lines[0].over()

    listed = await world.rest(world.twilio.calls.list, page_size=2)
    assert [call.sid for call in listed] == [line.sid for line in reversed(lines)]
    done = await world.rest(world.twilio.calls.list, status="completed", to=MAYOR, from_=CALLER)
    assert [call.sid for call in done] == [lines[0].sid]


async def test_numbers_are_published_changed_and_released(world: World) -> None:
    sid = await world.publish("http://127.0.0.1:9/a", friendly_name="南宁 市长")
    number = world.twilio.incoming_phone_numbers(sid)
    changed = await world.rest(number.update, voice_url="http://127.0.0.1:9/b", voice_method="GET")
    assert (changed.voice_url, changed.voice_method, changed.friendly_name) == (
        "http://127.0.0.1:9/b",
        "GET",
        "南宁 市长",
    )
    assert (await world.people.get("/simulator/numbers")).json() == [
        {"number": MAYOR, "name": "南宁 市长", "sid": sid}
    ]
    found = await world.rest(world.twilio.incoming_phone_numbers.list, phone_number=MAYOR)
    assert [one.sid for one in found] == [sid]
    assert await world.rest(number.delete)
    assert (await world.people.get("/simulator/numbers")).json() == []


async def test_applications_are_those_that_the_process_was_started_with(world: World) -> None:
    listed = await world.rest(world.twilio.applications.list)
    assert [(one.sid, one.voice_url) for one in listed] == [
        (APPLICATION, world.application.address + "/softphone")
    ]
    fetched = await world.rest(world.twilio.applications(APPLICATION).fetch)
    assert fetched.voice_method == "POST"


async def test_resources_have_every_field_that_the_official_client_reads(world: World) -> None:
    # The client takes a missing field for null without a word, so its attributes are compared with our JSON.
    number_sid = await world.publish(
        world.application.says("/answer", "<Dial><Conference>r1</Conference></Dial>")
    )
    line = await world.dial()
    await line.answered()
    rooms = await world.rest(world.twilio.conferences.list)
    seats = world.twilio.conferences(str(rooms[0].sid)).participants
    for resource in (
        await world.rest(world.twilio.calls(line.sid).fetch),
        rooms[0],
        await world.rest(seats(line.sid).fetch),
        await world.rest(world.twilio.incoming_phone_numbers(number_sid).fetch),
        await world.rest(world.twilio.applications(APPLICATION).fetch),
    ):
        async with httpx.AsyncClient(base_url=world.address, auth=(ACCOUNT, TOKEN)) as client:
            ours = set((await client.get(str(resource.uri))).json())
        read = {name for name in vars(resource) if not name.startswith("_")}
        assert read == ours - {"from"}  # which the client keeps as _from


async def test_every_request_to_us_is_in_the_log_with_its_answer(world: World) -> None:
    stranger = Client(ACCOUNT, "wrong")
    stranger.api.base_url = world.address
    assert await refusal(world, stranger.calls("CA" + "f" * 32).fetch) == (401, 20003)
    log = (await world.people.get("/simulator/log")).json()
    assert [(entry["method"], entry["status"]) for entry in log["requests"]] == [("GET", 401)]
