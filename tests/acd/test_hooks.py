"""Deliveries to other systems: put in line once, told in order by one worker at a time, tried again, and in the end
given up; every move in every state."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from ivr import acd, alarms, hook_news
from ivr.acd import Word, hooks
from ivr.acd.hooks import News, Taken
from ivr.hotline import Hotline
from tests.acd.people import dials
from tests.conftest import Clock

LEASE_MS = 15_000
WAITS = (60, 300)
KEEP_MS = 1000
EVERYTHING = "call.arrived call.ended"


async def subscribes(hotline: Hotline, id: str = "h1", *, events: str = EVERYTHING) -> Word:
    return await hooks.make(
        hotline, id, most=20, by="9000", url="http://127.0.0.1:1/", title="工单", events=events, whole=False
    )


async def happens(hotline: Hotline, *events: str, id: str = "h1", most: int = 100) -> Word:
    before = await hotline.store.ask("GET", hotline.key("hooks_told")) or ""
    news = [News(id, event, "call.ended", hotline.now(), "{}") for event in events]
    return await hooks.put_news(hotline, news, before=before, after=f"{events[-1]}-x", most=most)


async def takes(hotline: Hotline) -> Taken | None:
    return await hooks.take(hotline, lease_ms=LEASE_MS)


async def ends(hotline: Hotline, taken: Taken | None, said: str = "delivered") -> Word:
    assert taken
    code = 200 if said == "delivered" else 500
    return await hooks.end(hotline, taken, said=said, code=code, ms=5, waits=WAITS, keep_ms=KEEP_MS)


async def state_of(hotline: Hotline, delivery: str) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("delivery", delivery), "state") or "none")


async def hook_state(hotline: Hotline) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("hook", "h1"), "state") or "none")


async def test_what_many_workers_have_read_is_put_in_line_once(hotline: Hotline) -> None:
    await subscribes(hotline)
    await dials(hotline, 1)
    await asyncio.gather(*(hook_news.collect(hotline) for _ in range(8)))
    assert await hotline.store.ask("LLEN", hotline.key("hook_line", "h1")) == 1


async def test_one_of_any_number_of_workers_takes_it_and_the_next_waits_its_turn(hotline: Hotline) -> None:
    await subscribes(hotline)
    await happens(hotline, "1", "2")
    taken = [one for one in await asyncio.gather(*(takes(hotline) for _ in range(8))) if one]
    assert [one.event for one in taken] == ["1"]
    await ends(hotline, taken[0])
    second = await takes(hotline)
    assert second
    assert second.event == "2"


async def test_what_a_dead_worker_took_another_tells_and_the_dead_one_can_say_nothing_more(
    hotline: Hotline, clock: Clock
) -> None:
    await subscribes(hotline)
    await happens(hotline, "1")
    dead = await takes(hotline)
    assert await takes(hotline) is None
    clock.passes(LEASE_MS / 1000)
    alive = await takes(hotline)
    assert alive
    assert await ends(hotline, dead, "timeout") is Word.GONE
    assert await ends(hotline, alive) is Word.OK
    assert await state_of(hotline, alive.delivery) == "delivered"


async def test_it_is_tried_again_ever_later_then_given_up_and_the_subscription_pauses(
    hotline: Hotline, clock: Clock
) -> None:
    await subscribes(hotline)
    await happens(hotline, "1", "2")
    for wait in WAITS:
        await ends(hotline, await takes(hotline), "status")
        clock.passes(wait - 1)
        assert await takes(hotline) is None
        clock.passes(1)
    await ends(hotline, await takes(hotline), "status")
    assert (await hook_state(hotline), await state_of(hotline, "h1-1")) == ("paused", "failed")
    assert await takes(hotline) is None
    await happens(hotline, "3")  # whatever happens meanwhile is told when it is on again
    assert await hooks.turn_on(hotline, "h1", by="9000") is Word.OK
    told = []
    while taken := await takes(hotline):
        told.append(taken.event)
        await ends(hotline, taken)
    assert told == ["2", "3"]


async def test_a_subscription_that_paused_is_an_alarm_until_it_is_on_again(
    hotline: Hotline, clock: Clock
) -> None:
    await subscribes(hotline)
    await happens(hotline, "1")
    for wait in (*WAITS, 0):
        await ends(hotline, await takes(hotline), "unreachable")
        clock.passes(wait)
    await alarms.watch(hotline)
    assert [one.name for one in await alarms.standing(hotline) if one.name.startswith("hook")] == ["hook:h1"]
    await hooks.turn_on(hotline, "h1", by="9000")
    await alarms.watch(hotline)
    assert [one.name for one in await alarms.standing(hotline) if one.name.startswith("hook")] == []


async def test_a_full_line_takes_no_more_and_counts_what_it_did_not_take(hotline: Hotline) -> None:
    await subscribes(hotline)
    await happens(hotline, "1", "2", "3", "4", most=3)
    assert await hotline.store.ask("LLEN", hotline.key("hook_line", "h1")) == 3
    assert await hotline.store.ask("HGET", hotline.key("hook", "h1"), "dropped") == "1"


async def test_nothing_of_before_it_was_on_is_told(hotline: Hotline) -> None:
    await dials(hotline, 1)
    await subscribes(hotline)
    await hook_news.collect(hotline)
    assert await hotline.store.ask("LLEN", hotline.key("hook_line", "h1")) == 0
    await hooks.turn_off(hotline, "h1", by="9000")
    await dials(hotline, 2)
    await hook_news.collect(hotline)
    await hooks.turn_on(hotline, "h1", by="9000")
    await dials(hotline, 3)
    await hook_news.collect(hotline)
    assert await hotline.store.ask("LLEN", hotline.key("hook_line", "h1")) == 1


async def test_of_what_is_done_with_the_last_are_kept_and_the_rest_leave_nothing(hotline: Hotline) -> None:
    await subscribes(hotline)
    for n in range(205):
        await happens(hotline, str(n))
        await ends(hotline, await takes(hotline))
    assert await hotline.store.ask("LLEN", hotline.key("hook_past", "h1")) == 200
    assert await state_of(hotline, "h1-4") == "none"
    assert await hotline.store.ask("PTTL", hotline.key("delivery", "h1-204")) in range(KEEP_MS + 1)
    await hooks.remove(hotline, "h1")
    left = [name async for name in hotline.store.redis.scan_iter(match=hotline.key("hook*"))]
    assert sorted(left) == [hotline.key("hooks_told")]
    assert [name async for name in hotline.store.redis.scan_iter(match=hotline.key("delivery*"))] == []


async def test_no_more_subscriptions_than_a_hotline_may_have(hotline: Hotline) -> None:
    made = await asyncio.gather(*(subscribes(hotline, f"h{n}") for n in range(25)))
    assert sorted(made) == sorted([Word.OK] * 20 + [Word.FULL] * 5)


OF_A_HOOK = """
             none      on           paused      off
