"""The wallboard in a real browser: true to within a second, for everybody to read, on a wall and on a telephone."""

import re
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Page, async_playwright, expect

from tests.cast import MAYOR, QIAN, SUPERVISOR, WANG, ZHOU
from tests.console.office import (
    ARGUMENTS,
    CHROMIUM,
    PATIENCE,
    Office,
    Scheme,
    is_accessible,
    press,
    rings,
    standing,
    talks,
)
from tests.town import Town

A_SECOND = 1_000  # milliseconds
ON_A_BUSY_MACHINE = 2_000


@pytest_asyncio.fixture
async def office(town: Town) -> AsyncIterator[Office]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        office = Office(town, browser)
        yield office
        await browser.close()
    assert not office.troubles


async def wallboard(office: Office, scheme: Scheme = "light", width: int = 1366, height: int = 768) -> Page:
    page = await office.signed_in(SUPERVISOR, await office.seat(scheme, width, height))
    await page.goto("/wallboard")
    await expect(page.locator("#connection")).to_have_text("已连接")
    return page


async def test_every_change_is_seen_within_a_second(office: Office) -> None:
    board = await wallboard(office)
    waiting = board.locator("#tile-waiting [data-part=figure]")
    await expect(waiting).to_have_text("0")

    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    await expect(waiting).to_have_text("1", timeout=A_SECOND + ON_A_BUSY_MACHINE)
    await expect(board.locator("#callers")).to_contain_text("南宁市市长")

    wang = await office.town.operator(WANG)
    await wang.rings()
    row = board.locator("#seats tr", has_text=WANG)
    await expect(row).to_contain_text("振铃", timeout=A_SECOND + ON_A_BUSY_MACHINE)
    await wang.accepts()
    await wang.is_on("talking")
    await expect(row).to_contain_text("通话中", timeout=A_SECOND + ON_A_BUSY_MACHINE)
    await expect(waiting).to_have_text("0")
    await zhou.hangs_up()
    await expect(row).to_contain_text("话后整理", timeout=A_SECOND + ON_A_BUSY_MACHINE)


async def test_each_figure_explains_itself_at_a_key(office: Office) -> None:
    board = await wallboard(office)
    tile = board.locator("#tile-completion")
    await tile.locator("summary").focus()
    await board.keyboard.press("Enter")
    await expect(tile.locator("details p")).to_contain_text("接通 ÷ 来电")
    await expect(tile.locator("details p")).to_contain_text("不低于 95 %")


async def test_the_wallboard_can_be_used_by_everybody_and_fits(office: Office) -> None:
    wang = await office.town.operator(WANG)
    await office.town.caller(ZHOU).dials(MAYOR)
    await wang.rings()
    qian = await office.town.caller(QIAN).dials(MAYOR)
    await qian.hears("waiting.wav")
    sizes: tuple[tuple[Scheme, int, int], ...] = (("light", 1366, 768), ("dark", 390, 844))
    for scheme, width, height in sizes:
        board = await wallboard(office, scheme, width, height)
        await expect(board.locator("#callers")).to_contain_text("南宁市市长")
        await is_accessible(board, f"wallboard, {scheme}")
        assert await board.evaluate("document.documentElement.scrollWidth") <= width
        await expect(board.locator("#chart-calls text").first).to_be_visible()
        for chart in await board.locator(".chart svg").all():
            assert await chart.evaluate("(svg) => Math.abs(svg.getScreenCTM().a - 1)") < 0.02, (
                "letters shrink"
            )


