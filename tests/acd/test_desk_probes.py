"""The dial test that goes on to an operator, in the queue's library: every move in every state, who is taken and when,
races with callers, its deadlines, and that it leaves no trace in the books."""

import asyncio

import pytest

from ivr import acd
from ivr.acd import By, Word, desk_phones, desk_probes, probes
from ivr.acd.probes import Way
from ivr.hotline import Hotline
from tests.acd.books import what_is_wrong
from tests.acd.people import call_of, desk_of, lines_up, phone_of, sid_of, sits_down, takes
from tests.acd.states import Move, cells, word_of
from tests.cast import LI, MAYOR, SECRETARY, WANG
from tests.conftest import Clock

LEG, INBOUND, ANOTHER = sid_of(71), sid_of(72), sid_of(73)
DESK = phone_of(WANG)

OF_A_TEST_AT_A_DESK = """
             sought        offered          connecting       talking       heard      missed
arrive       OK            OK               OK               OK            OK         OK
seek         WAITING       WAITING          WAITING          WAITING       OK         AWAY
accept       GONE          OK>connecting    ALREADY          ALREADY       GONE       GONE
pick_up      GONE          GONE             OK>talking       OK            GONE       GONE
decline      GONE          OK>missed        GONE             GONE          GONE       GONE
release      GONE          GONE             GONE             OK>heard      GONE       GONE
heard_out    GONE          GONE             GONE             OK>heard      GONE       GONE
pause        OK            OK               OK               OK            OK         OK
leave        OK>signed_out OK               OK               OK            OK         OK
sign_out     OK>signed_out BUSY             BUSY             BUSY          OK         OK
end          OK>ended      OK>ended         OK>ended         OK>ended      OK>ended   OK>ended
"""

MOVES: dict[str, Move] = {
    "arrive": lambda h: arrives(h),
    "seek": lambda h: seeks(h),
    "accept": lambda h: acd.accept(h, INBOUND, operator=WANG, room="r1"),
    "pick_up": lambda h: acd.pick_up(h, operator=WANG, leg=DESK),
    "decline": lambda h: acd.decline(h, INBOUND, operator=WANG),
    "release": lambda h: acd.release(h, operator=WANG),
    "heard_out": lambda h: desk_probes.heard_out(h, operator=WANG, leg=DESK),
    "pause": lambda h: acd.pause(h, operator=WANG, reason="用餐"),
    "leave": lambda h: acd.leave(h, operator=WANG),
    "sign_out": lambda h: acd.sign_out(h, operator=WANG),
    "end": lambda h: probes.end(h, MAYOR, leg=LEG, status="completed", code="200"),
}


@pytest.mark.parametrize(("move", "state", "expected"), cells(OF_A_TEST_AT_A_DESK))
async def test_every_move_in_every_state(hotline: Hotline, move: str, state: str, expected: str) -> None:
    await bring_to(hotline, state)
    word, _, after = expected.partition(">")
    assert word_of(await MOVES[move](hotline)) == word
    await is_at(hotline, after or state)
    assert await what_is_wrong(hotline) == []


# ------------------------------------------------------------------------------------------ who is taken


async def test_it_takes_whom_the_next_caller_would_get(hotline: Hotline, clock: Clock) -> None:
    await sits_down(hotline, LI, queues="main=1")
    clock.passes(1)
    await sits_down(hotline, WANG, queues="main=2")
    await bring_to(hotline, "arrived")
    await seeks(hotline)
    assert await found(hotline, "operator") == WANG
    assert (await desk_of(hotline, LI))["operator"]["line"] == "idle"


async def test_whoever_serves_no_such_line_is_not_taken(hotline: Hotline) -> None:
    await sits_down(hotline, WANG, queues="land")
    await bring_to(hotline, "arrived")
    assert await seeks(hotline) is Word.AWAY
    assert await found(hotline, "why_operator") == "unstaffed"


async def test_nobody_is_taken_whom_a_caller_waits_for(hotline: Hotline, clock: Clock) -> None:
    """It waits a while, as everybody is busy, and takes whoever is left over."""
    await sits_down(hotline, WANG)
    call = await lines_up(hotline, 1)
    await bring_to(hotline, "arrived")
    assert await seeks(hotline) is Word.WAITING
    await takes(hotline, call, WANG)
    waiting = await lines_up(hotline, 2)
    await acd.hang_up(hotline, call, by="caller")
    await acd.finish(hotline, operator=WANG)
    assert await call_of(hotline, WANG) == waiting
    clock.passes(30)
    assert await seeks(hotline) is Word.WAITING
    clock.passes(31)
    assert await seeks(hotline) is Word.AWAY
    assert await found(hotline, "why_operator") == "none_free"


