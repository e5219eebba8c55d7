"""An album of pictures: what a page is looked at with, and what is named when something is amiss on it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Error, Page, expect

from tests.console.office import Office, Scheme
from tests.town import Town

LOADED_MS = 5_000
PAGE_SECONDS = 40.0


class View(NamedTuple):
    """What one set of pictures is looked at with."""

    scheme: Scheme
    width: int
    height: int

    @property
    def name(self) -> str:
        return f"{self.width}" if self.scheme == "light" else f"{self.width}-dark"


WIDE, DESK, PHONE = (View("light", *size) for size in ((1440, 900), (1366, 768), (390, 844)))
NIGHT, NIGHT_DESK, NIGHT_PHONE = (View("dark", one.width, one.height) for one in (WIDE, DESK, PHONE))
VIEWS = (WIDE, DESK, PHONE, NIGHT)


@dataclass(slots=True)
class Album:
    """Where the pictures go, and whom they are taken of."""

    office: Office
    folder: Path

    @property
    def town(self) -> Town:
        return self.office.town

    async def page(self, view: View) -> Page:
        return await (await self.office.seat(*view)).new_page()

    async def visit(self, page: Page, path: str, name: str, view: View, *, whole: bool = True) -> None:
        """A page and its picture; one that does not come is named."""
        try:
            async with asyncio.timeout(PAGE_SECONDS):
                await page.goto(path)
                await self.take(page, name, view, whole=whole)
        except TimeoutError:
            raise TimeoutError(f"{path} at {view.name} is not there after {PAGE_SECONDS:.0f} s") from None

    async def take(self, page: Page, name: str, view: View, *, whole: bool = False) -> None:
        """Once the page has what it asked for; a stream never ends, so that is not waited for."""
        await _has_settled(page)
        file = self.folder / f"{name}-{view.name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=file, full_page=whole, animations="disabled")
        if await page.evaluate("document.documentElement.scrollWidth") > view.width:
            print(f"wider than its window: {file.name}")
        if await page.locator("h1:visible").count() != 1:
            print(f"not one heading: {file.name}")

    async def in_every_view(self, page: Page, name: str) -> None:
        """What stands on the page now, on each screen."""
        for view in VIEWS:
            await page.set_viewport_size({"width": view.width, "height": view.height})
            await page.emulate_media(color_scheme=view.scheme)
            await self.take(page, name, view)
        await page.set_viewport_size({"width": DESK.width, "height": DESK.height})
        await page.emulate_media(color_scheme="light")


async def _has_settled(page: Page) -> None:
    with suppress(Error):
        await page.wait_for_load_state("load", timeout=LOADED_MS)
    with suppress(AssertionError):
        await expect(page.locator("h1:visible").first).to_be_visible(timeout=LOADED_MS)
    for reading in ("正在读取", "正在连接"):
        with suppress(AssertionError):
            shown = page.get_by_text(reading).locator("visible=true").first
            await expect(shown).to_be_hidden(timeout=LOADED_MS)
