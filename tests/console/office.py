"""An office with a browser: the seats, the pages that staff have open, and what a test looks for on them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import aiohttp
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.town import Operator, Town

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
PATIENCE = 15_000  # milliseconds
# What browsers say of a network that the test itself took away, and of a sign-in that it meant to be refused.
EXPECTED = ("net::ERR_INTERNET_DISCONNECTED", "401 (Unauthorized)")

Scheme = Literal["light", "dark"]


@dataclass
class Office:
    """A browser in the office, and the pages that staff have open in it."""

    town: Town
    browser: Browser
    troubles: list[str] = field(default_factory=list)

    async def seat(self, scheme: Scheme = "light", width: int = 1366, height: int = 768) -> BrowserContext:
        """A profile of its own, as another computer would be."""
        context = await self.browser.new_context(
            base_url=self.town.url,
            color_scheme=scheme,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(PATIENCE)
        context.on("page", self._watch)
        return context

    async def signed_in(self, number: str, seat: BrowserContext) -> Page:
        """The desk of this operator, signed in but not on shift."""
        self.town.operators.append(Operator(self.town, number))
        page = await seat.new_page()
        await page.goto("/")
        await page.get_by_label("工号").fill(number)
        await page.get_by_label("密码").fill(f"demo-{number}")
        await page.get_by_role("button", name="登录").click()
        await expect(standing(page)).to_have_text("未签入")
        return page

    async def in_the_pages(self, number: str, seat: BrowserContext, city: str = "南宁") -> Page:
        """Signed in for the pages, and not at a desk."""
        page = await seat.new_page()
        await page.goto("/")
        await page.get_by_role("radio", name=city).check()
        await page.get_by_label("工号").fill(number)
        await page.get_by_label("密码").fill(f"demo-{number}")
        await page.get_by_role("button", name="登录").click()
        await expect(page.get_by_role("button", name="退出登录", exact=True)).to_be_visible()
        return page

    async def ready(self, number: str, seat: BrowserContext | None = None) -> Page:
        """The desk of this operator, on shift and ready."""
        page = await self.signed_in(number, seat or await self.seat())
        await press(page, "签入")
        await press(page, "示闲")
        await expect(standing(page)).to_have_text("空闲")
        return page

    def _watch(self, page: Page) -> None:
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in EXPECTED):
            self.troubles.append(message.text)


def standing(page: Page) -> Locator:
    return page.locator("#standing")


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def rings(page: Page) -> None:
    await expect(standing(page)).to_have_text("振铃", timeout=PATIENCE)


async def talks(page: Page) -> None:
    await page.keyboard.press("F2")
    await expect(standing(page)).to_have_text("通话中", timeout=PATIENCE)
    await expect(page.locator("#softphone")).to_have_text("通话中")


async def live_calls(town: Town) -> list[dict[str, str]]:
    """Who is on the phone just now, as the phone company sees it."""
    async with (
        aiohttp.ClientSession(town.company_url) as company,
        company.get("/simulator/calls?live=true") as answer,
    ):
        return list(await answer.json())


async def is_accessible(page: Page, where: str) -> None:
    await page.evaluate(AXE.read_text())
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
    found = await page.evaluate("(rules) => axe.run(document, rules)", rules)
    faults = [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
    assert found["passes"] and faults == [], f"{where}: {len(faults)} faults, as {faults[:3]}"


async def fits(page: Page, where: str) -> None:
    """Anybody can use it, at a desk and on a telephone, and nothing is wider than the window."""
    for width in (1366, 390):
        await page.set_viewport_size({"width": width, "height": 768})
        await is_accessible(page, f"{where}, {width}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"{where} at {width}"
    await page.set_viewport_size({"width": 1366, "height": 768})
