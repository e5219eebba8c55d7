"""A caller on hold and somebody brought in: every move in every state, and those that come at the same time.

9001 has the call; the guest is a colleague, 9002, or a department's phone. `free` is a talk of two, `held` the same
with the caller on hold.
"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ivr import acd
from ivr.acd import Guest, Hold, Tape, Word, party, tape
from ivr.hotline import Hotline
from tests.acd.books import what_is_wrong
from tests.acd.people import desk_of, lines_up, phone_of, sid_of, sits_down, takes
from tests.acd.states import cells
from tests.cast import BUREAU, LI, WANG, ZHAO
from tests.conftest import Clock

SID, GUEST_LEG = sid_of(1), sid_of(700)

WITH_SOMEBODY_FROM_OUTSIDE = """
          free          held          ringing        consulting       conference      handed
hold      OK>held       ALREADY       BUSY           BUSY             BUSY            GONE
resume    ALREADY       OK>free       BUSY           BUSY             BUSY            GONE
invite    OK>ringing    OK>ringing    ALREADY        ALREADY          ALREADY         GONE
rings     GONE          GONE          OK             OK               OK              OK
comes     GONE          GONE          OK>consulting  ALREADY          ALREADY         ALREADY
confer    GONE          GONE          GONE           OK>conference    ALREADY         GONE
take_back ALREADY       ALREADY       OK>free        OK>free          OK>free         GONE
transfer  GONE          GONE          GONE           OK>handed        OK>handed       GONE
leaves    GONE          GONE          OK>free        OK>free          OK>free         OK>waiting
busy      GONE          GONE          OK>free        OK>free          OK>free         OK>waiting
release   OK>parting    OK>parting    OK>parting     BUSY             OK>parting      GONE
hang_up   OK>ended      OK>ended      OK>ended       OK>ended         OK>ended        OK>ended
drops     OK>offered    OK>offered    OK>offered     OK>offered       OK>offered      ALREADY
swept_out OK>parting    OK>parting    OK>parting     OK>parting       OK>parting      ALREADY
"""

WITH_A_COLLEAGUE = """
          ringing        consulting       conference