async def test_of_two_tests_one_gets_the_operator_and_the_other_waits_for_its_end(hotline: Hotline) -> None:
    await sits_down(hotline, WANG)
    await bring_to(hotline, "arrived")
    await bring_to(hotline, "arrived", number=SECRETARY)
    await asyncio.gather(seeks(hotline), seeks(hotline, SECRETARY))
    states = [await state_of(hotline, number) for number in (MAYOR, SECRETARY)]
    assert sorted(states) == ["dialling", "ringing"]
    assert await what_is_wrong(hotline) == []


async def test_outside_the_hours_nobody_is_rung(hotline: Hotline) -> None:
    await sits_down(hotline, WANG)
    await bring_to(hotline, "asked")
    arrived = await probes.arrive(hotline, INBOUND, line=MAYOR, queue="main", is_open=False)
    assert (arrived.why, arrived.way) == ("closed", Way.NOBODY)
    assert await seeks(hotline) is Word.AWAY
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "idle"


async def test_the_news_of_another_call_rings_nobody(hotline: Hotline) -> None:
    await bring_to(hotline, "sought")
    assert await desk_probes.seek(hotline, MAYOR, ANOTHER, queue="main") is Word.GONE
    assert await acd.accept(hotline, ANOTHER, operator=WANG, room="r1") is Word.GONE
    assert await acd.decline(hotline, ANOTHER, operator=WANG) is Word.GONE


# ------------------------------------------------------------------------------------------ callers go first


async def test_a_caller_who_comes_while_it_only_rings_has_the_operator(hotline: Hotline) -> None:
    await bring_to(hotline, "offered")
    call = await lines_up(hotline, 1)
    assert await call_of(hotline, WANG) == call
    assert await state_of(hotline) == "dialling"  # and looks for another
    assert await acd.accept(hotline, INBOUND, operator=WANG, room="r1") is Word.GONE
    assert await acd.accept(hotline, call, operator=WANG, room="r1") is Word.OK
    assert await what_is_wrong(hotline) == []


async def test_a_caller_whom_that_operator_may_not_serve_takes_nobody_away(hotline: Hotline) -> None:
    await bring_to(hotline, "offered")
    await lines_up(hotline, 1, queue="land")
    assert await state_of(hotline) == "ringing"


async def test_whoever_pauses_while_it_rings_has_no_caller_until_they_are_ready(hotline: Hotline) -> None:
    await bring_to(hotline, "offered")
    await MOVES["pause"](hotline)
    call = await lines_up(hotline, 1)
    assert (await call_of(hotline, WANG), await state_of(hotline)) == (None, "ringing")
    await acd.ready(hotline, operator=WANG)
    assert (await call_of(hotline, WANG), await state_of(hotline)) == (call, "dialling")


async def test_whoever_has_taken_it_hears_it_out_and_then_gets_the_caller(hotline: Hotline) -> None:
    await bring_to(hotline, "talking")
    call = await lines_up(hotline, 1)
    assert await call_of(hotline, WANG) is None
    await MOVES["heard_out"](hotline)
    assert await call_of(hotline, WANG) == call


async def test_a_caller_and_the_test_never_both_get_the_operator(hotline: Hotline) -> None:
    for n in range(6):
        await bring_to(hotline, "arrived")
        await sits_down(hotline, WANG)
        await asyncio.gather(seeks(hotline), lines_up(hotline, n), seeks(hotline))
        assert await call_of(hotline, WANG) == sid_of(n)
        assert await what_is_wrong(hotline) == []
        await acd.hang_up(hotline, sid_of(n), by="caller")
        await MOVES["end"](hotline)
        await judge(hotline)


async def test_a_caller_who_comes_as_the_test_is_taken_waits_or_has_them_whole(hotline: Hotline) -> None:
    for n in range(6):
        await bring_to(hotline, "offered")
        taken, call = await asyncio.gather(MOVES["accept"](hotline), lines_up(hotline, n))
        assert await call_of(hotline, WANG) == (None if taken is Word.OK else call)
        assert await what_is_wrong(hotline) == []
        await MOVES["end"](hotline)
        await judge(hotline)
        await acd.hang_up(hotline, call, by="caller")


# ------------------------------------------------------------------------------------------ nobody is stuck in it


@pytest.mark.parametrize(
    ("state", "why"), [("offered", "no_answer"), ("connecting", "lost"), ("talking", "")]
)
async def test_the_operator_is_free_again_whatever_nobody_tells(
    hotline: Hotline, clock: Clock, state: str, why: str
) -> None:
    await hotline.store.ask("HSET", hotline.key("rules"), "misses_before_pause", 1)
    await bring_to(hotline, state)
    for _ in range(8):
        clock.passes(4)
        await acd.renew(hotline, operator=WANG)
        await acd.tick(hotline)
    operator = (await desk_of(hotline, WANG))["operator"]
    assert (operator["line"], operator["intent"], operator["missed"]) == ("idle", "ready", "0")
    assert await found(hotline, "why_operator") == why
    assert await what_is_wrong(hotline) == []


