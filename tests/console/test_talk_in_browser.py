"""The desk in the middle of a talk, in a real browser: hold, consult, hand on, note, keys."""

from playwright.async_api import expect

from tests.cast import BUREAU, LI, MAYOR, WANG, ZHOU
from tests.console.office import Office, is_accessible, press, rings, standing, talks


async def test_an_operator_holds_a_caller_asks_a_colleague_and_hands_the_caller_on(office: Office) -> None:
    desk = await office.ready(WANG)
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await rings(desk)
    await talks(desk)
    await zhou.is_in_the_room()

    await desk.keyboard.press("F6")
    await expect(desk.locator("#company")).to_contain_text("保持中")
    await zhou.hears("话务员正在为您处理")
    await desk.keyboard.press("F6")
    await expect(desk.locator("#company")).to_be_hidden()

    colleague = await office.ready(LI, await office.seat("dark"))
    await desk.keyboard.press("F7")
    await desk.get_by_role("button", name=f"咨询 坐席 {LI}").click()
    await rings(colleague)
    await expect(colleague.locator("#card")).to_contain_text(f"坐席 {WANG} 请您协助")
    await talks(colleague)
    await expect(desk.locator("#company")).to_contain_text("咨询中，来电人听不到")
    await is_accessible(desk, "a consultation")
    await is_accessible(colleague, "a colleague who is asked, in the dark")

    await press(desk, "转接")

    await expect(standing(desk)).to_have_text("话后整理")
    await expect(colleague.locator("#card")).to_contain_text("正在通话")
    await zhou.is_back_in_the_room()
    assert office.troubles == []


async def test_a_department_is_found_in_the_address_book_and_hears_the_keys_that_are_pressed(
    office: Office,
) -> None:
    desk = await office.ready(WANG)
    await office.town.caller(ZHOU).dials(MAYOR)
    await rings(desk)
    await talks(desk)

    await press(desk, "咨询 / 转接")
    await desk.get_by_label("查找").fill("市场监管")
    await is_accessible(desk, "the address book")
    await desk.get_by_role("button", name="三方 市场监管局值班室").click()
    bureau = await office.town.phone_rings(BUREAU)
    await bureau.answers()
    await expect(desk.locator("#company")).to_contain_text("三方通话")

    await press(desk, "键盘")
    await press(desk, "2")
    await desk.keyboard.press("#")
    await expect(desk.locator("#keys-pressed")).to_have_text("2#")
    await bureau.hears("2")
    await bureau.hears("#")
    await desk.keyboard.press("Escape")

    await press(desk, "离开")
    await expect(standing(desk)).to_have_text("话后整理")
    assert office.troubles == []


async def test_a_note_is_saved_while_it_is_written_and_is_there_after_a_reload(office: Office) -> None:
    desk = await office.ready(WANG)
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await rings(desk)
    await talks(desk)

    await desk.get_by_label("备注").fill("营业执照三天没有办下来")
    await expect(desk.locator("#note-state")).to_have_text("已保存")
    await desk.reload()
    await expect(desk.get_by_label("备注")).to_have_value("营业执照三天没有办下来")

    await zhou.hangs_up()
    assert (await zhou.record())["note"] == "营业执照三天没有办下来"
    await desk.goto(f"/calls/{zhou.sid}")
    await expect(desk.get_by_text("营业执照三天没有办下来")).to_be_visible()