make         OK>on     ALREADY      ALREADY     ALREADY
alter        GONE      OK           OK          OK
renew        GONE      OK           OK          OK
turn_on      GONE      ALREADY      OK>on       OK>on
turn_off     GONE      OK>off       OK>off      ALREADY
try_out      GONE      OK           NO          NO
remove       GONE      OK>none      OK>none     OK>none
"""

OF_A_DELIVERY = """
             none      waiting      sending     delivered    failed
take         NO        OK>sending   NO          NO           NO
delivered    GONE      GONE         OK>delivered GONE        GONE
not_taken    GONE      GONE         OK>waiting  GONE         GONE
redeliver    GONE      ALREADY      ALREADY     OK>waiting   OK>waiting
"""


def cells(table: str) -> list[tuple[str, str, str]]:
    head, *rows = (line.split() for line in table.strip().splitlines())
    return [(row[0], state, cell) for row in rows for state, cell in zip(head, row[1:], strict=True)]


async def move_hook(hotline: Hotline, move: str) -> Word:
    if move == "make":
        return await subscribes(hotline)
    if move == "alter":
        return await hooks.alter(hotline, "h1", url="http://127.0.0.1:2/", title="", events="", whole=False)
    if move == "renew":
        return (await hooks.renew(hotline, "h1"))[0]
    if move == "try_out":
        return await hooks.try_out(hotline, "h1", event="t", kind="hook.test", body="{}", most=9)
    if move == "remove":
        return await hooks.remove(hotline, "h1")
    return await (hooks.turn_on if move == "turn_on" else hooks.turn_off)(hotline, "h1", by="9000")


@pytest.mark.parametrize(("move", "state", "expected"), cells(OF_A_HOOK))
async def test_every_move_of_a_subscription_in_every_state(
    hotline: Hotline, clock: Clock, move: str, state: str, expected: str
) -> None:
    if state != "none":
        await subscribes(hotline)
    if state == "off":
        await hooks.turn_off(hotline, "h1", by="9000")
    if state == "paused":
        await bring_delivery_to(hotline, clock, "failed")
    word, _, after = expected.partition(">")
    assert await move_hook(hotline, move) is Word(word)
    assert await hook_state(hotline) == (after or state)


async def bring_delivery_to(hotline: Hotline, clock: Clock, state: str) -> Taken:
    """A worker had it, except where there is none."""
    nothing = Taken("h1", "h1-1", "0", "", "1", "1", "")
    if state == "none":
        return nothing
    await happens(hotline, "1")
    if state == "waiting":
        return nothing
    taken = await takes(hotline)
    assert taken
    if state == "delivered":
        await ends(hotline, taken)
    if state == "failed":
        for wait in WAITS:
            await ends(hotline, taken, "status")
            clock.passes(wait)
            taken = await takes(hotline)
            assert taken
        await ends(hotline, taken, "status")
    return taken


@pytest.mark.parametrize(("move", "state", "expected"), cells(OF_A_DELIVERY))
async def test_every_move_of_a_delivery_in_every_state(
    hotline: Hotline, clock: Clock, move: str, state: str, expected: str
) -> None:
    await subscribes(hotline)
    taken = await bring_delivery_to(hotline, clock, state)
    word, _, after = expected.partition(">")
    if move == "take":
        assert (await takes(hotline) is not None) == (word == "OK")
    elif move == "redeliver":
        assert await hooks.redeliver(hotline, "h1", "h1-1") is Word(word)
    else:
        said = "delivered" if move == "delivered" else "status"
        assert await ends(hotline, taken, said) is Word(word)
    assert await state_of(hotline, "h1-1") == (after or state)


async def test_the_tables_hold_every_state_that_the_queue_knows(hotline: Hotline) -> None:

    table = await acd.moves(hotline)
    for part, tabled in (("hook", OF_A_HOOK), ("delivery", OF_A_DELIVERY)):
        states = {state for event in table.values() for move in event.get(part, {}).items() for state in move}
        assert states == {state for _, state, _ in cells(tabled)}


async def test_a_line_that_nobody_would_look_at_is_found_and_mended(hotline: Hotline) -> None:
    await subscribes(hotline)
    await happens(hotline, "1")
    await hotline.store.ask("DEL", hotline.key("hooks_due"))
    assert await acd.reconcile(hotline, mend=True) == ["no_deadline h1"]
    assert await acd.reconcile(hotline, mend=False) == []
    assert await takes(hotline)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_in_whatever_order_each_line_has_one_head_under_way(
    hotline: Hotline, clock: Clock, seed: int
) -> None:
    chance = random.Random(seed)
    held: list[Taken] = []
    for n in range(300):
        await anything(hotline, clock, chance, n, held)
        for id in ("h1", "h2"):
            assert await what_is_wrong(hotline, id) == [], f"seed {seed}, after move {n}"
    assert await acd.reconcile(hotline, mend=False) == []


async def anything(hotline: Hotline, clock: Clock, chance: random.Random, n: int, held: list[Taken]) -> None:
    id = chance.choice(("h1", "h2"))
    moves: list[Callable[[], Awaitable[object]]] = [
        lambda: subscribes(hotline, id),
        lambda: hooks.turn_on(hotline, id, by="9000"),
        lambda: hooks.turn_off(hotline, id, by="9000"),
        *[lambda: happens(hotline, str(n), str(n + 1000), id=id, most=5)] * 4,
        *[lambda: takes_and_holds(hotline, held)] * 5,
        *[lambda: one_of_them_ends(hotline, held, chance)] * 5,
        *[lambda: hooks.redeliver(hotline, id, f"{id}-{chance.randrange(n + 1)}")] * 2,
        lambda: passes(clock, chance.choice((1, 16, 61, 301))),
    ]
    if chance.random() < 0.02:
        moves = [lambda: hooks.remove(hotline, id)]
    await chance.choice(moves)()


async def takes_and_holds(hotline: Hotline, held: list[Taken]) -> None:
    if taken := await takes(hotline):
        held.append(taken)


async def one_of_them_ends(hotline: Hotline, held: list[Taken], chance: random.Random) -> None:
    if held:
        said = chance.choice(("delivered", "status", "timeout"))
        await ends(hotline, held.pop(chance.randrange(len(held))), said)


async def passes(clock: Clock, seconds: float) -> None:
    clock.passes(seconds)


async def what_is_wrong(hotline: Hotline, id: str) -> list[str]:
    """Read from the store itself: the lines, the states in them, and who is looked at when."""
    line, past, state, due = await hotline.store.together(
        ("LRANGE", hotline.key("hook_line", id), 0, -1),
        ("LRANGE", hotline.key("hook_past", id), 0, -1),
        ("HGET", hotline.key("hook", id), "state"),
        ("ZSCORE", hotline.key("hooks_due"), id),
    )
    waiting = [await state_of(hotline, one) for one in line]
    over = [await hotline.store.ask("HGET", hotline.key("delivery", one), "state") for one in past]
    wrong = []
    if (due is not None) != (state == "on" and bool(line)):
        wrong.append(f"{id} is {state} with {len(line)} in line, due {due}")
    if "sending" in waiting[1:] or set(waiting) - {"waiting", "sending"}:
        wrong.append(f"in line of {id} are {waiting}")
    if {one for one in over if one} - {"delivered", "failed"}:
        wrong.append(f"{id} is done with {over}")
    if set(line) & set(past) or len(set(line)) < len(line):
        wrong.append(f"{id} has a delivery twice")
    return wrong
