"""The Bozhou caller: told that the official cannot be reached, sent a text, put through to the duty phone."""

from typing import Any

import aiohttp

from tests.cast import EDUCATION, EDUCATION_DUTY, EDUCATION_PHONE, WU, ZHOU
from tests.town import Town, until
from tests.voice.carrier_words import post

CHIEF = "8000"
ABSENCE = f"/api/bozhou/absences/{EDUCATION}"


async def test_the_caller_is_told_gets_the_text_and_presses_1_for_the_duty_phone(town: Town) -> None:
    await town.phone(EDUCATION_PHONE, "declined", after_seconds=1)
    await town.phone(EDUCATION_DUTY, "answers_and_presses_1", after_seconds=1)
    wu = await town.caller(WU).dials(EDUCATION)
    await wu.hears("现在不便接听")
    await wu.hears("本人会后与您联系，稍后请查看手机短信")

    text = await until(lambda: _text_to(town, WU), "the text is delivered")
    assert text["body"] == (
        "【亳州公开电话】您好，我正在开会，会后联系您，如有急事，请拨打教育局值班电话055800000518。"
    )

    await wu.presses("1")
    await wu.hears(f"talking with {EDUCATION_DUTY}")
    await wu.hangs_up()
    record = await wu.record("bozhou")
    assert (record["outcome"], record["missed_why"], record["text"]) == (
        "duty_answered", "declined", text["body"],
    )  # fmt: skip
    promise = await town.ask("GET", f"/api/bozhou/promises/{wu.sid}", token=town.admin_token("bozhou"))
    assert promise["why"] == "declined"

    async def is_delivered() -> bool:
        return bool((await wu.record("bozhou"))["text_state"] == "delivered")

    await until(is_delivered, "its delivery is known")
    headers = {"Authorization": f"Bearer {town.admin_token('bozhou')}"}
    async with aiohttp.ClientSession(town.url, headers=headers) as http:
        async with http.get(f"/calls/{wu.sid}") as answer:
            page = await answer.text()
    assert "短信已送达" in page and text["body"] in page
    assert "等待联系，应在" in page


async def test_a_landline_gets_no_text_and_hears_it_instead(town: Town) -> None:
    await town.phone(EDUCATION_PHONE, "busy")
    zhou = await town.caller(ZHOU).dials(EDUCATION)
    await zhou.hears("会后联系您")
    await zhou.hears("如有急事，请拨打教育局值班电话，零五五八，零零零零，零五一八")
    await zhou.hangs_up()
    assert (await zhou.record("bozhou"))["text"] is None


async def test_an_office_says_that_the_official_is_in_a_meeting_and_nobody_rings_them(town: Town) -> None:
    await town.phone(EDUCATION_PHONE, "answers_and_presses_1", after_seconds=1)
    until_when = town.hotline("bozhou").moment().replace(hour=23, minute=59)
    wish = {"kind": "开会", "until": until_when.isoformat()}
    posts = await town.ask("PUT", ABSENCE, token=town.admin_token("bozhou"), json=wish)
    assert EDUCATION_PHONE not in str(posts)
    zhou = await town.caller(ZHOU).dials(EDUCATION)
    await zhou.hears("亳州市教育局局长正在开会，二十三点五十九分前不便接听电话")
    await zhou.hangs_up()
    assert (await zhou.record("bozhou"))["missed_why"] == "absent"

    await town.ask("DELETE", ABSENCE, token=town.admin_token("bozhou"))
    again = await town.caller(ZHOU).dials(EDUCATION)
    await again.hears(f"talking with {EDUCATION_PHONE}")
    await again.hangs_up()


async def test_an_official_switches_by_text_and_a_stranger_does_not(town: Town) -> None:
    async def writes(sender: str, body: str) -> str:
        form = {"From": sender, "To": EDUCATION, "Body": body, "MessageSid": "SM" + "0" * 32}
        said = await post(f"{town.url}/texts/bozhou/received", form)
        assert said.status == 200
        return said.text

    assert "Message" not in await writes(WU, "开会 2小时")
    assert "没有看懂" in await writes(EDUCATION_PHONE, "你好")
    assert "已登记外出" in await writes(EDUCATION_PHONE, "外出 2小时")
    posts = await town.ask("GET", "/api/bozhou/absences", token=town.admin_token("bozhou"))
    away = next(one for one in posts if one["number"] == EDUCATION)
    assert (away["away"], away["by"]) == ("外出", "text")
    assert "已恢复" in await writes(EDUCATION_PHONE, "恢复")


async def _text_to(town: Town, number: str) -> dict[str, Any] | None:
    async with aiohttp.ClientSession(town.company_url) as company:
        async with company.get("/simulator/texts", params={"to": number}) as answer:
            texts = await answer.json()
            return dict(texts[-1]) if texts else None


async def test_the_page_of_the_posts_tells_nobody_their_phones(town: Town) -> None:
    headers = {"Authorization": f"Bearer {town.admin_token('bozhou')}"}
    async with aiohttp.ClientSession(town.url, headers=headers) as http:
        async with http.get("/absences") as answer:
            page = await answer.text()
    assert answer.status == 200
    assert "亳州市教育局局长" in page and "登记" in page
    assert "15400000118" not in page
