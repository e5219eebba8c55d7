"""Faults on purpose: what goes wrong with a carrier, at a rate or at the next chance, counted and logged."""

import time

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException

from .world import ACCOUNT, CALLER, MAYOR, TOKEN, Asked, World

OPERATOR = "+862000000009"


async def order(world: World, **orders: object) -> dict[str, float]:
    """Switch faults; their rates from now on."""
    reply = await world.people.put("/simulator/faults", json=orders)
    assert reply.status_code == 200, reply.text
    rates: dict[str, float] = reply.json()["rates"]
    return rates


async def logged(world: World) -> list[tuple[str, str]]:
    log = (await world.people.get("/simulator/log")).json()
    return [(fault["kind"], fault["url"]) for fault in log["faults"]]


async def happened(world: World) -> dict[str, int]:
    state = (await world.people.get("/simulator/faults")).json()
    return {fault: times for fault, times in state["happened"].items() if times}


async def call_out(world: World) -> None:
    """A call which nobody is there to take: four callbacks, initiated to completed, at once."""
    await world.rest(
        world.twilio.calls.create,
        to="client:nobody",
        from_=MAYOR,
        twiml="<Response/>",
        status_callback=world.application.address + "/progress",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )


def numbers(asked: list[Asked]) -> list[str]:
    return [one["SequenceNumber"] for one in asked]


async def test_nothing_goes_wrong_until_it_is_asked_for_nor_after_it_is_switched_off(world: World) -> None:
    wild = await order(world, set="wild", callback_lost=0.5, seed=7)
    assert (wild.pop("callback_lost"), set(wild.values())) == (0.5, {0.1})
    assert (await world.people.get("/simulator/faults")).json()["seed"] == 7
    mild = await order(world, set="mild")
    assert all(0.01 <= rate <= 0.03 for rate in mild.values())
    assert set((await order(world)).values()) == {0.0}
    await order(world, rest_500=1)
    off = await world.people.delete("/simulator/faults")
    assert set(off.json()["rates"].values()) == {0.0}
    await call_out(world)
    assert sorted(numbers(await world.application.receives("/progress", 3))) == ["0", "1", "2"]
    assert await logged(world) == []


@pytest.mark.parametrize(
    "nonsense", [{"rest_418": 0.1}, {"rest_500": 1.5}, {"set": "calm"}, {"next": {"x": 1}}]
)
async def test_an_order_that_makes_no_sense_is_refused_with_a_reason(
    world: World, nonsense: dict[str, object]
) -> None:
    refused = await world.people.put("/simulator/faults", json=nonsense)
    assert refused.status_code == 400
    assert "Send JSON" in refused.json()["error"]


async def test_the_next_answers_of_rest_are_refused_before_anything_is_done(world: World) -> None:
    # 429 comes with 20429 and 500 with 20500. A request that is refused so has not been carried out.
    await order(world, next={"rest_429": 1, "rest_500": 1})
    codes = []
    for _ in range(2):
        with pytest.raises(TwilioRestException) as refused:
            await call_out(world)
        codes.append((refused.value.status, refused.value.code))
    assert codes == [(429, 20429), (500, 20500)]
    assert (await world.people.get("/simulator/calls")).json() == []
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    assert await logged(world) == [("rest_429", path), ("rest_500", path)]
    await call_out(world)


async def test_an_answer_that_is_lost_leaves_the_client_waiting_for_what_was_done(world: World) -> None:
    # No answer comes until the client gives up. It cannot know whether its request was carried out: it was.
    await order(world, next={"rest_silent": 1})
    url = f"{world.address}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    form = {"To": OPERATOR, "From": MAYOR, "Twiml": "<Response/>"}
    async with httpx.AsyncClient(auth=(ACCOUNT, TOKEN), timeout=0.3) as client:
        began = time.monotonic()
        with pytest.raises(httpx.ReadTimeout):
            await client.post(url, data=form)
        assert 0.25 < time.monotonic() - began < 3
        assert len((await client.get(url)).json()["calls"]) == 1
    log = (await world.people.get("/simulator/log")).json()
    assert [entry["status"] for entry in log["requests"]] == [None, 200]


async def test_callbacks_are_duplicated_with_one_token(world: World) -> None:
    # Whoever sends at least once sends twice at times; the idempotency token tells a copy from another event.
    await order(world, next={"callback_duplicated": 1})
    await call_out(world)
    asked = await world.application.receives("/progress", 4)
    assert sorted(numbers(asked)) == ["0", "0", "1", "2"]
    tokens = {one["SequenceNumber"]: one.headers["i-twilio-idempotency-token"] for one in asked}
    assert len(tokens) == len({one.headers["i-twilio-idempotency-token"] for one in asked}) == 3


