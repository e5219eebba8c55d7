"""Other people's phones: what they do when they are dialled, from a document or over REST."""

from collections.abc import Awaitable, Callable

import pytest
from twilio.base.exceptions import TwilioRestException

from .world import CALLER, MAYOR, Asked, Line, World

OFFICIAL, DEPUTY = "+867710000011", "+867710000012"
EXPERT = "sip:expert@phones.invalid"
EVENTS = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'

Register = Callable[..., Awaitable[None]]


@pytest.fixture
def register(world: World) -> Register:
    async def put(number: str, behaviour: str, **more: object) -> None:
        reply = await world.people.put(
            f"/simulator/phones/{number}", json={"behaviour": behaviour, "after_seconds": 1, **more}
        )
        assert reply.status_code == 200, reply.text

    return put


async def dial(world: World, nouns: str, **attributes: str) -> Line:
    """Somebody calls a number whose document dials these, and then thanks whoever is left."""
    app, given = world.application, {"action": "/after", **attributes}
    inside = "".join(f' {name}="{value}"' for name, value in given.items())
    await world.publish(app.says("/answer", f"<Dial{inside}>{nouns}</Dial>"))
    app.says("/after", "<Say>谢谢</Say>")
    return await world.dial()


async def told(world: World) -> Asked:
    """What the action of the Dial was told."""
    return (await world.application.receives("/after"))[0]


async def test_phones_are_registered_and_listed(world: World, register: Register) -> None:
    await register(OFFICIAL, "voicemail", landline=True, name="南宁市市长本人")
    await register(EXPERT, "busy")
    listed = (await world.people.get("/simulator/phones")).json()
    assert [(one["number"], one["behaviour"], one["landline"]) for one in listed] == [
        (OFFICIAL, "voicemail", True),
        (EXPERT, "busy", False),
    ]
    assert (listed[0]["after_seconds"], listed[0]["name"]) == (1, "南宁市市长本人")
    refused = await world.people.put(f"/simulator/phones/{OFFICIAL}", json={"behaviour": "asleep"})
    assert (refused.status_code, "behaviour" in refused.json()["error"]) == (400, True)


async def test_an_official_hears_the_whisper_presses_1_and_talks_with_the_caller(
    world: World, register: Register
) -> None:
    # Dial>Number rings a call of its own. Its `url` is played to the one who answers, before they are joined.
    app = world.application
    await register(OFFICIAL, "answers_and_presses_1")
    app.says("/whisper", '<Gather action="/accepted" numDigits="1"><Say>按一接听</Say></Gather><Hangup/>')
    app.says("/accepted", lambda asked: "" if asked["Digits"] == "1" else "<Hangup/>")
    caller = await dial(world, f'<Number url="/whisper" {EVENTS}>{OFFICIAL}</Number>')

    await caller.hears("room", f"talking with {OFFICIAL}")
    official = await world.leg(to=OFFICIAL)
    assert ("say", "按一接听") in await official.heard()
    assert (await official.look())["from"] == CALLER
    await official.hang_up()
    await caller.hears("say", "谢谢")

    after = await told(world)
    assert (after["DialCallStatus"], after["DialBridged"], after["DialCallSid"]) == (
        "completed",
        "true",
        official.sid,
    )
    assert int(after["DialCallDuration"]) >= 1
    legs = sorted(await app.receives("/leg", 4), key=lambda asked: int(asked["SequenceNumber"]))
    assert [leg["CallStatus"] for leg in legs] == ["initiated", "ringing", "in-progress", "completed"]
    assert (legs[3]["SipResponseCode"], legs[3]["ParentCallSid"]) == ("200", caller.sid)
    whisper = app.requests("/whisper")[0]
    assert (whisper["CallSid"], whisper["Direction"]) == (official.sid, "outbound-dial")


async def test_a_machine_that_answers_never_presses_and_nobody_was_joined(
    world: World, register: Register
) -> None:
    # A leg that ends in its whisper is completed, but DialBridged=false: only that tells it from a talk.
    await register(OFFICIAL, "voicemail")
    app = world.application
    app.says("/whisper", '<Gather action="/accepted" numDigits="1"><Say>按一接听</Say></Gather><Hangup/>')
    await dial(world, f'<Number url="/whisper">{OFFICIAL}</Number>')
    after = await told(world)
    assert (after["DialCallStatus"], after["DialBridged"]) == ("completed", "false")
    assert app.requests("/accepted") == []


async def test_without_a_whisper_the_caller_is_joined_with_a_machine(
    world: World, register: Register
) -> None:
    # Nobody can tell a machine from a person by the call's status: it answered.
    await register(OFFICIAL, "voicemail")
    caller = await dial(world, OFFICIAL, timeLimit="5")
    await caller.hears("say", "请在提示音后留言")
    assert (await told(world))["DialBridged"] == "true"


