"""工单 in a browser: an office says what was done, a supervisor gives it back and closes it."""

import pytest
from playwright.async_api import Page, expect

from tests.cast import MAYOR, QIAN
from tests.console.busy_town import it_becomes_a_case
from tests.console.office import Office, Scheme, fits, press


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_an_office_answers_a_case_and_a_supervisor_gives_it_back_and_closes_it(
    office: Office, scheme: Scheme
) -> None:
    number = await a_case(office)
    theirs = await office.in_the_pages("9030", await office.seat(scheme))
    await theirs.get_by_role("link", name="工单", exact=True).click()
    await expect(theirs.get_by_role("row", name=number)).to_contain_text("待反馈")
    await fits(theirs, f"the cases, {scheme}")
    await theirs.get_by_role("link", name=number).click()
    await expect(theirs.get_by_text("南宁市市长未能接听")).to_be_visible()
    await press(theirs, "反馈")
    await expect(theirs.get_by_text("请填写这一项").first).to_be_visible()
    han = await office.in_the_pages("9010", await office.seat(scheme))
    await han.goto(f"/cases/{number}")
    await _says(theirs, "办理情况", "已转交，正在办理", "反馈")
    await expect(theirs.get_by_text("等班长或管理员看过反馈后办结")).to_be_visible()

    await han.get_by_label("办理情况").fill("我也答复了")
    await press(han, "反馈")
    await expect(han.get_by_text("已经反馈（9030），您写的没有记入")).to_be_visible()
    await expect(han.get_by_label("办理情况")).to_have_value("我也答复了")
    assert [trouble for trouble in office.troubles if "409" not in trouble] == []
    office.troubles.clear()
    han.once("dialog", lambda dialog: dialog.accept())
    await han.goto(f"/cases/{number}")
    await fits(han, f"a case that was answered, {scheme}")
    await _says(han, "退回的原因", "请写明怎样答复了来电人", "退回")
    await expect(han.get_by_role("button", name="反馈")).to_be_visible()
    await theirs.reload()
    await _says(theirs, "办理情况", "已电话答复，来电人满意", "反馈")
    await han.reload()
    await press(han, "办结")
    await expect(han.locator(".tag").filter(has_text="已办结")).to_be_visible()
    did = await han.locator(".history li strong").all_inner_texts()
    assert did == ["承诺无人联系，转为工单", "反馈", "退回", "反馈", "办结"]

    await han.goto("/cases")
    await expect(han.get_by_role("link", name=number)).to_be_hidden()
    await han.get_by_label("状态").select_option("已办结")
    await press(han, "筛选")
    await expect(han).to_have_url(f"{office.town.url}/cases?state=closed&line=")
    await expect(han.get_by_role("link", name=number)).to_be_visible()


async def a_case(office: Office) -> str:
    """Somebody was promised to be contacted by the mayor, and nobody did."""
    qian = await office.town.caller(QIAN).dials(MAYOR)
    await qian.hangs_up()
    return await it_becomes_a_case(office.town, "nanning", qian.sid, MAYOR)


async def _says(page: Page, label: str, words: str, button: str) -> None:
    await page.get_by_label(label).fill(words)
    await press(page, button)
    await expect(page.locator(".history li").last).to_contain_text(words)
