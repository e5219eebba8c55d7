"""The office: a real browser in a real town. Whatever its pages complain of fails the test that opened them."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import async_playwright, expect

from tests.console.office import ARGUMENTS, CHROMIUM, PATIENCE, Office
from tests.town import Town

expect.set_options(timeout=PATIENCE)  # as patient as the pages are with what a test does


@pytest_asyncio.fixture
async def office(town: Town) -> AsyncIterator[Office]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        office = Office(town, browser)
        yield office
        await browser.close()
    assert not office.troubles
