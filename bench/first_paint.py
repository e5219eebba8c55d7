"""How soon an operator sees their desk, and how much comes over the line for it.

A real browser, each time with nothing in its cache, opens the desk of a server that has answered before. The moment of
the first paint is the browser's own, counted from its asking for the page; the weight is all that it fetched until the
desk says how things stand, as it came over the line.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, StorageState, async_playwright
from rich.console import Console

from bench.ground import Broken
from bench.targets import Target, percentile
from bench.whole_call import a_machine
from ivr.demo import CannotStart, Demo

FIRST_PAINT_MS, WEIGHT_KB = 300.0, 250.0
FULL, QUICK = 20, 2  # times that the desk is opened
CHROMIUM = "/usr/bin/chromium"
SEAT, PASSWORD = "9001", "demo-9001"
STANDING = "#standing:not(:has-text('正在读取'))"
MEASURED = """() => {
  const fetched = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  return {
    paint: performance.getEntriesByType('paint').find((one) => one.name === 'first-contentful-paint').startTime,
    weight: fetched.reduce((sum, one) => sum + one.transferSize, 0),
    files: fetched.length,
  }
}"""


async def run(console: Console, quick: bool) -> list[Target]:
    try:
        async with a_machine() as machine, _browser() as browser:
            signed_in = await _signs_in(browser, machine)
            await _opens(browser, machine, signed_in)  # the server is warm from here on
            seen = [await _opens(browser, machine, signed_in) for _ in range(QUICK if quick else FULL)]
    except CannotStart as why:
        raise Broken(str(why)) from why
    paints, weight = [one["paint"] for one in seen], max(one["weight"] for one in seen) / 1000
    middle = percentile(paints, 0.5)
    console.print(
        f"The desk's first paint, {len(seen)} times: p50 {middle:.0f} ms, slowest {max(paints):.0f} ms; "
        f"{weight:.0f} kB in {seen[0]['files']:.0f} files"
    )
    return [
        Target("first paint of the desk, median", middle, "at most", FIRST_PAINT_MS, "ms"),
        Target("weight of the desk's page", weight, "at most", WEIGHT_KB, "kB"),
    ]


@asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def _signs_in(browser: Browser, machine: Demo) -> StorageState:
    """The session's cookie."""
    seat = await _seat(browser, machine)
    page = await seat.new_page()
    await page.goto("/")
    await page.get_by_label("工号").fill(SEAT)
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await page.wait_for_selector(STANDING)
    state = await seat.storage_state()
    await seat.close()
    return state


async def _opens(browser: Browser, machine: Demo, signed_in: StorageState) -> dict[str, float]:
    seat = await _seat(browser, machine, signed_in)
    page = await seat.new_page()
    await page.goto("/desk")
    await page.wait_for_selector(STANDING)
    measured: dict[str, float] = await page.evaluate(MEASURED)
    await seat.close()
    return measured


async def _seat(browser: Browser, machine: Demo, state: StorageState | None = None) -> BrowserContext:
    """A computer of its own, with nothing in its cache."""
    return await browser.new_context(base_url=machine.url, storage_state=state, locale="zh-CN")
