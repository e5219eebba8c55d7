"""An official says by telephone, with the code of their post, until when nobody rings them."""

from typing import Any

import aiohttp
import pytest

from ivr.store import connect
from tests.cast import EDUCATION, EDUCATION_PHONE, QIAN, WU, ZHOU
from tests.story.rules import rules
from tests.town import Caller, Town, secret_of, until

SERVICE = "+8655800009001"
CODE = f"/api/bozhou/absences/{EDUCATION}/code"


async def test_the_official_is_in_a_meeting_for_two_hours_and_callers_are_told_so(town: Town) -> None:
    code = await is_given_a_code(town)
    wu = await dials_in(town, code)
    await wu.hears("亳州市教育局局长，现在可以接听")
    await wu.presses("1")
    await wu.hears("请输入几小时")
    await wu.presses("2#")
    await wu.hears("亳州市教育局局长，开会，到")
    assert (await post_of(town))["away"] is None  # nothing is written down before it is confirmed
    await wu.presses("1")
    await wu.hears("已经登记")
    await wu.is_hung_up_on()
    post = await post_of(town)
    assert (post["away"], post["by"]) == ("开会", "phone")

    zhou = await town.caller(ZHOU).dials(EDUCATION)
    await zhou.hears("亳州市教育局局长正在开会")
    await zhou.hangs_up()
    await zhou.record("bozhou")

    wu = await dials_in(town, code)
    await wu.hears("现在登记的是开会，到")
    await wu.presses("0")
    await wu.hears("亳州市教育局局长，恢复接听")
    await wu.presses("1")
    await wu.hears("已经登记")
    assert (await post_of(town))["away"] is None
    entries = await audit(town, "absence")
    assert [(one["about"], one["where"], one["why"][:2]) for one in entries[:2]] == [
        (EDUCATION, "电话", "恢复"),
        (EDUCATION, "电话", "开会"),
    ]


async def test_a_star_begins_anew_wherever_it_is_pressed(town: Town) -> None:
    code = await is_given_a_code(town)
    wu = await town.caller(WU).dials(SERVICE)
    await wu.hears("共十位")
    await wu.presses(f"001899*{code}#")
    await wu.hears("开会请按 1")
    await wu.presses("1")
    await wu.hears("请输入几小时")
    await wu.presses("9*3#")
    await wu.hears("开会，到")
    await wu.presses("*")
    await heard_times(wu, "开会请按 1", 2)
    await wu.presses("2")
    await heard_times(wu, "请输入几小时", 2)
    await wu.presses("1#")
    await wu.hears("外出，到")
    await wu.presses("1")
    await wu.hears("已经登记")
    assert (await post_of(town))["away"] == "外出"
    await comes_back(town)


async def test_keys_that_mean_nothing_are_asked_again_and_three_times_is_goodbye(town: Town) -> None:
    wu = await dials_in(town, await is_given_a_code(town))
    for times in (1, 2, 3):
        await heard_times(wu, "开会请按 1", times)
        await wu.presses("7")
    await wu.hears("再见")
    await wu.is_hung_up_on()

    wu = await dials_in(town, await is_given_a_code(town))
    await wu.hears("休息请按 3")
    await wu.presses("3")
    await wu.hears("请输入几小时")
    await wu.presses("0#")
    await heard_times(wu, "请输入几小时", 2)
    await wu.presses("721#")  # longer than thirty days
    await heard_times(wu, "请输入几小时", 3)
    await wu.presses("12#")
    await wu.hears("休息，到")
    await wu.presses("5")
    await heard_times(wu, "休息，到", 2)
    await wu.hangs_up()
    assert (await post_of(town))["away"] is None


async def test_who_hangs_up_before_confirming_has_switched_nothing(town: Town) -> None:
    wu = await dials_in(town, await is_given_a_code(town))
    await wu.hears("外出请按 2")
    await wu.presses("2")
    await wu.hears("请输入几小时")
    await wu.presses("2#")
    await wu.hears("外出，到")
    await wu.hangs_up()
    await wu.is_hung_up_on()
    assert (await post_of(town))["away"] is None


async def test_silence_is_asked_again_and_then_let_go(town: Town) -> None:
    wu = await town.caller(WU).dials(SERVICE)
    await heard_times(wu, "共十位", 3)
    await wu.hears("再见")
    await wu.is_hung_up_on()


