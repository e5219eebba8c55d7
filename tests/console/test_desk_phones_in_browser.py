"""The desk of somebody who works with the telephone on it: the page shows the call, and the phone takes it."""

from playwright.async_api import expect

from tests.cast import ADMIN, DESK_PHONE, MAYOR, WANG, ZHOU
from tests.console.office import Office, is_accessible, press, rings, standing


async def test_an_operator_signs_in_by_phone_and_the_screen_follows_it(office: Office) -> None:
    admin = await office.in_the_pages(ADMIN, await office.seat())
    await admin.goto(f"/admin/staff/{WANG}")
    await admin.get_by_label("话机（不用软电话的话务员）").fill(DESK_PHONE)
    await press(admin, "保存")
    await expect(admin).to_have_url(f"{office.town.url}/admin/staff")
    await office.town.phone(DESK_PHONE, "by_hand")

    desk = await office.signed_in(WANG, await office.seat())
    await expect(desk.get_by_role("button", name="用软电话签入")).to_be_visible()
    await is_accessible(desk, "the choice of a telephone")
    await press(desk, "用话机签入（尾号 0901）")
    await press(desk, "示闲")
    await expect(standing(desk)).to_have_text("空闲")
    await expect(desk.locator("#softphone")).to_have_text("尾号 0901")

    await office.town.caller(ZHOU).dials(MAYOR)
    await rings(desk)
    await expect(desk.locator("#card")).to_contain_text("话机（尾号 0901）正在响：拿起来，按 1 接听")
    await expect(desk.locator("#accept")).to_be_hidden()
    await is_accessible(desk, "a call that rings at the phone")
    phone = await office.town.phone_rings(DESK_PHONE)
    await phone.answers()
    await phone.hears("接听请按 1")
    await phone.presses("1")
    await expect(standing(desk)).to_have_text("通话中")
    await expect(desk.locator("#hold")).to_be_visible()
    await expect(desk.locator("#mute")).to_be_hidden()

    await desk.keyboard.press("F9")
    await phone.is_hung_up_on()
    await expect(standing(desk)).to_have_text("话后整理")
    await press(desk, "签出")
    await admin.goto(f"/admin/staff/{WANG}")
    await admin.get_by_label("话机（不用软电话的话务员）").fill("")
    await press(admin, "保存")
    await expect(admin).to_have_url(f"{office.town.url}/admin/staff")
