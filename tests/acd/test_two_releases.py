"""A store of the release before, and its workers beside those of this one: nobody who was promised anything is lost."""

import asyncio

from ivr import acd, promises, records
from ivr.acd.promises import State
from ivr.cases import Sought, search
from ivr.hotline import Hotline
from tests.acd.books import what_is_wrong
from tests.acd.people import dials, sid_of
from tests.acd.promised import SID, make_promise, number_of_case, state_of_promise, time_is_up
from tests.cast import MAYOR, ZHOU
from tests.conftest import Clock

MINUTE_MS = 60_000


async def test_what_nobody_kept_in_a_store_of_the_release_before_becomes_a_case_once(
    hotline: Hotline, clock: Clock
) -> None:
    old = {SID: "task", sid_of(2): "office"}
    for sid, state in old.items():
        await make_promise(hotline, sid)
        await hotline.store.ask("HSET", hotline.key("promise", sid), "state", state)
        await hotline.store.ask("HDEL", hotline.key("promise", sid), "case_until")
    await hotline.store.ask("ZADD", hotline.root + "tasks", 1, SID)
    await hotline.store.ask("ZREM", hotline.key("due"), f"promise:{SID}")
    clock.passes(3 * 86_400)
    await asyncio.gather(*(promises.upgrade_store(hotline) for _ in range(4)))
    (case,) = await search(hotline, Sought())
    assert (case.sid, f"{case.due:%m-%d %H:%M}") == (SID, "11-27 10:00")
    assert await hotline.store.ask("EXISTS", hotline.root + "tasks") == 0
    for _ in range(3):
        await time_is_up(hotline, clock, f"promise:{sid_of(2)}")
    assert {one.sid for one in await search(hotline, Sought())} == {SID, sid_of(2)}
    assert await what_is_wrong(hotline) == []


async def test_what_is_no_case_yet_is_neither_closed_by_an_old_worker_nor_unreadable(
    hotline: Hotline, clock: Clock
) -> None:
    await dials(hotline, 1)
    await it_is_a_task(hotline)
    assert await hotline.ask("acd_reconcile", "mend") == [], "as an old worker asks"
    assert await state_of_promise(hotline) == "task"
    (promise,) = await promises.waiting(hotline)
    assert (promise.state, promise.standing) == (State.CASE, "逾期，已转工单")
    assert (record := await records.read(hotline, SID)).promise
    assert record.promise.state is State.CASE
    assert await acd.reconcile(hotline, mend=True) == [f"no_case {SID}"]
    assert [one.sid for one in await search(hotline, Sought())] == [SID]


async def test_a_promise_that_an_old_worker_makes_is_one_and_its_case_has_time(
    hotline: Hotline, clock: Clock
) -> None:
    assert await an_old_worker_promises(hotline) == ["OK"]
    for _ in range(4):
        await time_is_up(hotline, clock)
    (case,) = await search(hotline, Sought())
    assert (case.due - case.opened).days == 1
    assert await what_is_wrong(hotline) == []


async def test_the_next_start_teaches_a_promise_of_an_old_worker_what_this_release_needs(
    hotline: Hotline,
) -> None:
    await an_old_worker_promises(hotline)
    await promises.upgrade_store(hotline)
    assert await hotline.store.ask("HGET", hotline.key("promise", SID), "case_until")


async def test_a_last_stage_that_ends_while_an_old_worker_looks_is_left_to_the_next_who_knows_of_cases(
    hotline: Hotline, clock: Clock
) -> None:
    for sid in (SID, sid_of(2)):
        await make_promise(hotline, sid)
    for _ in range(3):
        await time_is_up(hotline, clock)
    clock.passes(86_400)
    for _ in range(3):
        assert await hotline.ask("acd_tick", 200) == 2, "as an old worker asks"
    assert await state_of_promise(hotline) == "duty"
    await asyncio.gather(*(acd.tick(hotline) for _ in range(4)))
    assert sorted(one.sid for one in await search(hotline, Sought())) == [SID, sid_of(2)]
    ((rate,), _) = await promises.rates(hotline)
    assert rate.left == 2
    assert await what_is_wrong(hotline) == []


async def test_a_case_that_was_lost_is_opened_by_whoever_can_number_it(
    hotline: Hotline, clock: Clock
) -> None:
    await make_promise(hotline)
    for _ in range(4):
        await time_is_up(hotline, clock)
    await hotline.store.ask("HDEL", hotline.key("promise", SID), "case")
    assert await hotline.ask("acd_reconcile", "mend") == []
    await acd.reconcile(hotline, mend=True)
    assert await number_of_case(hotline)


async def test_a_promise_whose_record_is_gone_stops_no_start(hotline: Hotline) -> None:
    await make_promise(hotline)
    await hotline.store.ask("DEL", hotline.key("promise", SID))
    await promises.upgrade_store(hotline)
    assert await promises.waiting(hotline) == []


async def it_is_a_task(hotline: Hotline) -> None:
    """As the release before wrote down what nobody had kept."""
    await make_promise(hotline)
    await hotline.store.ask("HSET", hotline.key("promise", SID), "state", "task")
    await hotline.store.ask("HDEL", hotline.key("promise", SID), "case_until")
    await hotline.store.ask("ZREM", hotline.key("due"), f"promise:{SID}")


async def an_old_worker_promises(hotline: Hotline) -> list[str]:
    moments = (hotline.now() + n * MINUTE_MS for n in range(1, 5))
    said: list[str] = await hotline.ask("acd_make_promise", SID, MAYOR, ZHOU, "", "busy", *moments)
    return said
