"""Rooms: when they begin and end, what people hear, and what the application is told."""

import pytest
from starlette.responses import Response
from twilio.base.exceptions import TwilioRestException

from .world import MAYOR, Line, World, silence

EVENTS = "start end join leave mute hold modify"


def room(name: str = "r1", *, after: str = "", **settings: str) -> str:
    attributes = "".join(f' {key}="{value}"' for key, value in settings.items())
    action = f' action="{after}"' if after else ""
    return f"<Dial{action}><Conference{attributes}>{name}</Conference></Dial><Say>之后</Say>"


async def enter(world: World, document: str, path: str) -> Line:
    """Someone dials, and their document leads them into a room."""
    number = f"+86771000000{len(path)}{sum(map(ord, path)) % 10}"
    await world.publish(world.application.says(path, document), number=number)
    line = await world.dial(to=number)
    await line.answered()
    return line


async def sid_of(world: World, name: str = "r1") -> str:
    rooms = await world.rest(world.twilio.conferences.list, friendly_name=name)
    return str(rooms[0].sid)


async def told(world: World, times: int) -> list[tuple[str, str]]:
    """What the room's callback was told, in the order of its numbers, with the reason if there is one."""
    asked = sorted(await world.application.receives("/room", times), key=lambda a: int(a["SequenceNumber"]))
    reasons = ("ReasonParticipantLeft", "ReasonConferenceEnded")
    return [(a["StatusCallbackEvent"], "".join(a.form.get(r, "") for r in reasons)) for a in asked]


async def test_a_room_begins_when_two_are_there_and_one_may_start_it(world: World) -> None:
    # Until then each hears their own waiting music, once. The first participant's callbacks are the room's.
    app = world.application
    music = app.says("/music", "<Say>请等待</Say>")
    waiting = {"startConferenceOnEnter": "false", "waitUrl": music}
    callback = {"statusCallback": "/room", "statusCallbackEvent": EVENTS}
    citizen = await enter(world, room(**waiting, **callback), "/citizen")
    await citizen.hears("say", "请等待")
    second = await enter(world, room(**waiting, statusCallback="/ignored"), "/second")
    await second.hears("music", music)
    assert "conference-start" not in [event for event, _ in await told(world, 2)]

    operator = await enter(world, room(waitUrl=""), "/operator")

    await citizen.hears("room", "in the room with 2 others")
    await operator.hears("room", "in the room with 2 others")
    assert (await citizen.look())["room"] == "r1"
    joined = ("participant-join", "")
    assert await told(world, 4) == [joined, joined, joined, ("conference-start", "")]
    assert len(app.requests("/music")) == 2
    assert app.requests("/ignored") == []


async def test_music_that_is_a_file_asked_for_with_get_is_kept_for_as_long_as_it_says(world: World) -> None:
    # "Use GET when waitUrl points directly to a static WAV or MP3 file so Twilio can cache it."
    app = world.application
    sound = Response(silence(seconds=1), media_type="audio/wav", headers={"Cache-Control": "max-age=60"})
    music = app.says("/music.wav", sound)
    waiting = room(startConferenceOnEnter="false", waitUrl=music, waitMethod="GET")
    first = await enter(world, waiting, "/citizen")
    await first.hears("play")

    second = await enter(world, waiting, "/second")
    await second.hears("play")

    assert [asked.method for asked in app.requests("/music.wav")] == ["GET"]


async def test_the_room_ends_with_the_one_whose_leaving_ends_it_and_the_others_go_on(world: World) -> None:
    # endConferenceOnExit ends the room for all. Those still there go to the action of their Dial
    # (DialCallStatus=answered, no DialCallSid), or without one to the next verb.
    app = world.application
    callback = {"statusCallback": "/room", "statusCallbackEvent": EVENTS}
    citizen = await enter(world, room(**callback, after="/after"), "/citizen")
    app.says("/after", "<Say>请评价</Say>")
    other = await enter(world, room(), "/other")
    operator = await enter(world, room(endConferenceOnExit="true"), "/operator")
    await operator.hears("room", "with 2")

    await operator.hang_up()

    await citizen.hears("say", "请评价")
    await other.hears("say", "之后")
    after = app.requests("/after")[0]
    assert (after["DialCallStatus"], "DialCallSid" in after.form) == ("answered", False)
    assert (await told(world, 8))[4:] == [
        ("participant-leave", "participant_hung_up"),
        ("participant-leave", "moderator_ended_conference"),
        ("participant-leave", "moderator_ended_conference"),
        ("conference-end", "participant-with-end-conference-on-exit-left"),
    ]


async def test_a_name_used_again_after_the_end_is_another_room(world: World) -> None:
    # A finished room keeps its Sid; the same name opens a new one.
    first = await enter(world, room(), "/first")
    sid = await sid_of(world)
    await first.hang_up()
    await first.over()
    await enter(world, room(), "/second")
    rooms = await world.rest(world.twilio.conferences.list, friendly_name="r1")
    assert [(one.sid == sid, str(one.status)) for one in rooms] == [(False, "init"), (True, "completed")]
    assert str(rooms[1].reason_conference_ended) == "last-participant-left"


