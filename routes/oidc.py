"""Signing in by way of the city's identity provider: there and back."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from ivr import oidc
from ivr.errors import NotAllowed, Refused
from ivr.hotline import Hotline
from routes.guards import Everybody, address_of, give_session, hotlines_of, is_behind_tls
from routes.menu import home_of
from routes.sign_in import form

COOKIE = "oidc"

router = APIRouter(include_in_schema=False)


@router.get("/session/oidc", dependencies=[Everybody])
async def depart(request: Request, hotline: str = "") -> Response:
    """To the provider, and this browser remembers with what it left."""
    try:
        departure = await oidc.depart(_served(request, hotline))
    except Refused as refused:
        return form(request, str(refused), hotline, status=503)
    answer = RedirectResponse(departure.url, 303)
    answer.set_cookie(
        COOKIE, departure.state, max_age=oidc.PENDING_SECONDS, httponly=True, samesite="lax",
        secure=is_behind_tls(request), path="/session/oidc",
    )  # fmt: skip
    return answer


@router.get("/session/oidc/back", dependencies=[Everybody])
async def arrive(request: Request, state: str = "", code: str = "", error: str = "") -> Response:
    """Back with a code, or with why there is none."""
    name = state.partition(".")[0]
    try:
        if error or not code:
            raise NotAllowed("统一身份认证没有让您登录：请重新登录，或用工号和密码登录")
        person, secret = await oidc.arrive(
            _served(request, name), state=state, kept=request.cookies.get(COOKIE, ""), code=code,
            where=address_of(request), browser=request.headers.get("user-agent", ""),
        )  # fmt: skip
    except Refused as refused:
        return form(request, str(refused), name, status=401)
    answer = RedirectResponse(home_of(person), 303)
    give_session(request, answer, secret)
    answer.delete_cookie(COOKIE, path="/session/oidc")
    return answer


def _served(request: Request, name: str) -> Hotline:
    found = hotlines_of(request).get(name)
    if found is None or not oidc.is_on(found.settings):
        raise HTTPException(404, "没有这个入口：统一身份认证没有启用，或没有这条热线")
    return found
