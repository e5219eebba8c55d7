"""A call from dialling to hanging up: what the application is asked, and what it is told afterwards."""

from starlette.responses import Response
from twilio.request_validator import RequestValidator

from .world import ACCOUNT, CALLER, MAYOR, TOKEN, World, until

PLACES = ("City", "State", "Zip", "Country")


async def test_a_caller_hears_what_the_documents_say_and_then_the_line_goes_dead(world: World) -> None:
    # A document is played verb by verb; Redirect leaves it for another; the call ends when the verbs run out.
    app = world.application
    app.says("/answer", '<Say language="zh-CN">欢迎拨打</Say><Redirect>next</Redirect><Say>unreachable</Say>')
    app.says("/next", "<Pause/><Say>再见</Say>")
    await world.publish(app.address + "/answer")

    line = await world.dial()
    ended = await line.over()

    assert ended["status"] == "completed"
    assert await line.heard() == [
        ("ring", ""),
        ("say", "欢迎拨打"),
        ("pause", "1 s"),
        ("say", "再见"),
        ("hangup", "the application"),
    ]
    assert [asked["CallStatus"] for asked in app.asked] == ["ringing", "in-progress"]
    assert await world.warnings() == []


async def test_every_request_carries_twilios_fields_and_a_signature_that_twilios_own_check_accepts(
    world: World,
) -> None:
    # Each request names both parties twice, sends the places it does not know as blanks, and is signed with
    # the account's token over the URL as requested followed by the sorted form. The fragment is not sent.
    app = world.application
    await world.publish(app.says("/answer", "<Hangup/>") + "?line=1&说=a+b#rc=2")
    line = await world.dial()
    await line.over()

    asked = app.requests("/answer")[0]
    assert RequestValidator(TOKEN).validate(asked.url, dict(asked.form), asked.headers["x-twilio-signature"])
    assert not RequestValidator("other").validate(
        asked.url, dict(asked.form), asked.headers["x-twilio-signature"]
    )
    assert {
        k: asked[k] for k in ("AccountSid", "CallSid", "From", "Caller", "To", "Called", "Direction")
    } == {
        "AccountSid": ACCOUNT,
        "CallSid": line.sid,
        "From": CALLER,
        "Caller": CALLER,
        "To": MAYOR,
        "Called": MAYOR,
        "Direction": "inbound",
    }
    blanks = {f"{party}{place}" for party in ("From", "Caller", "To", "Called") for place in PLACES}
    assert {asked[name] for name in blanks} == {""}
    assert asked.headers["user-agent"] == "TwilioProxy/1.1"
    assert len(asked.headers["i-twilio-idempotency-token"]) == 36


async def test_a_get_webhook_asks_in_the_query_after_its_own_and_is_signed_without_a_form(
    world: World,
) -> None:
    # With VoiceMethod GET the same fields are appended to the query, and the signature covers the URL alone.
    app = world.application
    await world.publish(app.says("/answer", "<Hangup/>") + "?line=1", voice_method="GET")
    await (await world.dial()).over()

    asked = app.requests("/answer")[0]
    assert asked.method == "GET"
    assert "?line=1&AccountSid=" in asked.url
    assert RequestValidator(TOKEN).validate(asked.url, {}, asked.headers["x-twilio-signature"])


async def test_cookies_are_given_back_during_the_call_and_not_in_the_next_one(world: World) -> None:
    # What an application sets in a call, it is sent for the rest of that call only.
    app = world.application
    first = Response("<Response><Redirect>/next</Redirect></Response>", media_type="text/xml")
    first.set_cookie("seat", "9")
    app.says("/answer", first)
    await world.publish(app.address + "/answer")
    app.says("/next", "<Hangup/>")

    await (await world.dial()).over()
    await (await world.dial()).over()

    assert [asked.headers.get("cookie") for asked in app.asked] == [None, "seat=9", None, "seat=9"]


