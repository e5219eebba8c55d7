"""The case in the queue's library: every move in every state, and that a promise that nobody kept has exactly one."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from ivr import acd, promises
from ivr.acd import Word, cases
from ivr.acd import promises as book
from ivr.acd.cases import CaseState
from ivr.acd.promises import How
from ivr.cases import Case, Sought, read, search
from ivr.check import check
from ivr.errors import NotFound
from ivr.hotline import Hotline
from ivr.roles import Person, Role
from tests.acd.books import what_is_wrong
from tests.acd.people import sid_of
from tests.acd.promised import (
    SID,
    it_becomes_a_case,
    make_promise,
    number_of_case,
    state_of_case,
    state_of_promise,
    time_is_up,
)
from tests.cast import HANDLER, MAYOR, SECRETARY
from tests.conftest import Clock

OFFICE, SUPERVISOR = "0001", "9010"
FIRST = "GD-20261124-0001"  # promised on Monday at ten; it is a case on Tuesday at eleven
A_DAY = 86_400_000

OF_A_CASE = """
            none   open         overdue      answered     closed    returned      returned_late
answer      GONE   OK>answered  OK>answered  ALREADY      GONE      OK>answered   OK>answered
give_back   GONE   GONE         GONE         OK>open      GONE      ALREADY       ALREADY
close       GONE   GONE         GONE         OK>closed    ALREADY   GONE          GONE
keep        GONE   OK>answered  OK>answered  OK           GONE      OK>answered   OK>answered
take_back   GONE   OK>closed    OK>closed    OK>closed    GONE      OK>closed     OK>closed
time_is_up  none   overdue      overdue      answered     closed    overdue       overdue
"""

Move = Callable[[Hotline], Awaitable[object]]


async def answer(hotline: Hotline) -> Word:
    return await cases.answer(hotline, FIRST, by=OFFICE, said="已上门答复")


async def give_back(hotline: Hotline) -> Word:
    return await cases.give_back(
        hotline, FIRST, by=SUPERVISOR, why="没有说明何时修好", due_at=hotline.now() + A_DAY
    )


async def close(hotline: Hotline) -> Word:
    return await cases.close(hotline, FIRST, by=SUPERVISOR, said="")


async def keep(hotline: Hotline) -> Word:
    return await book.keep(hotline, SID, how=How.RING_BACK, by="本人")


async def take_back(hotline: Hotline) -> Word:
    return await book.take_back(hotline, SID, by=SUPERVISOR, why="来电人说已经解决")


MOVES: dict[str, Move] = {one.__name__: one for one in (answer, give_back, close, keep, take_back)}


def cells() -> list[tuple[str, str, str]]:
    head, *rows = (line.split() for line in OF_A_CASE.strip().splitlines())
    return [(row[0], state, cell) for row in rows for state, cell in zip(head, row[1:], strict=True)]


@pytest.mark.parametrize(("move", "state", "expected"), cells())
async def test_every_move_of_a_case_in_every_state(
    hotline: Hotline, clock: Clock, move: str, state: str, expected: str
) -> None:
    await bring_to(hotline, clock, state)
    before = await state_of_case(hotline, FIRST)
    assert before == {"returned": "open", "returned_late": "overdue"}.get(state, state)
    if move == "time_is_up":
        await time_is_up(hotline, clock, f"case:{FIRST}")
        assert await state_of_case(hotline, FIRST) == expected
    else:
        word, _, after = expected.partition(">")
        assert (await MOVES[move](hotline), await state_of_case(hotline, FIRST)) == (word, after or before)
    assert await what_is_wrong(hotline) == []


async def bring_to(hotline: Hotline, clock: Clock, state: str) -> None:
    if state == "none":
        return
    await it_becomes_a_case(hotline, clock)
    steps: dict[str, list[Move]] = {
        "open": [],
        "overdue": [],
        "answered": [answer],
        "closed": [answer, close],
        "returned": [answer, give_back],
        "returned_late": [answer, give_back],
    }
    for step in steps[state]:
        await step(hotline)
    if state in ("overdue", "returned_late"):
        await time_is_up(hotline, clock, f"case:{FIRST}")


async def test_a_promise_that_nobody_kept_is_one_case_that_knows_what_it_is_about(
    hotline: Hotline, clock: Clock
) -> None:
    assert await it_becomes_a_case(hotline, clock) == FIRST
    await asyncio.gather(*(acd.tick(hotline) for _ in range(8)))
    (case,) = await search(hotline, Sought())
    assert (case.number, case.sid, case.state) == (FIRST, SID, CaseState.OPEN)
    assert case.whose == "南宁市市长"
    assert case.caller == "+86 20****0001"
    assert case.about.startswith(
        "11月23日10:00 的来电，南宁市市长未能接听（占线），承诺会后联系，应在 11月23日15:00 前联系"
    )
    assert [(one.event, one.by) for one in case.history] == [("open_case", "")]
    assert f"{case.opened:%d %H:%M} {case.due:%d %H:%M}" == "24 11:00 25 11:00", "a day of work for it"


async def test_what_was_not_enough_is_no_answer_any_more_and_stays_in_the_history(
    hotline: Hotline, clock: Clock
) -> None:
    await bring_to(hotline, clock, "open")
    await keep(hotline)
    assert (await read(hotline, FIRST)).how is How.RING_BACK
    await give_back(hotline)
    case = await read(hotline, FIRST)
    assert (case.answered, case.answered_by, case.how, case.answer) == (None, "", None, "")
    assert (case.history[1].event, case.history[1].by, case.history[1].how) == (
        "answer_case",
        "本人",
        How.RING_BACK,
    )


async def test_what_is_said_otherwise_after_somebody_else_changes_nothing_and_is_not_taken_for_the_same(
    hotline: Hotline, clock: Clock
) -> None:
    await bring_to(hotline, clock, "open")
    words = await asyncio.gather(
        *(cases.answer(hotline, FIRST, by=f"000{n}", said="已答复") for n in range(5) for _ in (1, 2))
    )
    assert sorted(words) == sorted([Word.OK, Word.ALREADY] + [Word.OTHERWISE] * 8)
    by = (await read(hotline, FIRST)).answered_by
    assert await cases.answer(hotline, FIRST, by=by, said="还去了现场") is Word.OTHERWISE
    assert await give_back(hotline) is Word.OK
    why, due_at = "还缺照片", hotline.now() + A_DAY
    assert await cases.give_back(hotline, FIRST, by=SUPERVISOR, why=why, due_at=due_at) is Word.OTHERWISE
    await answer(hotline)
    await close(hotline)
    assert await cases.close(hotline, FIRST, by="9011", said="同意") is Word.OTHERWISE
    assert (await read(hotline, FIRST)).closed_by == SUPERVISOR
    assert await what_is_wrong(hotline) == []


async def test_what_is_added_to_an_answer_does_not_begin_its_time_anew(
    hotline: Hotline, clock: Clock
) -> None:
    await bring_to(hotline, clock, "answered")
    since = await hotline.store.ask("ZSCORE", hotline.key("cases", "answered"), FIRST)
    clock.passes(60)
    await keep(hotline)
    assert await hotline.store.ask("ZSCORE", hotline.key("cases", "answered"), FIRST) == since


async def test_cases_are_numbered_by_the_day_of_the_city(hotline: Hotline, clock: Clock) -> None:
    for n in (1, 2):
        await make_promise(hotline, sid_of(n))
    for _ in range(8):
        await time_is_up(hotline, clock, f"promise:{sid_of(1)}")
        await time_is_up(hotline, clock, f"promise:{sid_of(2)}")
    numbers = [one.number for one in await search(hotline, Sought())]
    assert sorted(numbers) == ["GD-20261124-0001", "GD-20261124-0002"]


@pytest.mark.parametrize("late", [False, True])
async def test_its_history_says_who_did_what_and_when(hotline: Hotline, clock: Clock, late: bool) -> None:
    await bring_to(hotline, clock, "overdue" if late else "open")
    for step in (answer, answer, give_back, answer, close, close):
        clock.passes(60)
        await step(hotline)
    case = await read(hotline, FIRST)
    assert [(one.event, one.by, one.said) for one in case.history if one.event != "overrun_case"] == [
        ("open_case", "", ""),
        ("answer_case", OFFICE, "已上门答复"),
        ("return_case", SUPERVISOR, "没有说明何时修好"),
        ("answer_case", OFFICE, "已上门答复"),
        ("close_case", SUPERVISOR, ""),
    ]
    assert case.overdue == late == ("overrun_case" in [one.event for one in case.history])
    assert (case.closed, case.closed_by) == (hotline.moment() - timedelta(minutes=1), SUPERVISOR)


async def test_a_case_that_is_closed_ends_its_promise_which_stays_one_that_was_not_kept(
    hotline: Hotline, clock: Clock
) -> None:
    await bring_to(hotline, clock, "closed")
    assert await state_of_promise(hotline) == "settled"
    ((rate,), _) = await promises.rates(hotline)
    assert (rate.kept, rate.kept_late, rate.overdue, rate.left) == (0, 0, 1, 1)
    assert await hotline.store.ask("ZCARD", hotline.key("due")) == 0


async def test_a_promise_that_is_kept_after_all_answers_its_case_and_is_added_to_one_that_was_answered(
    hotline: Hotline, clock: Clock
) -> None:
    await bring_to(hotline, clock, "answered")
    await keep(hotline)
    case = await read(hotline, FIRST)
    assert [one.event for one in case.history] == ["open_case", "answer_case", "add_to_case"]
    assert (case.how, case.answered_by) == (None, OFFICE), "it was not the office that rang back"
    assert (case.history[-1].how, case.history[-1].by) == (How.RING_BACK, "本人")
    await close(hotline)
    assert await state_of_promise(hotline) == "kept", "as it was before"


async def test_of_many_who_keep_a_promise_while_its_time_ends_one_has_and_there_is_a_case_or_none(
    hotline: Hotline, clock: Clock
) -> None:
    for n in range(1, 13):
        await make_promise(hotline, sid_of(n))
        for _ in range(3):
            await time_is_up(hotline, clock, f"promise:{sid_of(n)}")
    clock.passes(3 * 86_400)
    moves: list[Awaitable[object]] = []
    for n in range(1, 13):
        kept = book.keep(hotline, sid_of(n), how=How.STATEMENT, by=OFFICE, note="已答复")
        moves += [kept, acd.tick(hotline, limit=1), cases.answer(hotline, FIRST, by=OFFICE, said="已答复")]
    await asyncio.gather(*moves, acd.tick(hotline))
    assert await what_is_wrong(hotline) == []
    for n in range(1, 13):
        promise = await promises.read(hotline, sid_of(n))
        assert promise.state == "kept"
        if promise.case:
            assert (await read(hotline, promise.case)).state is CaseState.ANSWERED


async def test_of_many_who_close_a_case_and_give_it_back_one_does(hotline: Hotline, clock: Clock) -> None:
    await bring_to(hotline, clock, "answered")
    words = await asyncio.gather(*(step(hotline) for _ in range(10) for step in (close, give_back)))
    assert words.count(Word.OK) == 1
    assert await what_is_wrong(hotline) == []


@pytest.mark.parametrize("torn", ["due", "cases:open", "promises_left"])
async def test_a_case_that_lost_its_deadline_or_its_place_is_found_and_mended(
    hotline: Hotline, clock: Clock, torn: str
) -> None:
    await it_becomes_a_case(hotline, clock)
    await hotline.store.ask("DEL", hotline.key("errands"))
    await hotline.store.ask("DEL", hotline.key(torn))
    if torn == "cases:open":
        await hotline.store.ask("ZADD", hotline.key("cases", "answered"), 1, FIRST)
    assert len(await acd.reconcile(hotline, mend=False)) == 1
    assert len(await check(hotline, again=False)) == 1
    await acd.reconcile(hotline, mend=True)
    assert await what_is_wrong(hotline) == []
    assert await check(hotline, again=False) == []


async def test_a_promise_in_its_last_stage_that_lost_its_case_gets_one(
    hotline: Hotline, clock: Clock
) -> None:
    await it_becomes_a_case(hotline, clock)
    await hotline.store.ask("HDEL", hotline.key("promise", SID), "case")
    assert await acd.reconcile(hotline, mend=False) == [f"no_case {SID}"]
    await acd.reconcile(hotline, mend=True)
    assert await number_of_case(hotline) == "GD-20261124-0002"


async def test_the_list_is_of_what_is_not_closed_by_when_it_is_due_and_can_be_narrowed(
    hotline: Hotline, clock: Clock
) -> None:
    await bring_to(hotline, clock, "overdue")

    async def found(**asked: object) -> list[Case]:
        return await search(hotline, Sought.model_validate(asked))

    assert [one.number for one in await found()] == [FIRST]
    assert len(await found(state="open")) == len(await found(overdue=True)) == 1
    assert await found(state="answered") == await found(line="+8677100000009") == []
    await answer(hotline)
    await close(hotline)
    assert await found() == []
    assert [one.standing for one in await found(state="closed", overdue=True)] == ["已办结"]


async def test_whose_case_stands_behind_many_others_finds_it_all_the_same(
    hotline: Hotline, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.cases.SHOWN_AT_MOST", 2)
    for n in range(1, 6):
        await make_promise(hotline, sid_of(n))
    for _ in range(4):
        await time_is_up(hotline, clock)
    numbers = [one.number for one in await search(hotline, Sought())]
    assert len(numbers) == 2, "no more than are shown"
    listed = await hotline.store.ask("ZRANGE", hotline.key("cases", "open"), 0, -1)
    await hotline.store.ask("HSET", hotline.key("case", listed[-1]), "line", SECRETARY)
    office = Person("nanning", HANDLER, Role.HANDLER, lines=(SECRETARY,))
    assert [one.number for one in await search(hotline, Sought(), office)] == [listed[-1]]
    assert [one.number for one in await search(hotline, Sought(line=SECRETARY))] == [listed[-1]]


@pytest.mark.parametrize(("lines", "found"), [((), 1), ((MAYOR,), 1), ((SECRETARY,), 0)])
async def test_a_handler_sees_the_cases_of_their_numbers_or_all_who_has_none(
    hotline: Hotline, clock: Clock, lines: tuple[str, ...], found: int
) -> None:
    await it_becomes_a_case(hotline, clock)
    handler = Person("nanning", HANDLER, Role.HANDLER, lines=lines)
    assert len(await search(hotline, Sought(), handler)) == found
    if not found:
        with pytest.raises(NotFound):
            await read(hotline, FIRST, handler)


async def test_the_states_in_python_are_those_of_the_table(hotline: Hotline) -> None:
    moves = (await acd.moves(hotline)).values()
    there = {state for parts in moves for pair in parts.get("case", {}).items() for state in pair}
    assert there - {"none"} == set(CaseState)
