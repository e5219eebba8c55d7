"""The office: a real browser in a real town. Whatever its pages complain of fails the test that opened them."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import async_playwright

from tests.console.office import ARGUMENTS, CHROMIUM, Office
from tests.town import Town


@pytest_asyncio.fixture
async def office(town: Town) -> AsyncIterator[Office]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        office = Office(town, browser)
        yield office
        await browser.close()
    assert not office.troubles
