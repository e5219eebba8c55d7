"""A number of the account that the account itself calls: two legs on one line, and what each hears of the other."""

import pytest

from .world import CALLER, MAYOR, Line, World

PROBE = "+8677100009999"


async def call(world: World, first: str, **fields: object) -> Line:
    """The application calls its own published number, and plays this document on its own leg."""
    app = world.application
    made = await world.rest(
        world.twilio.calls.create,
        to=MAYOR,
        from_=PROBE,
        url=app.says("/probe", first),
        status_callback=app.address + "/told",
        **fields,
    )
    return Line(world, str(made.sid))


async def test_a_call_to_a_number_of_the_account_is_an_inbound_call_of_its_application(world: World) -> None:
    app = world.application
    await world.publish(app.says("/answer", "<Say>您好</Say><Pause length='3'/>"))
    ours = await call(world, "<Pause length='1'/>")
    (asked,) = await app.receives("/answer")
    assert (asked["From"], asked["To"], asked["Direction"]) == (PROBE, MAYOR, "inbound")
    assert asked["CallSid"] != ours.sid
    over = await ours.over()
    assert over["status"] == "completed"
    theirs = Line(world, asked["CallSid"])
    assert (await theirs.over())["status"] == "completed"


async def test_what_is_said_to_one_leg_is_understood_on_the_other(world: World) -> None:
    app = world.application
    await world.publish(app.says("/answer", "<Say>您好，</Say><Say>这里是热线。</Say><Pause length='9'/>"))
    ours = await call(
        world,
        '<Gather input="speech" language="cmn-Hans-CN" action="/heard" partialResultCallback="/partly"/>',
    )
    (heard,) = await app.receives("/heard")
    assert (heard["SpeechResult"], heard["CallSid"]) == ("您好，这里是热线。", ours.sid)
    partly = await app.receives("/partly", times=2)
    assert [one["UnstableSpeechResult"] for one in partly] == ["您好，", "您好，这里是热线。"]
    assert ("say", "您好，") in await ours.heard()


async def test_silence_at_the_far_end_is_no_result_but_the_action_may_know(world: World) -> None:
    app = world.application
    await world.publish(app.says("/answer", "<Gather timeout='60'/>"))
    await call(
        world, '<Gather input="speech" timeout="2" action="/heard" actionOnEmptyResult="true"/><Hangup/>'
    )
    (heard,) = await app.receives("/heard")
    assert "SpeechResult" not in heard.form


async def test_a_call_that_the_application_rejects_is_busy_on_both_legs(world: World) -> None:
    await world.publish(world.application.says("/answer", '<Reject reason="busy"/>'))
    ours = await call(world, "<Hangup/>")
    assert (await ours.over())["status"] == "busy"
    (told,) = await world.application.receives("/told")
    assert (told["CallStatus"], told["SipResponseCode"]) == ("busy", "486")


async def test_a_number_without_an_address_is_never_answered(world: World) -> None:
    await world.publish("")
    assert (await (await call(world, "<Hangup/>")).over())["status"] == "no-answer"


@pytest.mark.parametrize(
    ("behaviour", "status", "code"),
    [("busy", "busy", "486"), ("switched_off", "no-answer", "480"), ("invalid", "failed", "404")],
)
async def test_a_number_whose_line_is_registered_as_a_phone_leads_to_that_phone(
    world: World, behaviour: str, status: str, code: str
) -> None:
    app = world.application
    await world.publish(app.says("/answer", "<Say>您好</Say>"))
    await world.people.put(f"/simulator/phones/{MAYOR}", json={"behaviour": behaviour})
    ours = await call(world, "<Hangup/>")
    assert (await ours.over())["status"] == status
    (told,) = await app.receives("/told")
    assert told["SipResponseCode"] == code
    person = await world.dial(caller=CALLER)
    assert (await person.over())["status"] == status
    assert app.requests("/answer") == []


async def test_whoever_hangs_up_first_ends_both_legs(world: World) -> None:
    app = world.application
    await world.publish(app.says("/answer", "<Gather timeout='60'/>"))
    ours = await call(world, "<Pause length='60'/>")
    await ours.answered()
    await world.rest(world.twilio.calls(ours.sid).update, status="completed")
    await ours.over()
    (asked,) = await app.receives("/answer")
    assert (await Line(world, asked["CallSid"]).over())["status"] == "completed"


async def test_a_document_that_dials_a_number_of_the_account_reaches_its_application(world: World) -> None:
    app = world.application
    duty = "+8677100000009"
    await world.publish(app.says("/answer", f"<Dial><Number>{duty}</Number></Dial>"))
    await world.publish(app.says("/duty", "<Say>值班室</Say><Pause length='1'/>"), number=duty)
    person = await world.dial()
    await app.receives("/duty")
    await person.over()
