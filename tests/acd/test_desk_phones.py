"""Operators at a desk phone: what the carrier tells of a ring, in every state of their line."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ivr import acd
from ivr.acd import By, Word, desk_phones, party
from ivr.hotline import Hotline
from tests.acd.books import what_is_wrong
from tests.acd.people import call_of, comes_in, desk_of, lines_up, phone_of, sid_of, sits_down
from tests.acd.states import cells, word_of
from tests.cast import LI, WANG
from tests.conftest import Clock

SID, LEG, ANOTHER = sid_of(1), phone_of(WANG), sid_of(99)

OF_A_RING = """
                 idle    offered        connecting  talking     wrap_up
ask_for_ring     GONE    OK             GONE        GONE        GONE
rings            GONE    OK             OK          OK          OK
rings_elsewhere  GONE    OK             GONE        GONE        GONE
is_up            GONE    OK             GONE        GONE        GONE
accept           GONE    OK>connecting  OK          OK          GONE
accept_elsewhere GONE    OK>connecting  GONE        GONE        GONE
is_over          GONE    OK>idle        BACK>idle     OK>wrap_up  ALREADY
is_not_begun     GONE    OK>idle        ALREADY     ALREADY     ALREADY
is_declined      GONE    OK>idle        BACK>idle     OK>wrap_up  ALREADY
an_older_one     GONE    GONE           GONE        GONE        GONE
accept_on_screen GONE    NO             ALREADY     ALREADY     GONE
decline          GONE    OK>idle        GONE        GONE        GONE
by_softphone     ALREADY BUSY           BUSY        BUSY        ALREADY
"""

Move = Callable[[Hotline], Awaitable[object]]

MOVES: dict[str, Move] = {
    "ask_for_ring": lambda h: desk_phones.ask_for_ring(h, operator=WANG, ring="1"),
    "rings": lambda h: desk_phones.rings(h, operator=WANG, ring="1", leg=LEG),
    "rings_elsewhere": lambda h: desk_phones.rings(h, operator=WANG, ring="1", leg=ANOTHER),
    "is_up": lambda h: desk_phones.is_up(h, operator=WANG, ring="1", leg=LEG),
    "accept": lambda h: desk_phones.accept(h, operator=WANG, ring="1", leg=LEG, room="r1"),
    "accept_elsewhere": lambda h: desk_phones.accept(h, operator=WANG, ring="1", leg=ANOTHER, room="r1"),
    "is_over": lambda h: desk_phones.is_over(h, operator=WANG, ring="1", leg=LEG),
    "is_not_begun": lambda h: desk_phones.is_over(h, operator=WANG, ring="1", leg=""),
    "is_declined": lambda h: desk_phones.is_over(h, operator=WANG, ring="1", leg=LEG, why="declined"),
    "an_older_one": lambda h: desk_phones.is_over(h, operator=WANG, ring="0", leg=LEG),
    "accept_on_screen": lambda h: acd.accept(h, SID, operator=WANG, room="r1"),
    "decline": lambda h: acd.decline(h, SID, operator=WANG),
    "by_softphone": lambda h: acd.sign_in(h, operator=WANG),
}


@pytest.mark.parametrize(("move", "state", "expected"), cells(OF_A_RING))
async def test_everything_that_can_be_told_of_a_ring_in_every_state(
    hotline: Hotline, move: str, state: str, expected: str
) -> None:
    await bring_to(hotline, state)
    assert await line_of(hotline) == state
    said = await MOVES[move](hotline)
    word, _, after = expected.partition(">")
    assert (word_of(said), await line_of(hotline)) == (word, after or state)
    assert await what_is_wrong(hotline) == []


async def test_of_many_workers_one_asks_the_carrier(hotline: Hotline) -> None:
    await bring_to(hotline, "offered")
    asked = await asyncio.gather(
        *(desk_phones.ask_for_ring(hotline, operator=WANG, ring="1") for _ in range(20))
    )
    assert sorted(word for word, _ in asked) == [Word.ALREADY] * 19 + [Word.OK]
    assert {sid for _, sid in asked} == {SID}


async def test_a_caller_who_hangs_up_as_the_key_is_pressed_is_not_both(hotline: Hotline) -> None:
    await bring_to(hotline, "offered")
    found, ended = await asyncio.gather(
        desk_phones.accept(hotline, operator=WANG, ring="1", leg=LEG, room="r1"),
        acd.hang_up(hotline, SID, by="caller"),
    )
    assert (found.word in (Word.OK, Word.GONE), ended) == (True, Word.OK)
    assert await line_of(hotline) == "idle"
    assert ("hang_up", LEG) in await errands(hotline)
    assert await what_is_wrong(hotline) == []


async def test_an_offer_and_its_ring_are_one_act_and_each_ring_has_a_number_of_its_own(
    hotline: Hotline, clock: Clock
) -> None:
    await bring_to(hotline, "offered")
    assert await errands(hotline) == [("ring_operator", WANG)]
    await desk_phones.is_over(hotline, operator=WANG, ring="1", leg="")
    clock.passes(31)
    await acd.tick(hotline)
    assert (await desk_of(hotline, WANG))["operator"]["ringing"] == "2"
    assert await desk_phones.accept(hotline, operator=WANG, ring="1", leg=LEG, room="r") == (
        Word.GONE, "", "", False,
    )  # fmt: skip


async def test_a_ring_of_which_nobody_tells_any_more_ends_by_itself_and_is_hung_up(
    hotline: Hotline, clock: Clock
) -> None:
    await bring_to(hotline, "offered")
    await desk_phones.rings(hotline, operator=WANG, ring="1", leg=LEG)
    clock.passes(34)
    await acd.tick(hotline)
    assert await line_of(hotline) == "offered"  # carriers ring longer than they are told
    clock.passes(2)
    await acd.tick(hotline)
    assert await line_of(hotline) == "idle"
    assert ("hang_up", LEG) in await errands(hotline)


async def test_whoever_picks_up_late_has_the_time_to_press_once(hotline: Hotline, clock: Clock) -> None:
    await bring_to(hotline, "offered")
    clock.passes(34)
    await desk_phones.is_up(hotline, operator=WANG, ring="1", leg=LEG)
    clock.passes(19)
    await desk_phones.is_up(hotline, operator=WANG, ring="1", leg=LEG)
    await acd.tick(hotline)
    assert await line_of(hotline) == "offered"
    clock.passes(2)
    await acd.tick(hotline)
    assert await line_of(hotline) == "idle"


async def test_whoever_picks_a_caller_out_of_the_line_has_them_ring_at_the_phone(hotline: Hotline) -> None:
    await lines_up(hotline, 1)
    await acd.sign_in(hotline, operator=WANG, by=By.PHONE)
    assert await acd.pick(hotline, SID, operator=WANG, room="r1") is Word.OK
    assert await line_of(hotline) == "offered"
    assert await errands(hotline) == [("ring_operator", WANG)]


async def test_a_colleague_who_is_consulted_at_a_phone_and_does_not_come_has_not_kept_the_caller(
    hotline: Hotline,
) -> None:
    sid = await lines_up(hotline, 2)
    await sits_down(hotline, LI)
    await acd.accept(hotline, sid, operator=LI, room="r1")
    await comes_in(hotline, sid, LI)
    await acd.sign_in(hotline, operator=WANG, by=By.PHONE)
    await party.invite(hotline, operator=LI, kind="operator", who=WANG, name="", mode="consult")
    assert await line_of(hotline) == "offered"
    assert await desk_phones.is_up(hotline, operator=WANG, ring="1", leg=LEG) == (Word.OK, sid)
    assert await desk_phones.is_over(hotline, operator=WANG, ring="1", leg=LEG) is Word.OK
    assert (await line_of(hotline), await call_of(hotline, LI)) == ("idle", sid)
    assert await what_is_wrong(hotline) == []


async def test_no_silence_ends_a_shift_at_a_phone_before_its_time(hotline: Hotline, clock: Clock) -> None:
    await bring_to(hotline, "idle")
    clock.passes(9 * 3600)
    await acd.tick(hotline)
    assert await acd.renew(hotline, operator=WANG) is Word.OK  # a browser that happens to be open
    await lines_up(hotline, 1)
    assert await line_of(hotline) == "offered"
    clock.passes(3600)
    await acd.tick(hotline)
    assert (await desk_of(hotline, WANG))["operator"]["presence"] == "off"
    assert await what_is_wrong(hotline) == []


async def test_a_shift_that_ends_in_a_talk_ends_after_it(hotline: Hotline, clock: Clock) -> None:
    await bring_to(hotline, "talking")
    clock.passes(10 * 3600)
    await acd.tick(hotline)
    assert await line_of(hotline) == "talking"
    assert await what_is_wrong(hotline) == []
    await acd.hang_up(hotline, SID, by="caller")
    await acd.finish(hotline, operator=WANG)
    assert (await desk_of(hotline, WANG))["operator"]["presence"] == "off"


async def bring_to(hotline: Hotline, state: str) -> None:
    """Their line, each state from the one before it."""
    await acd.sign_in(hotline, operator=WANG, by=By.PHONE)
    await acd.ready(hotline, operator=WANG)
    if state == "idle":
        return
    await lines_up(hotline, 1)
    if state == "offered":
        return
    await desk_phones.accept(hotline, operator=WANG, ring="1", leg=LEG, room="r1")
    if state == "connecting":
        return
    await acd.join(hotline, SID, leg=SID, room="r1")
    await acd.join(hotline, SID, leg=LEG, room="r1")
    if state == "wrap_up":
        await acd.hang_up(hotline, SID, by="caller")


async def line_of(hotline: Hotline) -> str:
    return str((await desk_of(hotline, WANG))["operator"]["line"])


async def errands(hotline: Hotline) -> list[tuple[str, str]]:
    """What the carrier is to be asked to do, in order, and for whom."""
    found = await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")
    return [(fields["what"], fields["sid"]) for _, fields in found]
