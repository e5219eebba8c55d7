"""Real sound, as it is arranged: browsers learn who else is in the room and who of them hears them, and then speak for
themselves. The sound itself is listened to in tests/console/test_sound_in_browser.py.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from twilio.rest.api.v2010.account.conference.participant import ParticipantContext
from websockets.asyncio.client import ClientConnection, connect

from .test_softphones import hear, tell
from .world import PATIENCE_SECONDS, Line, World, access_token


@asynccontextmanager
async def room_with_a_softphone(
    world: World,
) -> AsyncIterator[tuple[Line, ClientConnection, ClientConnection]]:
    """A caller in the booth and a softphone that has just been put through to them: leg, booth, softphone."""
    app, address = world.application, world.address.replace("http", "ws") + "/simulator"
    await world.publish(app.says("/answer", "<Dial><Conference>talk</Conference></Dial>"))
    app.says("/softphone", "<Dial><Conference>talk</Conference></Dial>")
    caller = await world.dial()
    async with connect(f"{address}/receivers") as booth, connect(f"{address}/softphone") as softphone:
        await tell(booth, type="take_up", call_sid=caller.sid)
        await tell(softphone, type="register", token=access_token("agent_9"), sound=True)
        await tell(softphone, type="connect", sound=True)
        yield caller, booth, softphone


async def company(socket: ClientConnection) -> list[dict[str, Any]]:
    """Who else is there, as the next news of it says."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        message: dict[str, Any] = await hear(socket, "sound")
    others: list[dict[str, Any]] = message["others"]
    return others


async def seat_of(world: World, leg: Line) -> ParticipantContext:
    rooms = await world.rest(world.twilio.conferences.list, status="in-progress")
    return world.twilio.conferences(str(rooms[0].sid)).participants(leg.sid)


async def test_two_browsers_in_a_room_are_joined_and_one_of_them_makes_the_offer(world: World) -> None:
    async with room_with_a_softphone(world) as (caller, booth, softphone):
        (there,), (here,) = await company(booth), await company(softphone)
        assert there["offer"] is not here["offer"]
        assert there["heard"] and here["heard"]

        await tell(
            booth, type="signal", call_sid=caller.sid, to=there["id"], signal={"description": {"sdp": "…"}}
        )
        signal = await hear(softphone, "signal")
        assert (signal["from"], signal["signal"]) == (here["id"], {"description": {"sdp": "…"}})


async def test_who_is_on_hold_or_muted_is_heard_by_nobody(world: World) -> None:
    async with room_with_a_softphone(world) as (caller, booth, softphone):
        await heard(booth, softphone, True)
        seat = await seat_of(world, caller)
        await world.rest(seat.update, hold=True)
        await heard(booth, softphone, False)
        await world.rest(seat.update, hold=False)
        await heard(booth, softphone, True)
        await world.rest(seat.update, muted=True)
        assert [other["heard"] for other in await company(booth)] == [False]
        await caller.hang_up()
        assert await company(softphone) == []


async def heard(booth: ClientConnection, softphone: ClientConnection, as_wanted: bool) -> None:
    """Both are told that they are heard by the other, or both that they are not."""
    for socket in (booth, softphone):
        while [other["heard"] for other in await company(socket)] != [as_wanted]:
            pass


async def test_a_coach_is_heard_by_the_one_they_coach_alone(world: World) -> None:
    async with room_with_a_softphone(world) as (_, booth, softphone):
        await heard(booth, softphone, True)
        operator = await world.leg(**{"from": "client:agent_9"})
        coaching = f'<Dial><Conference coach="{operator.sid}">talk</Conference></Dial>'
        world.application.says("/softphone", coaching)
        address = world.address.replace("http", "ws") + "/simulator/softphone"
        async with connect(address) as coach:
            await tell(coach, type="register", token=access_token("agent_10"), sound=True)
            await tell(coach, type="connect", sound=True)
            ids = {other["id"]: other["heard"] for other in await company(coach)}
            assert sorted(ids.values()) == [False, True]
            whose = [other["id"] for other in await company(booth) if other["id"] not in ids]
            assert whose, "the caller's browser is joined to the coach's too, and hears nothing on that line"
        while len(await company(softphone)) != 1:  # the coach's browser is gone, and so is its line
            pass


async def test_a_page_that_is_loaded_again_is_another_browser_and_a_second_tab_is_none(world: World) -> None:
    async with room_with_a_softphone(world) as (_, booth, softphone):
        await heard(booth, softphone, True)
        address = world.address.replace("http", "ws") + "/simulator/softphone"
        async with connect(address) as second_tab:
            await tell(second_tab, type="register", token=access_token("agent_9"), sound=True)
            await hear(second_tab, "accept")
            await softphone.close()
            assert await company(booth) == []
            async with connect(address) as again:
                await tell(again, type="register", token=access_token("agent_9"), sound=True)
                assert [other["heard"] for other in await company(again)] == [True]
                assert [other["heard"] for other in await company(booth)] == [True]


async def test_nobody_is_told_what_strangers_say(world: World) -> None:
    # A signal goes from a browser that has the leg to one that it was told of, and from nobody else to nobody.
    async with room_with_a_softphone(world) as (caller, booth, softphone):
        there = await company(booth)
        async with connect(world.address.replace("http", "ws") + "/simulator/receivers") as stranger:
            for whom in [other["id"] for other in there]:
                await tell(stranger, type="signal", call_sid=caller.sid, to=whom, signal={})
            await tell(stranger, type="nonsense")
            await stranger.wait_closed()
        await tell(booth, type="signal", call_sid=caller.sid, to="nobody", signal={})
        await caller.hang_up()
        told = [json.loads(await softphone.recv())]
        while told[-1].get("others") != []:
            told.append(json.loads(await softphone.recv()))
        assert "signal" not in [message["type"] for message in told]