async def test_a_page_that_is_closed_while_it_rings_is_named(hotline: Hotline, clock: Clock) -> None:
    await bring_to(hotline, "offered")
    await hotline.store.ask("HSET", hotline.key("rules"), "ring_seconds", 60)
    clock.passes(11)
    await acd.tick(hotline)
    assert await found(hotline, "why_operator") == "lost"
    assert (await desk_of(hotline, WANG))["operator"]["presence"] == "lapsed"
    assert await what_is_wrong(hotline) == []


@pytest.mark.parametrize("state", ["offered", "connecting", "talking"])
async def test_reconcile_frees_whoever_is_in_a_test_that_is_over(hotline: Hotline, state: str) -> None:
    await bring_to(hotline, state)
    await hotline.store.ask("DEL", hotline.key("probe", MAYOR), hotline.key("probes_out"))
    assert f"alone {WANG}" in await acd.reconcile(hotline, mend=True)
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "idle"
    assert await acd.reconcile(hotline, mend=False) == []


async def test_reconcile_finds_a_test_at_a_desk_without_a_deadline(hotline: Hotline, clock: Clock) -> None:
    await bring_to(hotline, "offered")
    await hotline.store.ask("ZREM", hotline.key("due"), f"test:{WANG}")
    assert await acd.reconcile(hotline, mend=True) == [f"no_deadline {WANG}"]
    await acd.tick(hotline)
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "idle"


async def test_whose_page_is_loaded_again_while_they_hear_it_is_free_for_the_next_caller(
    hotline: Hotline,
) -> None:
    await bring_to(hotline, "talking")
    caller = await lines_up(hotline, 1)
    assert (await acd.pick_up(hotline, operator=WANG, leg=sid_of(77))).word is Word.GONE
    assert await call_of(hotline, WANG) == caller
    assert await state_of(hotline) == "reached"
    assert await what_is_wrong(hotline) == []


# ------------------------------------------------------------------------------------------ at a desk phone


async def test_a_desk_phone_is_rung_and_its_key_takes_it(hotline: Hotline) -> None:
    await at_a_phone(hotline)
    assert await desk_phones.ask_for_ring(hotline, operator=WANG, ring="1") == (Word.OK, INBOUND)
    assert await desk_phones.is_up(hotline, operator=WANG, ring="1", leg=DESK) == (Word.OK, INBOUND)
    assert await acd.accept(hotline, INBOUND, operator=WANG, room="r1") is Word.NO
    taken = await desk_phones.accept(hotline, operator=WANG, ring="1", leg=DESK, room="r1")
    assert (taken.is_test, taken.sid) == (True, MAYOR)
    assert await state_of(hotline) == "reached"
    await desk_phones.is_over(hotline, operator=WANG, ring="1", leg=DESK, why="no_answer")
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "idle"
    assert await what_is_wrong(hotline) == []


@pytest.mark.parametrize("why", ["busy", "off", "invalid", "failed", "no_answer", "declined"])
async def test_why_a_desk_phone_was_not_answered_is_kept(hotline: Hotline, why: str) -> None:
    await at_a_phone(hotline)
    await desk_phones.is_over(hotline, operator=WANG, ring="1", leg=DESK, why=why)
    assert await found(hotline, "why_operator") == why


async def test_a_machine_that_picks_up_a_desk_phone_is_no_person(hotline: Hotline) -> None:
    await at_a_phone(hotline)
    await desk_phones.is_up(hotline, operator=WANG, ring="1", leg=DESK)
    await desk_phones.is_over(hotline, operator=WANG, ring="1", leg=DESK, why="no_answer")
    assert await found(hotline, "why_operator") == "no_key"


async def test_a_desk_phone_that_rings_for_a_test_is_not_rung_for_a_caller_too(hotline: Hotline) -> None:
    """It would be busy, and the operator would have missed a caller."""
    await at_a_phone(hotline)
    await desk_phones.ask_for_ring(hotline, operator=WANG, ring="1")
    caller = await lines_up(hotline, 1)
    assert await state_of(hotline) == "ringing"
    await desk_phones.is_over(hotline, operator=WANG, ring="1", leg=DESK, why="no_answer")
    assert await call_of(hotline, WANG) == caller
    assert await what_is_wrong(hotline) == []


