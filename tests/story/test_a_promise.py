"""会后联系您: a promise is made when an official cannot come to the phone; it is kept, or it climbs until it is."""

import re
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import aiohttp
import pytest

from ivr import acd, cases, promise_links, promises
from ivr.hotline import Hotline
from tests.cast import EDUCATION, EDUCATION_PHONE, MAYOR, QIAN, ZHOU
from tests.conftest import Clock
from tests.console.browserless import Visitor
from tests.story.promised import (
    TALKED_SECONDS,
    ask,
    hangs_up,
    hears,
    is_,
    is_in_the_room,
    its_moment_comes,
    leg,
    link,
    promised,
)
from tests.story.rules import rules
from tests.town import Caller, Town, until

WITHHELD = "+266696687"  # ANONYMOUS, on a keypad


async def test_a_promise_is_kept_by_ringing_back_and_nobody_learns_the_officials_phone(town: Town) -> None:
    zhou = await promised(town)
    await town.phone(EDUCATION_PHONE, "answers_and_presses_1", after_seconds=1)
    await town.phone(ZHOU, "answers_and_presses_1", after_seconds=1)

    async with Visitor(town) as official:
        page = await official.goes("GET", link(town, zhou))
        assert "+86 20****0001" in page.text
        assert EDUCATION_PHONE not in page.text
        assert "正在拨打您的电话" in (await official.goes("POST", link(town, zhou) + "/ring-back")).text

    theirs, citizens = await leg(town, EDUCATION_PHONE, zhou), await leg(town, ZHOU, zhou)
    assert (theirs["from"], citizens["from"]) == (EDUCATION, EDUCATION)
    await hears(town, theirs, "有来电人在等您回电")
    await hears(town, citizens, "现在给您回电")
    await is_in_the_room(town, citizens)
    await town.passes(TALKED_SECONDS)
    await hangs_up(town, citizens)

    kept = await until(lambda: is_(town, zhou, "kept"), "the promise is kept")
    assert (kept["how"], kept["by"], kept["overdue"]) == ("ring_back", "本人", False)
    rates = await ask(town, "GET", "/promises/rates")
    (post,) = [one for one in rates["posts"] if one["whose"] == "亳州市教育局局长"]
    assert post["kept"] >= 1


async def test_a_caller_who_does_not_come_to_the_phone_leaves_the_promise_open(town: Town) -> None:
    zhou = await promised(town)
    await town.phone(EDUCATION_PHONE, "answers_and_presses_1", after_seconds=1)
    await town.phone(ZHOU, "busy")
    async with Visitor(town) as official:
        await official.goes("POST", link(town, zhou) + "/ring-back")
        await hears(town, await leg(town, EDUCATION_PHONE, zhou), "来电人没有接听")
        assert "请稍后再次回拨" in (await official.goes("GET", link(town, zhou))).text
    assert await is_(town, zhou, "open")


async def test_the_machine_of_an_official_keeps_no_promise(town: Town) -> None:
    zhou = await promised(town)
    await town.phone(EDUCATION_PHONE, "voicemail", after_seconds=1)
    async with Visitor(town) as official:
        await official.goes("POST", link(town, zhou) + "/ring-back")
        machine = await leg(town, EDUCATION_PHONE, zhou)
        await hears(town, machine, "再见")

        async def told() -> bool:
            return "您的电话没有接通" in (await official.goes("GET", link(town, zhou))).text

        await until(told, "the page says that nobody came")
    assert await is_(town, zhou, "open")


async def test_a_promise_is_kept_by_saying_what_was_done(town: Town) -> None:
    zhou = await promised(town)
    async with Visitor(town) as official:
        page = await official.goes(
            "POST", link(town, zhou) + "/keeping", data={"note": "已用办公电话答复入学手续"}
        )
        assert "已经联系，谢谢" in page.text
    kept = await is_(town, zhou, "kept")
    assert kept and (kept["how"], kept["note"]) == ("statement", "已用办公电话答复入学手续")
    assert [one for one in await ask(town, "GET", "/promises") if one["sid"] == zhou.sid] == []
    headers = {"Authorization": f"Bearer {town.admin_token('bozhou')}"}
    async with aiohttp.ClientSession(town.url, headers=headers) as http:
        async with http.get(f"/calls/{zhou.sid}") as answer:
            assert "说明了办理情况：已用办公电话答复入学手续" in await answer.text()
    entries = (await ask(town, "GET", f"/audit?act=keep&about={zhou.sid}"))["entries"]
    assert [(one["who"], one["why"]) for one in entries] == [("", "本人：已用办公电话答复入学手续")]


async def test_a_promise_is_opened_once_though_every_request_comes_twice(town: Town) -> None:
    async with aiohttp.ClientSession(town.company_url) as company:
        await company.put("/simulator/faults", json={"webhook_retried": 1})
        try:
            zhou = await promised(town)
        finally:
            await company.delete("/simulator/faults")
    found = [one for one in await ask(town, "GET", "/promises") if one["sid"] == zhou.sid]
    assert [one["why"] for one in found] == ["busy"]
    assert found[0]["holder"] == "第1任"


async def test_whoever_withholds_their_number_is_promised_nothing(town: Town) -> None:
    await town.phone(EDUCATION_PHONE, "busy")
    somebody = await town.caller(WITHHELD).dials(EDUCATION)
    await somebody.hears("转值班电话请按 1")
    assert not [words for words in await somebody.everything_heard() if "会后联系您" in words]
    await somebody.hangs_up()
    assert [one for one in await ask(town, "GET", "/promises") if one["sid"] == somebody.sid] == []


