"""Call-backs in the queue: every move in every state, races, and lost or doubled news."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ivr import acd
from ivr.acd import Word, callbacks
from ivr.callbacks import make_now
from ivr.errors import Conflict
from ivr.hotline import Hotline
from ivr.roles import Person, Role
from tests.acd.books import what_is_wrong
from tests.acd.called_back import brought_to, field, grows_too_old, state_of
from tests.acd.people import (
    asks_back,
    call_of,
    desk_of,
    dials,
    is_called,
    leg_of,
    lines_up,
    phone_of,
    sid_of,
    sits_down,
)
from tests.acd.states import cells, word_of
from tests.cast import LI, MAYOR, WANG
from tests.conftest import Clock

ZHOU = "+862000000001"

OF_A_CALL_BACK = """
              later          waiting        offered        connecting  calling     reached
doors_open    OK>waiting     ALREADY        ALREADY        ALREADY     ALREADY     ALREADY
doors_shut    ALREADY        OK>later       OK             OK          OK          OK
accept        GONE           GONE           OK>connecting  ALREADY     ALREADY     ALREADY
decline       GONE           GONE           OK>waiting     GONE        GONE        GONE
pick_up       GONE           GONE           GONE           OK>calling  OK          OK
rung          GONE           GONE           GONE           OK          OK          OK
answered      GONE           GONE           GONE           OK          OK          OK
reach         GONE           GONE           GONE           OK          OK>reached  OK
operator_in   GONE           GONE           GONE           GONE        WAITING     WAITING
caller_in     GONE           GONE           GONE           GONE        GONE        WAITING
operator_out  GONE           GONE           GONE           GONE        OK>later    OK>later
caller_out    GONE           GONE           GONE           GONE        ALREADY     OK
outside       ALREADY        BACK           BACK           BACK        BACK        BACK
release       GONE           GONE           GONE           GONE        OK>later    GONE
leg_ended     GONE           GONE           GONE           GONE        OK>later    OK>later
not_rung      GONE           GONE           GONE           GONE        OK>later    GONE
withdraw      OK>ended       OK>ended       OK>ended       OK>ended    OK>ended    OK>ended
make_now      OK>connecting  OK>connecting  BUSY           BUSY        BUSY        BUSY
hang_up       GONE           GONE           GONE           GONE        GONE        GONE
expire        0>ended        0>ended        0              0           0           0
"""

OF_ITS_TALK = """
              talking           held              broken_off  parting   ended
