"""The Bozhou caller in the booth, in a real browser: every telephone of the story lies on that page.

Whoever presses keys in a browser needs time for it, so the people of this town are no faster than a hurried visitor.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, async_playwright, expect

from ivr import promise_links
from tests import town as towns
from tests.cast import EDUCATION
from tests.console.office import ARGUMENTS, CHROMIUM, PATIENCE, Office, Scheme, is_accessible, press
from tests.town import Town

SPEED = 4.0
TALKED_SECONDS = 25  # longer than the talk that keeps a promise
MOBILE = "市民丁（手机）"
OFFICIAL, DUTY = "亳州 亳州市教育局局长 本人手机", "亳州 亳州市教育局局长 值班电话"
TEXT = "您好，我正在开会，会后联系您，如有急事，请拨打教育局值班电话055800000518。"


@pytest.fixture(scope="module")
def _unhurried(valkey: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = towns.found(tmp_path_factory.mktemp("unhurried"), valkey + "?db=2", speed=SPEED)
    try:
        asyncio.run(towns.open_up(town))
        yield town
    finally:
        town.application.stop()
        town.company.stop()


@pytest_asyncio.fixture
async def booth(_unhurried: Town) -> AsyncIterator[Office]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        office = Office(_unhurried, browser)
        yield office
        await _unhurried.calls_home()
        await browser.close()
    assert not office.troubles


async def test_the_caller_is_told_reads_the_text_talks_with_the_duty_phone_and_is_rung_back(
    booth: Office,
) -> None:
    page = await visits(booth)
    wu = await dials(page)
    await hears(wu, "现在不便接听")
    await hears(wu, "请查看手机短信")
    await page.keyboard.press("1")
    await expect(page.get_by_role("log", name="收到的短信")).to_contain_text(TEXT, timeout=PATIENCE)

    duty = card(page, DUTY)
    await duty.get_by_role("button", name="接听").click()
    await hears(duty, "接听请按 1")
    await page.keyboard.press("1")
    await hears(wu, "与 +86 558 0000 0518 通话中")
    await duty.get_by_role("button", name="挂断").click()
    await wu.get_by_role("button", name="挂断").click()

    chief = await booth.in_the_pages("8000", await booth.seat(), city="亳州")
    await chief.goto("/promises")
    mine = chief.get_by_role("listitem").filter(has_text="亳州市教育局局长")
    await expect(mine).to_contain_text("等待联系")
    sid = await _promised(booth)

    await will(page, OFFICIAL, "在本页接听")
    phone = await (await booth.seat()).new_page()
    await phone.goto(promise_links.address(booth.town.hotline("bozhou"), sid))
    await press(phone, "回拨")
    await answers(page, OFFICIAL)
    await answers(page, MOBILE)
    await hears(card(page, MOBILE), "通话中（线上另有 1 人）")
    await booth.town.passes(TALKED_SECONDS)
    await card(page, MOBILE).get_by_role("button", name="挂断").click()

    await chief.goto("/promises")
    await chief.get_by_role("link", name="亳州市教育局局长", exact=True).click()
    await expect(mine).to_contain_text("已联系")
    await expect(mine).to_contain_text("回拨接通")
    await is_accessible(chief, "the promises of a post")


async def test_what_an_officials_phone_does_is_chosen_in_the_booth(booth: Office) -> None:
    page = await visits(booth)
    await will(page, OFFICIAL, "占线")
    wu = await dials(page)
    await hears(wu, "正在通话中")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_booth_is_for_everybody_with_texts_and_telephones_on_it(
    booth: Office, scheme: Scheme
) -> None:
    page = await visits(booth, scheme)
    await will(page, OFFICIAL, "拒接")
    wu = await dials(page)
    await hears(wu, "转值班电话请按 1")
    await page.keyboard.press("1")
    await expect(card(page, DUTY).get_by_role("button", name="接听")).to_be_in_viewport(timeout=PATIENCE)
    await expect(page.get_by_role("log", name="收到的短信")).to_be_in_viewport()
    for width, height in ((1366, 768), (390, 844)):
        await page.set_viewport_size({"width": width, "height": height})
        await is_accessible(page, f"the booth, {scheme}, {width}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_hundred_numbers_stand_in_the_list_and_not_below_the_page(booth: Office) -> None:
    page = await visits(booth)
    await page.set_viewport_size({"width": 1366, "height": 768})
    await expect(page.get_by_text("亳州市教育局局长").first).to_be_attached()
    assert await page.evaluate("document.documentElement.scrollHeight") == 768


async def visits(booth: Office, scheme: Scheme = "light") -> Page:
    page = await (await booth.seat(scheme)).new_page()
    await page.goto(booth.town.company_url)
    return page


async def dials(page: Page) -> Locator:
    """The mobile caller dials the head of the education bureau; the card of their call."""
    await page.locator("#callers").get_by_text(MOBILE).click()
    await page.get_by_label("按职务或号码查找").fill("亳州市教育局局长")
    await page.get_by_role("button", name="拨打 亳州").click()
    return card(page, f"{MOBILE} →")


async def will(page: Page, whose: str, what: str) -> None:
    """From now on this telephone does so."""
    await page.get_by_label("按职务或号码查找").fill(whose)
    if not await page.locator("#others[open]").count():
        await page.get_by_text("别人的电话").click()
    async with page.expect_response("**/simulator/phones/**"):
        await page.get_by_label(f"{whose}怎样做").select_option(label=what)


async def answers(page: Page, whose: str) -> None:
    """This telephone rings, is picked up, and the key is pressed that it asks for."""
    ringing = card(page, f"{whose} ←")
    await ringing.get_by_role("button", name="接听").click()
    await expect(ringing.get_by_text("正在等您按键")).to_be_visible(timeout=PATIENCE)
    await page.keyboard.press("1")


def card(page: Page, whose: str) -> Locator:
    return page.locator(".card", has_text=whose)


async def hears(call: Locator, words: str) -> None:
    await expect(call.get_by_role("log")).to_contain_text(words, timeout=PATIENCE)


async def _promised(booth: Office) -> str:
    """The call in which the promise was made."""
    town = booth.town
    made = await town.ask(
        "GET", f"/api/bozhou/promises?line=%2B{EDUCATION[1:]}", token=town.admin_token("bozhou")
    )
    return str(made[0]["sid"])
