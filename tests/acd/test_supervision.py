"""What a supervisor does, by its moves alone: what each changes, what it never changes, and who wins a race."""

import asyncio

import pytest

from ivr import acd
from ivr.acd import Word, supervision
from ivr.acd.supervision import EVERY_DESK, State
from ivr.hotline import Hotline
from tests.acd.books import what_is_wrong
from tests.acd.people import call_of, desk_of, lines_up, sid_of, sits_down
from tests.acd.states import bring_call_to
from tests.cast import LI, SUPERVISOR, WANG
from tests.conftest import Clock


async def line(hotline: Hotline, queue: str = "main") -> list[str]:
    return list(await hotline.store.ask("ZRANGE", hotline.key("waiting", queue), 0, -1))


async def force(hotline: Hotline, operator: str, state: State, notice: str = "n1") -> supervision.Forced:
    return await supervision.force(
        hotline, operator, state=state, by=SUPERVISOR, why="换班", notice=notice, seconds=60
    )


# ------------------------------------------------------------------------------------------ a caller's place


async def test_a_caller_of_higher_priority_is_before_those_who_came_earlier(
    hotline: Hotline, clock: Clock
) -> None:
    first, second, third = [await _later(hotline, clock, n) for n in (1, 2, 3)]
    assert await supervision.prioritise(hotline, third, priority=5, by=SUPERVISOR) is Word.OK
    assert await line(hotline) == [third, first, second]
    assert await supervision.prioritise(hotline, third, priority=5, by=SUPERVISOR) is Word.ALREADY
    assert await what_is_wrong(hotline) == []


async def test_a_priority_that_is_taken_back_leaves_the_caller_where_their_arrival_puts_them(
    hotline: Hotline, clock: Clock
) -> None:
    first, second, third = [await _later(hotline, clock, n) for n in (1, 2, 3)]
    await supervision.prioritise(hotline, second, priority=8, by=SUPERVISOR)
    await supervision.advance(hotline, third, by=SUPERVISOR)
    assert await line(hotline) == [third, second, first]
    for caller in (third, second):
        await supervision.prioritise(hotline, caller, priority=1, by=SUPERVISOR)
        await supervision.prioritise(hotline, caller, priority=0, by=SUPERVISOR)
    assert await line(hotline) == [first, second, third]


async def test_a_caller_moved_to_the_front_is_next_whatever_the_priority_of_others(
    hotline: Hotline, clock: Clock
) -> None:
    urgent = await lines_up(hotline, 1, priority=9)
    late = await _later(hotline, clock, 2)
    assert await supervision.advance(hotline, late, by=SUPERVISOR) is Word.OK
    assert await supervision.advance(hotline, late, by=SUPERVISOR) is Word.ALREADY
    assert await line(hotline) == [late, urgent]
    await sits_down(hotline, WANG)
    assert await call_of(hotline, WANG) == late


async def test_a_caller_who_rings_at_a_desk_keeps_a_new_priority_when_nobody_answers(
    hotline: Hotline, clock: Clock
) -> None:
    await sits_down(hotline, WANG)
    rung = await lines_up(hotline, 1)
    other = await _later(hotline, clock, 2, priority=3)
    assert await supervision.prioritise(hotline, rung, priority=6, by=SUPERVISOR) is Word.OK
    await acd.decline(hotline, rung, operator=WANG)
    assert await line(hotline) == [rung, other]


async def test_a_caller_in_another_queue_has_not_lost_the_time_they_waited(
    hotline: Hotline, clock: Clock
) -> None:
    moved = await lines_up(hotline, 1)
    there = await _later(hotline, clock, 2, queue="tax")
    assert await supervision.requeue(hotline, moved, queue="tax", by=SUPERVISOR) is Word.OK
    assert (await line(hotline), await line(hotline, "tax")) == ([], [moved, there])
    assert await supervision.requeue(hotline, moved, queue="tax", by=SUPERVISOR) is Word.ALREADY
    assert await what_is_wrong(hotline) == []


async def test_a_caller_moved_to_a_queue_where_somebody_is_free_is_offered_at_once(hotline: Hotline) -> None:
    await sits_down(hotline, WANG, queues="tax")
    moved = await lines_up(hotline, 1)
    await supervision.requeue(hotline, moved, queue="tax", by=SUPERVISOR)
    assert await call_of(hotline, WANG) == moved


async def test_a_caller_who_hangs_up_as_they_are_moved_stands_in_no_line(hotline: Hotline) -> None:
    for n in range(1, 11):
        caller = await lines_up(hotline, n)
        moved, hung_up, _ = await asyncio.gather(
            supervision.requeue(hotline, caller, queue="tax", by=SUPERVISOR),
            acd.hang_up(hotline, caller, by="caller"),
            supervision.advance(hotline, caller, by=SUPERVISOR),
        )
        assert moved in (Word.OK, Word.GONE)
        assert hung_up is Word.OK
    assert (await line(hotline), await line(hotline, "tax")) == ([], [])
    assert await what_is_wrong(hotline) == []


async def test_what_was_done_to_a_caller_and_by_whom_is_in_their_timeline(hotline: Hotline) -> None:
    caller = await lines_up(hotline, 1)
    await lines_up(hotline, 2)
    await supervision.prioritise(hotline, caller, priority=2, by=SUPERVISOR)
    stored = await hotline.store.ask("HGETALL", hotline.key("call", caller))
    assert stored["t3"].startswith(f"0 prioritise {SUPERVISOR}")


# ------------------------------------------------------------------------------------------ an operator's state


