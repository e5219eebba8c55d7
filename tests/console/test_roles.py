"""Each role and what it may: every route of the application is knocked at by every role."""

import re
from typing import Any

import aiohttp
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from ivr import accounts
from ivr.demo import OFFICES
from ivr.errors import Invalid
from ivr.hotline import Hotline
from ivr.roles import RIGHTS, Right, Role
from routes.app import build_console
from tests.cast import ADMIN, HANDLER, MAYOR, OFFICE, QIAN, SECRETARY, SUPERVISOR, WANG
from tests.console.browserless import Visitor
from tests.town import Town, secret_of

SEATS = {
    Role.OPERATOR: WANG,
    Role.SUPERVISOR: SUPERVISOR,
    Role.HANDLER: HANDLER,
    Role.OFFICE: OFFICE,
    Role.ADMIN: ADMIN,
}


def routes_by_right(town: Town) -> list[tuple[str, str, Right]]:
    """Method, path and the right that its guard wants, of each route that wants one."""
    found = []
    for route in iter_route_contexts(build_console(town.demo.settings(), {}).routes):
        if isinstance(route.original_route, APIRoute):
            names = [getattr(one.call, "__name__", "") for one in route.dependant.dependencies]
            for right in (name.removeprefix("who_may_") for name in names if name.startswith("who_may_")):
                path = re.sub(r"\{(\w+)\}", _filled, str(route.path))
                found += [(method, path, Right(right)) for method in route.methods or ()]
    return found


def _filled(parameter: re.Match[str]) -> str:
    return {"hotline": "nanning", "year": "2026", "day": "2026-11-24"}.get(parameter[1], "nothing")


async def knocks(town: Town, method: str, path: str, role: Role | None) -> int:
    headers = {"Authorization": f"Bearer ztc_nanning_{secret_of(SEATS[role])}"} if role else {}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.request(method, town.url + path, allow_redirects=False) as answer,
    ):
        return answer.status


async def test_no_route_lets_in_who_has_not_its_right(town: Town) -> None:
    routes = routes_by_right(town)
    assert len(routes) > 20
    wrong = [
        (method, path, role, status)
        for method, path, right in routes
        for role in (None, *Role)
        if role is None or not role.may(right)
        if (status := await knocks(town, method, path, role)) != (403 if role else 401)
    ]
    assert wrong == []


async def test_every_page_lets_in_who_has_its_right(town: Town) -> None:
    pages = [one for one in routes_by_right(town) if one[0] == "GET" and not one[1].endswith("/events")]
    wrong = [
        (path, role, status)
        for method, path, right in pages
        for role in Role
        if role.may(right) and (status := await knocks(town, method, path, role)) in (401, 403, 500)
    ]
    assert wrong == []


def test_whoever_supervises_may_all_that_operators_may_and_admins_may_everything() -> None:
    assert RIGHTS[Role.OPERATOR] < RIGHTS[Role.SUPERVISOR] < RIGHTS[Role.ADMIN] == frozenset(Right)


def test_who_works_cases_and_who_reads_for_an_office_never_see_a_callers_number() -> None:
    assert not any(role.may(Right.REVEAL) for role in (Role.HANDLER, Role.OFFICE))


async def test_everybody_comes_to_a_page_of_theirs(town: Town) -> None:
    homes = {
        WANG: "/desk", SUPERVISOR: "/desk", ADMIN: "/desk", OFFICE: "/calls", HANDLER: "/cases"
    }  # fmt: skip
    for number, home in homes.items():
        async with Visitor(town) as somebody:
            page = await somebody.signs_in(number)
            assert (page.status, page.where) == (200, home)


async def test_an_office_sees_the_calls_of_its_own_number_and_no_others(town: Town) -> None:
    assert OFFICES[OFFICE] == MAYOR
    calls = {}
    for line in (MAYOR, SECRETARY):
        qian = await town.caller(QIAN).dials(line)
        await qian.hears("欢迎")
        await qian.hangs_up()
        calls[line] = (await qian.record())["sid"]

    token = f"ztc_nanning_{secret_of(OFFICE)}"
    found: dict[str, Any] = await town.ask("GET", "/api/nanning/calls?limit=500", token=token)
    assert {call["line"] for call in found["calls"]} == {MAYOR}
    assert found["calls"][0]["sid"] == calls[MAYOR]
    others = f"/api/nanning/calls?line={SECRETARY.replace('+', '%2B')}"
    assert (await town.ask("GET", others, token=token))["calls"] == []
    await town.ask("GET", f"/api/nanning/calls/{calls[SECRETARY]}", token=token, expect=404)
    async with Visitor(town) as office:
        await office.signs_in(OFFICE)
        page = (await office.goes("GET", "/calls")).text
        assert "市长" in page and "市委书记" not in page


async def test_a_token_may_be_given_less_than_its_role(hotline: Hotline) -> None:
    token = await accounts.issue_token(
        hotline.settings,
        hotline.store,
        "nanning",
        role=Role.ADMIN,
        id="statistics",
        scope=frozenset({Right.CALLS}),
    )
    person = await accounts.whose_token(hotline, token)
    assert person is not None
    assert [right for right in Right if person.may(right)] == [Right.CALLS]


@pytest.mark.parametrize(
    ("role", "lines", "why"),
    [
        (Role.OFFICE, "", "公布号码"),
        (Role.OFFICE, "0771 1", "完整的号码"),
        (Role.OPERATOR, MAYOR, "只有领导办公室"),
    ],
)
async def test_the_numbers_of_an_account_suit_its_role(
    hotline: Hotline, role: Role, lines: str, why: str
) -> None:
    with pytest.raises(Invalid, match=why):
        await accounts.appoint(
            hotline.store, "nanning", OFFICE, role=role, password="a long passphrase", lines=lines
        )
