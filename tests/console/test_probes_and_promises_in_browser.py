"""拨测, 承诺 and 公开电话状态 in a browser: a supervisor has a number called, and reads the result; an official keeps a
promise; an office says that the official is away."""

from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from ivr import promise_links
from tests.cast import EDUCATION, EDUCATION_PHONE, ZHOU
from tests.console.office import PATIENCE, Office, Scheme, fits, press


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_supervisor_has_a_number_called_and_reads_what_was_heard(
    office: Office, scheme: Scheme
) -> None:
    page = await office.signed_in("9010", await office.seat(scheme))
    await page.goto("/probes/+8677100000002")
    await press(page, "现在拨测")
    await _is_over(page)
    await expect(page.get_by_role("row").filter(has_text="欢迎拨打").first).to_be_visible()
    await page.get_by_role("link", name="拨测", exact=True).click()
    await expect(page.locator("#probes[data-running=no]")).to_be_visible()
    row = page.get_by_role("row", name="南宁市市长")
    await expect(row).to_contain_text("欢迎拨打")
    await expect(row).to_contain_text("无人在岗")  # nobody is on shift, and that is what a citizen would meet
    await fits(page, f"tests, {scheme}")
    await row.get_by_role("link").click()
    await expect(page.get_by_role("heading", name="南宁市市长")).to_be_visible()
    await fits(page, f"a number's tests, {scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_supervisor_has_an_official_rung_and_confirms_it_first(
    office: Office, scheme: Scheme
) -> None:
    await office.town.phone(EDUCATION_PHONE, "answers_and_presses_1")
    page = await office.in_the_pages("8000", await office.seat(scheme), city="亳州")
    await page.goto(f"/probes/{EDUCATION}")
    confirmed = page.get_by_role("button", name="确认，现在拨打本人的电话")
    await expect(confirmed).to_be_hidden()
    await page.get_by_text("拨测到人…").click()
    await fits(page, f"before a person is rung, {scheme}")
    await confirmed.click()
    await _is_over(page)
    answered = page.get_by_role("row").filter(has_text="本人（已按 1 确认）").first
    await expect(answered).to_contain_text("到人")
    await fits(page, f"a person answered, {scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_an_official_opens_the_link_of_a_reminder_and_says_what_was_done(
    office: Office, scheme: Scheme
) -> None:
    town = office.town
    await town.phone(EDUCATION_PHONE, "busy")
    zhou = await town.caller(ZHOU).dials(EDUCATION)
    await zhou.hears("会后联系您")
    await zhou.hangs_up()
    page = await (await office.seat(scheme)).new_page()
    await page.goto(promise_links.address(town.hotline("bozhou"), zhou.sid))
    await expect(page.get_by_role("button", name="回拨")).to_be_visible()
    await fits(page, f"the link, {scheme}")
    await page.get_by_label("已经用别的方式联系过").fill("已答复入学手续")
    await press(page, "已处理")
    await expect(page.get_by_text("已经联系，谢谢")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_an_office_says_on_the_page_that_the_official_is_away_and_back(
    office: Office, scheme: Scheme
) -> None:
    page = await office.in_the_pages("8000", await office.seat(scheme), city="亳州")
    await page.goto("/absences")
    post = page.get_by_role("row", name="亳州市教育局局长")
    until_when = office.town.hotline("bozhou").moment() + timedelta(hours=3)
    await post.get_by_label("亳州市教育局局长的去向").select_option("外出")
    await post.get_by_label("亳州市教育局局长到什么时候").fill(until_when.strftime("%Y-%m-%dT%H:%M"))
    await post.get_by_role("button", name="登记").first.click()
    await expect(post).to_contain_text("外出，到")
    await post.get_by_role("button", name="恢复接听").click()
    await expect(post).to_contain_text("可以接听")
    await fits(page, f"absences, {scheme}")
    await page.goto("/audit")
    await expect(page.get_by_role("cell", name="切换离岗").first).to_be_visible()


async def _is_over(page: Page) -> None:
    """The test that was asked for just now: while it goes on the page shows how far it is, and is then read again."""
    progress = page.locator("#probes")
    await expect(progress).to_be_visible()
    await expect(progress).to_have_count(0, timeout=PATIENCE)
