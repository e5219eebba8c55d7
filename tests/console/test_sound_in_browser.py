"""Real sound between the booth and the desks: who is heard by whom, measured at each page's own ears.

The browser's pretended microphone beeps twice a second, and so do all who speak here. Whoever hears somebody hears
those beeps; whoever hears nobody hears nothing for longer than there is between two of them.
"""

from playwright.async_api import Page, expect

from tests.cast import SUPERVISOR, WANG
from tests.console.hearing import give_ears, hears, plays
from tests.console.office import PATIENCE, Office, rings, standing, talks

NO_MICROPHONE = """
if (navigator.mediaDevices) {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("refused", "NotAllowedError"));
}
"""


async def booth_of(office: Office, manners: str = "") -> Page:
    """The booth, in a browser of its own, with ears."""
    seat = await office.seat()
    await give_ears(seat)
    if manners:
        await seat.add_init_script(manners)
    page = await seat.new_page()
    await page.goto(office.town.company_url)
    return page


async def desk_of(office: Office, number: str) -> Page:
    seat = await office.seat()
    await give_ears(seat)
    return await office.ready(number, seat)


async def in_a_talk(office: Office) -> tuple[Page, Page]:
    """Caller and operator, in one room."""
    desk, booth = await desk_of(office, WANG), await booth_of(office)
    await booth.get_by_role("button", name="+86 771 0000 0002").click()
    await rings(desk)
    await talks(desk)
    return desk, booth


async def goes_home(booth: Page) -> None:
    await booth.locator("#hang-up").click()
    await expect(booth.locator("#hang-up")).to_be_hidden()


async def test_caller_and_operator_hear_each_other_and_the_caller_on_hold_hears_music(office: Office) -> None:
    desk, booth = await in_a_talk(office)
    await hears(desk, 1)
    await hears(booth, 1)

    await desk.keyboard.press("F6")
    await plays(booth, "waiting.wav")
    await hears(desk, 0)
    await hears(booth, 0)

    await desk.keyboard.press("F6")
    await hears(desk, 1)
    await hears(booth, 1)
    await goes_home(booth)
    await expect(standing(desk)).to_have_text("话后整理")
    await desk.wait_for_function("() => window.peaks().length === 0")


async def test_nobody_hears_an_operator_who_is_muted(office: Office) -> None:
    desk, booth = await in_a_talk(office)
    await hears(booth, 1)
    await desk.keyboard.press("F8")
    await hears(booth, 0)
    await hears(desk, 1)
    await desk.keyboard.press("F8")
    await hears(booth, 1)
    await goes_home(booth)


async def test_a_supervisor_hears_both_and_is_heard_by_nobody_then_by_the_operator_then_by_both(
    office: Office,
) -> None:
    desk, booth = await in_a_talk(office)
    seat = await office.seat()
    await give_ears(seat)
    board = await office.signed_in(SUPERVISOR, seat)
    await board.goto("/wallboard")
    row = board.locator("#seats tr", has_text=WANG)
    mine = board.get_by_role("region", name="我的监听和通话")

    await row.get_by_role("button", name="监听").click()
    await expect(mine).to_contain_text("谁也听不到您", timeout=PATIENCE)
    await hears(board, 2)
    await hears(desk, 1)
    await hears(booth, 1)

    await mine.get_by_role("button", name="耳语").click()
    await expect(mine).to_contain_text("只有话务员听得到您")
    await hears(desk, 2)
    await hears(booth, 1)

    await mine.get_by_role("button", name="插话").click()
    await expect(mine).to_contain_text("话务员和来电人都听得到您")
    await hears(booth, 2)
    await goes_home(booth)


async def test_a_booth_without_a_microphone_hears_and_is_not_heard(office: Office) -> None:
    desk, booth = await desk_of(office, WANG), await booth_of(office, NO_MICROPHONE)
    await booth.get_by_role("button", name="+86 771 0000 0002").click()
    await expect(booth.get_by_role("button", name="没有话筒")).to_be_visible()
    await rings(desk)
    await talks(desk)
    await hears(booth, 1)
    await hears(desk, 0)
    await goes_home(booth)
