"""A supervisor's ear in a talk, by its moves alone: it ends with the talk, and counts for nothing in its room."""

import asyncio

import pytest

from ivr import acd
from ivr.acd import Word, listening, party
from ivr.acd.listening import Mode
from ivr.hotline import Hotline
from tests.acd.books import what_is_wrong
from tests.acd.people import call_of, desk_of, lines_up, phone_of, sid_of, sits_down, takes
from tests.cast import LI, SUPERVISOR, WANG
from tests.conftest import Clock

LEG = sid_of(77_000)


@pytest.fixture
async def talk(hotline: Hotline) -> str:
    """A caller talks with operator 9001."""
    await sits_down(hotline, WANG)
    call = await lines_up(hotline, 1)
    await takes(hotline, sid_of(1), WANG)
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "talking"
    return call


async def listens(
    hotline: Hotline, call: str, mode: Mode = Mode.LISTEN, supervisor: str = SUPERVISOR
) -> None:
    assert await listening.lend_ear(hotline, call, supervisor=supervisor, mode=mode) is Word.OK
    word, _ = await listening.hear(hotline, supervisor=supervisor, leg=LEG)
    assert word is Word.OK


async def errands(hotline: Hotline) -> list[tuple[str, str]]:
    return [
        (one["what"], one["sid"])
        for _, one in await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")
    ]


async def test_an_ear_has_the_room_the_mode_and_whom_a_whisper_reaches(hotline: Hotline, talk: str) -> None:
    await listening.lend_ear(hotline, talk, supervisor=SUPERVISOR, mode=Mode.WHISPER)
    word, ear = await listening.hear(hotline, supervisor=SUPERVISOR, leg=LEG)
    assert (word, ear.state, ear.sid, ear.leg, ear.mode) == (Word.OK, "listening", talk, LEG, "whisper")
    assert ear.room == await hotline.store.ask("HGET", hotline.key("call", talk), "room")
    assert ear.coached == phone_of(WANG)


async def test_the_news_of_an_ear_coming_and_going_changes_nothing_in_the_talk(
    hotline: Hotline, talk: str
) -> None:
    await listens(hotline, talk)
    room = await hotline.store.ask("HGET", hotline.key("call", talk), "room")
    assert await acd.join(hotline, talk, leg=LEG, room=room) is Word.GONE
    assert await acd.quit_room(hotline, talk, leg=LEG, room=room) is Word.GONE
    assert await listening.withdrawn(hotline, supervisor=SUPERVISOR, leg=sid_of(5)) is Word.GONE
    assert await listening.withdrawn(hotline, supervisor=SUPERVISOR, leg=LEG) is Word.OK
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "talking"


@pytest.mark.parametrize("by", ["caller", "operator"])
async def test_the_ear_ends_with_the_talk_whoever_ends_it(hotline: Hotline, talk: str, by: str) -> None:
    await listens(hotline, talk)
    if by == "caller":
        await acd.hang_up(hotline, talk, by="caller")
    else:
        await acd.release(hotline, operator=WANG)
    assert (await listening.ear(hotline, SUPERVISOR)).state == "none"
    assert ("hang_up", LEG) in await errands(hotline)
    stored = await hotline.store.ask("HGETALL", hotline.key("call", talk))
    assert "ears" not in stored
    events = [stored[f"t{n}"].split(" ")[1] for n in range(1, int(stored["moves"]) + 1)]
    assert events.index("unlisten") < events.index("hang_up" if by == "caller" else "part")


async def test_a_mode_is_changed_once_and_the_carrier_is_asked_for_it(hotline: Hotline, talk: str) -> None:
    await listens(hotline, talk)
    wishes = (listening.lend_ear(hotline, talk, supervisor=SUPERVISOR, mode=Mode.BARGE) for _ in range(10))
    assert sorted(await asyncio.gather(*wishes)) == [Word.ALREADY] * 9 + [Word.OK]
    assert [one for one in await errands(hotline) if one[0] == "tune"] == [("tune", SUPERVISOR)]


async def test_nobody_listens_to_two_talks_or_while_they_have_a_caller(hotline: Hotline, talk: str) -> None:
    await sits_down(hotline, LI)
    other = await lines_up(hotline, 2)
    await takes(hotline, sid_of(2), LI)
    await listens(hotline, talk)
    assert await listening.lend_ear(hotline, other, supervisor=SUPERVISOR, mode=Mode.LISTEN) is Word.BUSY
    assert await listening.lend_ear(hotline, other, supervisor=WANG, mode=Mode.LISTEN) is Word.BUSY
    assert await listening.lend_ear(hotline, other, supervisor=LI, mode=Mode.LISTEN) is Word.BUSY
    waiting = await lines_up(hotline, 3)
    assert await listening.lend_ear(hotline, waiting, supervisor="9011", mode=Mode.LISTEN) is Word.GONE


