"""Who may come in: one guard per route, and no route without one (a test walks over all of them).

A browser shows its session cookie, a program its bearer token; both are a `Person` from here on. An unsafe request
that rides on a cookie must come from our own pages: browsers say where it comes from in a header that no page can
forge, and the cookie itself is not sent along from elsewhere (SameSite). A token in each form would prove the same
thing a third time.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import lru_cache
from ipaddress import ip_address
from typing import Annotated, NamedTuple

from fastapi import Depends, HTTPException, Request, Response

from config.settings import Network
from ivr import accounts, promise_links, sessions
from ivr.errors import MustChange, NotAllowed
from ivr.hotline import Hotline
from ivr.newswire import Newswire
from ivr.roles import RIGHTS, TITLES, Person, Right

# A name that a browser takes only from this very host, over TLS, for all of its paths; without TLS it would not.
COOKIE = "__Host-session"
COOKIE_WITHOUT_TLS = "session"
REMEMBERED = 1024  # people and addresses that have asked of late
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def hotlines_of(request: Request) -> dict[str, Hotline]:
    found: dict[str, Hotline] = request.app.state.hotlines
    return found


def newswire_of(request: Request, hotline: Hotline) -> Newswire:
    found: Newswire = request.app.state.newswires[hotline.name]
    return found


async def who_asks(request: Request) -> Person | None:
    """The person behind this request, or None."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        hotline = hotlines_of(request).get(token.split("_")[1] if token.count("_") >= 2 else "")
        return _from_here(request, await accounts.whose_token(hotline, token) if hotline else None)
    secret = secret_of(request)
    hotline = hotlines_of(request).get(secret.partition(".")[0])
    if hotline is None:
        return None
    must_be_our_own_page(request)
    return _from_here(request, await sessions.whose(hotline, secret))


def is_behind_tls(request: Request) -> bool:
    return bool(request.app.state.settings.hotline_public_url.startswith("https://"))


def cookie_of(request: Request) -> str:
    """What the session's cookie is called here."""
    return COOKIE if is_behind_tls(request) else COOKIE_WITHOUT_TLS


def secret_of(request: Request) -> str:
    """The secret of the session that rides on this request, if any."""
    return request.cookies.get(cookie_of(request), "")


def give_session(request: Request, answer: Response, secret: str) -> None:
    """Out of the reach of scripts, and not sent along with what another site starts."""
    secure = is_behind_tls(request)
    answer.set_cookie(cookie_of(request), secret, httponly=True, samesite="lax", secure=secure, path="/")


def _from_here(request: Request, person: Person | None) -> Person | None:
    return _who_came(person, address_of(request)) if person else None


@lru_cache(REMEMBERED)
def _who_came(person: Person, where: str) -> Person:
    return replace(person, where=where)


def address_of(request: Request) -> str:
    """Where a request comes from; a proxy of ours is asked on whose behalf."""
    peer = request.client.host if request.client else ""
    if not _is_in(request.app.state.settings.hotline_proxies, peer):
        return peer
    named = request.headers.getlist("x-forwarded-for")[
        -1:
    ]  # the proxy's own; what stands before came with it
    return "".join(named).rpartition(",")[2].strip() or peer


@lru_cache(REMEMBERED)
def _is_in(networks: tuple[Network, ...], peer: str) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:  # a socket in the file system has none
        return False
    return any(address in network for network in networks)


def must_be_our_own_page(request: Request) -> None:
    """Browsers say where a request comes from; one that does not is older than our floor and names an Origin."""
    if request.method in SAFE:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    ours = str(request.base_url).rstrip("/")
    public = request.app.state.settings.hotline_public_url
    if site in ("same-origin", "none") or (site is None and origin in (ours, public)):
        return
    raise HTTPException(403, "这个请求不是从本系统的页面发出的：请回到页面上重新操作")


async def signed_in(request: Request) -> Person:
    """Anybody who has shown who they are, for what is their own."""
    person = await who_asks(request)
    if person is None:
        raise NotAllowed("请先登录，或在 Authorization 中给出有效的令牌")
    if request.path_params.get("hotline", person.hotline) != person.hotline:
        raise HTTPException(403, "您的账号属于另一条热线")
    return person


def _who_may(right: Right) -> Callable[[Request], Awaitable[Person]]:
    async def guard(request: Request) -> Person:
        person = await signed_in(request)
        if person.must_change:
            raise MustChange("请先在“我的账号”里把密码改成自己的")
        if not person.may(right):
            raise HTTPException(403, _refusal(person, right))
        return person

    guard.__name__ = f"who_may_{right.value}"
    return guard


def _refusal(person: Person, right: Right) -> str:
    if person.role.may(right):
        return f"这个令牌不含 {right.value} 权限：请用含有它的令牌"
    who = "、".join(TITLES[role] for role, rights in RIGHTS.items() if right in rights)
    return f"这是{who}的权限，您是{TITLES[person.role]}：如需要，请管理员调整您的角色"


async def everybody(request: Request) -> None:
    """A page or answer that anybody may see."""


async def visitor(request: Request) -> Person | None:
    """Somebody, signed in or not."""
    return await who_asks(request)


class Held(NamedTuple):
    """The promise that a link opens to whoever holds it."""

    hotline: Hotline
    sid: str


async def holder_of_the_link(request: Request, token: str) -> Held:
    """Whoever has the link of a reminder; it is signed, and ends with its time."""
    must_be_our_own_page(request)
    hotline = hotlines_of(request).get(promise_links.whose(token))
    if hotline is None:
        raise HTTPException(404, promise_links.EXPIRED)
    return Held(hotline, promise_links.read(hotline, token).sid)


ByLink = Annotated[Held, Depends(holder_of_the_link)]
SignedIn = Annotated[Person, Depends(signed_in)]
OperatorAt = Annotated[Person, Depends(_who_may(Right.DESK))]
ReaderAt = Annotated[Person, Depends(_who_may(Right.CALLS))]
RevealerAt = Annotated[Person, Depends(_who_may(Right.REVEAL))]
OfficeAt = Annotated[Person, Depends(_who_may(Right.OFFICE))]
HandlerAt = Annotated[Person, Depends(_who_may(Right.CASES))]
SupervisorAt = Annotated[Person, Depends(_who_may(Right.SUPERVISE))]
ExporterAt = Annotated[Person, Depends(_who_may(Right.EXPORT))]
AdminAt = Annotated[Person, Depends(_who_may(Right.ADMINISTER))]
Visitor = Annotated[Person | None, Depends(visitor)]
Everybody = Depends(everybody)


async def _hotline_named(request: Request, hotline: str) -> Hotline:
    found = hotlines_of(request).get(hotline)
    if found is None:
        raise HTTPException(404, f"没有热线 {hotline}：有 {'、'.join(hotlines_of(request))}")
    return found


At = Annotated[Hotline, Depends(_hotline_named)]


def my_hotline(request: Request, person: Person) -> Hotline:
    return hotlines_of(request)[person.hotline]
