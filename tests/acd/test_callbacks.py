"""Call-backs in the queue: every move in every state, races, and lost or doubled news."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ivr import acd
from ivr.acd import Word, callbacks, party
from ivr.callbacks import make_now
from ivr.check import check
from ivr.errors import Conflict
from ivr.hotline import Hotline
from ivr.roles import Person, Role
from tests.acd.books import what_is_wrong
from tests.acd.people import (
    asks_back,
    call_of,
    desk_of,
    dials,
    is_called,
    is_reached,
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


async def grows_too_old(hotline: Hotline, back: str) -> str:
    await hotline.store.ask("ZADD", hotline.key("due"), hotline.now(), f"age:{back}")
    await acd.tick(hotline)
    return "0"


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


async def brought_to(hotline: Hotline, state: str) -> str:
    """By real moves, each state from the one before it; operator 9001 is there from `offered` on."""
    is_open = state != "later"
    await callbacks.doors(hotline, is_open=is_open)
    back = await asks_back(hotline, 1, is_open=is_open)
    if state in ("later", "waiting"):
        await acd.sign_in(hotline, operator=WANG)  # there, and not ready
        return back
    await sits_down(hotline, WANG)
    if state == "offered":
        return back
    await acd.accept(hotline, back, operator=WANG, room="r1")
    if state == "connecting":
        return back
    await is_called(hotline, back, WANG)
    if state == "calling":
        return back
    await is_reached(hotline, back)
    if state == "reached":
        return back
    await acd.join(hotline, back, leg=phone_of(WANG), room="r1")
    await acd.join(hotline, back, leg=leg_of(back), room="r1")
    await after_the_talk_began(hotline, back, state)
    return back


async def after_the_talk_began(hotline: Hotline, back: str, state: str) -> None:
    if state == "held":
        await party.hold(hotline, operator=WANG)
    if state == "broken_off":
        await acd.quit_room(hotline, back, leg=phone_of(WANG), room="r1")
    if state == "parting":
        await acd.release(hotline, operator=WANG)
    if state == "ended":
        await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="hung_up")


async def state_of(hotline: Hotline, back: str) -> str:
    """As the table has them: three of them are two at once."""
    state, *more = await hotline.store.ask(
        "HMGET", hotline.key("call", back), "state", "met", "hold", "last_try"
    )
    also = {("connecting", 0): "reached", ("talking", 1): "held", ("later", 2): "broken_off"}
    shown = (more[0], more[1] == "on", more[2] == "broken_off")
    return next((name for (of, n), name in also.items() if of == state and shown[n]), str(state))


# ------------------------------------------------------------------------------------------ left with nobody


async def test_who_is_still_on_the_line_after_the_talk_is_led_to_the_goodbye_on_their_own_leg(
    hotline: Hotline, clock: Clock
) -> None:
    back = await brought_to(hotline, "parting")
    clock.passes(31)
    await acd.tick(hotline)
    [*_, (_, errand)] = await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")
    assert (errand["what"], errand["sid"]) == ("tell", leg_of(back))
    assert errand["step"].split() == [f"after_call_back?call={back}&room=r1"]  # and their language, if any


async def test_whoever_is_left_with_nobody_is_rung_again_first_of_all_and_it_is_no_try(
    hotline: Hotline, clock: Clock
) -> None:
    ahead = await lines_up(hotline, 9)
    back = await brought_to(hotline, "waiting")
    assert await callbacks.make_now(hotline, back, operator=WANG, room="r1") is Word.OK
    await is_called(hotline, back, WANG)
    await is_reached(hotline, back)
    for leg in (phone_of(WANG), leg_of(back)):
        await acd.join(hotline, back, leg=leg, room="r1")
    clock.passes(20)
    await party.hold(hotline, operator=WANG)
    await acd.quit_room(hotline, back, leg=phone_of(WANG), room="r1")
    assert await state_of(hotline, back) == "broken_off"
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "wrap_up"

    clock.passes(16)  # nobody said that their line is down
    await acd.tick(hotline)
    await sits_down(hotline, LI)
    assert await call_of(hotline, LI) == back
    assert await hotline.store.ask("ZRANGE", hotline.key("waiting", "main"), 0, -1) == [ahead]
    assert await field(hotline, back, "tries") == "0"
    assert await what_is_wrong(hotline) == []


async def test_whose_talk_was_broken_off_and_who_is_not_reached_again_counts_as_unreachable(
    hotline: Hotline, clock: Clock
) -> None:
    back = await brought_to(hotline, "held")
    clock.passes(20)
    await acd.quit_room(hotline, back, leg=phone_of(WANG), room="r1")
    await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="hung_up")
    await acd.finish(hotline, operator=WANG)
    for _ in range(3):
        await callbacks.make_now(hotline, back, operator=WANG, room="r1")
        await is_called(hotline, back, WANG)
        await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="busy")
        clock.passes(15 * 60 + 10)
        await sits_down(hotline, WANG)
        await acd.tick(hotline)
    assert await field(hotline, back, "outcome") == "unreachable"
    assert await field(hotline, back, "talked") == "20000"
    assert await what_is_wrong(hotline) == []
    wrong = [found.wrong for found in await check(hotline, again=False)]
    assert [one for one in wrong if "errand" not in one] == []  # which no worker runs here


async def test_a_talk_that_was_broken_off_and_never_taken_up_again_ends_as_unreachable_too(
    hotline: Hotline,
) -> None:
    back = await brought_to(hotline, "broken_off")
    await grows_too_old(hotline, back)
    assert await field(hotline, back, "outcome") == "unreachable"


async def test_whose_operator_was_lost_before_they_met_is_offered_to_nobody_while_their_line_is_up(
    hotline: Hotline, clock: Clock
) -> None:
    back = await brought_to(hotline, "reached")
    await sits_down(hotline, LI)
    await acd.quit_room(hotline, back, leg=phone_of(WANG), room="r1")
    assert await call_of(hotline, LI) is None
    assert await acd.leave_room(hotline, back, leg=leg_of(back), room="r1", is_up=True) is Word.BACK
    assert await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="completed") is Word.OK
    assert await call_of(hotline, LI) == back
    assert await field(hotline, back, "tries") == "0"
    assert await what_is_wrong(hotline) == []


async def test_nor_is_the_line_forgotten_when_the_books_are_put_right(hotline: Hotline) -> None:
    """The operator's record was lost: whoever is alone in the room is told, and is rung again."""
    back = await brought_to(hotline, "reached")
    await hotline.store.ask("HDEL", hotline.key("operator", WANG), "call")
    assert any("nobody_has" in found for found in await acd.reconcile(hotline, mend=True))
    errands = [told for _, told in await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")]
    [led] = [one for one in errands if one["sid"] == leg_of(back)]
    assert (led["what"], led["step"].split()) == ("tell", ["sorry_later"])
    assert await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="completed") is Word.OK
    assert await call_of(hotline, WANG) == back
    stored = await hotline.store.ask("HGETALL", hotline.key("call", back))
    assert [event.split()[1] for event in stored.values() if "stand_back" in event] == ["stand_back"]


async def test_nor_for_longer_than_a_moment_though_nobody_says_that_it_is_down(
    hotline: Hotline, clock: Clock
) -> None:
    back = await brought_to(hotline, "reached")
    await acd.quit_room(hotline, back, leg=phone_of(WANG), room="r1")
    clock.passes(16)
    await acd.tick(hotline)
    await sits_down(hotline, LI)
    assert await call_of(hotline, LI) == back


async def test_a_phone_that_begins_to_ring_when_its_try_is_over_is_put_down(hotline: Hotline) -> None:
    back = await brought_to(hotline, "connecting")
    await acd.pick_up(hotline, operator=WANG, leg=phone_of(WANG))
    await acd.quit_room(hotline, back, leg=phone_of(WANG), room="r1")
    assert await callbacks.rung(hotline, back, room="r1", leg=leg_of(back)) is Word.GONE
    assert await callbacks.rung(hotline, back, room="r1", leg=leg_of(back)) is Word.GONE  # told twice
    errands = [told for _, told in await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")]
    assert [one["what"] for one in errands if one["sid"] == leg_of(back)] == ["hang_up"]
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


async def field(hotline: Hotline, sid: str, name: str) -> Any:
    return await hotline.store.ask("HGET", hotline.key("call", sid), name)
