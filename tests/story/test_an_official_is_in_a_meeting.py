"""The Bozhou caller: told that the official cannot be reached, sent a text, put through to the duty phone."""

from typing import Any

import aiohttp

from tests.cast import (
    EDUCATION,
    EDUCATION_DUTY,
    EDUCATION_PHONE,
    MAYOR_OF_BOZHOU,
    MAYOR_OF_BOZHOU_SECRETARY,
    WU,
    ZHOU,
)
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
    assert record["promise"] == {"state": "open", "due": promise["due"], "kept": None, "how": None}

    async def is_delivered() -> bool:
        return bool((await wu.record("bozhou"))["text_state"] == "delivered")

    await until(is_delivered, "its delivery is known")
    headers = {"Authorization": f"Bearer {town.admin_token('bozhou')}"}
    async with aiohttp.ClientSession(town.url, headers=headers) as http:
        async with http.get(f"/calls/{wu.sid}") as answer:
            page = await answer.text()
    assert "短信已送达" in page and text["body"] in page
    assert "等待联系，应在" in page
    assert "<dt>接听</dt><dd>值班电话</dd>" in page
    assert "<dt>本人未接</dt><dd>不便接听</dd>" in page
    assert "<dt>任期</dt><dd>第1任</dd>" in page


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


async def test_an_official_switches_by_a_text_to_their_published_number_and_is_told_what(town: Town) -> None:
    assert "已登记外出" in await _answer_to(town, EDUCATION_PHONE, "外出 2小时")
    away = await _post_of(town, EDUCATION)
    assert (away["away"], away["by"]) == ("外出", "text")
    assert "亳州市教育局局长公开电话已恢复" in await _answer_to(town, EDUCATION_PHONE, "恢复")
    assert (await _post_of(town, EDUCATION))["away"] is None
    for words in ("你好", "休息 12月1日 09:00", "恢复明天"):
        assert "没有看懂" in await _answer_to(town, EDUCATION_PHONE, words)

    noted = await town.ask("GET", "/api/bozhou/audit?act=absence", token=town.admin_token("bozhou"))
    back, away = noted["entries"][:2]
    assert (back["about"], back["where"], back["why"]) == (EDUCATION, "短信", "恢复")
    assert away["why"].startswith("外出，到 ")


async def test_a_stranger_who_writes_to_the_number_switches_nothing(town: Town) -> None:
    form = {"From": WU, "To": EDUCATION, "Body": "开会 2小时", "MessageSid": "SM" + "0" * 32}
    said = await post(f"{town.url}/texts/bozhou/received", form)
    assert (said.status, "Message" in said.text) == (200, False)
    assert (await _post_of(town, EDUCATION))["away"] is None


async def test_the_secretary_switches_the_post_that_the_text_was_sent_to_and_no_other(town: Town) -> None:
    secretary = MAYOR_OF_BOZHOU_SECRETARY
    assert "亳州市市长" in await _answer_to(town, secretary, "开会 2小时", number=MAYOR_OF_BOZHOU)
    assert (await _post_of(town, MAYOR_OF_BOZHOU))["away"] == "开会"
    form = {"From": secretary, "To": EDUCATION, "Body": "开会 2小时", "MessageSid": "SM" + "0" * 32}
    assert "Message" not in (await post(f"{town.url}/texts/bozhou/received", form)).text
    assert "已恢复" in await _answer_to(town, secretary, "恢复", number=MAYOR_OF_BOZHOU)


async def _answer_to(town: Town, sender: str, body: str, *, number: str = EDUCATION) -> str:
    """What comes back to this phone after it has sent that text to the number."""
    before = await _texts_to(town, sender)
    async with aiohttp.ClientSession(town.company_url) as company:
        text = {"from": sender, "to": number, "body": body}
        async with company.post("/simulator/texts", json=text) as answer:
            assert answer.status == 201, await answer.text()

    async def answered() -> dict[str, Any] | None:
        texts = await _texts_to(town, sender)
        return texts[-1] if len(texts) > len(before) else None

    text = await until(answered, f"“{body}” is answered")
    assert text["from"] == number
    return str(text["body"])


async def _post_of(town: Town, number: str) -> dict[str, Any]:
    posts = await town.ask("GET", "/api/bozhou/absences", token=town.admin_token("bozhou"))
    return next(one for one in posts if one["number"] == number)


async def _text_to(town: Town, number: str) -> dict[str, Any] | None:
    texts = await _texts_to(town, number)
    return texts[-1] if texts else None


async def _texts_to(town: Town, number: str) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession(town.company_url) as company:
        async with company.get("/simulator/texts", params={"to": number}) as answer:
            return [dict(text) for text in await answer.json()]


async def test_the_page_of_the_posts_tells_nobody_their_phones(town: Town) -> None:
    headers = {"Authorization": f"Bearer {town.admin_token('bozhou')}"}
    async with aiohttp.ClientSession(town.url, headers=headers) as http:
        async with http.get("/absences") as answer:
            page = await answer.text()
    assert answer.status == 200
    assert "亳州市教育局局长" in page and "登记" in page
    assert "15400000118" not in page
