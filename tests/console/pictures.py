"""Pictures of every page of the console, filled by real calls, to be looked at: `make pictures`.

A town of its own, with its own Valkey, phone company and people, is founded for them and is gone afterwards. A page is
found by its route, so that one which is added is in the pictures without a word. What is wider than its window or has
not one heading is named. `python -m tests.console.pictures FOLDER [DOCUMENTS]`: the few that
the documentation shows go to DOCUMENTS as well.
"""

import asyncio
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from playwright.async_api import Error, Page, async_playwright, expect

from ivr import embedded
from tests import town as towns
from tests.cast import EDUCATION, EDUCATION_PHONE, LI, MAYOR, OFFICE, QIAN, SUPERVISOR, WANG, ZHOU
from tests.console.addresses import LONG_LISTS, addresses, is_a_page
from tests.console.album import DESK, LOADED_MS, NIGHT_DESK, NIGHT_PHONE, PHONE, VIEWS, WIDE, Album, View
from tests.console.busy_town import NEWCOMER, a_busy_floor, a_busy_hour, a_day, waits
from tests.console.office import ARGUMENTS, CHROMIUM, PATIENCE, Office, press, rings, standing, talks
from tests.town import Town

ADMINS = {"nanning": ("9000", "南宁"), "bozhou": ("8000", "亳州")}
ONE_SCREEN = {"/desk", "/wallboard"}  # everything else is shown to its end
ALREADY_SEEN = {"/", "/promise/{token}"}  # signed in one is led on; the link has pictures of its own
EMPTY = (
    "/calls",
    "/callbacks",
    "/callbacks?tab=missed",
    "/callbacks?tab=messages",
    "/promises",
    "/cases",
    "/blocks",
)
EMPTY_AT_FIRST = (*EMPTY, "/probes", "/admin/hooks", "/tokens", "/wallboard")
IN_THE_DOCUMENTS = {
    "booth": "booth-calling-1366",
    "call": "call-talked-1366",
    "desk-idle": "desk-idle-1366",
    "desk-ringing": "desk-ringing-1366",
    "desk-talking": "desk-talking-1366",
    "desk-wrap-up": "desk-wrap-up-1366",
    "promises": "bozhou/page-promises-1440",
    "wallboard": "wallboard-1366",
}
REFUSED = ("(Forbidden)", "(Not Found)", "(Conflict)", "(Service Unavailable)")  # as pages are meant to be


# ------------------------------------------------------------------------------------- in the order of a day


async def before_anything_happened(album: Album) -> None:
    for view in (WIDE, PHONE):
        page = await album.office.in_the_pages("9000", await album.office.seat(*view))
        for path in EMPTY_AT_FIRST:
            await album.visit(page, path, f"empty{_named(path)}", view)
        await page.context.close()


async def at_the_door(album: Album) -> None:
    """Signing in, being refused, and the first own password."""
    for view in VIEWS:
        page = await album.page(view)
        await album.visit(page, "/", "sign-in", view)
        await _sends(page, WANG, "not the password")
        await expect(page.locator("#refused")).to_be_visible()
        await album.take(page, "sign-in-refused", view)
        await _sends(page, NEWCOMER, f"demo-{NEWCOMER}")
        await expect(page.get_by_role("heading", name="更改密码")).to_be_visible()
        await album.take(page, "first-password", view, whole=True)
        await page.context.close()


async def _sends(page: Page, number: str, password: str) -> None:
    await page.get_by_label("工号").fill(number)
    await page.get_by_label("密码").fill(password)
    await page.get_by_role("button", name="登录").click()