async def test_a_wrong_code_opens_nothing_and_many_wrong_ones_lock_the_post_and_raise_an_alarm(
    town: Town,
) -> None:
    code = await is_given_a_code(town)
    wrong = code[:4] + f"{(int(code[4:]) + 1) % 1_000_000:06}"
    zhou = await guesses(town, ZHOU, wrong, 3)
    await zhou.hears("再见")
    await zhou.is_hung_up_on()
    qian = await guesses(town, QIAN, wrong, 2)
    await qian.hears("暂时不能用电话登记")
    await qian.is_hung_up_on()

    right = await dials_in(town, code)
    await right.hears("暂时不能用电话登记")
    await right.is_hung_up_on()
    post = await post_of(town)
    assert (post["locked"], post["code"]) == (True, True)
    assert [(one["about"], one["who"]) for one in await audit(town, "code_locked")][:1] == [(EDUCATION, "")]

    async def raised() -> bool:
        alarms = await town.ask("GET", "/api/bozhou/alarms", token=town.admin_token("bozhou"))
        return any(one["name"] == f"code:{EDUCATION}" for one in alarms["raised"])

    await until(raised, "the alarm of the code is raised")
    again = await dials_in(town, await is_given_a_code(town))  # a new code, and all is well
    await again.hears("开会请按 1")
    await again.hangs_up()


async def test_a_code_is_shown_once_and_kept_as_a_digest(town: Town) -> None:
    code = await is_given_a_code(town)
    assert code[:4] == EDUCATION[-4:] and len(code) == 10
    kept = await stored(town, "HGETALL", "code", EDUCATION)
    assert len(kept["digest"]) == 64 and set(kept) == {"digest", "by", "since"}
    assert code[4:] not in str(
        await town.ask("GET", "/api/bozhou/absences", token=town.admin_token("bozhou"))
    )
    assert [one["why"] for one in await audit(town, "code")][:1] == ["新登记码"]
    await town.ask("DELETE", CODE, token=town.admin_token("bozhou"))
    await town.ask("DELETE", CODE, token=town.admin_token("bozhou"), expect=404)
    assert (await post_of(town))["code"] is False


async def test_the_page_gives_a_code_and_an_office_gives_one_for_its_own_post_alone(town: Town) -> None:
    headers = {"Authorization": f"Bearer {town.admin_token('bozhou')}"}
    async with aiohttp.ClientSession(town.url, headers=headers) as http:
        async with http.post(f"/absences/{EDUCATION}/code") as answer:
            page = await answer.text()
    assert answer.status == 200
    assert "亳州市教育局局长的登记码" in page and "055800009001" in page and EDUCATION_PHONE not in page
    assert "no-store" in answer.headers["Cache-Control"]
    office = f"ztc_bozhou_{secret_of('8030')}"
    await town.ask("POST", CODE, token=office, expect=404)


async def test_where_there_is_no_such_number_no_code_is_given(town: Town) -> None:
    async with rules(town, "dial_in", "bozhou", number=None):
        refused = await town.ask("POST", CODE, token=town.admin_token("bozhou"), expect=409)
    assert "dial_in" in str(refused)


@pytest.fixture(autouse=True)
async def _nobody_was_wrong_before(town: Town) -> None:
    """Each story begins with telephones that were not wrong in another."""
    for caller in (WU, ZHOU, QIAN):
        await stored(town, "DEL", "code_tries", caller)


async def stored(town: Town, command: str, *key: str) -> Any:
    """Over a connection of our own: the town's belongs to its workers."""
    store = connect(town.demo.store_url)
    try:
        return await store.ask(command, town.hotline("bozhou").key(*key))
    finally:
        await store.close()


async def is_given_a_code(town: Town) -> str:
    granted = await town.ask("POST", CODE, token=town.admin_token("bozhou"), expect=201)
    return str(granted["code"])


async def dials_in(town: Town, code: str) -> Caller:
    wu = await town.caller(WU).dials(SERVICE)
    await wu.hears("共十位")
    await wu.presses(f"{code}#")
    return wu


async def guesses(town: Town, number: str, code: str, times: int) -> Caller:
    guesser = await town.caller(number).dials(SERVICE)
    for n in range(1, times + 1):
        await heard_times(guesser, "共十位", n)
        await guesser.presses(f"{code}#")
    return guesser


async def heard_times(caller: Caller, words: str, times: int) -> None:
    async def so() -> bool:
        return sum(words in one for one in await caller.everything_heard()) >= times

    await until(so, f"“{words}” is heard {times} times")


async def comes_back(town: Town) -> None:
    await town.ask("DELETE", f"/api/bozhou/absences/{EDUCATION}", token=town.admin_token("bozhou"))


async def post_of(town: Town) -> dict[str, Any]:
    posts = await town.ask("GET", "/api/bozhou/absences", token=town.admin_token("bozhou"))
    return dict(next(one for one in posts if one["number"] == EDUCATION))


async def audit(town: Town, act: str) -> list[dict[str, Any]]:
    found = await town.ask("GET", f"/api/bozhou/audit?act={act}", token=town.admin_token("bozhou"))
    return list(found["entries"])
