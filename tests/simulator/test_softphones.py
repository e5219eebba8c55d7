"""Softphones: who may sign in, calling out, being rung by a Dial, and a tab that is lost."""

import json

import pytest
from websockets.asyncio.client import ClientConnection, connect

from .world import APPLICATION, World, access_token

SPOILT = [
    ({"secret": "another-secret-which-is-long-enough"}, 20107),
    ({"ttl": -5}, 20104),
    ({"signing_key_sid": "SK" + "9" * 32}, 20103),
    ({"account_sid": "AC" + "9" * 32}, 20103),
    ({"application": "AP" + "9" * 32}, 20106),
]


async def hear(socket: ClientConnection, type_: str) -> dict[str, object]:
    """The next message of this type."""
    while True:
        message: dict[str, object] = json.loads(await socket.recv())
        if message["type"] == type_:
            return message


async def tell(socket: ClientConnection, **message: object) -> None:
    await socket.send(json.dumps(message))


@pytest.mark.parametrize(("changes", "code"), SPOILT, ids=[str(code) for _, code in SPOILT])
async def test_a_token_that_is_not_good_signs_nobody_in(
    world: World, changes: dict[str, object], code: int
) -> None:
    # Tokens are HS256 with the key's secret, issued by the key for the account, in time, with a voice grant.
    refused = await world.sign_in("agent_9", **changes)
    assert (refused.status_code, refused.json()["code"]) == (401, code)


async def test_what_is_not_a_token_at_all_is_refused(world: World) -> None:
    refused = await world.people.post("/simulator/softphones", json={"token": "nonsense"})
    assert (refused.status_code, refused.json()["code"]) == (401, 20101)


async def test_a_softphone_calls_its_application_with_its_own_fields(world: World) -> None:
    # Device.connect: From is the identity in the token, To is empty, and the fields of the call cannot be forged.
    app = world.application
    app.says("/softphone", "<Say>已接入</Say>")
    assert (await world.sign_in("agent_9")).json() == {"identity": "agent_9"}

    line = await world.connect("agent_9", seat="9", From="client:boss", CallSid="CAx")
    await line.over()

    asked = app.requests("/softphone")[0]
    assert (asked["From"], asked["To"], asked["seat"]) == ("client:agent_9", "", "9")
    assert (asked["CallSid"], asked["ApplicationSid"]) == (line.sid, APPLICATION)
    assert ("say", "已接入") in await line.heard()


async def test_a_dialled_softphone_rings_answers_and_both_talk_until_one_is_gone(world: World) -> None:
    # Dial>Client rings the identity in a call of its own. Its callbacks are numbered from 0. When it is over the
    # action is asked with DialCallStatus, DialCallSid, DialCallDuration and DialBridged.
    app = world.application
    client = '<Client statusCallback="/leg" statusCallbackEvent="ringing answered completed">agent_9</Client>'
    await world.publish(app.says("/answer", f'<Dial action="/after">{client}</Dial>'))
    app.says("/after", "<Say>谢谢</Say>")
    await world.sign_in("agent_9")

    caller = await world.dial()
    operator = await world.leg(to="client:agent_9")
    await operator.pick_up()
    await caller.hears("room", "talking with client:agent_9")
    await operator.hang_up()
    await caller.over()

    after = app.requests("/after")[0]
    assert (after["DialCallStatus"], after["DialBridged"], after["DialCallSid"]) == (
        "completed",
        "true",
        operator.sid,
    )
    legs = sorted(await app.receives("/leg", 3), key=lambda asked: int(asked["SequenceNumber"]))
    assert [leg["CallStatus"] for leg in legs] == ["ringing", "in-progress", "completed"]
    assert {(leg["ParentCallSid"], leg["Direction"]) for leg in legs} == {(caller.sid, "outbound-dial")}


async def test_a_softphone_that_is_not_signed_in_does_not_answer_at_once(world: World) -> None:
    # An offline identity is no-answer without ringing for its time; one that declines is busy.
    app = world.application
    await world.publish(
        app.says("/answer", '<Dial action="/after" timeout="600"><Client>agent_9</Client></Dial>')
    )
    app.says("/after", "<Hangup/>")
    await (await world.dial()).over()
    await world.sign_in("agent_9")
    caller = await world.dial()
    ringing = await world.leg(to="client:agent_9", status="ringing")
    await ringing.hang_up()
    await caller.over()

    assert [(a["DialCallStatus"], a["DialBridged"]) for a in app.requests("/after")] == [
        ("no-answer", "false"),
        ("busy", "false"),
    ]