async def at_the_desk(album: Album) -> str:
    """One operator's way through a call, while another caller waits; the call."""
    office, town = album.office, album.town
    page = await office.signed_in(WANG, await office.seat(*DESK))
    await album.in_every_view(page, "desk-signed-off")
    await press(page, "签入")
    await press(page, "示闲")
    await album.in_every_view(page, "desk-idle")
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await rings(page)
    await album.in_every_view(page, "desk-ringing")
    await talks(page)
    await zhou.is_in_the_room()
    qian = await waits(town.caller(QIAN), MAYOR)
    await page.get_by_label("备注").fill("咨询个体工商户换照，材料已齐，窗口要求补交房产证明。")
    await album.in_every_view(page, "desk-talking")
    for button, dialog in (("咨询 / 转接", "contacts"), ("键盘", "keys"), ("设备", "devices")):
        await press(page, button)
        await album.in_every_view(page, f"desk-{dialog}")
        await page.locator(f"#{dialog}").get_by_role("button", name="关闭").click()
    await page.keyboard.press("F6")
    await expect(page.locator("#company")).to_contain_text("保持中")
    await album.in_every_view(page, "desk-hold")
    await page.keyboard.press("F6")
    await qian.hangs_up()  # whom the colleague would be given otherwise
    await _asks_a_colleague(album, page)
    await page.keyboard.press("F9")
    await expect(page.get_by_role("button", name="完成整理")).to_be_visible()
    await album.in_every_view(page, "desk-wrap-up")
    await page.context.close()
    await town.calls_home()
    return zhou.sid


async def _asks_a_colleague(album: Album, page: Page) -> None:
    colleague = await album.office.ready(LI)
    await page.keyboard.press("F7")
    await page.get_by_role("button", name=f"咨询 坐席 {LI}").click()
    await rings(colleague)
    await album.in_every_view(colleague, "desk-asked")
    await talks(colleague)
    await expect(page.locator("#company")).to_contain_text("咨询中")
    await album.in_every_view(page, "desk-consulting")
    await press(page, "取回")
    await expect(page.locator("#company")).to_be_hidden()
    await colleague.context.close()


async def afterwards(album: Album, sid: str) -> None:
    """The course of a call that has had one."""
    for view in VIEWS:
        page = await album.office.in_the_pages(SUPERVISOR, await album.office.seat(*view))
        await album.visit(page, f"/calls/{sid}", "call-talked", view)
        await page.context.close()


async def on_the_floor(album: Album, sid: str) -> None:
    """The wallboard with an alarm, its listening bar, its dialogs; and a call that goes on."""
    for view in VIEWS:
        page = await album.office.in_the_pages(SUPERVISOR, await album.office.seat(*view))
        await page.goto("/wallboard")
        await expect(page.locator("#alarms li").first).to_be_visible()
        await album.take(page, "wallboard", view)
        await album.take(page, "wallboard-to-its-end", view, whole=True)
        await page.locator("#seats tr", has_text="通话中").get_by_role("button", name="更多").click()
        await album.take(page, "wallboard-seat", view)
        await page.keyboard.press("Escape")
        await page.locator("#callers").get_by_role("button", name="调整").first.click()
        await album.take(page, "wallboard-caller", view)
        await page.keyboard.press("Escape")
        await page.locator("#seats tr", has_text="通话中").get_by_role("button", name="监听").click()
        bar = page.get_by_role("region", name="我的监听和通话")
        await expect(bar).to_contain_text("谁也听不到您")
        await album.take(page, "wallboard-listening", view)
        await page.get_by_role("button", name="结束监听").click()
        await expect(bar).to_be_hidden()
        await album.visit(page, f"/calls/{sid}", "call-under-way", view)
        await page.context.close()


async def every_page(album: Album, hotline: str, filled: dict[str, str], views: tuple[View, ...]) -> None:
    number, city = ADMINS[hotline]
    for view in views:
        page = await album.office.in_the_pages(number, await album.office.seat(*view), city)
        known = {**filled, **dict.fromkeys(ALREADY_SEEN, "/account")}
        pages = [path for path in dict.fromkeys(addresses(album.town, known)) if await is_a_page(page, path)]
        names = {path: template for template, path in filled.items()}
        for path in (*pages, *LONG_LISTS):
            name = f"{hotline}/page{_named(names.get(path, path))}"
            await album.visit(page, path, name, view, whole=path not in ONE_SCREEN)
        await page.context.close()


