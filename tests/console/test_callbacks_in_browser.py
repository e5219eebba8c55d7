"""回拨 in a browser: call-backs, missed callers and messages are worked off, and the desk while it calls back."""

import pytest
from playwright.async_api import Page, expect

from tests.cast import MAYOR, QIAN, SUN, WANG, ZHOU
from tests.console.office import PATIENCE, Office, Scheme, is_accessible, press, rings, standing
from tests.story.call_backs import asks_for_a_call_back, closed, gives_up
from tests.story.rules import rules
from tests.town import Town, until


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_list_is_worked_off_by_whoever_has_time(office: Office, scheme: Scheme) -> None:
    await asks_for_a_call_back(office.town, ZHOU)
    await gives_up(office.town, QIAN)
    message = await leaves_a_message(office.town, SUN)
    page = await office.in_the_pages(WANG, await office.seat(scheme))

    await page.goto("/callbacks")
    await expect(page.locator("#lists")).to_contain_text("排队中按星号键")
    await expect(page.locator("#lists")).to_contain_text("+86 20****0001")
    await fits(page, f"waiting, {scheme}")
    await press(page, "撤销")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await is_accessible(page, f"the reason, {scheme}")
    await page.get_by_role("textbox", name="撤销的原因").fill("已由其他渠道联系")
    await press(page, "确定")
    await expect(page.get_by_role("heading", name="没有待回拨的来电")).to_be_visible()

    await page.get_by_role("link", name="漏接").click()
    await expect(page.locator("#lists")).to_contain_text("+86 20****0002")
    await fits(page, f"missed, {scheme}")
    await press(page, "不必回拨")
    await page.get_by_role("textbox", name="不必回拨的原因").fill("本人到窗口办妥")
    await press(page, "确定")
    await expect(page.get_by_role("heading", name="没有漏接的来电人")).to_be_visible()

    await page.get_by_role("link", name="留言").click()
    await fits(page, f"messages, {scheme}")
    row = page.locator(f"[data-id={message}]")
    await row.get_by_role("button", name="认领").click()
    await expect(row.get_by_role("button", name="放回")).to_be_visible()
    await row.get_by_role("button", name="处理完毕").click()
    await page.get_by_role("textbox", name="处理结果").fill("已告知办理时限")
    await press(page, "确定")
    await expect(page.get_by_role("heading", name="没有待处理的留言")).to_be_visible()

    await page.get_by_role("link", name="已完成").click()
    for words in ("已由其他渠道联系", "本人到窗口办妥", "已告知办理时限"):
        await expect(page.locator("#lists")).to_contain_text(words)
    await fits(page, f"settled, {scheme}")
    assert office.troubles == []


async def test_a_desk_calls_back_with_one_click(office: Office) -> None:
    async with rules(office.town, "callbacks", ring_seconds=60):  # as long as a look at the desk may take
        qian = await gives_up(office.town, QIAN)
        seat = await office.seat()
        desk = await office.ready(WANG, seat)
        await qian.is_near_the_phone("by_hand")
        lists = await seat.new_page()
        await lists.goto("/callbacks?tab=missed")
        await press(lists, "回拨")

        await expect(standing(desk)).to_have_text("呼叫对方", timeout=PATIENCE)
        await expect(desk.locator("#card")).to_contain_text("正在呼叫对方，当时拨打的是")
        await qian.is_rung()
        await is_accessible(desk, "a desk that calls")
        await qian.picks_up()
    await qian.hears("接通请按 1")
    await qian.presses("1")
    await expect(standing(desk)).to_have_text("通话中")
    await is_accessible(desk, "a desk in a call-back")
    await qian.hangs_up()
    await expect(standing(desk)).to_have_text("话后整理")
    await expect(lists.get_by_role("heading", name="没有漏接的来电人")).to_be_visible()
    assert office.troubles == []


async def test_a_call_back_whose_turn_it_is_rings_at_the_desk_and_says_so(office: Office) -> None:
    zhou = await asks_for_a_call_back(office.town, ZHOU)
    await zhou.is_near_the_phone("busy")
    desk = await office.signed_in(WANG, await office.seat("dark"))
    await press(desk, "签入")
    await press(desk, "示闲")
    await rings(desk)
    await expect(desk.locator("#card")).to_contain_text("回拨")
    await is_accessible(desk, "a call-back that is offered")
    await desk.keyboard.press("F2")
    await zhou.is_rung()
    await expect(standing(desk)).to_have_text("空闲", timeout=PATIENCE)  # they hear first that it was busy
    assert office.troubles == []


async def leaves_a_message(town: Town, number: str) -> str:
    async with closed(town):
        caller = await town.caller(number).dials(MAYOR)
        await caller.hears("如需留言")
        await caller.presses("1")
        await caller.speaks(8)
        await caller.is_hung_up_on()

    async def is_there() -> bool:
        left = await town.ask("GET", "/api/nanning/messages", token=town.admin_token())
        return any(one["sid"] == caller.sid for one in left)

    await until(is_there, "the message is there")
    return caller.sid


async def fits(page: Page, where: str) -> None:
    """No wider than the window, at a desk and on a phone, and for everybody to use."""
    for width in (1366, 390):
        await page.set_viewport_size({"width": width, "height": 768})
        await is_accessible(page, f"{where}, {width}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"{where} at {width}"
    await page.set_viewport_size({"width": 1366, "height": 768})
