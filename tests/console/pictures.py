"""Pictures of every page of the console, filled by real calls: `python -m tests.console.pictures FOLDER`.

A town of its own, with its own Valkey, phone company and people, is founded for them and is gone afterwards.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Error, Page, async_playwright, expect

from ivr import embedded
from ivr.roles import Person, Role
from routes.menu import ADMIN, menu_for
from tests import town as towns
from tests.cast import (
    EDUCATION,
    EDUCATION_PHONE,
    LI,
    MAYOR,
    MAYOR_OF_BOZHOU,
    QIAN,
    SECRETARY,
    SUN,
    WANG,
    WU,
    ZHAO,
    ZHOU,
)
from tests.console.office import ARGUMENTS, CHROMIUM, PATIENCE, Office, Scheme, press, rings, talks
from tests.story.call_backs import asks_for_a_call_back
from tests.town import Caller, Town

SIZES = ((1440, 900), (1366, 768), (390, 844))
SEATS = {
    "nanning": {
        "operator": "9001",
        "supervisor": "9010",
        "handler": "9020",
        "office": "9030",
        "admin": "9000",
    },
    "bozhou": {"supervisor": "8010", "office": "8030", "admin": "8000"},
}
DARK = {"/desk", "/wallboard", "/calls", "/admin/prompts", "/promises"}
ONE_SCREEN = {"/desk", "/wallboard"}  # everything else is shown to its end
LOADED_MS = 5_000
BEAT_SECONDS = 2
ANOTHER = "+862000000044"  # whom no operator knows from before


class View(NamedTuple):
    """What one set of pictures is looked at with."""

    scheme: Scheme
    width: int
    height: int

    @property
    def name(self) -> str:
        return f"{self.width}" if self.scheme == "light" else f"{self.width}-dark"


LIGHT = tuple(View("light", *size) for size in SIZES)
NIGHT = View("dark", 1440, 900)


def pages_of(hotline: str, role: str) -> list[str]:
    """The pages that this role finds in its menu, those of 管理 one by one."""
    person = Person(hotline, SEATS[hotline][role], Role(role))
    paths = [entry.path for entry in menu_for(person) if entry.path != "/admin"]
    return [*paths, *(entry.path for entry in ADMIN if person.may(entry.right)), "/account"]


# ------------------------------------------------------------------------------------------ a day at the hotline


async def fill(town: Town) -> None:
    """Calls that were answered, lost, promised to be returned, and words that were left."""
    wang = await town.operator(WANG)
    for number, dialled, seconds in ((ZHOU, MAYOR, 95), (QIAN, SECRETARY, 210), (SUN, MAYOR, 41)):
        caller = await town.caller(number).dials(dialled)
        await wang.accepts()
        await caller.is_in_the_room()
        await town.passes(seconds)
        await caller.hangs_up()
        await wang.is_on("wrap_up")
        await town.passes(12)
        await wang.finishes()
    await wang.pauses("用餐")
    lost = await town.caller(QIAN).dials(MAYOR)
    await lost.hears("waiting.wav")
    await town.passes(70)
    await lost.hangs_up()
    await _leaves_a_message(town)
    await _is_promised(town)
    await wang.goes_home()
    town.operators.remove(wang)


async def _leaves_a_message(town: Town) -> None:
    doors = "/api/nanning/opening"
    await town.ask("PUT", doors, token=town.admin_token(), json={"override": "closed"})
    try:
        sun = await town.caller(SUN).dials(MAYOR)
        await sun.hears("如需留言")
        await sun.presses("1")
        await sun.hears("请在提示音后留言")
        await sun.speaks(12)
        await sun.hears("您的留言已收到")
        await sun.hangs_up()
    finally:
        await town.ask("PUT", doors, token=town.admin_token(), json={"always_open": True})


async def _is_promised(town: Town) -> None:
    """Of two who rang an official of Bozhou, one is told that they will be contacted."""
    await town.phone_does(EDUCATION_PHONE, "declined", after_seconds=1)
    wu = await town.caller(WU).dials(EDUCATION)
    await wu.hears("请按 1")
    await wu.hangs_up()
    other = await town.caller(ZHOU).dials(MAYOR_OF_BOZHOU)
    await town.breathes()
    await other.hangs_up()


# ------------------------------------------------------------------------------------------ the pictures


async def take(office: Office, folder: Path) -> None:
    await at_the_desk(office, folder)
    async with a_busy_floor(office.town) as sid:
        for view in (*LIGHT, NIGHT):
            await _of_the_floor(office, folder, view)
        for hotline, seats in SEATS.items():
            for role in seats:
                for view in (*LIGHT, NIGHT) if hotline == "nanning" else LIGHT[:1]:
                    await _of_a_role(office, folder / hotline, role, view, sid)
    await _signed_out(office, folder)


async def at_the_desk(office: Office, folder: Path) -> None:
    """One operator's way through a call."""
    page = await office.signed_in(ZHAO, await office.seat("light", 1366, 768))
    await shot(page, folder / "desk-signed-off-1366.png")
    await press(page, "签入")
    await press(page, "示闲")
    await shot(page, folder / "desk-ready-1366.png")
    zhou = await office.town.caller(ANOTHER).dials(MAYOR)
    await rings(page)
    for view in (*LIGHT, NIGHT):
        await page.set_viewport_size({"width": view.width, "height": view.height})
        await page.emulate_media(color_scheme=view.scheme)
        await shot(page, folder / f"desk-ringing-{view.name}.png")
    await talks(page)
    await zhou.is_in_the_room()
    for view in (*LIGHT, NIGHT):
        await page.set_viewport_size({"width": view.width, "height": view.height})
        await page.emulate_media(color_scheme=view.scheme)
        await shot(page, folder / f"desk-talking-{view.name}.png")
    await page.keyboard.press("F9")
    await expect(page.get_by_role("button", name="完成整理")).to_be_visible()
    await page.set_viewport_size({"width": 1366, "height": 768})
    await page.emulate_media(color_scheme="light")
    await shot(page, folder / "desk-wrap-up-1366.png")
    await press(page, "完成整理")
    await press(page, "签出")
    await page.context.close()


