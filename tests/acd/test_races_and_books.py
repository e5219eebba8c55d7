"""Many at once, and anything in any order: one winner, and books that balance."""

import asyncio
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr import acd
from ivr.acd import (
    Outcome,
    Word,
)
from ivr.hotline import Hotline
from tests.acd.anything import anything
from tests.acd.books import what_is_wrong
from tests.acd.people import (
    everybody_goes_home,
    lines_up,
    sits_down,
)
from tests.acd.rules import rule
from tests.cast import WANG
from tests.conftest import Clock

ROUNDS = 400


async def test_of_fifty_who_accept_one_offer_at_once_one_wins(hotline: Hotline) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    tries = (acd.accept(hotline, call, operator=str(9000 + n), room=f"r{n}") for n in range(1, 51))
    words = await asyncio.gather(*tries)
    assert sorted(words) == [Word.GONE] * 49 + [Word.OK]


async def test_of_fifty_clicks_on_the_same_button_one_counts_and_all_get_the_same_room(
    hotline: Hotline,
) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    words = await asyncio.gather(*(acd.accept(hotline, call, operator=WANG, room=f"r{n}") for n in range(50)))
    assert sorted(words) == [Word.ALREADY] * 49 + [Word.OK]
    first = words.index(Word.OK)
    assert (await acd.meet(hotline, call)).room == f"r{first}"


async def test_a_caller_who_hangs_up_as_the_operator_accepts_is_not_both(hotline: Hotline) -> None:
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    accepted, hung_up = await asyncio.gather(
        acd.accept(hotline, call, operator=WANG, room="r"), acd.hang_up(hotline, call, by="caller")
    )
    assert hung_up is Word.OK
    assert accepted in (Word.OK, Word.GONE)
    assert await what_is_wrong(hotline) == []


@pytest.mark.parametrize("seed", range(6))
async def test_the_books_balance_after_any_sequence_of_moves(
    hotline: Hotline, clock: Clock, seed: int
) -> None:
    chance = random.Random(seed)
    await rule(hotline, leave_unstaffed=seed % 2, unstaffed_grace_seconds=20)
    for n in range(ROUNDS):
        await anything(hotline, clock, chance, n)
        if n % 2 == 0:
            assert await what_is_wrong(hotline) == [], f"seed {seed}, after move {n}"
    assert await what_is_wrong(hotline) == []
    assert await acd.reconcile(hotline, mend=False) == []
    await everybody_goes_home(hotline)
    assert await what_is_wrong(hotline) == []
    await every_call_has_one_outcome(hotline)


async def every_call_has_one_outcome(hotline: Hotline) -> None:
    """The indexes and the hour's counters say the same as the records."""
    everything = set(await hotline.store.ask("ZRANGE", hotline.key("calls"), 0, -1))
    by_outcome = [
        set(await hotline.store.ask("ZRANGE", hotline.key("calls", "outcome", word), 0, -1))
        for word in Outcome
    ]
    assert sum(map(len, by_outcome)) == len(everything)
    assert set().union(*by_outcome) == everything
    received = asked_back = ended = 0
    async for name in hotline.store.redis.scan_iter(hotline.root + "tally:*"):
        counts = await hotline.store.ask("HGETALL", name)
        received += int(counts.get("received", 0))
        asked_back += int(counts.get("callbacks_asked", 0))
        ended += sum(int(count) for what, count in counts.items() if what.startswith("outcome:"))
    backs = sum(sid.startswith("CB") for sid in everything)
    assert (received, asked_back, ended) == (len(everything) - backs, backs, len(everything))


@given(st.lists(st.integers(0, 2**31), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_reconcile_mends_whatever_was_torn_out_of_the_derived_sets(
    hotline: Hotline, clock: Clock, picks: list[int]
) -> None:
    """The lines, the live set and the deadlines can be rebuilt from the calls and the operators."""
    chance = random.Random(picks[0])
    for n in picks:
        await anything(hotline, clock, chance, n % 40)
    for torn in ("waiting:main", "idle:main", "on_shift:main", "due"):
        await hotline.store.ask("DEL", hotline.root + torn)
    await acd.reconcile(hotline, mend=True)
    assert await acd.reconcile(hotline, mend=False) == []
    assert await what_is_wrong(hotline) == []


async def test_the_random_sequences_are_not_idle_talk(hotline: Hotline, clock: Clock) -> None:
    """They reach every event there is; a check on the check above."""
    chance = random.Random(1)
    await hotline.store.ask("HSET", hotline.key("rules"), "hold_remind_seconds", 2)
    happened: set[str] = set()
    moves = (await acd.moves(hotline)).items()  # but of subscriptions, which have sequences of their own
    wanted = {event for event, of in moves if not of.keys() & {"hook", "delivery"}} - {"heal", "rescue"}
    for n in range(ROUNDS * 200):  # rare ones are rare: it ends when all have come
        await anything(hotline, clock, chance, n)
        if n % ROUNDS == 0:
            news = await hotline.store.ask("XRANGE", hotline.key("events"), "-", "+")
            happened |= {move["event"] for _, move in news}
            if wanted <= happened:
                break
    assert wanted - happened == set()