async def test_callbacks_are_lost_and_nothing_tells_of_it(world: World) -> None:
    # A status callback is sent once: one that is lost does not come again.
    await order(world, next={"callback_lost": 2})
    await call_out(world)
    assert numbers(await world.application.receives("/progress")) == ["2"]
    assert await happened(world) == {"callback_lost": 2}


async def test_a_callback_is_overtaken_by_the_next_one_of_its_call(world: World) -> None:
    # Callbacks are sent in order and may arrive in another; SequenceNumber tells which was first.
    await order(world, next={"callback_out_of_order": 1})
    await call_out(world)
    asked = numbers(await world.application.receives("/progress", 3))
    assert asked.index("1") < asked.index("0") or asked.index("2") < asked.index("0")


async def test_a_callback_that_nothing_overtakes_arrives_late_all_the_same(world: World) -> None:
    app = world.application
    await world.publish(app.says("/answer", "<Hangup/>"), status_callback=app.address + "/ended")
    await order(world, next={"callback_out_of_order": 1, "callback_delayed": 1})
    line = await world.dial()
    await line.over()
    assert (await app.receives("/ended"))[0]["CallStatus"] == "completed"
    assert {kind for kind, _ in await logged(world)} == {"callback_out_of_order", "callback_delayed"}


async def test_a_document_is_asked_for_again_with_the_same_token_and_never_lost(world: World) -> None:
    # When a reply breaks off, a retry carries the same token: the application may already have acted on it.
    app = world.application
    await world.publish(app.says("/answer", "<Say>第一次</Say>", "<Say>第二次</Say>"))
    await order(world, next={"webhook_retried": 1}, callback_lost=1)
    line = await world.dial()
    await line.over()
    assert [text for kind, text in await line.heard() if kind == "say"] == ["第二次"]
    assert len(app.requests("/answer")) == 2
    assert len({asked.headers["i-twilio-idempotency-token"] for asked in app.asked}) == 1


async def test_a_call_drops_between_two_steps(world: World) -> None:
    # The line is dead before the next document is asked for; the number's status callback says completed.
    app = world.application
    answer = app.says("/answer", "<Say>您好</Say><Redirect>/next</Redirect>")
    await world.publish(answer, status_callback=app.address + "/ended")
    await order(world, next={"call_drops": 1})
    line = await world.dial()
    assert (await line.over())["status"] == "completed"
    assert (await line.heard())[-1] == ("hangup", "the line dropped")
    assert (await app.receives("/ended"))[0]["CallStatus"] == "completed"
    assert app.requests("/next") == []
    assert await logged(world) == [("call_drops", app.address + "/next")]


async def test_somebody_hangs_up_just_after_they_were_moved(world: World) -> None:
    # Between being told of an operator and meeting one in the room, a caller may give up.
    app = world.application
    await world.publish(app.says("/answer", "<Say>请稍候</Say><Pause length='600'/>"))
    line = await world.dial()
    await line.hears("say")
    await order(world, next={"hang_up_after_offer": 1})
    room = app.says("/room", "<Dial><Conference>r1</Conference></Dial>")
    await world.rest(world.twilio.calls(line.sid).update, url=room)
    assert (await line.over())["status"] == "completed"
    assert (await line.heard())[-1] == ("hangup", "this person")


async def test_the_same_seed_makes_the_same_decisions(world: World) -> None:
    # Each kind has its own chance, so that one more kind does not change when the others strike.
    path = f"{world.address}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"

    async def statuses(**rates: float) -> list[int]:
        await order(world, seed=1, **rates)
        async with httpx.AsyncClient(auth=(ACCOUNT, TOKEN)) as client:
            return [(await client.get(path)).status_code for _ in range(40)]

    first = await statuses(rest_500=0.3)
    assert 2 < first.count(500) < 25
    assert await statuses(rest_500=0.3, callback_lost=0.5) == first
    assert await happened(world) == {"rest_500": 2 * first.count(500)}


async def test_a_wild_day_ends_every_call(world: World) -> None:
    # Whatever goes wrong on the way, nobody is left on a line that goes nowhere.
    app = world.application
    await world.publish(
        app.says("/answer", "<Say>一</Say><Redirect>/two</Redirect>"), status_callback=app.address + "/ended"
    )
    app.says("/two", "<Say>二</Say><Redirect>/three</Redirect>")
    app.says("/three", "<Say>三</Say>")
    await order(world, set="wild", seed=3)
    lines = [await world.dial(caller=CALLER[:-2] + f"{n:02}") for n in range(40)]
    for line in lines:
        await line.over()
    kinds = set(await happened(world))
    assert {"call_drops", "webhook_retried", "callback_lost", "callback_duplicated"} <= kinds
