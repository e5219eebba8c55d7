"""A supervisor with a desk and a wallboard open has two softphones and one voice: exactly one of them is in a call."""

from playwright.async_api import Page, expect

from tests.cast import MAYOR, SUPERVISOR, WANG, ZHOU
from tests.console.office import PATIENCE, Office, live_calls, press, rings, standing, talks
from tests.town import Caller

ELSEWHERE = "在另一个标签页通话"


async def board_of(desk: Page) -> Page:
    """A wallboard in another tab of the same browser."""
    board = await desk.context.new_page()
    await board.goto("/wallboard")
    await expect(board.locator("#connection")).to_have_text("已连接")
    return board


async def phones_of_the_supervisor(office: Office) -> int:
    calls = await live_calls(office.town)
    return sum(one["from"] == f"client:nanning_{SUPERVISOR}" for one in calls)


async def a_talk(office: Office) -> Caller:
    wang = await office.town.operator(WANG)
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")
    await zhou.is_in_the_room()
    return zhou


async def test_the_wallboard_listens_takes_over_and_the_desk_in_the_other_tab_only_shows_it(
    office: Office,
) -> None:
    zhou = await a_talk(office)
    desk = await office.signed_in(SUPERVISOR, await office.seat())
    await press(desk, "签入")
    board = await board_of(desk)
    await board.locator("#seats tr", has_text=WANG).get_by_role("button", name="监听").click()
    mine = board.get_by_role("region", name="我的监听和通话")
    await expect(mine).to_contain_text("谁也听不到您", timeout=PATIENCE)
    await expect(desk.locator("#softphone")).to_have_text("就绪")
    assert await phones_of_the_supervisor(office) == 1

    await mine.get_by_role("button", name="接管").click()
    await expect(standing(desk)).to_have_text("通话中", timeout=PATIENCE)
    await expect(desk.locator("#softphone")).to_have_text(ELSEWHERE)
    await expect(desk.locator("#mute")).to_be_hidden()
    await zhou.is_in_the_room()
    assert await phones_of_the_supervisor(office) == 1

    await desk.reload()
    await expect(desk.locator("#softphone")).to_have_text(ELSEWHERE)
    assert await phones_of_the_supervisor(office) == 1
    await zhou.is_in_the_room()

    await press(desk, "挂断")
    await expect(standing(desk)).to_have_text("话后整理", timeout=PATIENCE)
    await zhou.hears("感谢您的来电")
    await expect(desk.locator("#softphone")).to_have_text("就绪")
    await press(desk, "完成整理")
    await press(desk, "签出")


async def test_a_call_of_the_supervisors_own_is_the_desks_and_not_the_wallboards(office: Office) -> None:
    desk = await office.ready(SUPERVISOR)
    board = await board_of(desk)
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await desk.bring_to_front()
    await rings(desk)
    await talks(desk)
    await expect(board.get_by_role("region", name="我的监听和通话")).to_contain_text("您正在与来电人通话")
    await zhou.is_in_the_room()
    assert await phones_of_the_supervisor(office) == 1
    await desk.keyboard.press("F9")
    await expect(standing(desk)).to_have_text("话后整理")


async def test_of_two_wallboards_the_one_that_was_asked_listens_also_after_a_reload(office: Office) -> None:
    zhou = await a_talk(office)
    desk = await office.signed_in(SUPERVISOR, await office.seat())
    other, board = await board_of(desk), await board_of(desk)
    await board.locator("#seats tr", has_text=WANG).get_by_role("button", name="监听").click()
    for one in (board, other):
        mine = one.get_by_role("region", name="我的监听和通话")
        await expect(mine).to_contain_text("谁也听不到您", timeout=PATIENCE)
    assert await phones_of_the_supervisor(office) == 1

    await other.reload()
    await expect(other.get_by_role("region", name="我的监听和通话")).to_contain_text("谁也听不到您")
    await board.reload()
    await expect(board.get_by_role("region", name="我的监听和通话")).to_contain_text("谁也听不到您")
    assert await phones_of_the_supervisor(office) == 1

    await other.get_by_role("region", name="我的监听和通话").get_by_role("button", name="耳语").click()
    await expect(board.get_by_role("region", name="我的监听和通话")).to_contain_text("只有话务员听得到您")
    assert await phones_of_the_supervisor(office) == 1
    await other.get_by_role("button", name="结束监听").click()
    await expect(board.get_by_role("region", name="我的监听和通话")).to_be_hidden()
    assert await phones_of_the_supervisor(office) == 0
    await zhou.is_in_the_room()
