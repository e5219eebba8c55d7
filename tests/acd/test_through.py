"""The dial test that goes on to a person, in the queue's library: every move in every state, races, its deadlines, and
that it leaves no trace in the books."""

import asyncio

import pytest

from ivr import acd
from ivr.acd import Whom, Word, direct, probes, through
from ivr.acd.probes import Way
from ivr.hotline import Hotline
from tests.acd.books import what_is_wrong
from tests.acd.people import sid_of, sits_down
from tests.acd.states import Move, cells, word_of
from tests.cast import EDUCATION, WANG
from tests.conftest import Clock

LEG, INBOUND, ANOTHER = sid_of(71), sid_of(72), sid_of(73)

OF_A_TEST_THAT_GOES_THROUGH = """
             dialling      ringing      reached     missed      over     done
ask          0             0            0           0           0        1>asked
arrive       OK            OK           OK          OK          NO       GONE
ring         OK>ringing    ALREADY      GONE        AWAY        GONE     GONE
ring_second  OK>ringing    OK           GONE        AWAY        GONE     GONE
ring_asleep  AWAY>missed   ALREADY      GONE        AWAY        GONE     GONE
pick_up      GONE          OK           GONE        GONE        GONE     GONE
reach        GONE          OK>reached   ALREADY     GONE        GONE     GONE
learn_why    GONE          OK           GONE        OK          GONE     GONE
rang         GONE          BACK>missed  OK          BACK        GONE     GONE
rang_next    GONE          BACK         OK          BACK        GONE     GONE
answer       ALREADY       ALREADY      ALREADY     ALREADY     GONE     GONE
hear         OK            OK           OK          OK          GONE     GONE
end          OK>over       OK>over      OK>over     OK>over     GONE     GONE
judge        ALREADY       ALREADY      ALREADY     ALREADY     OK>done  ALREADY
"""

TEST, OWN, SECOND = (EDUCATION, INBOUND), Whom.OWN, Whom.SECOND
MOVES: dict[str, Move] = {
    "ask": lambda h: probes.ask_for(h, [EDUCATION], by=WANG, through=True),
    "arrive": lambda h: arrives(h, INBOUND),
    "ring": lambda h: through.ring(h, *TEST, whom=OWN, seconds=25),
    "ring_second": lambda h: through.ring(h, *TEST, whom=SECOND, seconds=25),
    "ring_asleep": lambda h: through.ring(h, *TEST, whom=OWN, seconds=25, reason="quiet"),
    "pick_up": lambda h: through.pick_up(h, *TEST, whom=OWN),
    "reach": lambda h: through.reach(h, *TEST, whom=OWN),
    "learn_why": lambda h: through.learn_why(h, *TEST, whom=OWN, why="off"),
    "rang": lambda h: through.rang(h, *TEST, whom=OWN, why="no_answer"),
    "rang_next": lambda h: through.rang(h, *TEST, whom=OWN, why="no_answer", then=SECOND),
    "answer": lambda h: probes.answer(h, EDUCATION, leg=LEG),
    "hear": lambda h: probes.hear(h, EDUCATION, leg=LEG, said="您好"),
    "end": lambda h: probes.end(h, EDUCATION, leg=LEG, status="completed", code="200"),
    "judge": lambda h: judge(h),
}


@pytest.mark.parametrize(("move", "state", "expected"), cells(OF_A_TEST_THAT_GOES_THROUGH))
async def test_every_move_in_every_state(hotline: Hotline, move: str, state: str, expected: str) -> None:
    await bring_to(hotline, state)
    word, _, after = expected.partition(">")
    assert word_of(await MOVES[move](hotline)) == word
    assert await state_of(hotline) == (after or state)
    assert await what_is_wrong(hotline) == []


async def test_a_test_that_was_not_asked_to_rings_nobody(hotline: Hotline) -> None:
    await probes.ask_for(hotline, [EDUCATION], by=WANG)
    await acd.tick(hotline)
    assert (await arrives(hotline, INBOUND)).way is Way.NOBODY


async def test_a_number_that_operators_answer_by_then_goes_on_to_one_of_them(hotline: Hotline) -> None:
    await sits_down(hotline, WANG)
    await MOVES["ask"](hotline)
    await acd.tick(hotline)
    arrived = await probes.arrive(hotline, INBOUND, line=EDUCATION, queue="main", is_open=True)
    assert (arrived.word, arrived.way) == (Word.OK, Way.OPERATOR)
    assert await MOVES["ring"](hotline) is Word.GONE  # the official's phone is left alone


async def test_of_two_calls_that_come_in_one_goes_through(hotline: Hotline) -> None:
    await MOVES["ask"](hotline)
    await acd.tick(hotline)
    came = await asyncio.gather(*(arrives(hotline, sid_of(n)) for n in (80, 81, 82)))
    assert [one.way for one in came].count(Way.OFFICIAL) == 1


async def test_news_of_another_call_changes_nothing(hotline: Hotline) -> None:
    await bring_to(hotline, "ringing")
    about = (EDUCATION, ANOTHER)
    assert await through.ring(hotline, *about, whom=SECOND, seconds=25) is Word.GONE
    assert await through.reach(hotline, *about, whom=OWN) is Word.GONE
    assert (await through.rang(hotline, *about, whom=OWN, why="busy")).word is Word.GONE
    assert await state_of(hotline) == "ringing"


