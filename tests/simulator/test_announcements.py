"""What is heard in rooms besides the talk: announcements and hold music; and who may be coached."""

import pytest
from twilio.base.exceptions import TwilioRestException

from .test_conferences import enter, room, sid_of
from .world import MAYOR, Line, World


async def two_in_a_room(world: World) -> tuple[Line, Line]:
    callback = {"statusCallback": "/room", "statusCallbackEvent": "announcement"}
    citizen = await enter(world, room(**callback), "/citizen")
    operator = await enter(world, room(), "/operator")
    await citizen.hears("room")
    return citizen, operator


async def says(line: Line) -> list[str]:
    return [text for kind, text in await line.heard() if kind == "say"]


async def test_everybody_in_a_room_hears_an_announcement_which_is_asked_for_once(world: World) -> None:
    # AnnounceUrl on a conference: Say, Play, Pause and Redirect, heard by all. Then announcement-end.
    citizen, operator = await two_in_a_room(world)
    app = world.application
    notice = app.says("/notice", "<Say>通话还有一分钟</Say><Redirect>/more</Redirect>")
    app.says("/more", "<Say>请尽快结束</Say>")
    conference = world.twilio.conferences(await sid_of(world))
    await world.rest(conference.update, announce_url=notice)

    told = (await app.receives("/room"))[0]
    assert (told["StatusCallbackEvent"], told["AnnounceUrl"], "CallSid" in told.form) == (
        "announcement-end",
        notice,
        False,
    )
    for line in (citizen, operator):
        assert await says(line) == ["通话还有一分钟", "请尽快结束"]
        assert (await line.look())["room"] == "r1"
    assert [asked["FriendlyName"] for asked in app.requests("/notice")] == ["r1"]


async def test_one_participant_hears_what_is_only_for_them(world: World) -> None:
    # AnnounceUrl on a participant: the others do not hear it, and the event names the participant.
    citizen, operator = await two_in_a_room(world)
    notice = world.application.says("/notice", "<Say>市长来电</Say>")
    seat = world.twilio.conferences(await sid_of(world)).participants(operator.sid)
    await world.rest(seat.update, announce_url=notice, announce_method="GET")
    told = (await world.application.receives("/room"))[0]
    assert (told["StatusCallbackEvent"], told["CallSid"]) == ("announcement-end", operator.sid)
    assert (await says(operator), await says(citizen)) == (["市长来电"], [])
    asked = world.application.requests("/notice")[0]
    assert (asked.method, asked["CallSid"]) == ("GET", operator.sid)


async def test_an_announcement_that_asks_for_keys_fails_and_the_talk_goes_on(world: World) -> None:
    # announcement-fail says why; nobody loses their call.
    citizen, _ = await two_in_a_room(world)
    notice = world.application.says("/notice", "<Gather/>")
    await world.rest(world.twilio.conferences(await sid_of(world)).update, announce_url=notice)
    told = (await world.application.receives("/room"))[0]
    assert told["StatusCallbackEvent"] == "announcement-fail"
    assert "Gather" in told["ReasonAnnouncementFailed"]
    assert await world.warnings() == [13238]
    assert (await citizen.look())["ended_at"] is None


async def test_somebody_on_hold_hears_the_music_of_the_hold_url_and_no_announcement(world: World) -> None:
    # HoldUrl is asked for with GET; it goes on only if it redirects, and stops when the hold ends.
    citizen, operator = await two_in_a_room(world)
    app = world.application
    music = app.says("/hold", "<Say>请稍候</Say><Pause length='600'/>")
    conference = world.twilio.conferences(await sid_of(world))
    await world.rest(conference.participants(citizen.sid).update, hold=True, hold_url=music)
    await citizen.hears("music", music)
    await citizen.hears("say", "请稍候")
    assert app.requests("/hold")[0].method == "GET"

    await world.rest(conference.update, announce_url=app.says("/notice", "<Say>会议录音中</Say>"))
    await operator.hears("say", "会议录音中")
    assert await says(citizen) == ["请稍候"]
    await world.rest(conference.participants(citizen.sid).update, hold=False)
    assert (await citizen.heard())[-1][0] == "room"


async def test_only_somebody_who_is_in_the_room_can_be_coached(world: World) -> None:
    # Coaching needs the CallSid of a participant: 16027 over REST, and the next verb in a document.
    citizen, operator = await two_in_a_room(world)
    conference = world.twilio.conferences(await sid_of(world))
    absent = "CA" + "f" * 32
    for ask in (
        lambda: conference.participants(operator.sid).update(coaching=True, call_sid_to_coach=absent),
        lambda: conference.participants.create(from_=MAYOR, to="client:nobody", call_sid_to_coach=absent),
        lambda: conference.participants.create(from_=MAYOR, to="client:nobody", coaching=True),
    ):
        with pytest.raises(TwilioRestException) as refused:
            await world.rest(ask)
        assert (refused.value.status, refused.value.code) == (400, 16027)

    stranger = await enter(world, room(coach=absent), "/stranger")
    await stranger.hears("say", "之后")
    assert await world.warnings() == [16027]
    teacher = await enter(world, room(coach=operator.sid), "/teacher")
    await teacher.hears("room", "with 2")
    seat = await world.rest(conference.participants(teacher.sid).fetch)
    assert (seat.coaching, seat.call_sid_to_coach) == (True, operator.sid)
    assert (await citizen.look())["ended_at"] is None
