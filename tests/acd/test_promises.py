"""The promise in the queue's library: every move in every state, its deadlines, and that it is opened and kept once."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ivr import acd, promises
from ivr.acd import Whom, Word, cases, direct
from ivr.acd import promises as book
from ivr.acd.promises import How, State
from ivr.hotline import Hotline
from tests.acd.people import sid_of
from tests.acd.promised import (
    SID,
    it_becomes_a_case,
    make_promise,
    number_of_case,
    state_of_promise,
    time_is_up,
)
from tests.cast import MAYOR, QIAN, ZHOU
from tests.conftest import Clock

OF_A_PROMISE = """
            none      open        reminded     office      duty        case        kept      withdrawn  settled
make        OK>open   ALREADY     ALREADY      ALREADY     ALREADY     ALREADY     ALREADY   ALREADY    ALREADY
keep        GONE      OK>kept     OK>kept      OK>kept     OK>kept     OK>kept     ALREADY   GONE       GONE
take_back   GONE      OK>withdrawn OK>withdrawn OK>withdrawn OK>withdrawn OK>withdrawn GONE  ALREADY    GONE
time_is_up  none      reminded    office       duty        case        case        kept      withdrawn  settled
"""
STAGES = ["open", "reminded", "office", "duty", "case"]


async def keep(hotline: Hotline) -> Word:
    return await book.keep(hotline, SID, how=How.STATEMENT, by="9010", note="已电话答复")


MOVES: dict[str, Callable[[Hotline], Awaitable[object]]] = {
    "make": make_promise,
    "keep": keep,
    "take_back": lambda h: book.take_back(h, SID, by="9010", why="来电人不需要回电"),
}


def cells() -> list[tuple[str, str, str]]:
    head, *rows = (line.split() for line in OF_A_PROMISE.strip().splitlines())
    return [(row[0], state, cell) for row in rows for state, cell in zip(head, row[1:], strict=True)]


@pytest.mark.parametrize(("move", "state", "expected"), cells())
async def test_every_move_of_a_promise_in_every_state(
    hotline: Hotline, clock: Clock, move: str, state: str, expected: str
) -> None:
    await bring_to(hotline, clock, state)
    assert await state_of_promise(hotline) == state
    if move == "time_is_up":
        await time_is_up(hotline, clock)
        assert await state_of_promise(hotline) == expected
        return
    word, _, after = expected.partition(">")
    assert (await MOVES[move](hotline), await state_of_promise(hotline)) == (word, after or state)


async def test_a_promise_made_by_many_callbacks_at_once_is_one(hotline: Hotline) -> None:
    words = await asyncio.gather(*(make_promise(hotline) for _ in range(20)))
    assert sorted(words) == sorted([Word.OK] + [Word.ALREADY] * 19)
    assert [one.sid for one in await promises.waiting(hotline)] == [SID]
    ((rate,), _) = await promises.rates(hotline)
    assert rate.made == 1


async def test_of_many_who_keep_a_promise_one_has_kept_it(hotline: Hotline) -> None:
    await make_promise(hotline)
    words = await asyncio.gather(*(keep(hotline) for _ in range(20)))
    assert sorted(words) == sorted([Word.OK] + [Word.ALREADY] * 19)
    ((rate,), _) = await promises.rates(hotline)
    assert (rate.kept, rate.share) == (1, 1.0)


async def test_a_caller_who_withholds_their_number_cannot_be_promised_anything(hotline: Hotline) -> None:
    assert await make_promise(hotline, caller="") is Word.NO
    assert await promises.waiting(hotline) == []


async def test_nobody_acts_before_the_moment_and_somebody_does_at_it(hotline: Hotline, clock: Clock) -> None:
    await make_promise(hotline)  # Monday at ten; four hours of work later it is three
    assert f"{(await promises.read(hotline, SID)).due:%m-%d %H:%M}" == "11-23 15:00"
    for state, at in (("reminded", 4.0), ("office", 5.0), ("duty", 7.0), ("case", 23.0 + 2.0)):
        clock.now = MADE + int(at * 3_600_000) - 1000
        await acd.tick(hotline)
        assert await state_of_promise(hotline) != state, f"{state} too early"
        clock.passes(1)
        await acd.tick(hotline)
        assert await state_of_promise(hotline) == state
    assert await promises.waiting(hotline) == [], "it is with nobody but its case"
    assert (await promises.read(hotline, SID)).case == "GD-20261124-0001"


async def test_each_stage_tells_whoever_is_now_to_act_once(hotline: Hotline, clock: Clock) -> None:
    await bring_to(hotline, clock, "case")
    await asyncio.gather(*(acd.tick(hotline) for _ in range(8)))
    found = await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")
    assert [(one["what"], one["step"]) for _, one in found] == [
        ("remind", "official"),
        ("remind", "office"),
        ("remind", "duty"),
    ]


async def test_a_promise_kept_after_its_time_is_kept_late(hotline: Hotline, clock: Clock) -> None:
    await bring_to(hotline, clock, "duty")
    await keep(hotline)
    ((rate,), _) = await promises.rates(hotline)
    assert (rate.kept, rate.overdue, rate.kept_late, rate.share) == (0, 1, 1, 0.0)
    assert (await promises.read(hotline, SID)).overdue


async def test_a_promise_that_is_over_asks_nobody_any_more(hotline: Hotline, clock: Clock) -> None:
    await bring_to(hotline, clock, "case")
    await keep(hotline)
    assert await promises.waiting(hotline) == []
    assert await hotline.store.ask("ZCARD", hotline.key("due")) == 0


@pytest.mark.parametrize(
    ("whom", "talked", "state"),
    [("own", 20, "kept"), ("own", 19, "open"), ("second", 60, "open"), ("duty", 60, "open")],
)
async def test_a_caller_who_rings_again_and_talks_with_the_official_has_been_contacted(
    hotline: Hotline, clock: Clock, whom: str, talked: int, state: str
) -> None:
    await make_promise(hotline)
    again = sid_of(2)
    await acd.arrive(hotline, again, line=MAYOR, caller=ZHOU, is_open=True, in_person=True)
    await direct.ring(hotline, again, whom=Whom.OWN, seconds=25)
    if whom != "own":
        await direct.rang(hotline, again, whom=Whom.OWN, why="busy", who="official", then=Whom(whom))
        await direct.ring(hotline, again, whom=Whom(whom), seconds=25)
    await direct.answer_in_person(hotline, again, whom=Whom(whom))
    clock.passes(talked)
    await direct.rang(hotline, again, whom=Whom(whom), why="", who="official", then=None)
    await acd.hang_up(hotline, again, by="caller")
    assert await state_of_promise(hotline) == state
    if state == "kept":
        assert (await promises.read(hotline, SID)).how is How.CALL


async def test_somebody_else_who_talks_with_the_official_keeps_nobodys_promise(
    hotline: Hotline, clock: Clock
) -> None:
    await make_promise(hotline)
    again = sid_of(2)
    await acd.arrive(hotline, again, line=MAYOR, caller=QIAN, is_open=True, in_person=True)
    await direct.ring(hotline, again, whom=Whom.OWN, seconds=25)
    await direct.answer_in_person(hotline, again, whom=Whom.OWN)
    clock.passes(60)
    await acd.hang_up(hotline, again, by="caller")
    assert await state_of_promise(hotline) == "open"


@pytest.mark.parametrize("torn", ["due", f"promised:{MAYOR}:{ZHOU}"])
async def test_reconcile_finds_a_promise_that_lost_its_deadline_or_its_place(
    hotline: Hotline, clock: Clock, torn: str
) -> None:
    await bring_to(hotline, clock, "office")
    await hotline.store.ask("DEL", hotline.key(torn))
    assert len(await acd.reconcile(hotline, mend=False)) == 1
    await acd.reconcile(hotline, mend=True)
    assert await acd.reconcile(hotline, mend=False) == []


MADE = 1_795_399_200_000


async def bring_to(hotline: Hotline, clock: Clock, state: str) -> None:
    if state == "none":
        return
    await make_promise(hotline)
    if state in ("kept", "withdrawn"):
        await MOVES["keep" if state == "kept" else "take_back"](hotline)
        return
    if state == "settled":
        await it_becomes_a_case(hotline, clock)
        number = await number_of_case(hotline)
        await cases.answer(hotline, number, by="0001", said="已去信答复")
        await cases.close(hotline, number, by="9010", said="")
        return
    for _ in range(STAGES.index(state)):
        await time_is_up(hotline, clock)


async def test_the_states_in_python_are_those_of_the_table(hotline: Hotline) -> None:
    moves = (await acd.moves(hotline)).values()
    there = {state for parts in moves for pair in parts.get("promise", {}).items() for state in pair}
    assert there - {"none"} == set(State)
