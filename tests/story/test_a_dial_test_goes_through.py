"""拨测到人: a test of a number that is answered in person, asked to go on until somebody presses 1 or nobody did."""

from typing import Any

import aiohttp
import pytest

from tests.cast import (
    EDUCATION,
    EDUCATION_PHONE,
    MAYOR_OF_BOZHOU,
    MAYOR_OF_BOZHOU_PHONE,
    MAYOR_OF_BOZHOU_SECRETARY,
)
from tests.story.dial_tests import alarm_of, heard_at, is_tested, newest_call, nobody_is_on_the_phone
from tests.story.rules import in_a_meeting, row
from tests.town import Town, until


async def test_an_official_who_presses_1_is_proved_to_answer(town: Town) -> None:
    await town.phone(EDUCATION_PHONE, "answers_and_presses_1", after_seconds=1)
    calls = await newest_call(town, hotline="bozhou")
    last = await goes_through(town, EDUCATION)
    assert (last["verdict"], last["passed"], last["answered_by"]) == ("reached", True, "own")
    assert last["through"]
    assert last["person_after"] > 0
    assert "您好，这里是亳州市领导干部公开电话" in last["heard"]
    assert "这是公开电话拨测" in await heard_at(town, EDUCATION_PHONE)
    assert await newest_call(town, hotline="bozhou") == calls  # it is no call
    assert await nobody_is_on_the_phone(town)


@pytest.mark.parametrize(
    ("behaviour", "verdict", "by"),
    [
        ("busy", "official_busy", "nobody"),
        ("no_answer", "official_no_answer", "nobody"),
        ("switched_off", "official_off", "nobody"),
        ("invalid", "official_invalid", "nobody"),
        ("declined", "official_declined", "nobody"),
        ("voicemail", "official_no_key", "machine"),
    ],
)
async def test_whatever_keeps_an_official_from_answering_is_named(
    town: Town, behaviour: str, verdict: str, by: str
) -> None:
    await town.phone(EDUCATION_PHONE, behaviour, after_seconds=1)
    last = await goes_through(town, EDUCATION)
    assert (last["verdict"], last["answered_by"], last["person_after"]) == (verdict, by, None)
    assert "本人电话" in last["explained"]
    assert await texts_and_promises(town) == ([], [])
    assert await nobody_is_on_the_phone(town)


async def test_the_second_phone_rings_when_the_first_is_busy(town: Town) -> None:
    await town.phone(MAYOR_OF_BOZHOU_PHONE, "busy")
    await town.phone(MAYOR_OF_BOZHOU_SECRETARY, "answers_and_presses_1", after_seconds=1)
    last = await goes_through(town, MAYOR_OF_BOZHOU)
    assert (last["verdict"], last["answered_by"]) == ("reached", "second")


async def test_when_both_phones_fail_both_are_named(town: Town) -> None:
    await town.phone(MAYOR_OF_BOZHOU_PHONE, "busy")
    await town.phone(MAYOR_OF_BOZHOU_SECRETARY, "voicemail", after_seconds=1)
    last = await goes_through(town, MAYOR_OF_BOZHOU)
    assert (last["verdict"], last["answered_by"]) == ("official_busy", "machine")
    assert "本人电话占线；第二电话：接起后没有按 1" in last["explained"]


async def test_a_failure_is_an_alarm_that_names_it_until_a_test_passes(town: Town) -> None:
    await town.phone(EDUCATION_PHONE, "switched_off")
    await goes_through(town, EDUCATION)

    async def is_raised() -> bool:
        return "本人电话关机" in await alarm_of(town, EDUCATION, hotline="bozhou")

    await until(is_raised, "the alarm names it")
    await town.phone(EDUCATION_PHONE, "answers_and_presses_1")
    await goes_through(town, EDUCATION)

    async def is_over() -> bool:
        return not await alarm_of(town, EDUCATION, hotline="bozhou")

    await until(is_over, "the alarm is over")


async def test_an_official_who_is_away_is_not_rung(town: Town) -> None:
    await town.phone(EDUCATION_PHONE, "answers_and_presses_1")
    async with in_a_meeting(town, EDUCATION):
        last = await goes_through(town, EDUCATION)
    assert (last["verdict"], last["answered_by"]) == ("official_absent", "nobody")
    assert "（开会）" in last["explained"]


async def test_nobody_is_woken_in_quiet_hours(town: Town) -> None:
    await town.phone(EDUCATION_PHONE, "answers_and_presses_1")
    async with row(town, EDUCATION, quiet="00:00-24:00"):
        last = await goes_through(town, EDUCATION)
    assert (last["verdict"], last["answered_by"]) == ("official_quiet", "nobody")


async def test_without_asking_nobody_is_disturbed(town: Town) -> None:
    await town.phone(EDUCATION_PHONE, "by_hand")
    last = await is_tested(town, EDUCATION, hotline="bozhou", through=False)
    assert (last["verdict"], last["answered_by"], last["through"]) == ("reached", "official", False)


async def test_nobody_is_rung_unnamed(town: Town) -> None:
    everybody = await town.ask(
        "POST", "/api/nanning/probes", token=town.admin_token(), json={"through": True}, expect=422
    )
    assert "写明" in everybody["detail"]


@pytest.mark.parametrize("fault", ["callback_lost", "callback_duplicated", "webhook_retried"])
async def test_it_ends_by_itself_whatever_the_carrier_forgets_or_repeats(town: Town, fault: str) -> None:
    await town.phone(EDUCATION_PHONE, "answers_and_presses_1", after_seconds=1)
    async with aiohttp.ClientSession(town.company_url) as company:
        await company.put("/simulator/faults", json={fault: 1})
        try:
            last = await goes_through(town, EDUCATION)
        finally:
            await company.delete("/simulator/faults")
    assert (last["verdict"], last["answered_by"]) == ("reached", "own")
    assert await nobody_is_on_the_phone(town)


async def test_a_phone_that_nobody_picks_up_does_not_ring_for_ever(town: Town) -> None:
    await town.phone(EDUCATION_PHONE, "by_hand")
    last = await goes_through(town, EDUCATION)
    assert last["verdict"] == "official_no_answer"
    assert await nobody_is_on_the_phone(town)


async def goes_through(town: Town, number: str) -> dict[str, Any]:
    return await is_tested(town, number, hotline="bozhou")


async def texts_and_promises(town: Town) -> tuple[list[Any], list[Any]]:
    number = town.hotline("bozhou").handbook.profile.probes.number or ""
    token = town.admin_token("bozhou")
    made = await town.ask("GET", f"/api/bozhou/promises?line=%2B{EDUCATION[1:]}", token=token)
    async with aiohttp.ClientSession(town.company_url) as company:
        async with company.get("/simulator/texts", params={"to": number}) as answer:
            return list(await answer.json()), [one for one in made if one["caller"] == number]
