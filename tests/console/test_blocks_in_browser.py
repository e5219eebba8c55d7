"""来电限制 in a browser: a supervisor looks at what a caller has done, asks them to pause, and lifts it again."""

import pytest
from playwright.async_api import expect

from tests.cast import MAYOR
from tests.console.office import Office, Scheme, fits, press

NAGGER = "+862000000013"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_supervisor_reads_the_evidence_asks_a_caller_to_pause_and_lifts_it(
    office: Office, scheme: Scheme
) -> None:
    nagger = await office.town.caller(NAGGER).dials(MAYOR)
    await nagger.hears("欢迎拨打")
    await nagger.hangs_up()
    await nagger.record()
    page = await office.signed_in("9010", await office.seat(scheme))
    await page.goto(f"/calls/{nagger.sid}")
    await page.get_by_role("link", name="来电人的全部来电").click()
    await expect(page.get_by_role("heading", name="来电人")).to_contain_text("+86 20****0013")
    await press(page, "限制来电")
    await expect(page.locator(".fault")).to_have_text("请填写这一项")
    await page.get_by_label("限制来电的原因").fill("反复辱骂话务员")
    await press(page, "限制来电")
    await expect(page.locator("#said")).to_have_text("已限制，到期自动解除")
    await fits(page, f"evidence, {scheme}")

    await page.get_by_role("link", name="来电限制").click()
    row = page.get_by_role("row", name="+86 20****0013")
    await expect(row).to_contain_text("反复辱骂话务员")
    await fits(page, f"blocks, {scheme}")
    await row.get_by_role("button").click()
    await expect(page.get_by_role("heading", name="现在没有受限制的来电人")).to_be_visible()
