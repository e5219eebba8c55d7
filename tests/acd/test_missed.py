"""Callers whom nobody served, in the queue: who is listed, and for how long."""

from typing import Any

import pytest

from ivr import acd
from ivr.acd import Word, callbacks
from ivr.callbacks import call_caller
from ivr.errors import Conflict
from ivr.hotline import Hotline
from ivr.roles import Person, Role
from tests.acd.people import (
    asks_back,
    is_called,
    is_reached,
    leg_of,
    phone_of,
    sid_of,
    sits_down,
    takes,
)
from tests.cast import LI, MAYOR, WANG
from tests.conftest import Clock

ZHOU = "+862000000001"


async def test_whoever_gives_up_is_listed_once_with_how_often(hotline: Hotline, clock: Clock) -> None:
    for n in (1, 2):
        await gives_up(hotline, clock, sid_of(n))
    [(who, entry)] = (await misses(hotline)).items()
    assert who == f"{ZHOU} {MAYOR}"
    assert (entry.split()[0], entry.split()[2]) == ("2", sid_of(2))


async def test_whoever_is_answered_later_is_missed_no_more(hotline: Hotline, clock: Clock) -> None:
    await gives_up(hotline, clock, sid_of(1))
    await sits_down(hotline, WANG)
    await rings(hotline, sid_of(2))
    await takes(hotline, sid_of(2), WANG)
    assert await misses(hotline) == {}


async def test_whoever_leaves_a_message_or_asks_to_be_called_back_is_not_missed(
    hotline: Hotline, clock: Clock
) -> None:
    await acd.arrive(hotline, sid_of(1), line=MAYOR, caller=ZHOU, is_open=False)
    await acd.hang_up(hotline, sid_of(1), by="caller")
    assert len(await misses(hotline)) == 1
    await acd.keep_message(hotline, sid_of(1), recording="RE1", seconds=9)
    assert await misses(hotline) == {}
    await asks_back(hotline, 2)
    assert await misses(hotline) == {}


async def test_those_who_hide_their_number_are_counted(hotline: Hotline) -> None:
    await acd.arrive(hotline, sid_of(1), line=MAYOR, caller="", is_open=False)
    await acd.hang_up(hotline, sid_of(1), by="caller")
    hour = hotline.now() // 3_600_000
    assert await hotline.store.ask("HGET", hotline.key("tally", str(hour)), "missed_withheld") == "1"
    assert await misses(hotline) == {}


async def test_a_missed_caller_is_forgotten_after_some_days(hotline: Hotline, clock: Clock) -> None:
    await gives_up(hotline, clock, sid_of(1))
    clock.passes(7 * 86400)
    await acd.tick(hotline)
    assert await misses(hotline) == {}


async def test_a_missed_caller_is_called_back_by_one_click_and_then_missed_no_more(
    hotline: Hotline, clock: Clock
) -> None:
    await gives_up(hotline, clock, sid_of(1))
    await acd.sign_in(hotline, operator=WANG)  # need not be ready for calls
    kept = await callbacks.call_again(hotline, sid_of(1), source="missed", operator=WANG, room="r1")
    assert kept.word is Word.OK
    await is_called(hotline, kept.back, WANG)
    await is_reached(hotline, kept.back)
    for leg in (phone_of(WANG), leg_of(kept.back)):
        await acd.join(hotline, kept.back, leg=leg, room="r1")
    assert await misses(hotline) == {}
    assert await field(hotline, kept.back, "of") == sid_of(1)


async def test_nothing_is_begun_by_an_operator_who_cannot_call_now(hotline: Hotline, clock: Clock) -> None:
    await gives_up(hotline, clock, sid_of(1))
    kept = await callbacks.call_again(hotline, sid_of(1), source="missed", operator=WANG, room="r1")
    assert kept.word is Word.BUSY
    assert await hotline.store.ask("ZCARD", hotline.key("backs")) == 0


async def test_nothing_is_begun_by_an_operator_of_another_queue(hotline: Hotline, clock: Clock) -> None:
    await gives_up(hotline, clock, sid_of(1))
    await acd.sign_in(hotline, operator=LI, queues="tax")
    person = Person(hotline.name, LI, Role.OPERATOR)
    with pytest.raises(Conflict, match="不在您服务的队列里"):
        await call_caller(hotline, person, sid_of(1), source="missed")
    assert await hotline.store.ask("ZCARD", hotline.key("backs")) == 0
    assert len(await misses(hotline)) == 1


@pytest.mark.parametrize("after", [1, 30])
async def test_who_was_cut_off_in_a_talk_and_gives_up_in_line_is_answered_and_is_missed(
    hotline: Hotline, clock: Clock, after: int
) -> None:
    await rings(hotline, sid_of(1))
    await sits_down(hotline, WANG)
    await takes(hotline, sid_of(1), WANG)
    await acd.quit_room(hotline, sid_of(1), leg=phone_of(WANG), room="r1")
    clock.passes(after)
    await acd.hang_up(hotline, sid_of(1), by="caller")
    assert await field(hotline, sid_of(1), "outcome") == "answered"
    assert [entry.split()[2] for entry in (await misses(hotline)).values()] == [sid_of(1)]


async def rings(hotline: Hotline, sid: str) -> None:
    await acd.arrive(hotline, sid, line=MAYOR, caller=ZHOU, is_open=True)
    await acd.wait(hotline, sid)


async def gives_up(hotline: Hotline, clock: Clock, sid: str) -> None:
    await rings(hotline, sid)
    clock.passes(30)
    await acd.hang_up(hotline, sid, by="caller")


async def misses(hotline: Hotline) -> dict[str, str]:
    return dict(await hotline.store.ask("HGETALL", hotline.key("misses")))


async def field(hotline: Hotline, sid: str, name: str) -> Any:
    return await hotline.store.ask("HGET", hotline.key("call", sid), name)
