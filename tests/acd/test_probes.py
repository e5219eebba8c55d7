"""The dial test in the queue's library: every move in every state, races, and that it leaves no trace in the books."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ivr import acd
from ivr.acd import Word, probes
from ivr.hotline import Hotline
from tests.acd.books import what_is_wrong
from tests.acd.people import lines_up, sid_of, sits_down
from tests.cast import MAYOR, SECRETARY, WANG
from tests.conftest import Clock

LEG, INBOUND = sid_of(71), sid_of(72)

OF_A_PROBE = """
            none       asked      dialling       over        done
ask         1>asked    0          0              0           1>asked
place       GONE       GONE       OK             GONE        GONE
arrive      GONE       GONE       OK             NO          GONE
answer      GONE       GONE       OK             GONE        GONE
hear        GONE       GONE       OK             GONE        GONE
end         GONE       GONE       OK>over        GONE        GONE
judge       GONE       GONE       ALREADY        OK>done     ALREADY
"""

MOVES: dict[str, Callable[[Hotline], Awaitable[object]]] = {
    "ask": lambda h: probes.ask_for(h, [MAYOR], by=WANG),
    "place": lambda h: probes.place(h, MAYOR, leg=LEG),
    "arrive": lambda h: probes.arrive(h, INBOUND, line=MAYOR, queue="main", is_open=True),
    "answer": lambda h: probes.answer(h, MAYOR, leg=LEG),
    "hear": lambda h: probes.hear(h, MAYOR, leg=LEG, said="您好"),
    "end": lambda h: probes.end(h, MAYOR, leg=LEG, status="completed", code="200"),
}


async def judge(hotline: Hotline, verdict: str = "reached") -> Word:
    return await probes.judge(
        hotline, MAYOR, dialled=await dialled_at(hotline), verdict=verdict, failed=False
    )


MOVES["judge"] = judge


def cells() -> list[tuple[str, str, str]]:
    head, *rows = (line.split() for line in OF_A_PROBE.strip().splitlines())
    return [(row[0], state, cell) for row in rows for state, cell in zip(head, row[1:], strict=True)]


@pytest.mark.parametrize(("move", "state", "expected"), cells())
async def test_every_move_of_a_test_in_every_state(
    hotline: Hotline, clock: Clock, move: str, state: str, expected: str
) -> None:
    await bring_to(hotline, state)
    word, _, after = expected.partition(">")
    said = await MOVES[move](hotline)
    assert str(said[0] if isinstance(said, tuple) else said) == word
    assert await state_of(hotline) == (after or state)


async def test_numbers_are_dialled_in_their_order_one_a_second(hotline: Hotline, clock: Clock) -> None:
    assert await probes.ask_for(hotline, [MAYOR, SECRETARY], by=WANG) == 2
    await acd.tick(hotline)
    assert [await state_of(hotline, number) for number in (MAYOR, SECRETARY)] == ["dialling", "asked"]
    clock.passes(0.9)
    await acd.tick(hotline)
    assert await state_of(hotline, SECRETARY) == "asked"
    clock.passes(0.1)
    await acd.tick(hotline)
    assert await state_of(hotline, SECRETARY) == "dialling"


async def test_two_workers_dial_each_number_once(hotline: Hotline) -> None:
    await probes.ask_for(hotline, [MAYOR], by=WANG)
    await asyncio.gather(*(acd.tick(hotline) for _ in range(8)))
    assert await errands(hotline) == [("probe", MAYOR)]


async def test_a_time_of_the_schedule_is_kept_once_by_whichever_worker_looks_first(hotline: Hotline) -> None:
    at = hotline.now()
    words = await asyncio.gather(*(probes.ask_at(hotline, at, [MAYOR, SECRETARY]) for _ in range(8)))
    assert sorted(words) == sorted([Word.OK] + [Word.ALREADY] * 7)
    assert await hotline.store.ask("ZCARD", hotline.key("probes_asked")) == 2


async def test_two_judges_give_one_verdict(hotline: Hotline) -> None:
    await bring_to(hotline, "over")
    words = await asyncio.gather(judge(hotline, "silent"), judge(hotline, "busy"), judge(hotline, "full"))
    assert sorted(words) == sorted([Word.OK, Word.ALREADY, Word.ALREADY])
    assert await hotline.store.ask("XLEN", hotline.key("probes", MAYOR)) == 1


async def test_a_verdict_on_an_earlier_test_of_the_number_does_not_fall_on_this_one(
    hotline: Hotline, clock: Clock
) -> None:
    await bring_to(hotline, "over")
    before = await dialled_at(hotline)
    await judge(hotline)
    clock.passes(60)
    await bring_to(hotline, "over", again=True)
    late = await probes.judge(hotline, MAYOR, dialled=before, verdict="busy", failed=True)
    assert (late, await state_of(hotline)) == (Word.GONE, "over")


async def test_news_of_another_leg_changes_nothing(hotline: Hotline) -> None:
    await bring_to(hotline, "dialling")
    await probes.answer(hotline, MAYOR, leg=LEG)
    assert await probes.hear(hotline, MAYOR, leg=sid_of(99), said="别的电话") is Word.GONE
    assert await probes.end(hotline, MAYOR, leg=sid_of(99), status="busy") is Word.GONE


async def test_parts_of_what_was_said_may_come_in_any_order(hotline: Hotline) -> None:
    await bring_to(hotline, "dialling")
    for said in ("您好，欢迎", "您好", "您好，欢迎拨打", "您好，欢"):
        await probes.hear(hotline, MAYOR, leg=LEG, said=said)
    assert await hotline.store.ask("HGET", hotline.key("probe", MAYOR), "heard") == "您好，欢迎拨打"


async def test_a_test_of_whose_end_nobody_tells_is_judged_all_the_same(
    hotline: Hotline, clock: Clock
) -> None:
    await bring_to(hotline, "dialling")
    clock.passes(1000)
    await acd.tick(hotline)
    assert await state_of(hotline) == "over"
    assert ("judge", MAYOR) in await errands(hotline)
    clock.passes(61)  # the judge never came
    await acd.tick(hotline)
    assert (await errands(hotline)).count(("judge", MAYOR)) == 2


async def test_a_test_is_no_call_and_disturbs_nobody(hotline: Hotline) -> None:
    await sits_down(hotline, WANG)
    await bring_to(hotline, "dialling")
    await probes.arrive(hotline, INBOUND, line=MAYOR, queue="main", is_open=True)
    await acd.hang_up(hotline, INBOUND, by="caller")
    for kept in ("calls", "live", "waiting:main", "calls:line:" + MAYOR):
        assert await hotline.store.ask("ZCARD", hotline.root + kept) == 0
    assert [name async for name in hotline.store.redis.scan_iter(hotline.root + "tally:*")] == []
    assert (await acd.desk(hotline, WANG))["operator"]["line"] == "idle"
    assert await what_is_wrong(hotline) == []


async def test_a_test_is_told_what_a_caller_would_be_told_now(hotline: Hotline) -> None:
    await bring_to(hotline, "dialling")

    async def why(*, is_open: bool) -> tuple[str, int]:
        said = await probes.arrive(hotline, INBOUND, line=MAYOR, queue="main", is_open=is_open)
        return said.why, said.on_shift

    assert await why(is_open=False) == ("closed", 0)
    await sits_down(hotline, WANG)
    assert await why(is_open=True) == ("", 1)
    await hotline.store.ask("HSET", hotline.key("rules"), "max_waiting", 1)
    await lines_up(hotline, 1)
    await lines_up(hotline, 2)
    assert await why(is_open=True) == ("full", 1)


async def test_reconcile_finds_a_test_that_lost_its_deadline(hotline: Hotline) -> None:
    await probes.ask_for(hotline, [MAYOR, SECRETARY], by=WANG)
    await acd.tick(hotline)
    await hotline.store.ask("DEL", hotline.key("due"))
    assert await acd.reconcile(hotline, mend=False) == ["no_deadline probes", f"no_deadline {MAYOR}"]
    await acd.reconcile(hotline, mend=True)
    assert await acd.reconcile(hotline, mend=False) == []


async def bring_to(hotline: Hotline, state: str, *, again: bool = False) -> None:
    if state == "none":
        return
    await MOVES["ask"](hotline)
    if state == "asked":
        return
    await acd.tick(hotline)
    if state == "dialling":
        return
    await MOVES["end"](hotline)
    if state == "done":
        await judge(hotline)


async def state_of(hotline: Hotline, number: str = MAYOR) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("probe", number), "state") or "none")


async def dialled_at(hotline: Hotline) -> int:
    return int(await hotline.store.ask("HGET", hotline.key("probe", MAYOR), "dialled") or 0)


async def errands(hotline: Hotline) -> list[tuple[str, str]]:
    found = await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")
    return [(one["what"], one["sid"]) for _, one in found]
