"""A shift, acted out by browsers: three operators, a supervisor, an administrator, and ten callers.

An administrator changes what callers hear and withdraws a number; an operator's tab is lost in the middle of a talk.
Nobody who called is left without words, and no page has anything to complain of.
"""

from dataclasses import dataclass

from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.cast import ADMIN, LI, MAYOR, SECRETARY, SUPERVISOR, WANG, ZHAO
from tests.console.editions import back_to, newest
from tests.console.office import PATIENCE, Office, is_accessible, press, rings, standing, talks
from tests.town import Caller, Town, until

CALLERS = [f"+8620000010{n:02}" for n in range(1, 11)]
NEW_GREETING = "您好，这里是南宁直通车，今天由我们为您服务。"


@dataclass
class Shift:
    town: Town
    seats: dict[str, BrowserContext]
    desks: dict[str, Page]
    board: Page
    admin: Page


async def test_three_operators_a_supervisor_and_an_administrator_serve_ten_callers(office: Office) -> None:
    before = await newest(office.town)
    shift = await they_come_to_work(office)
    try:
        first, waiting = await three_are_answered_and_three_wait(shift)
        await a_tab_is_lost_in_a_talk_and_comes_back(shift, first)
        await those_who_waited_are_served(shift, waiting)
        await one_gives_up_while_all_are_on_a_break(shift)
        await the_greeting_is_changed_and_heard_by_the_next_caller(shift)
        await a_number_is_withdrawn_and_published_again(shift)
        await the_day_is_in_the_list_and_everybody_goes_home(shift)
    finally:
        await back_to(office.town, before)
    assert office.troubles == []


async def they_come_to_work(office: Office) -> Shift:
    seats = {number: await office.seat() for number in (WANG, LI, ZHAO)}
    desks = {number: await office.ready(number, seat) for number, seat in seats.items()}
    board = await office.in_the_pages(SUPERVISOR, await office.seat("dark"))
    await board.goto("/wallboard")
    admin = await office.in_the_pages(ADMIN, await office.seat())
    return Shift(office.town, seats, desks, board, admin)


async def three_are_answered_and_three_wait(shift: Shift) -> tuple[list[Caller], list[Caller]]:
    answered = []
    for number in CALLERS[:3]:
        caller = await shift.town.caller(number).dials(MAYOR)
        answered.append(caller)
        await talks(await whose_desk_rings(shift, caller))
        await caller.is_in_the_room()
    await expect(shift.board.locator("#seats tr", has_text="通话中")).to_have_count(3, timeout=PATIENCE)
    waiting = [await shift.town.caller(number).dials(MAYOR) for number in CALLERS[3:6]]
    await expect(figure(shift.board, "waiting")).to_have_text("3", timeout=PATIENCE)
    await is_accessible(shift.board, "the wallboard of a shift")
    return answered, waiting


async def a_tab_is_lost_in_a_talk_and_comes_back(shift: Shift, answered: list[Caller]) -> None:
    """The caller is told, waits before everybody else, and has the same operator again."""
    [wang] = [one for one in shift.town.operators if one.number == WANG]
    sid = (await wang.desk())["call"]["sid"]
    [theirs] = [caller for caller in answered if caller.sid == sid]

    await shift.desks[WANG].close()

    await theirs.hears("正在优先为您接回话务员")
    desk = await shift.seats[WANG].new_page()
    await desk.goto("/desk")

    async def talking_again() -> bool:
        word = await standing(desk).inner_text()
        if word == "振铃":
            await desk.keyboard.press("F2")
        if word == "暂缓派话":  # the tab was so long in coming that its first ring was missed
            await shift.town.passes(5)
        return word == "通话中"

    await until(talking_again, "Wang talks again")
    await theirs.is_back_in_the_room()
    assert (await wang.desk())["call"]["sid"] == sid
    shift.desks[WANG] = desk


async def those_who_waited_are_served(shift: Shift, waiting: list[Caller]) -> None:
    for desk in shift.desks.values():
        await finishes(desk)
        await rings(desk)
        await talks(desk)
    for caller in waiting:
        await caller.is_in_the_room()
    for desk in shift.desks.values():
        await finishes(desk)


async def one_gives_up_while_all_are_on_a_break(shift: Shift) -> None:
    for desk in shift.desks.values():
        await press(desk, "小休")
        await expect(standing(desk)).to_have_text("小休")
    gives_up = await shift.town.caller(CALLERS[6]).dials(MAYOR)
    await expect(figure(shift.board, "waiting")).to_have_text("1", timeout=PATIENCE)
    await gives_up.hangs_up()
    assert (await gives_up.record())["outcome"] == "abandoned_short"  # sooner than anybody could come
    for desk in shift.desks.values():
        await press(desk, "示闲")


async def the_greeting_is_changed_and_heard_by_the_next_caller(shift: Shift) -> None:
    page = shift.admin
    await page.goto("/admin/prompts/greeting")
    await page.get_by_label("播报的文字").fill(NEW_GREETING)
    await press(page, "立即发布")
    await expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    caller = await shift.town.caller(CALLERS[7]).dials(MAYOR)
    await caller.hears(NEW_GREETING)
    await somebody_serves(shift, caller)


async def a_number_is_withdrawn_and_published_again(shift: Shift) -> None:
    page = shift.admin
    await page.goto(f"/admin/numbers/{SECRETARY}")
    await page.get_by_label("改为哪个号码").select_option(MAYOR)
    await press(page, "撤下")
    await expect(page.get_by_text("已撤下", exact=True).first).to_be_visible()
    too_late = await shift.town.caller(CALLERS[8]).dials(SECRETARY)
    await too_late.hears("零七七一，零零零零，零零零二")
    await too_late.hangs_up()

    await press(page, "重新启用")
    await expect(page.get_by_text("在用", exact=True)).to_be_visible()
    await page.get_by_label("公布渠道").fill("市政府网站")
    await press(page, "登记为已公布")
    await expect(page.get_by_role("status").filter(has_text="已登记")).to_be_visible()
    caller = await shift.town.caller(CALLERS[9]).dials(SECRETARY)
    await somebody_serves(shift, caller)


async def the_day_is_in_the_list_and_everybody_goes_home(shift: Shift) -> None:
    await shift.board.goto("/calls")
    for tail in ("1001", "1007", "1010"):
        await expect(shift.board.get_by_role("table")).to_contain_text(tail)
    for desk in shift.desks.values():
        await press(desk, "签出")
        await expect(standing(desk)).to_have_text("未签入")


async def somebody_serves(shift: Shift, caller: Caller) -> None:
    desk = await whose_desk_rings(shift, caller)
    await talks(desk)
    await caller.is_in_the_room()
    await finishes(desk)
    await caller.is_hung_up_on()


async def whose_desk_rings(shift: Shift, caller: Caller) -> Page:
    """Who gets the call is the queue's affair."""

    async def rung() -> Page | None:
        ringing = [desk for desk in shift.desks.values() if await standing(desk).inner_text() == "振铃"]
        return ringing[0] if ringing else None

    desk: Page = await until(rung, f"a desk rings for {caller.number}")
    return desk


async def finishes(desk: Page) -> None:
    await desk.keyboard.press("F9")
    await expect(standing(desk)).to_have_text("话后整理", timeout=PATIENCE)
    await press(desk, "完成整理")


def figure(board: Page, name: str) -> Locator:
    return board.locator(f"#tile-{name} [data-part=figure]")
