"""A call-back when things go wrong: who is left with nobody is rung again, and nobody is rung twice at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from ivr.callback_flow import ring
from ivr.carrier import AGAIN_MS
from ivr.carrier.twilio import Twilio
from ivr.hotline import Hotline, open_hotline
from ivr.store import connect
from tests.cast import BUREAU, LI, MAYOR, SUN, WANG, ZHOU
from tests.story.call_backs import (
    asks_and_is_rung,
    asks_for_a_call_back,
    is_called_back,
    loses_the_operator,
    open_ones,
    record_of,
    rung,
)
from tests.story.talks import events_of, in_three
from tests.town import Town


async def test_whoever_was_called_back_is_held_and_handed_to_a_colleague_like_any_caller(town: Town) -> None:
    zhou, wang = await is_called_back(town, ZHOU)
    [back] = await open_ones(town)
    await wang.holds()
    await zhou.hears("话务员正在为您处理")
    await wang.takes_off_hold()
    await zhou.is_back_in_the_room()

    li = await town.operator(LI)
    await wang.consults("operator", LI)
    await li.accepts()
    await wang.sees_guest("consulting")
    await wang.transfers()
    await wang.is_on("wrap_up")
    await zhou.is_back_in_the_room()
    await li.hangs_up()
    await zhou.hears("感谢您的来电")
    await zhou.is_hung_up_on()
    done = await record_of(town, back["id"])
    assert (done["outcome"], [part["operator"] for part in done["operators"]]) == (
        "called_back",
        [WANG, LI],
    )


async def test_whose_operator_is_lost_while_they_are_held_is_told_and_rung_again_before_all_others(
    town: Town,
) -> None:
    zhou, wang = await is_called_back(town, ZHOU)
    [back] = await open_ones(town)
    sun = await town.caller(SUN).dials(MAYOR)
    await sun.hears("waiting.wav")
    await wang.holds()
    await zhou.hears("话务员正在为您处理")
    await wang.drops_the_phone()

    await zhou.hears("请您先挂机，我们马上再给您回电")
    await zhou.is_hung_up_on()
    await wang.is_on("wrap_up")
    li = await town.operator(LI)
    assert (await li.rings())["sid"] == back["id"]  # before Sun, who has waited
    await li.accepts()
    await zhou.is_rung(2)
    await li.is_on("talking")
    await zhou.hangs_up()
    done = await record_of(town, back["id"])
    assert done["outcome"] == "called_back"
    assert [part["operator"] for part in done["operators"]] == [WANG, LI]
    assert events_of(done)[:3] == ["join", "hold", "resume"]
    assert "break_off" in events_of(done)


async def test_whose_operator_is_lost_before_they_met_hears_so_to_the_end_before_their_phone_rings_again(
    town: Town,
) -> None:
    zhou, wang = await asks_and_is_rung(town, ZHOU)
    li = await town.operator(LI)
    await loses_the_operator(zhou, wang)
    await li.accepts()  # who was free all the time
    await zhou.is_rung(2)
    first, second = await rung(town, zhou)
    assert first["ended_at"] <= second["started_at"]


async def test_whoever_was_handed_to_a_department_that_hangs_up_is_rung_again(town: Town) -> None:
    zhou, wang = await is_called_back(town, ZHOU)
    await wang.consults("outside", BUREAU)
    bureau = await town.phone_rings(BUREAU)
    await bureau.answers()
    await wang.sees_guest("consulting")
    await wang.transfers()
    await zhou.is_back_in_the_room()
    await wang.pauses()
    await bureau.hangs_up()

    await zhou.hears("我们马上再给您回电")
    await zhou.is_hung_up_on()
    assert len(await rung(town, zhou)) == 1
    li = await town.operator(LI)
    await li.accepts()
    await zhou.is_rung(2)
    await li.is_on("talking")


async def test_a_phone_that_rings_though_nobody_told_us_is_not_rung_again(town: Town) -> None:
    """The carrier did what it was asked, its answer was lost, and so was the news of the first ring: whoever comes to
    the errand next finds in the carrier's list that it rings."""
    zhou = await asks_for_a_call_back(town, ZHOU)
    await zhou.is_near_the_phone("by_hand")
    [back] = await open_ones(town)
    wang = await town.operator(WANG)
    await wang.takes_the_offer()
    async with aiohttp.ClientSession(town.company_url) as company:
        await company.put("/simulator/faults", json={"next": {"rest_500": 1}})
    await wang.phones_in()
    await wang.is_on("calling")
    async with another_worker(town) as worker:
        room = await worker.store.ask("HGET", worker.key("call", back["id"]), "room")
        where = f"?call={back['id']}&room={room}"
        leg = await worker.carrier.ring(
            ZHOU,
            caller_id=MAYOR,
            url=worker.url("called_back") + where,
            news=worker.url("call_back_news") + where,
            seconds=600,
        )
        for _ in range(2):
            await ring(worker, back["id"], room, asked=worker.now() - AGAIN_MS)
    assert [one["sid"] for one in await rung(town, zhou)] == [leg]

    await zhou.is_rung()
    await zhou.picks_up()
    await zhou.hears("接通请按 1")
    await zhou.presses("1")
    await wang.is_on("talking")
    assert len(await rung(town, zhou)) == 1


async def test_an_operator_who_ends_a_talk_of_three_ends_it_for_whom_they_called_too(town: Town) -> None:
    zhou, wang = await is_called_back(town, ZHOU)
    bureau = await in_three(town, wang)

    await wang.hangs_up()

    await zhou.hears("感谢您的来电")
    await zhou.is_hung_up_on()
    await bureau.is_hung_up_on()


@asynccontextmanager
async def another_worker(town: Town) -> AsyncIterator[Hotline]:
    """One that takes over what the first has not finished."""
    settings = town.demo.settings()
    store, carrier = connect(town.demo.store_url), Twilio(settings)
    try:
        yield await open_hotline("nanning", store, carrier, settings)
    finally:
        await carrier.close()
        await store.close()