@pytest.mark.parametrize("spoil", ["another promise", "another signature", "later"])
async def test_a_link_that_was_not_sent_opens_nothing(town: Town, spoil: str) -> None:
    zhou = await promised(town)
    qian = "CA" + "0" * 31 + "9"
    path = link(town, zhou)
    spoiled = {
        "another promise": path.replace(zhou.sid, qian),
        "another signature": path[:-4] + "AAAA",
        "later": re.sub(r"\.(\d{13})\.", lambda found: f".{int(found[1]) + 1}.", path),
    }[spoil]
    async with Visitor(town) as stranger:
        assert (await stranger.goes("GET", spoiled)).status == 404
        assert (await stranger.goes("POST", spoiled + "/keeping", data={"note": "已答复"})).status == 404
    assert await is_(town, zhou, "open")


async def test_a_link_ends_with_its_days(hotline: Hotline, clock: Clock) -> None:
    token = promise_links.address(hotline, "CA" + "0" * 32).rpartition("/")[2]
    clock.passes(7 * 86_400)
    assert promise_links.read(hotline, token).sid == "CA" + "0" * 32
    clock.passes(1)
    with pytest.raises(Exception, match="失效"):
        promise_links.read(hotline, token)


@pytest.mark.parametrize(
    ("made", "due"),
    [
        ("2026-11-23 10:00", "11-23 15:00"),  # four hours of work, over midday
        ("2026-11-23 15:00", "11-24 11:00"),  # over the night
        ("2026-11-23 23:30", "11-24 14:00"),  # out of hours: counted from the next morning
        ("2026-11-27 16:00", "11-30 12:00"),  # over the weekend
        ("2026-11-28 10:00", "11-30 14:00"),  # on a Saturday
    ],
)
async def test_the_deadline_is_in_working_time(hotline: Hotline, clock: Clock, made: str, due: str) -> None:
    at = datetime.fromisoformat(made).replace(tzinfo=hotline.timezone)
    clock.now = int(at.timestamp() * 1000)
    await make(hotline, "CA" + "0" * 32)
    (promise,) = await promises.waiting(hotline)
    assert f"{promise.due:%m-%d %H:%M}" == due


async def test_a_promise_that_nobody_keeps_climbs_until_it_is_a_case(hotline: Hotline, clock: Clock) -> None:
    """Made on Monday at ten, due at three; one hour before, the official is reminded."""
    await make(hotline, "CA" + "0" * 32)
    climbed: list[tuple[str, str]] = []
    for _ in range(4 * 24 * 4):
        promise = await promises.read(hotline, "CA" + "0" * 32)
        if not climbed or climbed[-1][1] != promise.standing:
            climbed.append((f"{hotline.moment():%a %H:%M}", promise.standing))
        clock.passes(timedelta(minutes=15).total_seconds())
        await acd.tick(hotline)
    assert climbed == [
        ("Mon 10:00", "等待联系"),
        ("Mon 14:00", "已提醒本人"),
        ("Mon 15:00", "逾期，已交办公室"),
        ("Mon 17:00", "逾期，已交值班室"),
        ("Tue 11:00", "逾期，已转工单"),
    ]
    assert await promises.waiting(hotline) == []
    assert [one.state for one in await cases.search(hotline, cases.Sought())] == ["overdue"]


async def test_the_official_is_reminded_by_text_opens_its_link_and_rings_back(town: Town) -> None:
    zhou = await promised(town)
    async with rules(town, "texts", "bozhou", a_number=20):  # whatever else they were told of late
        await its_moment_comes(town, zhou)
        text = await until(lambda: text_about(town, zhou, EDUCATION_PHONE), "the official gets the text")
    assert text["body"].startswith("【亳州公开电话】有一位来电人（尾号0001）在等您回电，请于")
    path = re.search(r"(/promise/\S+)$", text["body"])
    assert path

    await town.phone(EDUCATION_PHONE, "answers_and_presses_1", after_seconds=1)
    await town.phone(ZHOU, "answers_and_presses_1", after_seconds=1)
    async with Visitor(town) as official:
        await official.goes("POST", path[1] + "/ring-back")
        again = await official.goes("POST", path[1] + "/ring-back")
        assert (again.status, "正在回拨" in again.text) == (409, True)
        citizens = await leg(town, ZHOU, zhou)
        await is_in_the_room(town, citizens)
        await town.passes(TALKED_SECONDS)
        await hangs_up(town, citizens)
        kept = await until(lambda: is_(town, zhou, "kept"), "the promise is kept")
        assert kept["told"] == "本人：短信已送达"
        assert (await official.goes("POST", path[1] + "/ring-back")).status == 409, "it is kept"


async def test_a_duty_desk_with_a_landline_finds_it_on_the_page(town: Town) -> None:
    zhou = await promised(town)
    for stage in ("reminded", "office", "duty"):
        await its_moment_comes(town, zhou)
        await until(partial(is_, town, zhou, stage), f"it is {stage}")

    async def told() -> dict[str, Any] | None:
        promise = await is_(town, zhou, "duty")
        return promise if promise and "值班室" in promise["told"] else None

    found = await until(told, "it is known who was told")
    assert found["told"].endswith("办公室：没有登记电话；值班室：座机，未发短信")
    await ask(town, "POST", f"/promises/{zhou.sid}/withdrawal", json={"note": "来电人不需要回电"})


async def text_about(town: Town, zhou: Caller, number: str) -> dict[str, Any] | None:
    async with aiohttp.ClientSession(town.company_url) as company:
        async with company.get("/simulator/texts", params={"to": number}) as answer:
            texts = [one for one in await answer.json() if f"/promise/bozhou.{zhou.sid}" in one["body"]]
            return dict(texts[-1]) if texts else None


async def make(hotline: Hotline, sid: str) -> None:
    line = hotline.handbook.directory.find(MAYOR)
    assert line
    await promises.make(hotline, sid, line, caller=QIAN, why="no_answer")
