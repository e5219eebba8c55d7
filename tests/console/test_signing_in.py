"""Who comes in, who does not, and how long they stay."""

import asyncio

import pytest

from ivr import accounts, sessions
from ivr.errors import Conflict, Invalid, NotAllowed
from ivr.hotline import Hotline
from ivr.roles import Person, Role
from tests.cast import ADMIN, WANG
from tests.conftest import Clock
from tests.console.browserless import Visitor
from tests.town import Town

PASSWORD = "correct horse battery"
BOSS = Person("nanning", ADMIN, Role.ADMIN)


async def test_an_operator_signs_in_and_comes_to_their_desk(town: Town) -> None:
    async with Visitor(town) as wang:
        page = await wang.signs_in(WANG)
        assert (page.status, page.where) == (200, "/desk")
        assert 'data-api="/api/nanning"' in page.text


async def test_who_is_signed_in_goes_straight_to_the_desk_and_after_signing_out_no_more(town: Town) -> None:
    async with Visitor(town) as wang:
        await wang.signs_in(WANG)
        assert (await wang.goes("GET", "/")).where == "/desk"
        await wang.goes("POST", "/session/end")
        assert (await wang.goes("GET", "/")).where == "/"
        assert (await wang.goes("GET", "/api/nanning/desk")).status == 401


@pytest.mark.parametrize(
    ("operator", "password"), [(WANG, "wrong"), ("9999", "demo-9999"), ("", ""), ("x" * 500, "y")]
)
async def test_a_wrong_number_and_a_wrong_password_are_told_alike(
    town: Town, operator: str, password: str
) -> None:
    async with Visitor(town) as somebody:
        page = await somebody.signs_in(operator, password or " ")
        assert page.status == 401
        assert "工号或密码不对" in page.text
        assert "set-cookie" not in page.headers


async def test_the_cookie_is_not_for_scripts_nor_for_other_sites(town: Town) -> None:
    async with Visitor(town) as wang:
        form = {"hotline": "nanning", "operator": WANG, "password": f"demo-{WANG}"}
        page = await wang.goes("POST", "/session", data=form, allow_redirects=False)
        assert page.status == 303
        assert "HttpOnly" in page.headers["set-cookie"]
        assert "samesite=lax" in page.headers["set-cookie"].lower()


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_sites_page_cannot_act_with_our_cookie(town: Town, site: str) -> None:
    async with Visitor(town) as wang:
        await wang.signs_in(WANG)
        refused = await wang.goes("PUT", "/api/nanning/desk/presence", site=site, json={"present": True})
        assert refused.status == 403
        assert (await wang.goes("GET", "/api/nanning/desk", site=site)).status == 200


async def test_every_page_says_what_may_run_in_it(town: Town) -> None:
    async with Visitor(town) as wang:
        policy = (await wang.signs_in(WANG)).headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy


async def test_an_account_of_one_city_does_not_open_the_other(town: Town) -> None:
    async with Visitor(town) as wang:
        await wang.signs_in(WANG)
        assert (await wang.goes("GET", "/api/bozhou/desk")).status == 403


async def test_an_operator_may_not_do_what_only_an_admin_may(town: Town) -> None:
    async with Visitor(town) as wang, Visitor(town) as admin:
        await wang.signs_in(WANG)
        await admin.signs_in(ADMIN)
        refused = await wang.goes("PUT", "/api/nanning/opening", json={"always_open": True})
        assert refused.status == 403
        assert "管理员的权限" in refused.text
        assert (await admin.goes("PUT", "/api/nanning/opening", json={"always_open": True})).status == 200


@pytest.mark.parametrize(
    "token", ["", "x", "ztc_nanning_", "ztc_nowhere_" + "a" * 43, "ztc_nanning_" + "a" * 43]
)
async def test_a_token_that_is_none_opens_nothing_and_says_what_to_do(town: Town, token: str) -> None:
    refused = await town.ask("GET", "/api/nanning/desk", token=token, expect=401)
    assert refused["status"] == 401
    assert "令牌" in refused["detail"]


async def test_after_five_wrong_passwords_even_the_right_one_must_wait(hotline: Hotline) -> None:
    await accounts.appoint(hotline.store, "nanning", WANG, role=Role.OPERATOR, password=PASSWORD)
    for _ in range(5):
        with pytest.raises(NotAllowed):
            await sessions.sign_in(hotline, WANG, "wrong")
    with pytest.raises(Conflict, match="五分钟"):
        await sessions.sign_in(hotline, WANG, PASSWORD)


