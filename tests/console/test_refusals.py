"""What somebody reads in a browser when they are refused: a page with a sentence and a way on, never JSON."""

import pytest

from ivr.promise_links import EXPIRED
from tests.cast import ADMIN, WANG
from tests.console.browserless import Page, Visitor
from tests.town import Town

HTML = {"Accept": "text/html,application/xhtml+xml"}
NO_CALL = "/calls/CA" + "0" * 32


def is_a_page(page: Page, status: int, said: str, way_back: str = "/") -> bool:
    assert (page.status, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert f'href="{way_back}"' in page.text
    return said in page.text


async def test_a_link_of_a_reminder_that_has_expired_says_so_to_whoever_opens_it(town: Town) -> None:
    async with Visitor(town) as official:
        for token in ("nonsense", "bozhou.CA1.1." + "x" * 22):
            assert is_a_page(await official.goes("GET", f"/promise/{token}", headers=HTML), 404, EXPIRED)


@pytest.mark.parametrize(
    ("number", "path", "status", "said"),
    [
        (WANG, NO_CALL, 404, "没有通话"),
        (WANG, "/wallboard", 403, "您是话务员"),
        (WANG, "/nowhere", 404, "没有这个页面"),
        (WANG, "/session", 405, "请从页面上操作"),
        (WANG, "/callbacks?tab=nothing", 422, "tab 的写法不对"),
        (ADMIN, "/admin/languages?language=no_such", 404, "没有“no_such”这种语言"),
    ],
)
async def test_a_page_that_is_refused_is_a_page_with_the_reason(
    town: Town, number: str, path: str, status: int, said: str
) -> None:
    async with Visitor(town) as somebody:
        await somebody.signs_in(number)
        assert is_a_page(await somebody.goes("GET", path, headers=HTML), status, said)


async def test_a_form_that_is_refused_leads_back_to_its_own_page_and_to_no_other_site(town: Town) -> None:
    async with Visitor(town) as official:
        for came_from, way_back in (
            (f"{town.url}/promise/nonsense", "/promise/nonsense"),
            (f"{town.url}//elsewhere.example/", "/elsewhere.example/"),
            ("https://elsewhere.example/promise/nonsense", "/"),
        ):
            page = await official.goes(
                "POST", "/promise/nonsense/ring-back", headers=HTML | {"Referer": came_from}
            )
            assert is_a_page(page, 404, EXPIRED, way_back)


async def test_a_program_is_told_in_json_whatever_it_accepts(town: Town) -> None:
    async with Visitor(town) as program:
        await program.signs_in(WANG)
        for path, headers in ((f"/api/nanning{NO_CALL}", HTML), (NO_CALL, {"Accept": "*/*"})):
            answer = await program.goes("GET", path, headers=headers)
            assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")