async def test_an_operator_reads_what_the_supervisor_tells_and_asks_for_help(office: Office) -> None:
    desk = await office.ready(WANG)
    board = await wallboard(office)
    row = board.locator("#seats tr", has_text=WANG)
    await row.get_by_role("button", name=f"更多：话务员 {WANG}").click()
    dialog = board.get_by_role("dialog")
    await dialog.get_by_role("button", name="示忙").click()
    await expect(dialog).to_be_visible()  # a reason must be given
    await dialog.get_by_label("原因或消息，话务员会看到").fill("请到培训室")
    await expect(dialog.get_by_role("button", name="签出")).to_have_accessible_description(
        "结束本班。正在通话的，通话和整理结束后才签出，不会断线。"
    )
    await is_accessible(board, "the dialog of an operator")
    await dialog.get_by_role("button", name="示忙").click()

    await expect(standing(desk)).to_have_text("班长置忙")
    notice = desk.get_by_role("list", name="班长的消息")
    await expect(notice).to_contain_text("请到培训室")
    await is_accessible(desk, "a desk with a notice")
    await expect(row).to_contain_text("班长置忙")
    await notice.get_by_role("button", name="知道了").click()
    await expect(notice).to_be_hidden()

    await press(desk, "求助班长")
    await expect(row).to_contain_text("求助：请班长帮助", timeout=A_SECOND + ON_A_BUSY_MACHINE)
    await row.get_by_role("button", name="已去帮助").click()
    await expect(desk.get_by_role("button", name="求助班长")).to_be_visible()


async def test_a_caller_is_moved_to_the_front_with_the_keyboard(office: Office) -> None:
    for number in ("+862000000041", "+862000000042"):  # nobody's place is kept for them
        await (await office.town.caller(number).dials(MAYOR)).hears("waiting.wav")
    board = await wallboard(office)
    last = board.locator("#callers tr").nth(1)
    await expect(last).to_contain_text("+86 20****0042")
    await last.get_by_role("button").focus()
    await board.keyboard.press("Enter")
    await board.get_by_role("dialog").get_by_role("button", name="移到最前").focus()
    await board.keyboard.press("Enter")
    await expect(board.locator("#callers tr").first).to_contain_text("+86 20****0042")


async def test_a_supervisor_whispers_and_takes_over_from_the_wallboard(office: Office) -> None:
    desk = await office.ready(WANG)
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await rings(desk)
    await talks(desk)
    board = await wallboard(office)
    row = board.locator("#seats tr", has_text=WANG)
    await row.get_by_role("button", name="耳语").click()

    mine = board.get_by_role("region", name="我的监听和通话")
    await expect(mine).to_contain_text("只有话务员听得到您", timeout=PATIENCE)
    await expect(desk.locator("#listened")).to_have_text("班长 9010 在对您耳语，来电人听不到")
    await is_accessible(board, "a supervisor in a talk")
    await mine.get_by_role("button", name="插话").click()
    await expect(mine).to_contain_text("话务员和来电人都听得到您")

    await mine.get_by_role("button", name="接管").click()
    await expect(standing(desk)).to_have_text("话后整理", timeout=PATIENCE)
    await expect(mine).to_contain_text("您正在与来电人通话")
    await zhou.is_in_the_room()
    await mine.get_by_role("button", name="挂断").click()
    await zhou.hears("感谢您的来电")
    await mine.get_by_role("button", name="完成整理").click()
    await expect(mine).to_be_hidden()
    assert (await zhou.record())["operator"] == "9010"


async def test_an_alarm_stands_above_everything_until_it_is_over(office: Office) -> None:
    board = await wallboard(office)
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    alarm = board.get_by_role("list", name="告警").get_by_role("listitem").filter(has_text="而无人在岗")
    await expect(alarm).to_be_visible(timeout=PATIENCE)
    await alarm.get_by_role("button", name="我来处理").click()
    await expect(alarm).to_contain_text("9010 在处理")
    await is_accessible(board, "a wallboard with an alarm")
    elsewhere = await board.context.new_page()
    await elsewhere.goto("/calls")
    await elsewhere.get_by_role("link", name="个告警未解除").click()
    await expect(elsewhere).to_have_url(re.compile("/wallboard$"))
    await elsewhere.goto("/desk")
    banner = elsewhere.locator("#alarm-banner")
    await expect(banner).to_be_visible()
    told = await banner.inner_text()
    await zhou.hangs_up()
    await expect(banner).not_to_have_text(told, timeout=PATIENCE)
    await expect(alarm).to_be_hidden(timeout=PATIENCE)
    await board.get_by_text("已解除的告警").click()
    await expect(board.locator("#past-alarms")).to_contain_text("无人在岗")
