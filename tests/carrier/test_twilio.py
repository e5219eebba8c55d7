"""What we ask of the phone company, and what its answers mean to us."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from ivr.carrier import Asked, CarrierFailed, CarrierRefused, Invitation
from ivr.carrier.twilio import TIMEOUT_SECONDS, TRIES, Twilio
from ivr.demo import Demo
from tests.cast import MAYOR, SECRETARY, ZHOU
from tests.company import Company
from tests.town import Town, free_port, until

NO_CALL = "CA" + "0" * 32
NOWHERE = "http://127.0.0.1:9/"

Carriers = Callable[[str], Twilio]


@pytest_asyncio.fixture
async def carrier_at(tmp_path: Any) -> AsyncIterator[Carriers]:
    """Our carrier with a base URL of its own."""
    made: list[Twilio] = []

    def make(url: str) -> Twilio:
        settings = Demo(1, 2, folder=tmp_path, redis_url="unix:///nowhere").settings()
        made.append(Twilio(settings.model_copy(update={"twilio_api_url": url})))
        return made[-1]

    yield make
    for one in made:
        await one.close()


async def test_a_call_that_is_over_cannot_be_redirected_and_that_means_gone(
    town: Town, carrier_at: Carriers
) -> None:
    """Twilio answers 21220 to an update of a call that is no longer in progress."""
    carrier = carrier_at(town.company_url)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    await zhou.hangs_up()
    await zhou.is_hung_up_on()
    assert await carrier.redirect(zhou.sid, town.hotline().url("wait")) is Asked.GONE


async def test_a_call_that_never_was_is_gone_too(town: Town, carrier_at: Carriers) -> None:
    """Twilio answers 20404 to a sid it does not know."""
    assert await carrier_at(town.company_url).hang_up(NO_CALL) is Asked.GONE


async def test_hanging_up_ends_the_call_for_the_caller(town: Town, carrier_at: Carriers) -> None:
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    assert await carrier_at(town.company_url).hang_up(zhou.sid) is Asked.OK
    await zhou.is_hung_up_on()


async def test_which_calls_are_over_is_learnt_from_the_carriers_lists(
    town: Town, carrier_at: Carriers
) -> None:
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    assert await carrier_at(town.company_url).over([zhou.sid, NO_CALL]) == [NO_CALL]


async def test_a_call_of_ours_that_is_not_over_is_found_by_whom_it_rings(
    town: Town, carrier_at: Carriers
) -> None:
    """A caller who dials us from that number is no call of ours, nor is one to another number."""
    carrier = carrier_at(town.company_url)
    await town.phone(ZHOU, "by_hand")
    assert await carrier.made_to(ZHOU, caller_id=MAYOR) is None
    leg = await carrier.ring(ZHOU, caller_id=MAYOR, url=town.hotline().url("wait"), news=NOWHERE, seconds=600)
    assert await carrier.made_to(ZHOU, caller_id=MAYOR) == leg
    assert await carrier.made_to(ZHOU, caller_id=SECRETARY) is None
    await carrier.hang_up(leg)

    async def is_over() -> bool:
        return await carrier.made_to(ZHOU, caller_id=MAYOR) is None

    await until(is_over, "it is over")


async def test_a_busy_carrier_is_asked_again_until_it_does_it(company: Company, carrier_at: Carriers) -> None:
    """429 (20429) was not carried out, and 5xx may not have been: both are safe to repeat here."""
    company.answers = [429, 200]
    assert await carrier_at(company.url).hang_up(NO_CALL) is Asked.OK
    assert len(company.asked) == 2


async def test_a_carrier_that_stays_broken_is_given_up_after_a_few_tries(
    company: Company, carrier_at: Carriers
) -> None:
    company.answers = [500] * 10
    with pytest.raises(CarrierFailed):
        await carrier_at(company.url).hang_up(NO_CALL)
    assert len(company.asked) == TRIES


async def test_a_proxy_that_says_no_in_letters_of_its_own_is_a_failure_like_any_other(
    company: Company, carrier_at: Carriers
) -> None:
    company.answers, company.page = [502] * 10, "网关错误".encode("gbk")
    with pytest.raises(CarrierFailed):
        await carrier_at(company.url).redirect(NO_CALL, "http://127.0.0.1/wait")
    with pytest.raises(CarrierFailed):
        await carrier_at(company.url).hang_up(NO_CALL)


async def test_a_refusal_is_not_repeated(company: Company, carrier_at: Carriers) -> None:
    company.answers = [401]
    with pytest.raises(CarrierFailed, match="401"):
        await carrier_at(company.url).hang_up(NO_CALL)
    assert len(company.asked) == 1


async def test_a_carrier_that_does_not_answer_is_a_failure_with_its_address(carrier_at: Carriers) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(CarrierFailed, match=nobody):
        await carrier_at(nobody).hang_up(NO_CALL)


async def test_a_redirect_is_tried_once_because_it_may_have_been_carried_out(
    company: Company, carrier_at: Carriers
) -> None:
    company.answers = [500] * 10
    with pytest.raises(CarrierFailed):
        await carrier_at(company.url).redirect(NO_CALL, "http://127.0.0.1/wait")
    assert len(company.asked) == 1


async def test_a_carrier_that_accepts_and_stays_silent_is_given_up_in_seconds(
    company: Company, carrier_at: Carriers
) -> None:
    company.silent = True
    async with asyncio.timeout(TRIES * TIMEOUT_SECONDS + 2):
        with pytest.raises(CarrierFailed, match="no answer"):
            await carrier_at(company.url).hang_up(NO_CALL)


async def test_who_is_in_a_room_is_asked_of_the_carrier(town: Town, carrier_at: Carriers) -> None:
    wang = await town.operator("9001")
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")
    room = str((await zhou.call())["room"])
    carrier = carrier_at(town.company_url)
    assert await carrier.who_is_in(room) == {zhou.sid, wang.phone}
    assert await carrier.who_is_in("no such room") == set()
    assert not await carrier.room_is_over("no such room")
    assert not await carrier.room_is_over(room)
    assert await carrier.room_was(room)
    assert not await carrier.room_was("no such room")
    await zhou.hangs_up()
    await until(lambda: carrier.room_is_over(room), "the room is over")
    assert await carrier.room_was(room)


async def test_a_list_that_the_carrier_refuses_is_a_failure_like_any_other(
    company: Company, carrier_at: Carriers
) -> None:
    company.lists_answer = 503
    with pytest.raises(CarrierFailed, match="503 for a list"):
        await carrier_at(company.url).over([NO_CALL])


async def test_nobody_is_put_on_hold_in_a_room_that_is_not_there(town: Town, carrier_at: Carriers) -> None:
    carrier = carrier_at(town.company_url)
    assert await carrier.hold("no-such-room", NO_CALL, "http://127.0.0.1/music") is Asked.GONE
    assert await carrier.end_with("no-such-room", NO_CALL, True) is Asked.GONE


async def test_a_telephone_that_cannot_be_called_into_a_room_is_refused_once_and_for_all(
    town: Town, carrier_at: Carriers
) -> None:
    """Twilio answers 21211 to a To that is no number; asking again would not help."""
    invitation = Invitation(caller=MAYOR, label="guest-1", seconds=20, news=town.hotline().url("guest_over"))
    with pytest.raises(CarrierRefused):
        await carrier_at(town.company_url).call_in("a-room", "nobody", invitation)


async def test_a_call_that_is_over_is_not_recorded(town: Town, carrier_at: Carriers) -> None:
    carrier = carrier_at(town.company_url)
    assert await carrier.record(NO_CALL, town.hotline().url("taped")) is None
    assert await carrier.pause_recording(NO_CALL, "RE" + "0" * 32, True) is Asked.GONE
    assert await carrier.stop_recording(NO_CALL, "RE" + "0" * 32) is Asked.GONE