async def test_no_call_rings_in_the_ear_of_somebody_who_listens(hotline: Hotline, talk: str) -> None:
    await sits_down(hotline, SUPERVISOR)
    await listens(hotline, talk)
    caller = await lines_up(hotline, 2)
    assert await call_of(hotline, SUPERVISOR) is None
    assert await what_is_wrong(hotline) == []
    await listening.withdraw(hotline, supervisor=SUPERVISOR)
    assert await call_of(hotline, SUPERVISOR) == caller


async def test_a_phone_that_never_comes_is_forgotten(hotline: Hotline, clock: Clock, talk: str) -> None:
    await listening.lend_ear(hotline, talk, supervisor=SUPERVISOR, mode=Mode.LISTEN)
    clock.passes(16)
    await acd.renew(hotline, operator=WANG)
    await acd.tick(hotline)
    assert (await listening.ear(hotline, SUPERVISOR)).state == "none"
    assert (await listening.hear(hotline, supervisor=SUPERVISOR, leg=LEG))[0] is Word.GONE
    assert "listen" not in str(await hotline.store.ask("HGETALL", hotline.key("call", talk)))


async def test_after_a_reload_the_new_phone_is_the_ear_and_the_old_one_goes(
    hotline: Hotline, talk: str
) -> None:
    await listens(hotline, talk)
    again = sid_of(77_001)
    word, ear = await listening.hear(hotline, supervisor=SUPERVISOR, leg=again)
    assert (word, ear.leg) == (Word.OK, again)
    assert ("hang_up", LEG) in await errands(hotline)
    assert await listening.withdrawn(hotline, supervisor=SUPERVISOR, leg=LEG) is Word.GONE


async def test_of_two_supervisors_who_take_over_at_once_one_has_the_caller(
    hotline: Hotline, talk: str
) -> None:
    await listens(hotline, talk)
    await listening.lend_ear(hotline, talk, supervisor="9011", mode=Mode.BARGE)
    await listening.hear(hotline, supervisor="9011", leg=sid_of(77_002))
    words = await asyncio.gather(
        *(listening.take_over(hotline, talk, supervisor=one) for one in (SUPERVISOR, "9011"))
    )
    # The second, who was in the talk too, has taken the caller over from the first, or has not.
    has = await hotline.store.ask("HGET", hotline.key("call", talk), "operator")
    assert Word.OK in words
    assert has in (SUPERVISOR, "9011")
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "wrap_up"
    assert (await desk_of(hotline, has))["operator"]["line"] == "talking"
    assert await what_is_wrong(hotline) == []


async def test_whoever_takes_over_as_the_caller_hangs_up_has_nobody_or_a_wrap_up(
    hotline: Hotline, talk: str
) -> None:
    await listens(hotline, talk)
    word, _ = await asyncio.gather(
        listening.take_over(hotline, talk, supervisor=SUPERVISOR), acd.hang_up(hotline, talk, by="caller")
    )
    line = (await desk_of(hotline, SUPERVISOR))["operator"]["line"]
    assert line == ("wrap_up" if word is Word.OK else "idle")
    assert await what_is_wrong(hotline) == []


async def test_who_has_an_ear_in_a_talk_takes_no_caller_and_is_brought_into_no_other_talk(
    hotline: Hotline, talk: str
) -> None:
    """However they might be asked for by name: by their own hand, or by a colleague."""
    await sits_down(hotline, SUPERVISOR)
    await listens(hotline, talk)
    zhou = await lines_up(hotline, 2)
    assert await call_of(hotline, SUPERVISOR) is None, "it is offered to nobody"
    assert await acd.pick(hotline, zhou, operator=SUPERVISOR, room="r2") is Word.BUSY
    assert (
        await party.invite(hotline, operator=WANG, kind="operator", who=SUPERVISOR, name="", mode="consult")
        is Word.BUSY
    )
    await listening.withdraw(hotline, supervisor=SUPERVISOR)
    assert await call_of(hotline, SUPERVISOR) == zhou, "they are free again, and next"
    assert await what_is_wrong(hotline) == []
