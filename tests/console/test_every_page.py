"""Every page of the application, found by its routes: for everybody to use, in light and dark, on any screen.

A page that is added is looked at here without a word; one whose address has a part that nothing here stands for
fails, and says so. The desk and the wallboard, which are many pages in one, have tests of their own besides.
"""

import pytest
from playwright.async_api import expect

from tests.console.addresses import LONG_LISTS, addresses, is_a_page
from tests.console.busy_town import a_busy_hour
from tests.console.in_chinese import foreign_words
from tests.console.office import PATIENCE, Office, Scheme, is_accessible
from tests.town import Town

SCREENS = ((1440, 900), (1366, 768), (390, 844))
# How far one can scroll below the last thing that is there to see.
BLANK_BELOW = """(() => {
  const end = Math.max(...[...document.body.children].map((one) => one.getBoundingClientRect().bottom + scrollY));
  const { marginBottom, paddingBottom } = getComputedStyle(document.body);
  const { scrollHeight } = document.documentElement;
  return scrollHeight - Math.max(innerHeight, Math.ceil(end + parseFloat(marginBottom) + parseFloat(paddingBottom)));
})()"""

# Lists that are wider than the place they stand in: by how much.
CUT_OFF = """[...document.querySelectorAll('.sheet')]
  .map((one) => one.scrollWidth - one.clientWidth)
  .filter((by) => by > 0)"""


@pytest.fixture
def town(new_town: Town) -> Town:
    """These pages show whatever was typed: by nobody but this test."""
    return new_town


@pytest.mark.parametrize(("hotline", "scheme"), [("nanning", "light"), ("bozhou", "dark")])
async def test_no_page_is_beyond_anybody(office: Office, hotline: str, scheme: Scheme) -> None:
    """Axe finds nothing to object to, nothing is wider than the window, all of it is Chinese, and the browser has no
    complaint."""
    filled = await a_busy_hour(office.town, hotline)
    admin, city = {"nanning": ("9000", "南宁"), "bozhou": ("8000", "亳州")}[hotline]
    page = await office.in_the_pages(admin, await office.seat(scheme), city)
    pages = [path for path in addresses(office.town, filled) if await is_a_page(page, path)]
    assert len(pages) > 25, pages
    for path in (*pages, *LONG_LISTS):
        await page.goto(path)
        if path == "/docs":  # drawn by a library, after the page is there
            await expect(page.get_by_role("button", name="Authorize").first).to_be_visible(timeout=PATIENCE)
        else:
            assert await foreign_words(page) == {}, f"{path}: not everybody reads this"
        await is_accessible(page, f"{path}, {scheme}")
        for width, height in SCREENS:
            await page.set_viewport_size({"width": width, "height": height})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"{path}, {width}"
            assert await page.evaluate(BLANK_BELOW) <= 0, f"{path}, {width}: nothing stands below its end"
            assert await page.evaluate(CUT_OFF) == [], (
                f"{path}, {width}: a list is read by moving it sideways"
            )
