"""Errands reach the carrier at least once, whoever took them; what nobody told us is found out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from ivr import acd, dispatch
from ivr.carrier.twilio import Twilio
from ivr.hotline import Hotline
from ivr.newswire import Newswire
from tests.acd.people import comes_in, lines_up, sid_of, sits_down
from tests.acd.promised import make_promise
from tests.acd.rules import rule
from tests.cast import LI, WANG
from tests.company import Company
from tests.conftest import Clock
from tests.town import until

SID = sid_of(7)


@pytest_asyncio.fixture
async def hotline(hotline: Hotline, company: Company) -> AsyncIterator[Hotline]:
    """The hotline of every test, with a phone company that does what the test says."""
    carrier = Twilio(hotline.settings.model_copy(update={"twilio_api_url": company.url}))
    hotline.carrier = carrier
    yield hotline
    await carrier.close()


async def accepted(hotline: Hotline) -> str:
    """A call that has just been accepted: the caller is to be redirected into the room."""
    await dispatch.form_group(hotline)
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="r1")
    return call


async def pending(hotline: Hotline) -> int:
    return int(await hotline.store.ask("XLEN", hotline.key("errands")))


async def test_an_accepted_caller_is_redirected_to_the_room_once(hotline: Hotline, company: Company) -> None:
    call = await accepted(hotline)
    for worker in ("one", "two"):
        await dispatch.run_errands(hotline, worker)
    assert company.asked == [f"redirect {call} meet_operator"]
    assert await pending(hotline) == 0


async def test_a_caller_whose_last_operator_has_left_is_fetched_out_of_the_music_at_once(
    hotline: Hotline, company: Company
) -> None:
    await dispatch.form_group(hotline)
    await rule(hotline, leave_unstaffed=1, unstaffed_grace_seconds=0)
    await acd.sign_in(hotline, operator=WANG)
    call = await lines_up(hotline, 1)
    await acd.sign_out(hotline, operator=WANG)
    await acd.tick(hotline)
    await dispatch.run_errands(hotline, "one")
    assert company.asked == [f"redirect {call} wait"]


async def test_a_caller_who_is_gone_frees_the_operator(hotline: Hotline, company: Company) -> None:
    company.answers = [(400, 21220)]
    call = await accepted(hotline)
    await dispatch.run_errands(hotline, "one")
    assert (await acd.desk(hotline, WANG))["operator"]["line"] == "idle"
    assert await hotline.store.ask("HGET", hotline.key("call", call), "outcome") == "abandoned_ringing"


async def test_an_errand_of_a_dead_worker_is_done_by_another(
    hotline: Hotline, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "CLAIM_AFTER_MS", 0)
    call = await accepted(hotline)
    await dispatch._new(hotline, "dies before it acts")
    await dispatch.take_over(hotline, "another")
    assert company.asked == [f"redirect {call} meet_operator"]
    assert await pending(hotline) == 0


async def test_an_errand_the_carrier_failed_stays_until_it_is_done(
    hotline: Hotline, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "CLAIM_AFTER_MS", 0)
    company.answers = [503, 503]
    await accepted(hotline)
    await dispatch.run_errands(hotline, "one")
    assert await pending(hotline) == 1
    await dispatch.take_over(hotline, "one")
    assert len(company.asked) == 3
    assert await pending(hotline) == 0


async def test_a_redirect_that_the_call_has_overtaken_is_not_carried_out(
    hotline: Hotline, company: Company
) -> None:
    """Redirecting a caller who is in the room already would throw them out of it."""
    call = await accepted(hotline)
    await acd.meet(hotline, call)
    await dispatch.run_errands(hotline, "one")
    assert company.asked == []
    assert await pending(hotline) == 0


async def test_what_is_done_in_a_call_is_dropped_when_it_is_late_and_a_promise_is_reminded_of_all_the_same(
    hotline: Hotline, company: Company, clock: Clock
) -> None:
    await accepted(hotline)
    await make_promise(hotline, SID)
    await hotline.store.ask("ZADD", hotline.key("due"), 1, f"promise:{SID}")
    await acd.tick(hotline)
    clock.passes(61)
    with capture_logs() as logs:
        await dispatch.run_errands(hotline, "one")
    assert [one for one in logs if one["event"] == "errand dropped"] == [
        {
            "event": "errand dropped",
            "log_level": "warning",
            "hotline": "nanning",
            "what": "redirect",
            "seconds": 61,
        }
    ]
    assert company.asked == []
    assert await hotline.store.ask("HGET", hotline.key("promise", SID), "told_official")


async def test_a_call_the_carrier_says_is_over_is_ended_though_nobody_told_us(
    hotline: Hotline, company: Company, clock: Clock
) -> None:
    call = await lines_up(hotline, 1)
    assert await dispatch.reconcile(hotline) == []  # it has only just come
    clock.passes(61)
    assert await dispatch.reconcile(hotline) == [call]
    record = await hotline.store.ask("HMGET", hotline.key("call", call), "state", "outcome", "ended_by")
    assert record == ["ended", "abandoned_queue", "carrier"]


async def test_an_operator_whose_caller_went_unheard_is_free_for_the_next_when_the_carrier_is_asked(
    hotline: Hotline, company: Company, clock: Clock
) -> None:
    """7: the agent is locked in the call when the news of its end is lost."""
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="r1")
    await comes_in(hotline, call, WANG)
    clock.passes(61)
    await acd.renew(hotline, operator=WANG)
    assert await dispatch.reconcile(hotline) == [call]
    after = await lines_up(hotline, 2)
    clock.passes(30)  # the wrap-up
    await acd.renew(hotline, operator=WANG)
    await acd.tick(hotline)
    assert (await acd.desk(hotline, WANG))["operator"]["call"] == after


async def test_an_operator_who_never_came_is_hung_up_on_and_the_caller_called_back_into_line(
    hotline: Hotline, company: Company, clock: Clock
) -> None:
    call = await accepted(hotline)
    await acd.meet(hotline, call)
    clock.passes(16)
    await acd.tick(hotline)
    await dispatch.run_errands(hotline, "one")
    assert f"redirect {call} operator_lost" in company.asked


@pytest.mark.parametrize(("both", "after"), [(True, "talking"), (False, "waiting")])
async def test_when_nobody_said_that_both_are_in_the_room_the_carrier_is_asked(
    hotline: Hotline, company: Company, clock: Clock, both: bool, after: str
) -> None:
    """Lost news must not tear a talk apart, nor may a phone that died on the way leave the caller alone with music."""
    call = await accepted(hotline)
    await acd.meet(hotline, call)
    await acd.pick_up(hotline, operator=WANG, leg=sid_of(99))
    company.inside = [call, sid_of(99)] if both else [call]
    clock.passes(16)
    await acd.tick(hotline)
    await dispatch.run_errands(hotline, "one")
    assert await hotline.store.ask("HGET", hotline.key("call", call), "state") == after


async def test_a_caller_who_is_still_in_the_room_long_after_the_talk_is_fetched_out_of_it(
    hotline: Hotline, company: Company, clock: Clock
) -> None:
    call = await accepted(hotline)
    await comes_in(hotline, call, WANG)
    await acd.release(hotline, operator=WANG)
    clock.passes(31)
    await acd.tick(hotline)
    await dispatch.run_errands(hotline, "one")
    assert f"redirect {call} thank" in company.asked


async def test_a_redirect_back_into_line_is_not_carried_out_once_they_talk_again(
    hotline: Hotline, company: Company, clock: Clock
) -> None:
    call = await accepted(hotline)
    await acd.meet(hotline, call)
    clock.passes(16)
    await acd.tick(hotline)  # 9001 never came
    await sits_down(hotline, LI)
    await acd.accept(hotline, call, operator=LI, room="r2")
    await acd.meet(hotline, call)
    await dispatch.run_errands(hotline, "one")
    assert company.asked == []


async def test_the_loops_go_on_after_one_of_them_failed(hotline: Hotline, company: Company) -> None:
    """The carrier breaks while it is asked; news and clock go on, and the next errand is tried."""
    company.answers = [500, 500]
    newswire = Newswire(hotline)
    loops = asyncio.create_task(dispatch.keep_going(hotline, newswire, "one"))
    try:
        await accepted(hotline)
        await until(lambda: _is(len(company.asked) == 2), "the carrier was tried and failed")
        with newswire.listen(WANG) as nudge:
            await acd.pause(hotline, operator=WANG, reason="小休")
            await until(lambda: _is(nudge.is_set()), "the news goes on")
        call = await lines_up(hotline, 2)
        await sits_down(hotline, LI)
        await acd.accept(hotline, call, operator=LI, room="r2")
        await until(lambda: _is(f"redirect {call} meet_operator" in company.asked), "the next errand is done")
        assert not loops.done()
    finally:
        loops.cancel()
        with suppress(asyncio.CancelledError):
            await loops


async def test_a_desk_is_told_of_those_who_wait_in_its_own_queues(hotline: Hotline) -> None:
    profile = hotline.handbook.profile
    tax = profile.queues["main"].model_copy(update={"skills": ("税务",)})
    queues = {"main": profile.queues["main"], "tax": tax}
    hotline.handbook = replace(hotline.handbook, profile=profile.model_copy(update={"queues": queues}))
    await lines_up(hotline, 1)
    await lines_up(hotline, 2, queue="tax")
    await lines_up(hotline, 3, queue="tax")
    newswire = Newswire(hotline)
    await newswire.follow()
    assert [newswire.waiting_in(served) for served in (["main"], ["tax"], ["main", "tax"])] == [1, 2, 3]


class HardOfHearing(Newswire):
    """A wait that is over in the very moment in which it is cancelled, and goes on as if nothing had been said."""

    async def follow(self) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)


async def test_a_worker_that_is_told_to_stop_does_though_a_wait_has_swallowed_it(
    hotline: Hotline, company: Company
) -> None:
    newswire = HardOfHearing(hotline)
    loops = asyncio.create_task(dispatch.keep_going(hotline, newswire, "one"))
    await accepted(hotline)
    await until(lambda: _is(len(company.asked) == 1), "the loops go on")
    loops.cancel()
    await asyncio.wait({loops}, timeout=10)
    assert loops.done()


async def _is(so: bool) -> bool:
    return so
