"""A line is down, and nobody said whether they met: the carrier knows whether there was a room."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from ivr import acd, line_down
from ivr.acd import Word
from ivr.carrier.twilio import Twilio
from ivr.hotline import Hotline
from tests.acd.books import what_is_wrong
from tests.acd.people import (
    asks_back,
    desk_of,
    is_called,
    is_reached,
    leg_of,
    lines_up,
    phone_of,
    sits_down,
)
from tests.cast import MAYOR, WANG, ZHOU
from tests.conftest import Clock
from tests.town import Town

NOBODY = "http://127.0.0.1:9/"


@pytest_asyncio.fixture
async def served(hotline: Hotline, town: Town) -> AsyncIterator[Hotline]:
    """A queue of its own, beside the town's phone company."""
    carrier = Twilio(hotline.settings.model_copy(update={"twilio_api_url": town.company_url}))
    yield replace(hotline, carrier=carrier)
    await carrier.close()


async def both_ask_for(hotline: Hotline, clock: Clock, room: str) -> str:
    """A caller and their operator, of whom nobody says that they came into it."""
    sid = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, sid, operator=WANG, room=room)
    await acd.meet(hotline, sid)
    await acd.pick_up(hotline, operator=WANG, leg=phone_of(WANG))
    clock.passes(10)
    return sid


async def outcome_of(hotline: Hotline, sid: str) -> str | None:
    found: str | None = await hotline.store.ask("HGET", hotline.key("call", sid), "outcome")
    return found


async def test_who_only_asked_for_a_room_that_never_was_has_not_been_answered(
    served: Hotline, clock: Clock
) -> None:
    """The worker died as it answered both: neither was led anywhere."""
    sid = await both_ask_for(served, clock, "never")
    assert await line_down.of_a_caller(served, sid, by="caller") is Word.OK
    assert await outcome_of(served, sid) == "abandoned_ringing"
    assert (await desk_of(served, WANG))["operator"]["line"] == "idle"
    assert await what_is_wrong(served) == []


async def test_whoever_had_a_room_has_talked_though_nobody_told_us(
    served: Hotline, clock: Clock, town: Town
) -> None:
    wang = await town.operator(WANG)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")
    sid = await both_ask_for(served, clock, str((await zhou.call())["room"]))
    assert await line_down.of_a_caller(served, sid, by="caller") is Word.OK
    assert await outcome_of(served, sid) == "answered"
    assert (await desk_of(served, WANG))["operator"]["line"] == "wrap_up"


async def test_of_a_caller_who_was_called_back_it_is_the_same(served: Hotline, clock: Clock) -> None:
    back = await asks_back(served, 1)
    await sits_down(served, WANG)
    await acd.accept(served, back, operator=WANG, room="never")
    await is_called(served, back, WANG, room="never")
    await is_reached(served, back, room="never")
    clock.passes(10)
    assert await line_down.of_a_try(served, back, leg=leg_of(back), why="hung_up") is Word.OK
    state, last = await served.store.ask("HMGET", served.key("call", back), "state", "last_try")
    assert (state, last) == ("later", "hung_up")
    assert await what_is_wrong(served) == []


async def test_while_the_carrier_does_not_say_it_is_taken_for_a_talk(
    hotline: Hotline, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    carrier = Twilio(hotline.settings.model_copy(update={"twilio_api_url": NOBODY}))
    alone = replace(hotline, carrier=carrier)
    sid = await both_ask_for(alone, clock, "unknown")
    assert await line_down.of_a_caller(alone, sid, by="caller") is Word.OK
    await carrier.close()
    assert await outcome_of(alone, sid) == "answered"
    assert "line down" in capsys.readouterr().err


async def test_news_of_one_of_them_is_news_of_the_room(hotline: Hotline, clock: Clock) -> None:
    sid = await both_ask_for(hotline, clock, "r1")
    await acd.join(hotline, sid, leg=phone_of(WANG), room="r1")
    assert await acd.hang_up(hotline, sid, by="caller", met="ask") is Word.OK
    assert await outcome_of(hotline, sid) == "answered"