@asynccontextmanager
async def a_busy_floor(town: Town) -> AsyncIterator[str]:
    """One operator talks, one wraps up, one is at lunch, and two callers wait; the call that is talked in."""
    wang, li, zhao = [await town.operator(number) for number in (WANG, LI, ZHAO)]
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")
    for one in (wang, li, zhao):
        if (await one.desk())["line"] == "idle":
            await one.pauses("用餐")
    await (await asks_for_a_call_back(town, WU)).record()
    await _waits(town.caller(QIAN), MAYOR)
    await _waits(town.caller(SUN), SECRETARY)
    await town.passes(66)
    beating = asyncio.create_task(_beat(town))
    yield zhou.sid
    beating.cancel()
    await town.calls_home()


async def _beat(town: Town) -> None:
    """The desks say that they are there while the pictures are taken."""
    while True:
        await town.passes(1)
        await asyncio.sleep(BEAT_SECONDS)


async def _waits(caller: Caller, dialled: str) -> None:
    await (await caller.dials(dialled)).hears("waiting.wav")


async def _of_the_floor(office: Office, folder: Path, view: View) -> None:
    """The wallboard with an alarm, and its listening bar."""
    page = await office.in_the_pages(SEATS["nanning"]["supervisor"], await office.seat(*view))
    await page.goto("/wallboard")
    await expect(page.locator("#alarms li").first).to_be_visible()
    await shot(page, folder / f"wallboard-{view.name}.png")
    await page.locator("#seats tr", has_text="通话中").get_by_role("button", name="监听").click()
    await expect(page.get_by_role("region", name="我的监听和通话")).to_contain_text("谁也听不到您")
    await shot(page, folder / f"wallboard-listening-{view.name}.png")
    await page.get_by_role("button", name="结束监听").click()
    await expect(page.get_by_role("region", name="我的监听和通话")).to_be_hidden()
    await page.context.close()


async def _of_a_role(office: Office, folder: Path, role: str, view: View, sid: str) -> None:
    """Every page of its menu; of the night, some."""
    hotline = folder.name
    page = await _sign_in(office, hotline, SEATS[hotline][role], view)
    paths = pages_of(hotline, role)
    more = list(_with_parameters(role, sid)) if hotline == "nanning" else []
    for path in [*paths, *more]:
        if view is NIGHT and path not in DARK and path not in more:
            continue
        await page.goto(path)
        await shot(
            page, folder / f"{role}{path.replace('/', '-')}-{view.name}.png", whole=path not in ONE_SCREEN
        )
    await page.context.close()


def _with_parameters(role: str, sid: str) -> Iterator[str]:
    if role in ("supervisor", "operator"):
        yield f"/calls/{sid}"
    if role == "supervisor":
        yield f"/probes/{MAYOR}"
    if role == "admin":
        yield from (f"/admin/numbers/{MAYOR}", "/admin/prompts/greeting", f"/admin/staff/{WANG}")


async def _sign_in(office: Office, hotline: str, number: str, view: View) -> Page:
    page = await (await office.seat(*view)).new_page()
    await page.goto("/")
    await page.locator(f'input[name="hotline"][value="{hotline}"]').check(force=True)
    await page.get_by_label("工号").fill(number)
    await page.get_by_label("密码").fill(f"demo-{number}")
    await page.get_by_role("button", name="登录").click()
    await expect(page.get_by_role("button", name="退出登录")).to_be_visible()
    return page


async def _signed_out(office: Office, folder: Path) -> None:
    for view in (*LIGHT, NIGHT):
        page = await (await office.seat(*view)).new_page()
        await page.goto("/")
        await shot(page, folder / f"sign-in-{view.name}.png")
        await page.context.close()


async def shot(page: Page, file: Path, *, whole: bool = False) -> None:
    """Once the page has what it asked for; a stream never ends, so that is not waited for."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(Error):
        await page.wait_for_load_state("load", timeout=LOADED_MS)
    for reading in ("正在读取", "正在连接"):
        with suppress(AssertionError):
            await expect(page.get_by_text(reading).locator("visible=true").first).to_be_hidden(
                timeout=LOADED_MS
            )
    await page.screenshot(path=file, full_page=whole, animations="disabled")
    if (
        page.viewport_size
        and await page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]
    ):
        print(f"wider than its window: {file}")


async def main(folder: Path) -> None:
    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory(prefix="pictures-") as there:
        server = embedded.start(Path(there) / "valkey")
        town = towns.found(Path(there) / "town", embedded.url_in(Path(there) / "valkey"))
        try:
            await towns.open_up(town)
            await fill(town)
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
                office = Office(town, browser)
                await take(office, folder)
                await browser.close()
            for trouble in office.troubles:
                print(f"a page complained: {trouble}")
        finally:
            town.application.stop()
            town.company.stop()
            server.terminate()
            server.wait(10)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