async def test_many_guesses_at_once_are_no_more_than_five(hotline: Hotline) -> None:
    await accounts.appoint(hotline.store, "nanning", WANG, role=Role.OPERATOR, password=PASSWORD)
    guesses = (sessions.sign_in(hotline, WANG, f"guess {n}") for n in range(30))
    refusals = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(one, NotAllowed) for one in refusals) == 5
    assert sum(isinstance(one, Conflict) for one in refusals) == 25


async def test_a_new_password_ends_the_sessions_of_the_old_one(hotline: Hotline) -> None:
    await accounts.appoint(hotline.store, "nanning", WANG, role=Role.OPERATOR, password=PASSWORD)
    _, secret = await sessions.sign_in(hotline, WANG, PASSWORD)
    await accounts.appoint(hotline.store, "nanning", WANG, role=Role.OPERATOR, password=PASSWORD + "!")
    assert await sessions.whose(hotline, secret) is None


async def test_a_revoked_token_and_a_dismissed_operator_open_nothing(hotline: Hotline) -> None:
    await accounts.appoint(hotline.store, "nanning", WANG, role=Role.OPERATOR, password=PASSWORD)
    _, secret = await sessions.sign_in(hotline, WANG, PASSWORD)
    token = await accounts.issue_token(
        hotline.settings, hotline.store, "nanning", role=Role.OPERATOR, id=WANG
    )
    assert await accounts.whose_token(hotline, token) is not None
    await accounts.withdraw(hotline, BOSS, accounts.handle_of(hotline, token))
    assert await accounts.whose_token(hotline, token) is None
    assert await accounts.dismiss(hotline.store, "nanning", WANG)
    assert await sessions.whose(hotline, secret) is None


@pytest.mark.parametrize("path", ["/desk", "/calls", "/calls/CA0"])
async def test_a_page_that_asks_for_signing_in_leads_to_the_form(town: Town, path: str) -> None:
    async with Visitor(town) as somebody:
        page = await somebody.goes("GET", path, headers={"Accept": "text/html"})
        assert (page.status, page.where) == (200, "/")


async def test_a_sign_in_form_on_another_site_signs_nobody_in(town: Town) -> None:
    async with Visitor(town) as wang:
        form = {"hotline": "nanning", "operator": WANG, "password": f"demo-{WANG}"}
        assert (await wang.goes("POST", "/session", site="cross-site", data=form)).status == 403


async def test_a_session_ends_by_itself_after_a_shift(hotline: Hotline, clock: Clock) -> None:
    await accounts.appoint(hotline.store, "nanning", WANG, role=Role.OPERATOR, password=PASSWORD)
    person, secret = await sessions.sign_in(hotline, WANG, PASSWORD)
    assert await sessions.whose(hotline, secret) == person
    clock.passes(14 * 3600 + 1)
    assert await sessions.whose(hotline, secret) is None


async def test_secrets_are_stored_as_digests_only(hotline: Hotline) -> None:
    await accounts.appoint(hotline.store, "nanning", WANG, role=Role.OPERATOR, password=PASSWORD)
    _, session = await sessions.sign_in(hotline, WANG, PASSWORD)
    token = await accounts.issue_token(
        hotline.settings, hotline.store, "nanning", role=Role.OPERATOR, id=WANG
    )
    stored = ""
    async for name in hotline.store.redis.scan_iter("*"):
        if await hotline.store.redis.type(name) == "hash":
            stored += name + str(await hotline.store.ask("HGETALL", name))
    assert "$argon2id$" in stored
    for secret in (PASSWORD, session.partition(".")[2], token.rpartition("_")[2]):
        assert secret not in stored


@pytest.mark.parametrize(
    ("number", "password", "why"),
    [("九零零一", PASSWORD, "工号"), ("90", PASSWORD, "工号"), (WANG, "short", "密码太短")],
)
async def test_an_account_that_will_not_do_is_refused_with_the_reason(
    hotline: Hotline, number: str, password: str, why: str
) -> None:
    with pytest.raises(Invalid, match=why):
        await accounts.appoint(hotline.store, "nanning", number, role=Role.OPERATOR, password=password)
