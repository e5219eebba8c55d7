"""An official's own phone is nobody's to see: it stands in no answer of the API and on no page, whoever asks."""

import asyncio

import aiohttp
import pytest

from ivr.directory import spaced
from routes.menu import MENU
from tests.town import Town, secret_of

STREAMS = ("events", "stream")  # these do not end


@pytest.mark.parametrize("number", ["8000", "8010", "8030", "8001"])
async def test_no_page_and_no_answer_shows_an_officials_own_phone(town: Town, number: str) -> None:
    """Administrator, supervisor, an office, an operator: every page of the menu and every list of the API."""
    lines = town.hotline("bozhou").handbook.directory.lines
    secret = {phone for line in lines for phone in (line.own_phone, line.second_phone) if phone}
    assert len(secret) > 80
    shapes = {shape for phone in secret for shape in (phone, phone[3:], spaced(phone), spaced(phone)[4:])}
    headers = {"Authorization": f"Bearer ztc_bozhou_{secret_of(number)}"}
    seen = 0
    async with aiohttp.ClientSession(town.url, headers=headers) as http:
        async with http.get("/openapi.json") as answer:
            routes = (await answer.json())["paths"]
        for path in [*_lists(routes), *(entry.path for entry in MENU), *_more()]:
            async with asyncio.timeout(20), http.get(path.replace("{hotline}", "bozhou")) as answer:
                text = await answer.text()
            assert answer.status < 500, path
            seen += answer.status == 200
            assert not {shape for shape in shapes if shape in text}, path
    assert seen > 10, "most of what there is can be read by somebody"


def _lists(routes: dict[str, dict[str, object]]) -> list[str]:
    plain = [
        path for path, acts in routes.items() if "get" in acts and path.count("{") == path.count("{hotline}")
    ]
    return [path for path in plain if not path.endswith(STREAMS)]


def _more() -> list[str]:
    sections = ("prompts", "numbers", "hours", "queues", "staff", "settings", "editions")
    return [
        *(f"/admin/{name}" for name in sections),
        "/absences",
        "/published/bozhou",
        "/published/bozhou.json",
    ]