async def test_a_key_and_the_end_of_the_ringing_may_come_at_once(hotline: Hotline) -> None:
    for _ in range(5):
        await bring_to(hotline, "ringing")
        pressed, again, rang = await asyncio.gather(
            MOVES["reach"](hotline), MOVES["reach"](hotline), MOVES["rang"](hotline)
        )
        if word_of(rang) == "OK":
            assert sorted(map(word_of, (pressed, again))) == ["ALREADY", "OK"]
        assert await state_of(hotline) == ("missed" if word_of(rang) == "BACK" else "reached")
        await MOVES["end"](hotline)
        await MOVES["judge"](hotline)


async def test_each_phone_rings_once(hotline: Hotline) -> None:
    await bring_to(hotline, "ringing")
    assert (await MOVES["rang_next"](hotline)) == (Word.BACK, SECOND)
    await MOVES["ring_second"](hotline)
    assert await MOVES["ring"](hotline) is Word.GONE


async def test_what_the_carrier_says_more_exactly_counts_before_and_after(hotline: Hotline) -> None:
    await bring_to(hotline, "ringing")
    await MOVES["learn_why"](hotline)
    await MOVES["rang"](hotline)
    assert await found(hotline, "why_own") == "off"
    await MOVES["end"](hotline)
    await MOVES["judge"](hotline)
    await bring_to(hotline, "missed")
    assert await found(hotline, "why_own") == "no_answer"
    await MOVES["learn_why"](hotline)
    assert await found(hotline, "why_own") == "off"


async def test_whatever_picks_up_and_presses_nothing_is_no_person(hotline: Hotline) -> None:
    await bring_to(hotline, "ringing")
    await MOVES["pick_up"](hotline)
    await MOVES["rang"](hotline)
    assert await found(hotline, "why_own") == "no_key"


async def test_an_official_who_is_away_is_not_rung(hotline: Hotline) -> None:
    await bring_to(hotline, "dialling")
    until = hotline.now() + 3_600_000
    await direct.go_away(hotline, EDUCATION, kind="开会", until=until, by="8000")
    assert await MOVES["ring"](hotline) is Word.AWAY
    assert (await found(hotline, "why_own"), await found(hotline, "away")) == ("absent", "开会")


@pytest.mark.parametrize("state", ["dialling", "ringing", "reached", "missed"])
async def test_it_ends_by_itself(hotline: Hotline, clock: Clock, state: str) -> None:
    await bring_to(hotline, state)
    clock.passes(200)
    await acd.tick(hotline)
    assert (await state_of(hotline), await found(hotline, "status")) == ("over", "lost")


async def test_a_call_of_which_the_carrier_said_nothing_is_a_test_when_it_comes_in(
    hotline: Hotline, clock: Clock
) -> None:
    await MOVES["ask"](hotline)
    await acd.tick(hotline)
    await probes.end(hotline, EDUCATION, leg="", status="failed", fault="no answer")
    await MOVES["judge"](hotline)
    assert (await arrives(hotline, INBOUND)).word is Word.NO
    clock.passes(61)
    assert (await arrives(hotline, INBOUND)).word is Word.GONE


async def test_a_leg_that_was_heard_of_was_made(hotline: Hotline) -> None:
    await bring_to(hotline, "ringing")
    failed = await probes.end(hotline, EDUCATION, leg="", status="failed", fault="no answer")
    assert (failed, await state_of(hotline)) == (Word.GONE, "ringing")


async def test_it_leaves_no_trace_in_the_books_of_calls_and_phones(hotline: Hotline) -> None:
    await bring_to(hotline, "done")
    for kept in ("calls", "live", "calls:line:" + EDUCATION):
        assert await hotline.store.ask("ZCARD", hotline.root + kept) == 0
    traces = [name async for name in hotline.store.redis.scan_iter(hotline.root + "*")]
    kinds = {name.removeprefix(hotline.root).split(":")[0] for name in traces}
    assert not kinds & {"tally", "call", "phones", "phones_failing", "promise", "text", "missed"}


async def bring_to(hotline: Hotline, state: str) -> None:
    """By real moves: `missed` by a ringing to its end, `over` and `done` by way of a person."""
    await MOVES["ask"](hotline)
    await acd.tick(hotline)
    await MOVES["answer"](hotline)
    await MOVES["arrive"](hotline)
    ways = {
        "dialling": (),
        "ringing": ("ring",),
        "reached": ("ring", "reach"),
        "missed": ("ring", "rang"),
        "over": ("ring", "reach", "end"),
        "done": ("ring", "reach", "end", "judge"),
    }
    for move in ways[state]:
        await MOVES[move](hotline)


async def arrives(hotline: Hotline, sid: str) -> probes.Arrived:
    return await probes.arrive(hotline, sid, line=EDUCATION, queue="main", is_open=True, in_person=True)


async def judge(hotline: Hotline) -> Word:
    dialled = int(await found(hotline, "dialled") or 0)
    return await probes.judge(hotline, EDUCATION, dialled=dialled, verdict="reached", failed=False)


async def state_of(hotline: Hotline) -> str:
    return await found(hotline, "state") or "none"


async def found(hotline: Hotline, name: str) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("probe", EDUCATION), name) or "")
