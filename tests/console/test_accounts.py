"""Accounts: passwords that are one's own, guesses that are counted, sessions one can see and end, tokens shown once."""

import asyncio

import pytest
from fastapi import FastAPI, Request, Response

from ivr import accounts, audit, sessions
from ivr.errors import Conflict, Invalid, NotAllowed, NotFound
from ivr.hotline import Hotline
from ivr.roles import Person, Right, Role
from ivr.store import connect
from routes.browsers import known_as
from routes.guards import COOKIE, give_session, secret_of
from tests.cast import ADMIN, LI, WANG
from tests.conftest import Clock
from tests.console.browserless import Visitor
from tests.town import Town

PASSWORD = "correct horse battery"
BOSS = Person("nanning", ADMIN, Role.ADMIN, where="203.0.113.1")


async def appointed(hotline: Hotline, number: str = WANG, *, temporary: bool = False) -> None:
    await accounts.appoint(
        hotline.store, "nanning", number, role=Role.OPERATOR, password=PASSWORD, temporary=temporary
    )


async def acts(hotline: Hotline) -> list[tuple[str, str]]:
    entries = (await audit.search(hotline, audit.Sought())).entries
    return [(one.act, one.about) for one in reversed(entries)]


# ------------------------------------------------------------------------------------------ passwords


@pytest.mark.parametrize(
    "password", ["short", "12345678", "PASSWORD", "11112222", "9001", "9001-9001", "9001.9001@", "x" * 300]
)
async def test_a_password_that_anybody_would_guess_is_refused(hotline: Hotline, password: str) -> None:
    with pytest.raises(Invalid, match="密码"):
        await accounts.appoint(hotline.store, "nanning", WANG, role=Role.OPERATOR, password=password)


async def test_a_password_given_by_somebody_else_opens_nothing_but_its_own_change(town: Town) -> None:
    store = connect(town.demo.store_url)
    number, own = "9777", "four unlikely words here"
    await accounts.appoint(store, "nanning", number, role=Role.OPERATOR, password=PASSWORD, temporary=True)
    async with Visitor(town) as newcomer:
        assert (await newcomer.signs_in(number, PASSWORD)).where == "/account"
        html = {"Accept": "text/html"}
        assert (await newcomer.goes("GET", "/desk", headers=html)).where == "/account"
        assert 'href="/desk"' not in (await newcomer.goes("GET", "/account", headers=html)).text
        refused = await newcomer.goes("GET", "/api/nanning/desk")
        assert (refused.status, "改成自己的" in refused.text) == (403, True)

        change = "/api/nanning/account/password"
        wrong = await newcomer.goes("PUT", change, json={"old": "something else", "new": own})
        assert wrong.status == 422
        same = await newcomer.goes("PUT", change, json={"old": PASSWORD, "new": PASSWORD})
        assert "不同" in same.text
        assert (await newcomer.goes("PUT", change, json={"old": PASSWORD, "new": own})).status == 200
        assert (await newcomer.goes("GET", "/api/nanning/desk")).status == 200
    async with Visitor(town) as later:
        assert (await later.signs_in(number, PASSWORD)).status == 401
        assert (await later.signs_in(number, own)).where == "/desk"
    await accounts.dismiss(store, "nanning", number)
    await store.close()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge，Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1",
            "Safari，iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile MicroMessenger/8.0", "微信，安卓"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) CriOS/126.0 Safari/604.1", "Chrome，iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36 EdgA/126.0", "Edge，安卓"),
        (
            "Mozilla/5.0 (Linux; Android 12; HarmonyOS) Chrome/114.0 HuaweiBrowser/15.0 Safari/537.36",
            "华为浏览器，鸿蒙",
        ),
        ("statistics/1.2", "statistics"),
        ("", "不详"),
    ],
)
def test_where_somebody_is_signed_in_is_told_in_words(agent: str, words: str) -> None:
    assert known_as(agent) == words


