"""Every page of the application, found by its routes: for everybody to use, in light and dark, on any screen.

A page that is added is looked at here without a word; one whose address has a part that nothing here stands for
fails, and says so. The desk and the wallboard, which are many pages in one, have tests of their own besides.
"""

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from playwright.async_api import Page, expect

from ivr import promise_links
from routes.app import build_console
from tests.cast import EDUCATION, EDUCATION_PHONE, MAYOR, QIAN, WU, ZHOU
from tests.console.office import PATIENCE, Office, Scheme, is_accessible
from tests.town import Town

SCREENS = ((1440, 900), (1366, 768), (390, 844))
TO_ANOTHER_HOUSE = (
    "/session/oidc",
    "/session/oidc/back",
)  # to an identity provider and back: there is no page
LONG_LISTS = (
    "/callbacks?tab=missed",
    "/callbacks?tab=messages",
    "/callbacks?tab=settled",
    "/calls?operator=none",
)
# How far one can scroll below the last thing that is there to see.
BLANK_BELOW = """(() => {
  const end = Math.max(...[...document.body.children].map((one) => one.getBoundingClientRect().bottom + scrollY));
  const { marginBottom, paddingBottom } = getComputedStyle(document.body);
  const { scrollHeight } = document.documentElement;
  return scrollHeight - Math.max(innerHeight, Math.ceil(end + parseFloat(marginBottom) + parseFloat(paddingBottom)));
})()"""


@pytest.mark.parametrize(("hotline", "scheme"), [("nanning", "light"), ("bozhou", "dark")])
async def test_no_page_is_beyond_anybody(office: Office, hotline: str, scheme: Scheme) -> None:
    """Axe finds nothing to object to, nothing is wider than the window, and the browser has no complaint."""
    filled = await a_busy_hour(office.town, hotline)
    admin, city = {"nanning": ("9000", "南宁"), "bozhou": ("8000", "亳州")}[hotline]
    page = await office.in_the_pages(admin, await office.seat(scheme), city)
    pages = [path for path in addresses(office.town, filled) if await is_a_page(page, path)]
    assert len(pages) > 25, pages
    for path in (*pages, *LONG_LISTS):
        await page.goto(path)
        if path == "/docs":  # drawn by a library, after the page is there
            await expect(page.get_by_role("button", name="Authorize").first).to_be_visible(timeout=PATIENCE)
        await is_accessible(page, f"{path}, {scheme}")
        for width, height in SCREENS:
            await page.set_viewport_size({"width": width, "height": height})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"{path}, {width}"
            assert await page.evaluate(BLANK_BELOW) <= 0, f"{path}, {width}: nothing stands below its end"


def addresses(town: Town, filled: dict[str, str]) -> list[str]:
    """Each address that a browser may be sent to, with its parts filled."""
    console = build_console(town.demo.settings(), {})
    routes = [one for one in iter_route_contexts(console.routes) if isinstance(one.original_route, APIRoute)]
    paths = {str(one.path) for one in routes if "GET" in (one.methods or ())}
    ours = sorted(one for one in paths if not one.startswith("/api/") and one not in TO_ANOTHER_HOUSE)
    missing = {path for path in ours if "{" in path} - set(filled)
    assert not missing, f"nothing stands for a part of {missing}"
    return [filled.get(path, path) for path in ours]


async def is_a_page(page: Page, path: str) -> bool:
    answer = await page.request.get(path)
    assert answer.status == 200, f"{path}: {answer.status}"
    return answer.headers["content-type"].startswith("text/html")


async def a_busy_hour(town: Town, hotline: str) -> dict[str, str]:
    """Something has happened, so that each page has something to show; the addresses of what happened."""
    token = town.admin_token(hotline)
    number = MAYOR if hotline == "nanning" else EDUCATION
    await town.phone(EDUCATION_PHONE, "busy")
    caller = await town.caller(WU if hotline == "bozhou" else ZHOU).dials(number)
    await caller.hears("欢迎拨打" if hotline == "nanning" else "会后")
    await caller.hangs_up()
    await caller.record(hotline)
    gives_up = await town.caller(QIAN).dials(MAYOR)
    await gives_up.hears("waiting.wav")
    await gives_up.hangs_up()
    await gives_up.record()
    wish = {"hours": 1, "reason": "一小时内辱骂话务员五次"}
    await town.ask("PUT", f"/api/{hotline}/blocks/{caller.sid}", token=token, json=wish)
    await town.ask("DELETE", f"/api/{hotline}/blocks/{caller.sid}", token=token)
    promised = caller
    if hotline == "nanning":
        promised = await town.caller(WU).dials(EDUCATION)
        await promised.hears("会后")
        await promised.hangs_up()
    wish = {"title": "大屏", "url": "http://127.0.0.1:9/", "events": ["number.tested"]}
    hook = (await town.ask("POST", f"/api/{hotline}/hooks", token=token, json=wish, expect=201))["hook"]["id"]
    await town.ask("PUT", f"/api/{hotline}/hooks/{hook}/state", token=token, json={"on": False})
    link = promise_links.address(town.hotline("bozhou"), promised.sid)
    return {
        "/calls/{sid}": f"/calls/{caller.sid}",
        "/blocks/{sid}": f"/blocks/{caller.sid}",
        "/published/{hotline}": f"/published/{hotline}",
        "/published/{hotline}.json": f"/published/{hotline}.json",
        "/probes/{number}": f"/probes/{number}",
        "/promise/{token}": link.removeprefix(town.url),
        "/admin/hooks/{id}": f"/admin/hooks/{hook}",
        "/admin/prompts/{key}": "/admin/prompts/greeting",
        "/admin/numbers/{number}": f"/admin/numbers/{number}",
        "/admin/staff/{id_}": "/admin/staff/" + ("9001" if hotline == "nanning" else "8001"),
    }