async def taken_away(album: Album) -> None:
    """Calls as a file: what is asked, while it is made, and when it is there."""
    for view in VIEWS:
        page = await album.office.in_the_pages(SUPERVISOR, await album.office.seat(*view))
        await page.goto("/calls")
        await page.get_by_text("导出这些通话").click()
        await album.take(page, "calls-export", view, whole=True)
        await press(page, "导出")
        await album.take(page, "calls-export-asked", view, whole=True)
        await expect(page.get_by_role("link", name="下载").first).to_be_visible()
        await album.take(page, "calls-exported", view, whole=True)
        await page.context.close()


async def what_was_changed(album: Album) -> None:
    """修改记录 with all of it open."""
    for view in (*VIEWS, NIGHT_PHONE):
        page = await album.office.in_the_pages(ADMINS["nanning"][0], await album.office.seat(*view))
        await page.goto("/admin/editions")
        await page.locator(".editions details").evaluate_all("all => all.forEach((one) => (one.open = true))")
        await album.take(page, "editions-open", view, whole=True)
        await page.context.close()


async def under_test(album: Album) -> None:
    """拨测到人: before it, while the phone rings, and proved; then a run through all numbers of the city."""
    await album.town.phone(EDUCATION_PHONE, "answers_and_presses_1", after_seconds=1)
    number, city = ADMINS["bozhou"]
    pages = {
        view: await album.office.in_the_pages(number, await album.office.seat(*view), city) for view in VIEWS
    }
    for view, page in pages.items():
        await page.goto(f"/probes/{EDUCATION}")
        await page.get_by_text("拨测到人…").click()
        await album.take(page, "probe-to-a-person", view, whole=True)
        await press(page, "确认，现在拨打本人的电话")
        with suppress(Error):  # it reads itself again as soon as the test is over
            await album.take(page, "probe-under-way", view, whole=True)
        await expect(page.locator("#probes")).to_have_count(0)
        await album.take(page, "probe-of-a-person", view, whole=True)
        await page.goto("/probes")
    await press(pages[DESK], "拨测全部号码")
    for view, page in pages.items():
        await page.goto("/probes")
        await expect(page.locator("#said")).not_to_contain_text(re.compile("^0 /"))
        await album.take(page, "probes-under-way", view)
        await page.context.close()


async def tested_at_the_desk(album: Album) -> None:
    """An operator's phone rings for a dial test: offered, and taken."""
    desk = await album.office.ready(LI)
    supervisor = await album.office.in_the_pages(SUPERVISOR, await album.office.seat(*DESK))
    await supervisor.goto(f"/probes/{MAYOR}")
    await supervisor.get_by_text("拨测到人…").click()
    await album.take(supervisor, "probe-to-an-operator", DESK)
    await press(supervisor, "确认，现在让一位话务员接听")
    await expect(standing(desk)).to_have_text("拨测振铃")
    await album.in_every_view(desk, "desk-tested")
    await desk.keyboard.press("F2")
    await expect(supervisor.get_by_role("row").filter(has_text=f"话务员 {LI}")).to_be_visible()
    await album.take(supervisor, "probe-of-an-operator", DESK)
    await press(desk, "签出")
    await desk.context.close()
    await supervisor.context.close()


async def of_each_role(album: Album) -> None:
    """Where each finds themselves after signing in."""
    for number in (WANG, SUPERVISOR, "9020", OFFICE):
        for view in (DESK, PHONE):
            page = await album.office.in_the_pages(number, await album.office.seat(*view))
            await album.take(page, f"role-{number}", view)
            await album.visit(page, "/calls", f"role-{number}-calls", view)
            await page.context.close()


