"""Nobody can come: the caller is told so, leaves words, and somebody works them off."""

import wave
from io import BytesIO
from typing import Any

from tests.cast import LI, MAYOR, QIAN, WANG, ZHOU
from tests.console.browserless import Visitor
from tests.story.call_backs import closed
from tests.town import Town, until


async def test_after_hours_a_caller_leaves_a_message_and_an_operator_works_it_off(town: Town) -> None:
    async with closed(town):
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await zhou.hears("如需留言")
        await zhou.presses("1")
        await zhou.hears("请在提示音后留言")
        await zhou.speaks(12)
        await zhou.hears("您的留言已收到")
        await zhou.is_hung_up_on()

    assert (await zhou.record())["outcome"] == "message"
    [message] = await waiting(town)
    assert (message["sid"], message["whose"], message["caller"]) == (zhou.sid, "南宁市市长", "+86 20****0001")
    assert 1 <= message["seconds"] <= 15

    async with Visitor(town) as wang:
        await wang.signs_in(WANG)
        assert "南宁市市长" in (await wang.goes("GET", "/callbacks?tab=messages")).text
        with wave.open(BytesIO(await wang.listens_to(f"/api/nanning/messages/{zhou.sid}/sound"))) as sound:
            assert sound.getnframes() > 0
        done = {"note": "已告知办理时限"}
        await wang.goes("POST", f"/api/nanning/messages/{zhou.sid}/working-off", json=done)
        assert "没有待处理的留言" in (await wang.goes("GET", "/callbacks?tab=messages")).text
        assert "已告知办理时限" in (await wang.goes("GET", "/callbacks?tab=settled")).text
    assert await waiting(town) == []


async def test_nothing_stands_between_the_refusal_the_prompt_and_the_tone(town: Town) -> None:
    """No pause, no silence, no music: what a caller hears, one thing after the other, as the phone company has it."""
    async with closed(town):
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await zhou.hears("如需我们给您回电")
        await zhou.presses("1")
        await zhou.hears("beep")
        heard = (await zhou.call())["heard"]
    refused = next(n for n, one in enumerate(heard) if "现在是非服务时间" in (one["text"] or ""))
    assert [(one["kind"], (one["text"] or "")[:4]) for one in heard[refused + 1 :]] == [
        ("say", "如需留言"),
        ("say", "如需我们"),
        ("say", "请在提示"),
        ("play", "beep"),
    ]


async def test_whoever_claims_a_message_has_it_and_calls_back_with_one_click(town: Town) -> None:
    async with closed(town):
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await zhou.hears("如需留言")
        await zhou.presses("1")
        await zhou.speaks(12)
        await zhou.is_hung_up_on()
    [message] = await until(lambda: waiting(town), "the message is there")
    path = f"/api/nanning/messages/{message['sid']}"
    wang, li = await town.operator(WANG), await town.operator(LI)
    await town.ask("PUT", path + "/claim", token=wang.token)
    refused = await town.ask("PUT", path + "/claim", token=li.token, expect=409)
    assert "已由 9001 认领" in refused["detail"]

    await zhou.is_near_the_phone("answers_and_presses_1")
    await town.ask("POST", path + "/call", token=wang.token)
    await wang.phones_in()
    await zhou.is_rung(1)
    card = (await wang.is_on("talking"))["call"]
    assert (card["callback"], card["whose"]) == (True, "南宁市市长")
    await wang.hangs_up()
    await town.ask("POST", path + "/working-off", token=wang.token, json={"note": "已答复"})
    assert await waiting(town) == []


async def test_a_caller_who_hangs_up_in_the_middle_of_a_message_has_left_it_all_the_same(town: Town) -> None:
    async with closed(town):
        qian = town.caller(QIAN)
        await qian.dials(MAYOR, script=[{"when": "如需留言", "press": "1"}])
        await qian.hears("请在提示音后留言")
        await qian.is_listened_to()
        await qian.speaks(30, to_the_end=False)
        await town.breathes()
        await qian.hangs_up()
    [message] = await until(lambda: waiting(town), "the message is there")
    assert message["sid"] == qian.sid
    assert (await qian.record())["outcome"] == "message"
    await town.ask("POST", f"/api/nanning/messages/{qian.sid}/working-off", token=town.admin_token())


async def test_nobody_waits_in_silence_for_the_prompt_or_for_the_tone(town: Town) -> None:
    """By the company's clock: the key, the words, the tone, one upon the other."""
    async with closed(town):
        qian = await town.caller(QIAN).dials(MAYOR)
        offer = await qian.hears("如需留言")
        await qian.presses("1")
        await qian.is_listened_to()
        heard = (await qian.call())["heard"]
        await qian.hangs_up()
    *_, prompt, tone = heard
    assert ("请在提示音后留言" in prompt["text"], tone["text"]) == (True, "beep")
    assert tone["at"] - offer["at"] < 5


async def test_who_presses_nothing_hears_goodbye_and_leaves_none(town: Town) -> None:
    async with closed(town):
        qian = await town.caller(QIAN).dials(MAYOR)
        await qian.hears("再见")
        await qian.is_hung_up_on()
    assert (await qian.record())["outcome"] == "closed"
    assert await waiting(town) == []


async def waiting(town: Town) -> list[dict[str, Any]]:
    return list(await town.ask("GET", "/api/nanning/messages", token=town.admin_token()))