@pytest.mark.parametrize("line_", ["offered", "connecting", "talking"])
async def test_forcing_never_cuts_into_a_call(hotline: Hotline, line_: str) -> None:
    await bring_call_to(hotline, line_)
    for n, state in enumerate(State):
        forced = await force(hotline, WANG, state, f"n{n}")
        assert forced == (Word.OK, True)
        operator = (await desk_of(hotline, WANG))["operator"]
        assert (operator["line"], operator["presence"]) == (line_, "on")
    await acd.hang_up(hotline, sid_of(1), by="caller")
    await acd.finish(hotline, operator=WANG)
    assert (await desk_of(hotline, WANG))["operator"]["presence"] == "off", (
        "the last that was asked for was to go"
    )
    assert await what_is_wrong(hotline) == []


async def test_the_operator_is_told_who_did_it_and_why_until_they_have_read_it(
    hotline: Hotline, clock: Clock
) -> None:
    await sits_down(hotline, WANG)
    assert await force(hotline, WANG, State.PAUSED) == (Word.OK, False)
    desk = await desk_of(hotline, WANG)
    assert (desk["operator"]["intent"], desk["operator"]["reason"]) == ("paused", "FORCED")
    (notice,) = desk["notices"]
    assert (notice["kind"], notice["by"], notice["text"]) == ("paused", SUPERVISOR, "换班")
    assert await supervision.acknowledge(hotline, notice["id"], operator=LI) is Word.GONE
    assert await supervision.acknowledge(hotline, notice["id"], operator=WANG) is Word.OK
    assert await supervision.acknowledge(hotline, notice["id"], operator=WANG) is Word.ALREADY
    assert not (await desk_of(hotline, WANG))["notices"]


async def test_the_same_request_twice_forces_once(hotline: Hotline) -> None:
    await sits_down(hotline, WANG)
    words = await asyncio.gather(*(force(hotline, WANG, State.PAUSED) for _ in range(10)))
    assert sorted(one.word for one in words) == [Word.ALREADY] * 9 + [Word.OK]
    news = await hotline.store.ask("XRANGE", hotline.key("events"), "-", "+")
    forced = [move for _, move in news if move["event"] == "force"]
    assert [(one["operator"], one["by"], one["what"], one["note"]) for one in forced] == [
        (WANG, SUPERVISOR, "paused", "换班")
    ]


async def test_nobody_is_made_ready_who_is_not_there(hotline: Hotline, clock: Clock) -> None:
    assert (await force(hotline, WANG, State.READY, "n1")).word is Word.GONE
    await sits_down(hotline, WANG)
    clock.passes(60)
    await acd.tick(hotline)
    assert (await force(hotline, WANG, State.READY, "n2")).word is Word.GONE
    assert (await force(hotline, WANG, State.OFF, "n3")).word is Word.OK, "a silent desk can be signed out"
    assert not (await hotline.store.ask("EXISTS", hotline.key("notice", "n1"), hotline.key("notice", "n2")))


# ------------------------------------------------------------------------------------------ notices and help


async def test_a_notice_to_all_is_seen_by_each_until_they_read_it_or_its_time_is_over(
    hotline: Hotline, clock: Clock
) -> None:
    for operator in (WANG, LI):
        await sits_down(hotline, operator)

    async def told() -> Word:
        return await supervision.notify(
            hotline, notice="n1", to=EVERY_DESK, by=SUPERVISOR, text="九点开会", seconds=60
        )

    assert [await told(), await told()] == [Word.OK, Word.ALREADY]
    await supervision.acknowledge(hotline, "n1", operator=WANG)
    assert not (await desk_of(hotline, WANG))["notices"]
    assert [one["text"] for one in (await desk_of(hotline, LI))["notices"]] == ["九点开会"]
    board = await acd.board(hotline, top=0)
    assert board["notices"][0]["seen"] == [WANG]

    clock.passes(61)
    await acd.tick(hotline)
    assert not (await desk_of(hotline, LI))["notices"]
    assert not [name async for name in hotline.store.redis.scan_iter(hotline.root + "notice*")]


async def test_help_is_asked_for_once_and_given_once(hotline: Hotline) -> None:
    await sits_down(hotline, WANG)
    asked = await asyncio.gather(
        *(supervision.ask_help(hotline, operator=WANG, why="来电人情绪激动") for _ in range(5))
    )
    assert sorted(asked) == [Word.ALREADY] * 4 + [Word.OK]
    operator = (await desk_of(hotline, WANG))["operator"]
    assert (operator["help"], operator["help_why"]) == ("asked", "来电人情绪激动")
    given = await asyncio.gather(
        *(supervision.give_help(hotline, operator=WANG, by=str(n)) for n in range(5))
    )
    assert sorted(given) == [Word.ALREADY] * 4 + [Word.OK]


async def test_help_that_nobody_gave_ends_with_the_shift_or_after_half_an_hour(
    hotline: Hotline, clock: Clock
) -> None:
    assert await supervision.ask_help(hotline, operator=WANG, why="") is Word.GONE
    await sits_down(hotline, WANG)
    await supervision.ask_help(hotline, operator=WANG, why="")
    await acd.sign_out(hotline, operator=WANG)
    assert (await desk_of(hotline, WANG))["operator"]["help"] == "none"
    await sits_down(hotline, WANG)
    await supervision.ask_help(hotline, operator=WANG, why="")
    for _ in range(361):
        clock.passes(5)
        await acd.renew(hotline, operator=WANG)
    await acd.tick(hotline)
    assert (await desk_of(hotline, WANG))["operator"]["help"] == "none"


async def _later(hotline: Hotline, clock: Clock, n: int, *, queue: str = "main", priority: int = 0) -> str:
    clock.passes(1)
    return await lines_up(hotline, n, queue=queue, priority=priority)