async def test_the_first_of_several_softphones_to_answer_has_the_call(world: World) -> None:
    # They ring together; when one answers, the others are canceled. A whisper may be played to it first.
    app = world.application
    nouns = '<Client url="/whisper">one</Client><Client>two</Client>'
    await world.publish(app.says("/answer", f"<Dial>{nouns}</Dial>"))
    app.says("/whisper", "<Say>市长专线</Say>")
    await world.sign_in("one")
    await world.sign_in("two")

    caller = await world.dial()
    one, two = await world.leg(to="client:one"), await world.leg(to="client:two")
    await two.is_(status="ringing")
    await one.pick_up()
    await one.hears("room", "talking with")
    assert ("say", "市长专线") in await one.heard()
    assert (await two.over())["status"] == "canceled"

    await caller.hang_up()
    assert (await one.over())["status"] == "completed"


async def test_one_who_hangs_up_in_the_whisper_was_never_bridged(world: World) -> None:
    # A leg that ends in its whisper is completed, with DialBridged=false: nobody talked.
    app = world.application
    noun = '<Client url="/whisper">agent_9</Client>'
    await world.publish(app.says("/answer", f'<Dial action="/after">{noun}</Dial>'))
    app.says("/whisper", "<Hangup/>")
    await world.sign_in("agent_9")
    await world.dial()
    await (await world.leg(to="client:agent_9")).pick_up()
    after = (await app.receives("/after"))[0]
    assert (after["DialCallStatus"], after["DialBridged"]) == ("completed", "false")


async def test_a_browsers_softphone_hears_its_calls_over_its_socket(world: World) -> None:
    app = world.application
    app.says("/softphone", '<Gather numDigits="1" action="/pressed" timeout="600"><Say>按一</Say></Gather>')
    app.says("/pressed", "<Pause length='600'/>")
    async with connect(world.address.replace("http", "ws") + "/simulator/softphone") as socket:
        await tell(socket, type="connect", params={})
        assert "token" in str((await hear(socket, "error"))["message"])
        await tell(socket, type="register", token=access_token("agent_9"))
        assert (await hear(socket, "registered"))["identity"] == "agent_9"

        await tell(socket, type="connect", params={"seat": "9"})
        sid = (await hear(socket, "accept"))["call_sid"]
        assert (await hear(socket, "heard"))["text"] == "按一"
        await tell(socket, type="digits", digits="1")
        assert (await app.receives("/pressed"))[0]["Digits"] == "1"
        await tell(socket, type="disconnect")
        assert (await hear(socket, "disconnect"))["call_sid"] == sid


async def test_a_browsers_softphone_is_rung_and_answers(world: World) -> None:
    app = world.application
    await world.publish(app.says("/answer", "<Dial><Client>agent_9</Client></Dial>"))
    async with connect(world.address.replace("http", "ws") + "/simulator/softphone") as socket:
        await tell(socket, type="register", token=access_token("agent_9"))
        await hear(socket, "registered")
        caller = await world.dial()
        incoming = await hear(socket, "incoming")
        await tell(socket, type="answer")
        assert (await hear(socket, "accept"))["call_sid"] == incoming["call_sid"]
        await caller.hears("room", "talking with client:agent_9")


async def test_a_lost_tab_drops_its_call_unless_it_comes_back_in_time(world: World) -> None:
    world.application.says("/softphone", "<Say>您好</Say><Pause length='600'/>")
    address = world.address.replace("http", "ws") + "/simulator/softphone"
    async with connect(address) as lost:
        await tell(lost, type="register", token=access_token("agent_9"))
        await tell(lost, type="connect", params={})
        await hear(lost, "accept")
    async with connect(address) as again:
        await tell(again, type="register", token=access_token("agent_9"))
        await hear(again, "registered")
        told = json.loads(await again.recv())  # that its call is still there, before anything else
        line = await world.leg(**{"from": "client:agent_9"})
        assert told == {"type": "accept", "call_sid": line.sid}
        assert (await line.look())["ended_at"] is None
    assert (await line.over())["status"] == "completed"
    assert (await line.heard())[-1] == ("hangup", "a lost tab")