async def test_a_new_password_ends_the_sessions_elsewhere_and_not_the_one_it_was_chosen_in(
    hotline: Hotline,
) -> None:
    await appointed(hotline)
    _, elsewhere = await sessions.sign_in(hotline, WANG, PASSWORD)
    person, _ = await sessions.sign_in(hotline, WANG, PASSWORD)
    here = await sessions.change_password(hotline, person, PASSWORD, "another long one")
    assert await sessions.whose(hotline, elsewhere) is None
    assert await sessions.whose(hotline, here) == person
    assert ("password", WANG) in await acts(hotline)


# ------------------------------------------------------------------------------------------ guesses


async def test_an_administrator_sees_who_is_locked_out_and_lets_them_try_again(
    hotline: Hotline, clock: Clock
) -> None:
    await appointed(hotline)
    for _ in range(6):
        with pytest.raises((NotAllowed, Conflict)):
            await sessions.sign_in(hotline, WANG, "wrong", where="203.0.113.7")
    [lock] = await sessions.locked(hotline)
    assert (lock.number, lock.seconds) == (WANG, 300)
    with pytest.raises(Conflict, match="五分钟"):
        await sessions.sign_in(hotline, WANG, PASSWORD)

    await sessions.unlock(hotline, BOSS, WANG)
    assert await sessions.locked(hotline) == []
    await sessions.sign_in(hotline, WANG, PASSWORD)
    with pytest.raises(NotFound):
        await sessions.unlock(hotline, BOSS, WANG)
    assert [act for act, _ in await acts(hotline)] == ["sign_in_refused"] * 5 + [
        "locked",
        "unlock",
        "sign_in",
    ]


async def test_a_lock_that_is_over_is_no_longer_shown(hotline: Hotline, clock: Clock) -> None:
    for _ in range(6):
        with pytest.raises((NotAllowed, Conflict)):
            await sessions.sign_in(hotline, WANG, "wrong")
    clock.passes(301)
    assert await sessions.locked(hotline) == []


async def test_one_place_cannot_try_every_account_in_turn(hotline: Hotline) -> None:
    numbers = [f"{n}" for n in range(4000, 4000 + sessions.WRONG_FROM_ONE_PLACE + 10)]
    guesses = (sessions.sign_in(hotline, number, "guess", where="203.0.113.7") for number in numbers)
    refusals = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(one, Conflict) for one in refusals) == 10
    await appointed(hotline)
    await sessions.sign_in(hotline, WANG, PASSWORD, where="203.0.113.8")


async def test_an_office_where_everybody_signs_in_at_eight_is_not_one_that_guesses(hotline: Hotline) -> None:
    await appointed(hotline)
    for _ in range(sessions.WRONG_FROM_ONE_PLACE + 5):
        await sessions.sign_in(hotline, WANG, PASSWORD, where="203.0.113.7")


# ------------------------------------------------------------------------------------------ sessions


async def test_somebody_sees_where_they_are_signed_in_and_ends_it_there(
    hotline: Hotline, clock: Clock
) -> None:
    await appointed(hotline)
    _, there = await sessions.sign_in(hotline, WANG, PASSWORD, where="203.0.113.7", browser="Firefox")
    clock.passes(60)
    person, here = await sessions.sign_in(hotline, WANG, PASSWORD, where="203.0.113.8", browser="Chrome")
    seen = await sessions.mine(hotline, person, here)
    assert [(one.browser, one.where, one.here) for one in seen] == [
        ("Chrome", "203.0.113.8", True), ("Firefox", "203.0.113.7", False)
    ]  # fmt: skip
    await sessions.end(hotline, person, seen[1].handle)
    assert await sessions.whose(hotline, there) is None
    assert await sessions.whose(hotline, here) is not None
    with pytest.raises(NotFound):
        await sessions.end(hotline, person, seen[1].handle)