comes     OK>consulting  ALREADY          ALREADY
declines  OK>free        GONE             GONE
confer    GONE           OK>conference    ALREADY
take_back OK>free        OK>free          OK>free
transfer  GONE           OK>free          OK>free
leaves    OK>free        OK>free          OK>free
theirs    GONE           OK>free          OK>free
hang_up   OK>ended       OK>ended         OK>ended
drops     OK>offered     OK>offered       OK>offered
"""

Move = Callable[[Hotline], Awaitable[object]]

MOVES: dict[str, Move] = {
    "hold": lambda h: party.hold(h, operator=WANG),
    "resume": lambda h: party.resume(h, operator=WANG),
    "invite": lambda h: invites(h, "outside", BUREAU),
    "rings": lambda h: party.guest_rings(h, SID, n=1, leg=GUEST_LEG),
    "confer": lambda h: party.confer(h, operator=WANG),
    "take_back": lambda h: party.take_back(h, operator=WANG),
    "transfer": lambda h: party.transfer(h, operator=WANG),
    "busy": lambda h: party.guest_is_over(h, SID, n=1, leg=GUEST_LEG, why="busy"),
    "declines": lambda h: acd.decline(h, SID, operator=LI),
    "release": lambda h: acd.release(h, operator=WANG),
    "theirs": lambda h: acd.release(h, operator=LI),
    "hang_up": lambda h: acd.hang_up(h, SID, by="caller"),
    "swept_out": lambda h: acd.leave_room(h, SID, leg=phone_of(WANG), room="r1", is_up=True),
    "drops": lambda h: acd.quit_room(h, SID, leg=phone_of(WANG), room="r1"),
}


@pytest.mark.parametrize(("move", "state", "expected"), cells(WITH_SOMEBODY_FROM_OUTSIDE))
async def test_every_move_with_somebody_from_outside(
    hotline: Hotline, move: str, state: str, expected: str
) -> None:
    moves = MOVES | {"comes": comes_from_outside, "leaves": leaves_from_outside}
    await bring_to(hotline, state, "outside")
    assert await how_it_stands(hotline) == state
    word, _, after = expected.partition(">")
    assert (await moves[move](hotline), await how_it_stands(hotline)) == (word, after or state)
    assert await what_is_wrong(hotline) == []
    assert await acd.reconcile(hotline, mend=False) == []


@pytest.mark.parametrize(("move", "state", "expected"), cells(WITH_A_COLLEAGUE))
async def test_every_move_with_a_colleague(hotline: Hotline, move: str, state: str, expected: str) -> None:
    moves = MOVES | {"comes": colleague_comes, "leaves": colleague_is_lost}
    await bring_to(hotline, state, "operator")
    assert await how_it_stands(hotline) == state
    word, _, after = expected.partition(">")
    assert (await moves[move](hotline), await how_it_stands(hotline)) == (word, after or state)
    assert await what_is_wrong(hotline) == []
    assert await acd.reconcile(hotline, mend=False) == []


async def test_the_words_know_every_state_of_hold_and_guest(hotline: Hotline) -> None:
    table = await acd.moves(hotline)
    for part, words in (("hold", Hold), ("guest", Guest), ("tape", Tape)):
        states = {state for event in table.values() for move in event.get(part, {}).items() for state in move}
        assert states == {word.value for word in words}


async def test_a_recording_is_paused_goes_on_by_itself_and_is_not_begun_twice(
    hotline: Hotline, clock: Clock
) -> None:
    await bring_to(hotline, "free", "outside")
    assert await tape.pause(hotline, operator=WANG) is Word.GONE  # nothing is recorded yet
    assert await tape.runs(hotline, SID, recording="RE1") is Word.OK
    assert await tape.runs(hotline, SID, recording="RE1") is Word.OK  # told twice
    assert await tape.runs(hotline, SID, recording="RE2") is Word.ALREADY
    assert await tape.pause(hotline, operator=WANG) is Word.OK
    assert await tape.pause(hotline, operator=WANG) is Word.ALREADY
    clock.passes(61)
    await acd.renew(hotline, operator=WANG)
    await acd.tick(hotline)
    assert await hotline.store.ask("HGET", hotline.key("call", SID), "tape") == "on"
    assert await tape.resume(hotline, operator=WANG) is Word.ALREADY
    assert await tape.is_over(hotline, SID, recording="RE2", seconds=5) is Word.GONE
    assert await tape.is_over(hotline, SID, recording="RE1", seconds=70) is Word.OK
    await acd.hang_up(hotline, SID, by="caller")
    assert await what_is_wrong(hotline) == []


# ------------------------------------------------------------------------------------------ at the same time


async def test_of_two_clicks_on_transfer_one_counts(hotline: Hotline) -> None:
    await bring_to(hotline, "consulting", "outside")
    words = await asyncio.gather(*(party.transfer(hotline, operator=WANG) for _ in range(2)))
    assert sorted(words) == [Word.GONE, Word.OK]
    assert await what_is_wrong(hotline) == []


@pytest.mark.parametrize("guest", ["outside", "operator"])
async def test_a_caller_who_hangs_up_as_the_transfer_completes_is_not_handed_to_anybody(
    hotline: Hotline, guest: party.Kind
) -> None:
    await bring_to(hotline, "consulting", guest)
    _, hung_up = await asyncio.gather(
        party.transfer(hotline, operator=WANG), acd.hang_up(hotline, SID, by="caller")
    )
    assert hung_up is Word.OK
    assert await how_it_stands(hotline) == "ended"
    assert await what_is_wrong(hotline) == []


async def test_guest_and_operator_who_leave_at_once_leave_nobody_alone(hotline: Hotline) -> None:
    await bring_to(hotline, "consulting", "outside")
    await asyncio.gather(party.transfer(hotline, operator=WANG), leaves_from_outside(hotline))
    assert await how_it_stands(hotline) in ("waiting", "free")
    assert await what_is_wrong(hotline) == []


async def test_a_colleague_who_is_asked_by_two_at_once_rings_for_one(hotline: Hotline) -> None:
    await bring_to(hotline, "free", "outside")
    await sits_down(hotline, ZHAO)
    await takes(hotline, await lines_up(hotline, 2), ZHAO, room="r2")
    await sits_down(hotline, LI)
    words = await asyncio.gather(
        *(
            party.invite(hotline, operator=asks, kind="operator", who=LI, name=LI, mode="consult")
            for asks in (WANG, ZHAO)
        )
    )
    assert sorted(words) == [Word.BUSY, Word.OK]
    assert await what_is_wrong(hotline) == []


# ------------------------------------------------------------------------------------------ what is written


async def test_a_caller_left_by_a_department_is_before_all_who_wait_and_keeps_both_stretches(
    hotline: Hotline, clock: Clock
) -> None:
    await bring_to(hotline, "handed", "outside")
    clock.passes(20)
    other = await lines_up(hotline, 2, priority=7)
    await leaves_from_outside(hotline)
    assert (await acd.wait(hotline, SID)).position == 1
    assert (await acd.wait(hotline, other)).position == 2
    clock.passes(4)
    await sits_down(hotline, ZHAO)
    await takes(hotline, SID, ZHAO, room="r9")
    clock.passes(6)
    await acd.hang_up(hotline, SID, by="caller")
    found = await hotline.store.ask(
        "HMGET", hotline.key("call", SID), "waited", "talked", "outcome", "operators"
    )
    assert found == ["4000", "26000", "answered", f"{WANG}=0 {ZHAO}=6000"]


async def test_a_late_leg_of_a_guest_who_was_dismissed_is_not_wanted(hotline: Hotline) -> None:
    await bring_to(hotline, "free", "outside")
    await invites(hotline, "outside", BUREAU)
    await party.take_back(hotline, operator=WANG)
    await invites(hotline, "outside", BUREAU)
    assert await party.guest_rings(hotline, SID, n=1, leg=GUEST_LEG) is Word.GONE
    assert await party.guest_rings(hotline, SID, n=2, leg=sid_of(701)) is Word.OK
    assert await party.guest_is_over(hotline, SID, n=1, leg=GUEST_LEG, why="busy") is Word.GONE


# ------------------------------------------------------------------------------------------ by real moves


async def bring_to(hotline: Hotline, state: str, guest: party.Kind) -> None:
    await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await takes(hotline, SID, WANG)
    if guest == "operator":
        await sits_down(hotline, LI)
    if state == "held":
        await party.hold(hotline, operator=WANG)
    if state in ("free", "held"):
        return
    await invites(hotline, guest, BUREAU if guest == "outside" else LI)
    await party.guest_rings(hotline, SID, n=1, leg=GUEST_LEG)
    if state == "ringing":
        return
    await (comes_from_outside if guest == "outside" else colleague_comes)(hotline)
    if state == "conference":
        await party.confer(hotline, operator=WANG)
    if state == "handed":
        await party.transfer(hotline, operator=WANG)


async def invites(hotline: Hotline, kind: party.Kind, who: str) -> Word:
    return await party.invite(hotline, operator=WANG, kind=kind, who=who, name=who, mode="consult")


async def comes_from_outside(hotline: Hotline) -> Word:
    return await acd.join(hotline, SID, leg=GUEST_LEG, room="r1", label="guest-1")


async def leaves_from_outside(hotline: Hotline) -> Word:
    return await acd.quit_room(hotline, SID, leg=GUEST_LEG, room="r1")


async def colleague_comes(hotline: Hotline) -> Word:
    await acd.accept(hotline, SID, operator=LI, room="another")
    await acd.pick_up(hotline, operator=LI, leg=phone_of(LI))
    return await acd.join(hotline, SID, leg=phone_of(LI), room="r1")


async def colleague_is_lost(hotline: Hotline) -> Word:
    leg = (await desk_of(hotline, LI))["operator"].get("leg", GUEST_LEG)
    return await acd.quit_room(hotline, SID, leg=leg, room="r1")


async def how_it_stands(hotline: Hotline) -> str:
    state, guest, hold = await hotline.store.ask("HMGET", hotline.key("call", SID), "state", "guest", "hold")
    if state != "talking":
        return str(state)
    return str(guest) if guest not in (None, "none") else "held" if hold == "on" else "free"