async def by_the_link(album: Album, path: str) -> None:
    """The page of one promise: open, kept, and what a page is told that did not know."""
    pages = {view: await album.page(view) for view in VIEWS}
    for view, page in pages.items():
        await album.visit(page, path, "promise", view)
    first, *others = pages.values()
    await first.get_by_label("已经用别的方式联系过").fill("已答复入学手续")
    await press(first, "已处理")
    for page in others:
        await press(page, "回拨")
    for view, page in pages.items():
        if page is not first:
            await album.take(page, "refused-409", view)
        await album.visit(page, path, "promise-kept", view)
        await page.context.close()


async def in_the_booth(album: Album) -> None:
    for view in VIEWS:
        page = await album.page(view)
        await album.visit(page, album.town.company_url, "booth", view)
        await page.get_by_label("按职务或号码查找").fill("南宁市市长")
        await page.locator("#numbers").get_by_role("button").first.click()
        await expect(page.get_by_role("button", name="挂断").first).to_be_visible()
        with suppress(AssertionError):
            await expect(page.get_by_text("请按").first).to_be_visible(timeout=LOADED_MS)
        await album.take(page, "booth-calling", view)
        await page.get_by_role("button", name="挂断").first.click()
        await page.context.close()


async def refused(album: Album, server_stops: asyncio.Event) -> None:
    pages = {view: await album.office.in_the_pages(OFFICE, await album.office.seat(*view)) for view in VIEWS}
    for view, page in pages.items():
        await album.visit(page, "/nowhere", "refused-404", view)
        await album.visit(page, "/admin/prompts", "refused-403", view)
    server_stops.set()
    for view, page in pages.items():
        await album.visit(page, "/calls", "refused-503", view)
        await page.context.close()


def _named(path: str) -> str:
    return path.replace("/", "-").replace("?", "-").replace("=", "-").replace("{", "").replace("}", "")


# ------------------------------------------------------------------------------------------ from first to last


async def take_all(album: Album, server_stops: asyncio.Event) -> None:
    town = album.town
    await before_anything_happened(album)
    await a_day(town)
    filled = {hotline: await a_busy_hour(town, hotline) for hotline in ADMINS}
    await at_the_door(album)
    await afterwards(album, await at_the_desk(album))
    await tested_at_the_desk(album)
    async with a_busy_floor(town) as sid:
        await on_the_floor(album, sid)
        await every_page(album, "nanning", filled["nanning"], (*VIEWS, NIGHT_PHONE))
        await every_page(album, "bozhou", filled["bozhou"], (WIDE, DESK, PHONE, NIGHT_DESK))
    await taken_away(album)
    await what_was_changed(album)
    await under_test(album)
    await of_each_role(album)
    await by_the_link(album, filled["bozhou"]["/promise/{token}"])
    await in_the_booth(album)
    await refused(album, server_stops)


@asynccontextmanager
async def a_town() -> AsyncIterator[tuple[Town, asyncio.Event]]:
    """Its store is stopped when the event is set, for the pages that say so."""
    stops = asyncio.Event()
    with tempfile.TemporaryDirectory(prefix="pictures-") as there:
        server = embedded.start(Path(there) / "valkey")
        town = towns.found(Path(there) / "town", embedded.url_in(Path(there) / "valkey"))

        async def stop() -> None:
            await stops.wait()
            server.terminate()

        stopping = asyncio.create_task(stop())
        try:
            await towns.open_up(town)
            yield town, stops
        finally:
            stopping.cancel()
            town.application.stop()
            town.company.stop()
            server.terminate()
            server.wait(10)


async def main(folder: Path, documents: Path | None = None) -> None:
    expect.set_options(timeout=PATIENCE)
    async with a_town() as (town, stops), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        office = Office(town, browser)
        await take_all(Album(office, folder), stops)
        await browser.close()
        for trouble in office.troubles:
            if not any(words in trouble for words in REFUSED):
                print(f"a page complained: {trouble}")
    if documents:
        for name, picture in IN_THE_DOCUMENTS.items():
            shutil.copy(folder / f"{picture}.png", documents / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(main(*map(Path, sys.argv[1:])))
