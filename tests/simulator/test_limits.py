"""What an account may do at most: calls a second, and requests at once."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio
from twilio.rest.api.v2010.account.call import CallInstance

from .world import ACCOUNT, MAYOR, TOKEN, Line, World, open_world

CALLS_PER_SECOND = 4.0
MOST_REQUESTS = 3


@pytest_asyncio.fixture
async def slow() -> AsyncIterator[World]:
    """Its account may create so many calls a second."""
    async with open_world(speed=20, simulator_calls_per_second=CALLS_PER_SECOND) as opened:
        yield opened


@pytest_asyncio.fixture
async def narrow() -> AsyncIterator[World]:
    """Its account may make so many requests at once."""
    async with open_world(speed=20, simulator_concurrent_requests=MOST_REQUESTS) as opened:
        yield opened


async def call_out(world: World) -> CallInstance:
    create = world.twilio.calls.create
    callback = {
        "status_callback": world.application.address + "/told",
        "status_callback_event": ["completed"],
    }
    return await world.rest(create, to="client:nobody", from_=MAYOR, twiml="<Response/>", **callback)


async def test_calls_created_over_rest_are_dialled_one_after_the_other(slow: World) -> None:
    # Calls above the account's rate are queued, not refused; queue_time says for how many milliseconds.
    created = [await call_out(slow) for _ in range(4)]
    assert {str(call.status) for call in created} == {"queued"}
    for call in created:
        await Line(slow, str(call.sid)).over()
    fetched = [await slow.rest(slow.twilio.calls(str(call.sid)).fetch) for call in created]
    waited = [int(call.queue_time or "") for call in fetched]
    assert waited == sorted(waited)
    assert waited[0] < 50 and waited[3] > 400


async def test_a_call_that_is_canceled_in_the_queue_tells_nobody(slow: World) -> None:
    # A call that is still queued can be canceled; it was never dialled, and no callback speaks of it.
    first, second = await call_out(slow), await call_out(slow)
    canceled = Line(slow, str(second.sid))
    await slow.rest(slow.twilio.calls(canceled.sid).update, status="canceled")
    assert (await canceled.over())["status"] == "canceled"
    await Line(slow, str(first.sid)).over()
    third = await call_out(slow)
    await Line(slow, str(third.sid)).over()
    told = await slow.application.receives("/told", 2)
    assert {asked["CallSid"] for asked in told} == {first.sid, third.sid}


async def test_too_many_requests_at_once_are_refused(narrow: World) -> None:
    # 20429 comes with 429: the request was not carried out. Each answer says how many are in hand.
    url = f"{narrow.address}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    async with httpx.AsyncClient(auth=(ACCOUNT, TOKEN)) as client:
        together = await asyncio.gather(*(client.get(url) for _ in range(8)))
        alone = await client.get(url)
    assert {reply.status_code for reply in together} == {200, 429}
    assert {reply.json()["code"] for reply in together if reply.status_code == 429} == {20429}
    assert sum(reply.status_code == 200 for reply in together) >= MOST_REQUESTS
    assert (alone.status_code, alone.headers["Twilio-Concurrent-Requests"]) == (200, "1")


async def test_nobody_is_held_up_where_there_are_no_limits(world: World) -> None:
    created = [await call_out(world) for _ in range(4)]
    for call in created:
        await Line(world, str(call.sid)).over()
    fetched = [await world.rest(world.twilio.calls(str(call.sid)).fetch) for call in created]
    assert [call.queue_time for call in fetched] == ["0"] * 4
