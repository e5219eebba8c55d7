"""管理 in a real browser: what an administrator changes, and what the next caller hears of it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright, expect

from tests.cast import ADMIN, MAYOR, SECRETARY, ZHOU
from tests.console.office import ARGUMENTS, CHROMIUM, Office, Scheme, is_accessible, press
from tests.console.test_admin_api import back_to, newest
from tests.town import Town

PAGES = (
    "/admin/prompts",
    "/admin/prompts/greeting",
    "/admin/prompts/position",
    "/admin/numbers?dialled=077100000002",
    "/admin/numbers/new",
    f"/admin/numbers/{MAYOR}",
    "/admin/editions",
    "/published/nanning",
)
NEW = "您好，这里是南宁直通车。"
REFUSALS = ("409 (Conflict)", "422 (Unprocessable")
"""The browser's own words for what a test meant to be refused."""


@pytest_asyncio.fixture
async def office(town: Town) -> AsyncIterator[Office]:
    """The office; whatever was changed in it is as it was, afterwards."""
    before = await newest(town)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        office = Office(town, browser)
        yield office
        await browser.close()
    if await newest(town) != before:
        await back_to(town, before)
    assert not [trouble for trouble in office.troubles if not any(words in trouble for words in REFUSALS)]


async def administrator(office: Office, path: str, scheme: Scheme = "light", width: int = 1366) -> Page:
    page = await office.signed_in(ADMIN, await office.seat(scheme, width))
    await page.goto(path)
    return page


async def test_a_prompt_is_changed_on_its_page_and_heard_by_the_next_caller(office: Office) -> None:
    page = await administrator(office, "/admin/prompts")
    await page.get_by_role("link", name="电话接通后的第一句").click()
    await page.get_by_label("播报的文字").fill("您好{nobody}")
    await press(page, "立即发布")
    await expect(page.get_by_role("alert")).to_contain_text("变量 {nobody} 不能用在这里")

    await page.get_by_label("播报的文字").fill(NEW)
    await expect(page.locator("[data-part=heard]")).to_have_text(f"来电人听到：{NEW}")
    await expect(page.locator("[data-part=twiml]")).to_contain_text(NEW)
    await press(page, "立即发布")

    await expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    await expect(page.get_by_role("row", name="电话接通后的第一句")).to_contain_text(NEW)
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await zhou.hears(NEW)
    await zhou.hangs_up()


async def test_the_second_of_two_editors_keeps_what_they_typed(office: Office) -> None:
    first = await administrator(office, "/admin/prompts/greeting")
    second = await first.context.new_page()
    await second.goto("/admin/prompts/greeting")
    await first.get_by_label("播报的文字").fill(NEW)
    await press(first, "立即发布")
    await expect(first.get_by_role("heading", name="提示语")).to_be_visible()

    await second.get_by_label("播报的文字").fill("另一句问候。")
    await press(second, "立即发布")

    await expect(second.get_by_role("alert")).to_contain_text("别人改过这一项")
    await expect(second.get_by_label("播报的文字")).to_have_value("另一句问候。")
    await press(second, "仍按我填写的保存")
    await expect(second.get_by_role("row", name="电话接通后的第一句")).to_contain_text("另一句问候。")


async def test_a_change_is_undone_from_the_list_of_changes(office: Office) -> None:
    page = await administrator(office, "/admin/prompts/thank")
    before = await page.get_by_label("播报的文字").input_value()
    await page.get_by_label("播报的文字").fill("谢谢。")
    await press(page, "立即发布")
    await expect(page.get_by_role("row", name="通话结束、评价之后")).to_contain_text("谢谢。")
    await page.goto("/admin/editions")
    await expect(page.locator("ins").first).to_have_text("谢谢。")
    await page.get_by_role("button", name="恢复到此版本").first.click()
    await expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    await page.goto("/admin/prompts/thank")
    await expect(page.get_by_label("播报的文字")).to_have_value(before)


async def test_a_sentence_is_recorded_in_the_browser_and_played_to_the_next_caller(office: Office) -> None:
    page = await administrator(office, "/admin/prompts/greeting")
    await press(page, "开始录音")  # the browser's microphone is one that beeps
    await expect(page.locator("[data-part=recording-said]")).to_have_text("正在录音……")
    await page.wait_for_timeout(1500)
    await press(page, "停止录音")
    await expect(page.locator("[data-part=recording-said]")).to_contain_text("已转为电话音质")
    await press(page, "立即发布")
    await expect(page.get_by_role("row", name="电话接通后的第一句")).to_contain_text("录音")
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("nanning-")
    await zhou.hangs_up()


async def test_a_number_is_withdrawn_and_its_withdrawal_published(office: Office) -> None:
    page = await administrator(office, "/admin/numbers")
    await page.get_by_role("link", name="+86 771 0000 0002").click()
    await page.get_by_label("改为哪个号码").select_option(SECRETARY)
    await press(page, "撤下")
    await expect(page.get_by_text("已撤下", exact=True).first).to_be_visible()
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("零七七一，零零零零，零零零一")
    await page.goto("/admin/numbers")
    await expect(page.get_by_role("heading", name="待向社会公布（1）")).to_be_visible()
    await page.get_by_label("拨打的号码").fill("0771 0000 0002")
    await press(page, "看看")
    await expect(page.get_by_role("status").filter(has_text="号码已撤下")).to_be_visible()

    await page.get_by_role("link", name="南宁市市长").click()
    await press(page, "登记为已公布")
    await expect(page.get_by_role("alert")).to_be_hidden()
    await expect(page.locator(".fault")).to_have_text("请填写这一项")
    await page.get_by_label("公布渠道").fill("市政府网站")
    await press(page, "登记为已公布")

    await expect(page.get_by_role("status").filter(has_text="已登记")).to_be_visible()
    await expect(page.get_by_role("row", name="撤下")).to_contain_text("市政府网站")
    await press(page, "重新启用")
    await expect(page.get_by_text("在用", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_can_be_used_by_everybody_on_a_desk_and_on_a_telephone(
    office: Office, scheme: Scheme
) -> None:
    page = await administrator(office, "/admin", scheme)
    for path in PAGES:
        await page.goto(path)
        for width in (1366, 390):
            await page.set_viewport_size({"width": width, "height": 800})
            await is_accessible(page, f"{path}, {scheme}, {width}")
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
