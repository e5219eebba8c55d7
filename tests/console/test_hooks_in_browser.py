"""推送 in a real browser: an administrator subscribes a system, tries it, and sees what it was told."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.cast import ADMIN, MAYOR, QIAN
from tests.console.office import Office, Scheme, is_accessible, press
from tests.receiver import HOOKS, Receiver, Subscription, asks, gives_up
from tests.town import Town


async def administrator(office: Office, path: str, scheme: Scheme = "light", width: int = 1366) -> Page:
    page = await office.in_the_pages(ADMIN, await office.seat(scheme, width))
    await page.goto(path)
    return page


async def test_an_administrator_subscribes_a_system_and_sees_that_it_is_told(
    town: Town, office: Office
) -> None:
    async with Receiver() as orders:
        page = await administrator(office, "/admin/hooks")
        await page.get_by_label("名称").fill("工单系统")
        await page.get_by_label("网址").fill(orders.url)
        await page.get_by_label("通话结束").check()
        await press(page, "新建")
        await expect(page.get_by_text(re.compile("签名密钥：whsec_"))).to_be_visible()
        await page.goto("/admin/hooks")
        await page.get_by_role("link", name="工单系统").click()
        try:
            await press(page, "发送测试")
            await orders.hears("hook.test")
            await gives_up(town, QIAN)
            await orders.hears("call.ended")
            await page.reload()
            row = page.locator("tr", has_text="call.ended")
            await expect(row).to_contain_text("已送达")
            await row.locator("summary").click()
            await expect(row).to_contain_text(MAYOR)
            await expect(row).not_to_contain_text(QIAN)
            await row.get_by_role("button", name="重新推送").click()
            await expect(page.get_by_text("已排入重新推送")).to_be_visible()
            await orders.hears("call.ended", 2)
            await press(page, "停用")
            await expect(page.get_by_text("已停用")).to_be_visible()
        finally:
            await press(page, "删除")
            await expect(page.get_by_role("heading", name="新建推送")).to_be_visible()
            await expect(page.get_by_role("link", name="工单系统")).to_have_count(0)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1366), ("dark", 390)])
async def test_the_pages_can_be_used_by_everybody(
    town: Town, office: Office, scheme: Scheme, width: int
) -> None:
    async with Receiver() as orders, Subscription(town, orders, "call.ended") as subscribed:
        orders.answers = [500]
        await asks(town, "POST", f"{HOOKS}/{subscribed.id}/test", expect=202)
        await subscribed.is_("waiting", said="status")
        page = await administrator(office, "/admin/hooks", scheme, width)
        await is_accessible(page, f"推送, {scheme}, {width}")
        await page.get_by_role("link", name="工单系统").click()
        await is_accessible(page, f"one of 推送, {scheme}, {width}")
