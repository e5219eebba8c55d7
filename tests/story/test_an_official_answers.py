"""A post that answers in person: the official's own phone rings, and whoever presses 1 is a person."""

import pytest

from tests.cast import (
    EDUCATION,
    EDUCATION_DUTY,
    EDUCATION_PHONE,
    MAYOR_OF_BOZHOU,
    MAYOR_OF_BOZHOU_PHONE,
    MAYOR_OF_BOZHOU_SECRETARY,
    ZHOU,
)
from tests.story.rules import row, rules
from tests.town import SPEED, Town


async def test_an_official_who_presses_1_talks_with_the_caller(town: Town) -> None:
    await town.phone(EDUCATION_PHONE, "answers_and_presses_1", after_seconds=1)
    zhou = await town.caller(ZHOU).dials(EDUCATION)
    await zhou.hears("正在为您接通亳州市教育局局长本人的电话")
    await zhou.hears(f"talking with {EDUCATION_PHONE}")

    await zhou.hangs_up()

    record = await zhou.record("bozhou")
    assert (record["outcome"], record["answered_by"], record["ended_by"]) == (
        "direct_answered", "own", "caller",
    )  # fmt: skip
    assert record["holder"] == "第1任"
    assert record["talked"] is not None


@pytest.mark.parametrize(
    ("behaviour", "words", "why"),
    [
        ("busy", "正在通话中", "busy"),
        ("declined", "现在不便接听", "declined"),
        ("switched_off", "已关机", "off"),
        ("invalid", "号码有误", "invalid"),
        ("no_answer", "暂时无人接听", "no_answer"),
        ("voicemail", "暂时无人接听", "no_answer"),
    ],
)
async def test_every_ending_of_the_ringing_has_its_words(
    town: Town, behaviour: str, words: str, why: str
) -> None:
    await town.phone(EDUCATION_PHONE, behaviour, after_seconds=1)
    zhou = await town.caller(ZHOU).dials(EDUCATION)

    await zhou.hears(words)
    await zhou.hears("转值班电话请按 1，留言请按 2")

    await zhou.is_hung_up_on()
    record = await zhou.record("bozhou")
    assert (record["outcome"], record["missed_why"], record["talked"]) == ("direct_missed", why, None)


async def test_a_second_phone_rings_when_the_first_is_not_answered(town: Town) -> None:
    await town.phone(MAYOR_OF_BOZHOU_PHONE, "invalid")
    await town.phone(MAYOR_OF_BOZHOU_SECRETARY, "answers_and_presses_1", after_seconds=1)
    zhou = await town.caller(ZHOU).dials(MAYOR_OF_BOZHOU)
    await zhou.hears("另一部电话")
    await zhou.hears(f"talking with {MAYOR_OF_BOZHOU_SECRETARY}")
    await zhou.hangs_up()
    record = await zhou.record("bozhou")
    assert (record["outcome"], record["answered_by"]) == ("direct_answered", "second")


async def test_1_leads_to_the_duty_phone_and_then_to_an_operator(town: Town) -> None:
    await town.phone(EDUCATION_PHONE, "declined", after_seconds=1)
    await town.phone(EDUCATION_DUTY, "no_answer")
    operator = await town.operator("8001", hotline="bozhou")
    zhou = await town.caller(ZHOU).dials(EDUCATION)
    await zhou.hears("转值班电话请按 1")
    await zhou.presses("1")
    await zhou.hears("正在为您接通教育局值班电话")
    await zhou.hears("值班电话暂时无人接听")
    await zhou.hears("转人工服务请按 1")
    await zhou.presses("1")
    await operator.accepts()
    await operator.is_on("talking")
    await operator.hangs_up()
    await zhou.hangs_up()
    record = await zhou.record("bozhou")
    assert (record["outcome"], record["missed_why"], record["operator"]) == ("answered", "declined", "8001")


async def test_2_leads_to_a_message(town: Town) -> None:
    await town.phone(EDUCATION_PHONE, "busy")
    zhou = await town.caller(ZHOU).dials(EDUCATION)
    await zhou.hears("留言请按 2")
    await zhou.presses("2")
    await zhou.speaks(6)
    await zhou.hears("您的留言已收到")
    assert (await zhou.record("bozhou"))["outcome"] == "message"


async def test_the_second_phone_rings_when_the_first_has_rung_for_its_time(town: Town) -> None:
    await town.phone(MAYOR_OF_BOZHOU_PHONE, "no_answer")
    await town.phone(MAYOR_OF_BOZHOU_SECRETARY, "answers_and_presses_1", after_seconds=1)
    async with row(town, MAYOR_OF_BOZHOU, ring_seconds=10):
        zhou = await town.caller(ZHOU).dials(MAYOR_OF_BOZHOU)
        await zhou.hears(f"talking with {MAYOR_OF_BOZHOU_SECRETARY}")
    heard = (await zhou.call())["heard"]
    first, second = (item["at"] for item in heard if item["kind"] == "ring" and item["text"])
    assert 10 <= (second - first) * SPEED < 30, (
        "ten seconds, five of the network's own, and what is said between"
    )
    await zhou.hangs_up()


async def test_an_official_is_reached_over_the_citys_sip_trunk(town: Town) -> None:
    trunk = "trunk.bozhou.example"
    over_the_trunk = f"sip:{EDUCATION_PHONE}@{trunk}"
    await town.phone(over_the_trunk, "answers_and_presses_1", after_seconds=1)
    async with rules(town, "direct", "bozhou", trunk="sip", sip_domain=trunk):
        zhou = await town.caller(ZHOU).dials(EDUCATION)
        await zhou.hears(f"talking with {over_the_trunk}")
        await zhou.hangs_up()
    assert (await zhou.record("bozhou"))["outcome"] == "direct_answered"
