"""What callers of other hotlines complain of, where it takes a whole call to show; the rest is in tests/acd."""

import re
from datetime import timedelta

from tests.cast import (
    EDUCATION,
    EDUCATION_DUTY,
    EDUCATION_PHONE,
    MAYOR,
    MAYOR_OF_BOZHOU,
    MAYOR_OF_BOZHOU_DUTY,
    MAYOR_OF_BOZHOU_PHONE,
    MAYOR_OF_BOZHOU_SECRETARY,
    WANG,
    ZHOU,
)
from tests.story.rules import row, rules
from tests.town import Town, until

WANTS_SOMEBODY = [{"when": "转值班电话请按 1", "press": "1"}]
WANTS_AN_OPERATOR = [{"when": "转人工服务请按 1", "press": "1"}]


async def test_a_caller_who_presses_nothing_talks_with_an_operator(town: Town) -> None:
    """36: the elderly are lost in menus."""
    wang = await town.operator(WANG)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await zhou.is_in_the_room()
    heard = " ".join(await zhou.everything_heard())
    assert "请按" not in heard and "按键" not in heard


async def test_a_voicemail_that_answers_first_is_nobody(town: Town) -> None:
    """28: a machine picks up, and the caller talks to it, or the search ends there. Only a key makes a person."""
    await town.phone(EDUCATION_PHONE, "voicemail", after_seconds=1)
    await town.phone(EDUCATION_DUTY, "answers_and_presses_1", after_seconds=1)
    zhou = await town.caller(ZHOU).dials(EDUCATION, script=WANTS_SOMEBODY)
    await zhou.hears("暂时无人接听")
    await zhou.hears(f"talking with {EDUCATION_DUTY}")
    await zhou.hangs_up()
    assert "talking with " + EDUCATION_PHONE not in await zhou.everything_heard()
    assert (await zhou.record("bozhou"))["answered_by"] == "duty"


async def test_with_nobody_anywhere_it_does_not_ring_for_ever(town: Town) -> None:
    """29: nobody is on shift, and the phone rings and rings. Each phone has its time, and the last word is said."""
    await town.phone(EDUCATION_PHONE, "no_answer")
    await town.phone(EDUCATION_DUTY, "no_answer")
    async with rules(town, "queue", "bozhou", join_unstaffed=False):
        zhou = await town.caller(ZHOU).dials(EDUCATION, script=[*WANTS_SOMEBODY, *WANTS_AN_OPERATOR])
        await zhou.hears("值班电话暂时无人接听")
        await zhou.hears("现在没有工作人员在岗")
        over = await zhou.is_hung_up_on()
    heard = over["heard"]
    rung = [item["text"] for item in heard if item["kind"] == "ring" and item["text"]]
    assert rung == [EDUCATION_PHONE, EDUCATION_DUTY], "each once"


async def test_a_post_without_a_duty_phone_is_never_dialled_as_nothing(town: Town) -> None:
    """29: whoever has the night has no phone in the list, and 000000 is dialled. No phone, no ring: an operator."""
    operator = await town.operator("8001", hotline="bozhou")
    await town.phone(EDUCATION_PHONE, "switched_off")
    async with row(town, EDUCATION, duty_office="", duty_phone=""):
        zhou = await town.caller(ZHOU).dials(EDUCATION, script=WANTS_AN_OPERATOR)
        await zhou.hears("已关机")
        await operator.accepts()
        await zhou.is_in_the_room()
    rung = [item["text"] for item in (await zhou.call())["heard"] if item["kind"] == "ring" and item["text"]]
    assert rung == [EDUCATION_PHONE]
    await operator.hangs_up()


async def test_one_bad_number_does_not_end_the_search(town: Town) -> None:
    """30: one invalid number in the list, and the fallback never fires. Here every number but the last is bad."""
    operator = await town.operator("8001", hotline="bozhou")
    for phone in (MAYOR_OF_BOZHOU_PHONE, MAYOR_OF_BOZHOU_SECRETARY, MAYOR_OF_BOZHOU_DUTY):
        await town.phone(phone, "invalid")
    script = [*WANTS_SOMEBODY, *WANTS_AN_OPERATOR]
    zhou = await town.caller(ZHOU).dials(MAYOR_OF_BOZHOU, script=script)
    await zhou.hears("号码有误")
    await operator.accepts()
    await zhou.is_in_the_room()
    await operator.hangs_up()
    record = await zhou.record("bozhou")
    assert (record["outcome"], record["operator"]) == ("answered", "8001")


async def test_no_phone_rings_outside_its_hours_not_even_once(town: Town) -> None:
    """31: phantom calls, one ring long, to those whose shift is over. In quiet hours, and while they are away, no call
    is made at all."""
    await town.phone(EDUCATION_PHONE, "answers_and_presses_1", after_seconds=1)
    until_when = town.hotline("bozhou").moment() + timedelta(hours=2)
    wish = {"kind": "休息", "until": until_when.isoformat()}
    path, token = f"/api/bozhou/absences/{EDUCATION}", town.admin_token("bozhou")
    async with row(town, EDUCATION, quiet="00:00-24:00"):
        quiet = await town.caller(ZHOU).dials(EDUCATION)
        await quiet.hears("现在是休息时段")
    await town.ask("PUT", path, token=token, json=wish)
    away = await town.caller(ZHOU).dials(EDUCATION)
    await away.hears("亳州市教育局局长正在休息")
    await town.ask("DELETE", path, token=token)
    for caller in (quiet, away):
        over = await caller.is_hung_up_on()
        assert not [item for item in over["heard"] if item["kind"] == "ring" and item["text"]]


async def test_texts_that_silently_stop_are_an_alarm_until_one_arrives(town: Town) -> None:
    """31: notices by SMS silently stop, and nobody sees it. Every one has an end here, and ends are counted."""
    await town.phone(EDUCATION_PHONE, "busy")
    mobiles = [f"+8615400000{n}" for n in range(891, 896)]
    for mobile in mobiles:
        await town.phone(mobile, "invalid")
        await is_told_by_text(town, mobile)

    async def alarm() -> dict[str, str] | None:
        found = await town.ask("GET", "/api/bozhou/alarms", token=town.admin_token("bozhou"))
        return next((one for one in found["raised"] if one["name"] == "texts"), None)

    found = await until(alarm, "an alarm of the texts")
    in_a_row = re.match(r"短信连续 (\d+) 条没有送达", found["text"])
    assert in_a_row and int(in_a_row[1]) >= len(mobiles)
    await is_told_by_text(town, "+8615400000890")

    async def is_over() -> bool:
        return await alarm() is None

    await until(is_over, "the alarm is over")


async def is_told_by_text(town: Town, mobile: str) -> None:
    caller = await town.caller(mobile).dials(EDUCATION)
    await caller.hears("请查看手机短信")
    await caller.hangs_up()