@pytest.mark.parametrize(
    ("behaviour", "status", "sip"),
    [
        ("busy", "busy", "486"),
        ("declined", "busy", "603"),
        ("no_answer", "no-answer", "487"),
        ("switched_off", "no-answer", "480"),
        ("invalid", "failed", "404"),
    ],
)
async def test_a_phone_that_is_not_answered_says_why(
    world: World, register: Register, behaviour: str, status: str, sip: str
) -> None:
    # The final status of an unanswered leg is busy, no-answer or failed. All of them come as its last event.
    await register(OFFICIAL, behaviour)
    await dial(world, f"<Number {EVENTS}>{OFFICIAL}</Number>", timeout="5")
    after = await told(world)
    assert (after["DialCallStatus"], after["DialBridged"], after["DialCallDuration"]) == (
        status,
        "false",
        "0",
    )
    ended = await world.application.receives("/leg", 3 if behaviour in ("declined", "no_answer") else 2)
    last = max(ended, key=lambda asked: int(asked["SequenceNumber"]))
    assert (last["CallStatus"], last["SipResponseCode"]) == (status, sip)
    assert ("ErrorCode" in last.form) is (status == "failed")


async def test_phones_of_all_kinds_ring_together_and_the_first_to_answer_has_the_call(
    world: World, register: Register
) -> None:
    # Number, Client and Sip ring at once; when one answers, the others are canceled.
    await register(OFFICIAL, "answers_and_presses_1", after_seconds=600)
    await register(EXPERT, "answers_and_presses_1", after_seconds=4)
    await world.sign_in("agent_9")
    nouns = f"<Number>{OFFICIAL}</Number><Client>agent_9</Client><Sip>{EXPERT}</Sip>"
    caller = await dial(world, nouns)
    await caller.hears("room", f"talking with {EXPERT}")
    for other in (OFFICIAL, "client:agent_9"):
        assert (await (await world.leg(to=other)).over())["status"] == "canceled"
    await (await world.leg(to=EXPERT)).hang_up()
    after = await told(world)
    assert (after["DialCallStatus"], after["DialSipResponseCode"]) == ("completed", "200")


async def test_answer_on_bridge_lets_the_caller_ring_until_somebody_is_there(world: World) -> None:
    # With answerOnBridge the incoming call is not answered, nor billed, before the one who is called answers.
    caller = await dial(world, OFFICIAL, answerOnBridge="true", callerId=MAYOR)
    official = await world.leg(to=OFFICIAL, status="ringing")
    assert ((await caller.look())["status"], (await official.look())["from"]) == ("ringing", MAYOR)
    await official.pick_up()
    await caller.is_(status="in-progress")


async def test_the_time_of_a_talk_is_limited(world: World, register: Register) -> None:
    # timeLimit ends the called leg after so many seconds; the caller goes on.
    await register(OFFICIAL, "answers_and_presses_1")
    caller = await dial(world, OFFICIAL, timeLimit="5")
    await caller.hears("say", "谢谢")
    assert (await told(world))["DialBridged"] == "true"


async def test_a_whisper_may_not_do_everything(world: World, register: Register) -> None:
    # A document for the one who is called may hold Say, Play, Pause, Gather and Hangup; a Dial is 13201.
    await register(OFFICIAL, "answers_and_presses_1")
    world.application.says("/whisper", f"<Dial>{DEPUTY}</Dial>")
    await dial(world, f'<Number url="/whisper">{OFFICIAL}</Number>')
    assert (await told(world))["DialBridged"] == "false"
    assert await world.warnings() == [13201]


async def test_a_softphone_that_dials_a_number_must_show_one(world: World) -> None:
    # When the parent is a client, callerId is mandatory: 13214.
    app = world.application
    app.says("/softphone", f"<Dial>{OFFICIAL}</Dial>")
    await world.sign_in("agent_9")
    await (await world.connect("agent_9")).over()
    assert await world.warnings() == [13214]
    await world.publish("http://127.0.0.1:9/x")
    app.says("/softphone", f'<Dial callerId="{MAYOR}">{OFFICIAL}</Dial>')
    await world.connect("agent_9")
    assert (await (await world.leg(to=OFFICIAL)).look())["from"] == MAYOR


async def test_a_call_made_over_rest_meets_the_same_phones(world: World, register: Register) -> None:
    # Calls created over REST end as busy, no-answer or failed too, and a number that is none is refused, 21211.
    app = world.application
    await register(OFFICIAL, "answers_and_presses_1")
    await register(DEPUTY, "invalid")
    create = world.twilio.calls.create
    ask = app.says("/ask", '<Gather action="/pressed" numDigits="1" timeout="60"/>')
    await world.rest(create, to=OFFICIAL, from_=MAYOR, url=ask)
    assert (await app.receives("/pressed"))[0]["Digits"] == "1"
    nobody = await world.rest(create, to=DEPUTY, from_=MAYOR, url=ask)
    assert (await Line(world, str(nobody.sid)).over())["status"] == "failed"
    with pytest.raises(TwilioRestException) as refused:
        await world.rest(create, to="市长", from_=MAYOR, url=ask)
    assert (refused.value.status, refused.value.code) == (400, 21211)


async def test_the_action_is_told_of_a_caller_who_hangs_up_while_it_rings(world: World) -> None:
    # The action of an interrupted Dial is requested, and what it answers is not played. Nobody was joined.
    caller = await dial(world, f"<Number {EVENTS}>{OFFICIAL}</Number>")
    official = await world.leg(to=OFFICIAL, status="ringing")
    await caller.hang_up()
    after = await told(world)
    assert (after["CallStatus"], after["DialCallStatus"], after["DialBridged"]) == (
        "completed",
        "canceled",
        "false",
    )
    assert (await official.over())["status"] == "canceled"
    assert ("say", "谢谢") not in await caller.heard()