async def test_participants_are_muted_held_and_removed_over_rest(world: World) -> None:
    # An update of a participant is told to the room's callback. Removing somebody leaves their call alive.
    callback = {"statusCallback": "/room", "statusCallbackEvent": EVENTS}
    citizen = await enter(world, room(**callback), "/citizen")
    operator = await enter(world, room(participantLabel="9"), "/operator")
    await operator.hears("room")
    seats = world.twilio.conferences(await sid_of(world)).participants

    assert {one.label for one in await world.rest(seats.list)} == {None, "9"}
    held = await world.rest(seats(citizen.sid).update, hold=True)
    assert (held.hold, str(held.status)) == (True, "connected")
    await citizen.hears("music")
    await world.rest(seats(citizen.sid).update, hold=False)
    muted = await world.rest(seats("9").update, muted=True)
    assert (muted.muted, muted.call_sid) == (True, operator.sid)
    assert await world.rest(seats(citizen.sid).delete)

    await citizen.hears("say", "之后")
    assert [event for event, _ in await told(world, 7)][3:] == [
        "participant-hold",
        "participant-unhold",
        "participant-mute",
        "participant-leave",
    ]


async def test_whether_leaving_ends_the_room_can_be_changed_but_not_on_hold(world: World) -> None:
    # A change of EndConferenceOnExit is silently ignored while the participant is on hold.
    citizen = await enter(world, room(), "/citizen")
    seat = world.twilio.conferences(await sid_of(world)).participants(citizen.sid)
    await world.rest(seat.update, hold=True)
    assert not (await world.rest(seat.update, end_conference_on_exit=True)).end_conference_on_exit
    await world.rest(seat.update, hold=False)
    assert (await world.rest(seat.update, end_conference_on_exit=True)).end_conference_on_exit


async def test_somebody_is_called_into_a_room_by_its_name(world: World) -> None:
    # Creating a participant calls them; answering, they are in the room. The name alone opens one.
    citizen = await enter(world, room(startConferenceOnEnter="false"), "/citizen")
    invited = await world.rest(
        world.twilio.conferences("r1").participants.create,
        from_=MAYOR,
        to="+862000000009",
        label="expert",
        end_conference_on_exit=True,
    )
    assert (str(invited.status), invited.label, invited.conference_sid) == (
        "queued",
        "expert",
        await sid_of(world),
    )
    expert = Line(world, str(invited.call_sid))
    await expert.pick_up()
    await citizen.hears("room", "with 1")

    await world.rest(world.twilio.calls(expert.sid).update, status="completed")
    await citizen.hears("say", "之后")


async def test_a_room_that_only_waits_for_somebody_ends_when_they_do_not_come(world: World) -> None:
    invited = await world.rest(
        world.twilio.conferences("empty").participants.create, from_=MAYOR, to="client:nobody"
    )
    await Line(world, str(invited.call_sid)).is_(status="no-answer")
    fetched = await world.rest(world.twilio.conferences(str(invited.conference_sid)).fetch)
    assert str(fetched.status) == "completed"


async def test_the_application_ends_a_room(world: World) -> None:
    citizen = await enter(world, room(), "/citizen")
    sid = await sid_of(world)
    ended = await world.rest(world.twilio.conferences(sid).update, status="completed")
    assert (str(ended.status), str(ended.reason_conference_ended)) == (
        "completed",
        "conference-ended-via-api",
    )
    await citizen.hears("say", "之后")
    with pytest.raises(TwilioRestException) as refused:
        await world.rest(world.twilio.conferences(sid).participants(citizen.sid).fetch)
    assert refused.value.code == 20404


async def test_redirecting_somebody_out_of_a_room_tells_the_action_but_does_not_play_it(world: World) -> None:
    # The action of the interrupted Dial is requested, and what it answers is not executed.
    app = world.application
    citizen = await enter(world, room(after="/after"), "/citizen")
    app.says("/after", "<Say>不该听到</Say>")
    elsewhere = app.says("/elsewhere", "<Say>别处</Say>")
    await world.rest(world.twilio.calls(citizen.sid).update, url=elsewhere)
    await citizen.over()
    await app.receives("/after")
    assert [text for kind, text in await citizen.heard() if kind == "say"] == ["别处"]


async def test_waiting_music_may_not_ask_for_keys(world: World) -> None:
    # A waitUrl may only Say, Play, Pause and Redirect (13238); the wait goes on in silence.
    music = world.application.says("/music", "<Gather/>")
    citizen = await enter(world, room(waitUrl=music), "/citizen")
    await citizen.hears("music")
    await world.application.receives("/music")
    await citizen.hang_up()
    await citizen.over()
    assert await world.warnings() == [13238]


async def test_a_full_room_lets_nobody_else_in(world: World) -> None:
    # maxParticipants: whoever comes too late goes on with the next verb.
    await enter(world, room(maxParticipants="1"), "/first")
    late = await enter(world, room(), "/late")
    await late.hears("say", "之后")
    assert await world.warnings() == [16020]


async def test_the_keys_that_somebody_presses_in_a_room_are_heard_by_the_others(world: World) -> None:
    # DTMF is sound: not for those on hold, nor from somebody who is muted.
    citizen = await enter(world, room(), "/citizen")
    operator = await enter(world, room(), "/operator")
    await operator.hears("room", "with 1")
    pressed = await world.people.post(f"/simulator/calls/{operator.sid}/digits", json={"digits": "2#"})
    assert pressed.status_code == 204
    await citizen.hears("keys", "2")
    await citizen.hears("keys", "#")