async def test_a_desk_phone_stops_ringing_when_the_test_is_over(hotline: Hotline) -> None:
    await at_a_phone(hotline)
    await desk_phones.rings(hotline, operator=WANG, ring="1", leg=DESK)
    await MOVES["end"](hotline)
    errands = await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")
    assert ("hang_up", DESK) in [(one["what"], one["sid"]) for _, one in errands]
    assert await what_is_wrong(hotline) == []


# ------------------------------------------------------------------------------------------ it leaves no trace


@pytest.mark.parametrize("way", ["heard", "missed"])
async def test_it_costs_the_operator_nothing_and_is_counted_nowhere(
    hotline: Hotline, clock: Clock, way: str
) -> None:
    await sits_down(hotline, LI)
    await hotline.store.ask("HSET", hotline.key("rules"), "misses_before_pause", 1)
    clock.passes(1)
    await sits_down(hotline, WANG, queues="main=2")
    before = (await desk_of(hotline, WANG))["operator"]
    await bring_to(hotline, way)
    await MOVES["end"](hotline)
    await judge(hotline)
    after = (await desk_of(hotline, WANG))["operator"]
    same = ("intent", "line", "missed", "free_since", "rest_until", "presence", "queues")
    assert {name: after.get(name) for name in same} == {name: before.get(name) for name in same}
    for kept in ("calls", "live", "calls:line:" + MAYOR, "calls:operator:" + WANG, "missed"):
        assert await hotline.store.ask("ZCARD", hotline.root + kept) == 0
    traces = [name async for name in hotline.store.redis.scan_iter(hotline.root + "*")]
    kinds = {name.removeprefix(hotline.root).split(":")[0] for name in traces}
    assert not kinds & {"call", "last", "asked", "place", "pace", "misses"}
    counts = [name for hour in traces if "tally:" in hour for name in await hotline.store.ask("HKEYS", hour)]
    assert [name for name in counts if not name.endswith("ready_ms")] == []


# ------------------------------------------------------------------------------------------ getting there


async def bring_to(hotline: Hotline, state: str, *, number: str = MAYOR) -> None:
    """By real moves; from `sought` on 9001 is there, and from `offered` on it rings at their desk."""
    await probes.ask_for(hotline, [number], by=WANG, through=True)
    while await state_of(hotline, number) == "asked":
        await hotline.store.ask("ZADD", hotline.key("due"), 0, "dial:probes")
        await acd.tick(hotline)
    if state == "asked":
        return
    await arrives(hotline, number)
    if state == "arrived":
        return
    if state == "sought":  # 9001 is there, and has no hands free
        await acd.sign_in(hotline, operator=WANG)
        await seeks(hotline)
        return
    if (await desk_of(hotline, WANG))["operator"]["intent"] != "ready":
        await sits_down(hotline, WANG)
    await seeks(hotline)
    ways = {
        "offered": (),
        "connecting": ("accept",),
        "talking": ("accept", "pick_up"),
        "heard": ("accept", "pick_up", "heard_out"),
        "missed": ("decline",),
    }
    for move in ways[state]:
        await MOVES[move](hotline)


async def is_at(hotline: Hotline, state: str) -> None:
    """How the test and the operator then stand."""
    line = state if state in ("offered", "connecting", "talking") else "idle"
    of_test = {"sought": "dialling", "offered": "ringing", "connecting": "ringing", "talking": "reached"}
    of_test |= {"heard": "reached", "missed": "missed", "ended": "over", "signed_out": "dialling"}
    assert await state_of(hotline) == of_test[state]
    operator = (await desk_of(hotline, WANG))["operator"]
    assert (operator["line"], "probe" in operator) == (line, line != "idle")


async def at_a_phone(hotline: Hotline) -> None:
    """9001 works with a phone, and it rings for the test."""
    await acd.sign_in(hotline, operator=WANG, by=By.PHONE)
    await acd.ready(hotline, operator=WANG)
    await bring_to(hotline, "offered")


async def arrives(hotline: Hotline, number: str = MAYOR) -> probes.Arrived:
    sid = INBOUND if number == MAYOR else ANOTHER
    return await probes.arrive(hotline, sid, line=number, queue="main", is_open=True)


async def seeks(hotline: Hotline, number: str = MAYOR) -> Word:
    return await desk_probes.seek(hotline, number, INBOUND if number == MAYOR else ANOTHER, queue="main")


async def judge(hotline: Hotline) -> Word:
    dialled = int(await found(hotline, "dialled") or 0)
    return await probes.judge(hotline, MAYOR, dialled=dialled, verdict="reached", failed=False)


async def state_of(hotline: Hotline, number: str = MAYOR) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("probe", number), "state") or "none")


async def found(hotline: Hotline, name: str) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("probe", MAYOR), name) or "")