async def test_the_number_is_told_once_when_its_call_has_ended(world: World) -> None:
    # A number's StatusCallback is requested once, at the end, with the duration in started seconds.
    app = world.application
    ended = app.address + "/ended"
    await world.publish(app.says("/answer", "<Pause length='10'/><Hangup/>"), status_callback=ended)
    await (await world.dial()).over()

    told = (await app.receives("/ended"))[0]
    wanted = ("CallStatus", "SequenceNumber", "CallbackSource", "CallDuration", "Duration")
    assert [told[field] for field in wanted] == ["completed", "0", "call-progress-events", "1", "1"]
    assert told["Timestamp"].endswith("+0000")


async def test_a_caller_who_hangs_up_ends_the_call_in_the_middle_of_a_word(world: World) -> None:
    # A person may hang up at any time; the number's StatusCallback still comes.
    app = world.application
    await world.publish(
        app.says("/answer", f"<Say>{'很长' * 900}</Say>"), status_callback=app.address + "/ended"
    )
    line = await world.dial()
    await line.hears("say")
    await line.hang_up()

    assert (await line.over())["status"] == "completed"
    assert (await line.heard())[-1] == ("hangup", "this person")
    assert (await app.receives("/ended"))[0]["CallStatus"] == "completed"
    assert (await world.people.delete(f"/simulator/calls/{line.sid}")).status_code == 409


async def test_a_rejected_call_is_never_answered(world: World) -> None:
    # Reject as first verb refuses the call without a duration: no-answer, or busy if the reason says so.
    app = world.application
    await world.publish(app.says("/answer", "<Reject/>", '<Reject reason="busy"/>'))

    refused, busy = await (await world.dial()).over(), await (await world.dial()).over()

    assert [refused["status"], busy["status"]] == ["no-answer", "busy"]
    assert refused["answered_at"] is None


async def test_a_scripted_caller_presses_speaks_and_hangs_up_when_the_moment_comes(world: World) -> None:
    app = world.application
    app.says("/answer", '<Gather numDigits="1" action="/chosen" timeout="60"><Say>按一留言</Say></Gather>')
    app.says("/chosen", '<Say>请留言</Say><Record action="/left" recordingStatusCallback="/kept"/>')
    await world.publish(app.address + "/answer")

    line = await world.dial(
        {"when": "留言", "press": "1"}, {"when": "beep", "say": 6}, {"seconds": 1, "hang_up": True}
    )
    await line.over()

    assert app.requests("/chosen")[0]["Digits"] == "1"
    # Hanging up ends a recording: the action is still told, with "hangup" as the digits.
    left = (await app.receives("/left"))[0]
    assert (left["Digits"], left["CallStatus"]) == ("hangup", "completed")
    kept = (await app.receives("/kept"))[0]
    assert (kept["RecordingStatus"], kept["RecordingSource"]) == ("completed", "RecordVerb")
    sound = await world.people.get(kept["RecordingUrl"])
    assert sound.headers["content-type"] == "audio/x-wav"


async def test_dialling_a_number_that_nobody_has_is_refused_in_words(world: World) -> None:
    reply = await world.people.post("/simulator/calls", json={"from": CALLER, "to": "+8677100000099"})
    assert reply.status_code == 404
    assert "+8677100000099" in reply.json()["error"]


async def test_whoever_watches_is_told_live_what_is_heard(world: World) -> None:
    app = world.application
    await world.publish(app.says("/answer", "<Say>您好</Say>"))
    news: list[str] = []
    async with world.people.stream("GET", "/simulator/events") as stream:
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith(":")
        await world.dial()
        async for text in lines:
            news.append(text)
            if '"completed"' in text:
                break
    assert any(text.startswith("data: ") and '"text": "您好"' in text for text in news)
    assert "event: heard" in news
    assert "event: status" in news


async def test_only_so_many_finished_calls_are_kept_and_live_ones_always(world: World) -> None:
    app = world.application
    await world.publish(app.says("/answer", "<Hangup/>"))
    await (await world.dial()).over()
    assert len((await world.people.get("/simulator/calls")).json()) == 1
    assert (await world.people.get("/simulator/calls?live=true")).json() == []
    await until(lambda: len(app.asked) == 1 or None)