async def test_nobody_ends_anothers_session(hotline: Hotline) -> None:
    await appointed(hotline)
    await appointed(hotline, LI)
    wang, secret = await sessions.sign_in(hotline, WANG, PASSWORD)
    li, _ = await sessions.sign_in(hotline, LI, PASSWORD)
    [session] = await sessions.mine(hotline, wang)
    with pytest.raises(NotFound):
        await sessions.end(hotline, li, session.handle)
    assert await sessions.whose(hotline, secret) == wang


async def test_signing_out_everywhere_ends_every_session(town: Town) -> None:
    async with Visitor(town) as here, Visitor(town) as there:
        await here.signs_in(WANG)
        await there.signs_in(WANG)
        assert "已登录的地方" in (await here.goes("GET", "/account")).text
        assert (await here.goes("DELETE", "/api/nanning/account/sessions")).status == 200
        for visitor in (here, there):
            assert (await visitor.goes("GET", "/api/nanning/desk")).status == 401


def test_over_tls_the_cookie_is_for_this_host_and_its_tls_alone(hotline: Hotline) -> None:
    public = {"hotline_public_url": "https://hotline.example.gov.cn"}
    app = FastAPI()
    app.state.settings = hotline.settings.model_copy(update=public)
    request = Request({"type": "http", "app": app, "headers": [(b"cookie", f"{COOKIE}=nanning.x".encode())]})
    answer = Response()
    give_session(request, answer, "nanning.x")
    words = {word.strip().lower() for word in answer.headers["set-cookie"].split(";")}
    assert words == {"__host-session=nanning.x", "httponly", "path=/", "samesite=lax", "secure"}
    assert secret_of(request) == "nanning.x"


# ------------------------------------------------------------------------------------------ tokens


async def test_a_token_is_given_with_what_it_is_for_listed_without_its_secret_and_withdrawn(
    hotline: Hotline, clock: Clock
) -> None:
    scope = frozenset({Right.CALLS})
    secret = await accounts.grant(hotline, BOSS, role=Role.SUPERVISOR, id="statistics", scope=scope)
    [listed] = await accounts.tokens(hotline)
    assert (listed.id, listed.role, listed.scope, listed.created, listed.used) == (
        "statistics", Role.SUPERVISOR, [Right.CALLS], "2026-11-23", ""
    )  # fmt: skip
    assert secret not in str(listed)

    clock.passes(86_400)
    assert await accounts.whose_token(hotline, secret) is not None
    assert (await accounts.tokens(hotline))[0].used == "2026-11-24"

    await accounts.withdraw(hotline, BOSS, listed.handle)
    assert await accounts.whose_token(hotline, secret) is None
    assert await accounts.tokens(hotline) == []
    with pytest.raises(NotFound):
        await accounts.withdraw(hotline, BOSS, listed.handle)
    assert [act for act, _ in await acts(hotline)] == ["token", "token"]


async def test_a_token_is_never_given_more_than_its_role_may(hotline: Hotline) -> None:
    with pytest.raises(Invalid, match="administer"):
        await accounts.grant(hotline, BOSS, role=Role.OPERATOR, id="x", scope=frozenset({Right.ADMINISTER}))
    with pytest.raises(Invalid, match="不是权限"):
        accounts.read_scope("calls everything")


async def test_over_the_api_an_admin_gives_a_token_that_reads_and_does_no_more(town: Town) -> None:
    wish = {"id": "statistics", "role": "admin", "scope": "calls"}
    given = await town.ask("POST", "/api/nanning/tokens", token=town.admin_token(), expect=201, json=wish)
    await town.ask("GET", "/api/nanning/calls", token=given["token"])
    refused = await town.ask("GET", "/api/nanning/tokens", token=given["token"], expect=403)
    assert "administer" in refused["detail"]
    listed = await town.ask("GET", "/api/nanning/tokens", token=town.admin_token())
    [handle] = [one["handle"] for one in listed if one["id"] == "statistics"]
    await town.ask("DELETE", f"/api/nanning/tokens/{handle}", token=town.admin_token())
    await town.ask("GET", "/api/nanning/calls", token=given["token"], expect=401)