doors_open    ALREADY           ALREADY           ALREADY     ALREADY   ALREADY
doors_shut    OK                OK                OK          OK        OK
accept        ALREADY           ALREADY           GONE        GONE      GONE
decline       GONE              GONE              GONE        GONE      GONE
pick_up       OK                OK                GONE        GONE      GONE
rung          OK                OK                GONE        OK        GONE
answered      OK                OK                GONE        OK        GONE
reach         OK                OK                GONE        GONE      GONE
operator_in   ALREADY           ALREADY           GONE        GONE      GONE
caller_in     ALREADY           ALREADY           GONE        GONE      GONE
operator_out  OK>broken_off     OK>broken_off     GONE        ALREADY   GONE
caller_out    OK>parting        OK>parting        GONE        ALREADY   GONE
outside       ALONE>broken_off  ALONE>broken_off  ALONE       ALREADY   ALREADY
release       OK>parting        OK>parting        GONE        GONE      GONE
leg_ended     OK>ended          OK>ended          OK>waiting  OK>ended  GONE
not_rung      GONE              GONE              GONE        GONE      GONE
withdraw      BUSY              BUSY              OK>ended    BUSY      ALREADY
make_now      BUSY              BUSY              BUSY        BUSY      BUSY
hang_up       OK>ended          OK>ended          GONE        OK>ended  GONE
expire        0                 0                 0>ended     0         0
"""

Move = Callable[[Hotline, str], Awaitable[object]]

MOVES: dict[str, Move] = {
    "doors_open": lambda h, b: callbacks.doors(h, is_open=True),
    "doors_shut": lambda h, b: callbacks.doors(h, is_open=False),
    "accept": lambda h, b: acd.accept(h, b, operator=WANG, room="r1"),
    "decline": lambda h, b: acd.decline(h, b, operator=WANG),
    "pick_up": lambda h, b: acd.pick_up(h, operator=WANG, leg=phone_of(WANG)),
    "rung": lambda h, b: callbacks.rung(h, b, room="r1", leg=leg_of(b)),
    "answered": lambda h, b: callbacks.answered(h, b, room="r1", leg=leg_of(b)),
    "reach": lambda h, b: callbacks.reach(h, b, room="r1", leg=leg_of(b)),
    "operator_in": lambda h, b: acd.join(h, b, leg=phone_of(WANG), room="r1"),
    "caller_in": lambda h, b: acd.join(h, b, leg=leg_of(b), room="r1"),
    "operator_out": lambda h, b: acd.quit_room(h, b, leg=phone_of(WANG), room="r1"),
    "caller_out": lambda h, b: acd.quit_room(h, b, leg=leg_of(b), room="r1"),
    "outside": lambda h, b: acd.leave_room(h, b, leg=leg_of(b), room="r1", is_up=True),
    "release": lambda h, b: acd.release(h, operator=WANG),
    "leg_ended": lambda h, b: callbacks.leg_ended(h, b, leg=leg_of(b), why="busy"),
    "not_rung": lambda h, b: callbacks.not_rung(h, b, room="r1", why="closed"),
    "withdraw": lambda h, b: callbacks.withdraw(h, b, by="operator", why="已联系"),
    "make_now": lambda h, b: callbacks.make_now(h, b, operator=WANG, room="r1"),
    "hang_up": lambda h, b: acd.hang_up(h, b, by="carrier"),
    "expire": lambda h, b: grows_too_old(h, b),
}


@pytest.mark.parametrize(("move", "state", "expected"), [*cells(OF_A_CALL_BACK), *cells(OF_ITS_TALK)])
async def test_every_move_of_a_call_back_in_every_state(
    hotline: Hotline, move: str, state: str, expected: str
) -> None:
    back = await brought_to(hotline, state)
    assert await state_of(hotline, back) == state
    said = await MOVES[move](hotline, back)
    word, _, after = expected.partition(">")
    assert (word_of(said), await state_of(hotline, back)) == (word, after or state)
    assert await what_is_wrong(hotline) == []


# ------------------------------------------------------------------------------------------ its place, and its end


async def test_a_call_back_stands_where_its_caller_stood(hotline: Hotline, clock: Clock) -> None:
    ahead = await lines_up(hotline, 9)
    clock.passes(1)
    back = await asks_back(hotline, 1)
    clock.passes(1)
    behind = await lines_up(hotline, 8)
    line = await hotline.store.ask("ZRANGE", hotline.key("waiting", "main"), 0, -1)
    assert line == [ahead, back, behind]


async def test_it_keeps_its_place_though_it_was_put_off(hotline: Hotline, clock: Clock) -> None:
    back = await asks_back(hotline, 1)
    clock.passes(1)
    await sits_down(hotline, WANG)
    await is_called(hotline, back, WANG)
    await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="busy")
    await acd.sign_out(hotline, operator=WANG)
    later = await lines_up(hotline, 8)
    clock.passes(15 * 60)
    await acd.tick(hotline)
    line = await hotline.store.ask("ZRANGE", hotline.key("waiting", "main"), 0, -1)
    assert line == [back, later]


async def test_whoever_is_called_back_takes_no_room_from_those_who_wait_on_the_line(hotline: Hotline) -> None:
    await hotline.store.ask("HSET", hotline.key("rules"), "max_waiting", 2)
    for n in range(1, 5):
        await asks_back(hotline, n)
    await lines_up(hotline, 8)
    assert (await acd.wait(hotline, await dials(hotline, 9))).word is Word.OK
    arrival = await acd.arrive(hotline, sid_of(10), line=MAYOR, caller="", is_open=True)
    assert arrival.turned_away == "full"


async def test_the_operator_rests_a_moment_after_nobody_came(hotline: Hotline, clock: Clock) -> None:
    back = await asks_back(hotline, 1)
    await sits_down(hotline, WANG)
    await is_called(hotline, back, WANG)
    await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="no-answer")
    waiting = await lines_up(hotline, 8)
    assert await call_of(hotline, WANG) is None  # hears why, first
    clock.passes(7)
    await acd.tick(hotline)
    assert await call_of(hotline, WANG) == waiting


async def test_the_tries_are_counted_and_the_last_one_is_the_last(hotline: Hotline, clock: Clock) -> None:
    back = await asks_back(hotline, 1)
    for tries in (1, 2, 3):
        await sits_down(hotline, WANG)
        await is_called(hotline, back, WANG, room=f"r{tries}")
        await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="busy")
        assert int(await field(hotline, back, "tries")) == tries
        await acd.sign_out(hotline, operator=WANG)
        clock.passes(15 * 60)
        await acd.tick(hotline)
    assert await field(hotline, back, "outcome") == "unreachable"
    assert await hotline.store.ask("EXISTS", hotline.key("back", ZHOU)) == 0
    assert await what_is_wrong(hotline) == []


async def test_with_no_word_from_the_carrier_the_operator_is_not_kept_for_ever(
    hotline: Hotline, clock: Clock
) -> None:
    """Neither that it rings nor that it ended is reported: after the ringing and a little more, it counts as a try."""
    back = await asks_back(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, back, operator=WANG, room="r1")
    await acd.pick_up(hotline, operator=WANG, leg=phone_of(WANG))
    for _ in range(9):
        clock.passes(5)
        await acd.renew(hotline, operator=WANG)
        await acd.tick(hotline)
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "idle"
    assert await field(hotline, back, "last_try") == "no-answer"
    assert await what_is_wrong(hotline) == []


async def test_news_of_an_earlier_try_changes_nothing(hotline: Hotline, clock: Clock) -> None:
    back = await asks_back(hotline, 1)
    await sits_down(hotline, WANG)
    await is_called(hotline, back, WANG, room="first")
    await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="busy")
    clock.passes(15 * 60)
    await sits_down(hotline, WANG)
    await acd.tick(hotline)
    await acd.accept(hotline, back, operator=WANG, room="second")
    await acd.pick_up(hotline, operator=WANG, leg=phone_of(WANG))
    assert await callbacks.rung(hotline, back, room="first", leg=leg_of(back)) is Word.GONE
    assert await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="busy") is Word.OK  # it is down
    assert await callbacks.rung(hotline, back, room="second", leg=sid_of(77)) is Word.OK
    assert await callbacks.rung(hotline, back, room="second", leg=sid_of(78)) is Word.GONE  # rung twice


async def test_of_many_who_ask_for_the_same_number_at_once_one_call_back_is_made(hotline: Hotline) -> None:
    sids = [await lines_up(hotline, n) for n in range(1, 9)]
    kept = await asyncio.gather(
        *(
            callbacks.ask_back(
                hotline, sid, number=ZHOU, place="queue", pressed="1", typed=True, is_open=True
            )
            for sid in sids
        )
    )
    assert sorted(one.word for one in kept) == [Word.ALREADY] * 7 + [Word.OK]
    assert len({one.back for one in kept}) == 1
    assert await what_is_wrong(hotline) == []


async def test_of_two_operators_who_make_it_now_one_does(hotline: Hotline) -> None:
    back = await asks_back(hotline, 1)
    for operator in (WANG, LI):
        await acd.sign_in(hotline, operator=operator)
    words = await asyncio.gather(
        *(callbacks.make_now(hotline, back, operator=one, room=one) for one in (WANG, LI))
    )
    assert sorted(words) == [Word.GONE, Word.OK]


@pytest.mark.parametrize("state", ["later", "waiting"])
async def test_an_operator_of_another_queue_does_not_make_it_and_changes_nothing(
    hotline: Hotline, state: str
) -> None:
    back = await brought_to(hotline, state)
    await acd.sign_in(hotline, operator=LI, queues="tax")
    before = await hotline.store.ask("HGETALL", hotline.key("call", back))
    assert await callbacks.make_now(hotline, back, operator=LI, room="r1") is Word.NO
    assert await hotline.store.ask("HGETALL", hotline.key("call", back)) == before
    with pytest.raises(Conflict, match="不在您服务的队列里"):
        await make_now(hotline, Person(hotline.name, LI, Role.OPERATOR), back)
    assert await what_is_wrong(hotline) == []


async def test_when_the_doors_open_they_stand_in_line_in_the_order_they_asked(
    hotline: Hotline, clock: Clock
) -> None:
    await callbacks.doors(hotline, is_open=False)
    asked = []
    for n in range(1, 6):
        asked.append(await asks_back(hotline, n, is_open=False))
        clock.passes(1)
    await callbacks.doors(hotline, is_open=True)
    assert await hotline.store.ask("ZRANGE", hotline.key("waiting", "main"), 0, -1) == asked
