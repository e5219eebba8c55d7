"""Signing in and out: a form, a cookie, a page."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from ivr import oidc, sessions
from ivr.errors import Refused
from ivr.hotline import Hotline
from routes.guards import (
    Everybody,
    Visitor,
    address_of,
    cookie_of,
    give_session,
    hotlines_of,
    is_behind_tls,
    must_be_our_own_page,
    secret_of,
)
from routes.menu import home_of
from routes.pages import page

router = APIRouter(include_in_schema=False)


@router.get("/")
async def sign_in_page(request: Request, person: Visitor) -> Response:
    if person:
        return RedirectResponse(home_of(person), 303)
    return form(request)


@router.post("/session", dependencies=[Everybody])
async def sign_in(
    request: Request,
    hotline: Annotated[str, Form()] = "",
    operator: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    must_be_our_own_page(request)
    try:
        person, secret = await sessions.sign_in(
            _chosen(request, hotline), operator.strip(), password, where=address_of(request),
            browser=request.headers.get("user-agent", ""),
        )  # fmt: skip
    except Refused as refused:
        return form(request, str(refused), hotline, operator, status=401)
    answer = RedirectResponse(home_of(person), 303)
    give_session(request, answer, secret)
    return answer


@router.post("/session/end")
async def sign_out(request: Request, person: Visitor) -> Response:
    if person:
        await sessions.sign_out(hotlines_of(request)[person.hotline], person, secret_of(request))
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(cookie_of(request), path="/", secure=is_behind_tls(request))
    return answer


def _chosen(request: Request, name: str) -> Hotline:
    found = hotlines_of(request).get(name)
    if found is None:
        raise Refused("请先选择热线")
    return found


def form(
    request: Request, refused: str | None = None, chosen: str = "", operator: str = "", status: int = 200
) -> Response:
    offered = [
        {"name": one.name, "title": one.handbook.profile.title} for one in hotlines_of(request).values()
    ]
    return page(
        request,
        "sign_in",
        status=status,
        hotlines=offered,
        refused=refused,
        chosen=chosen,
        operator=operator,
        elsewhere=oidc.is_on(request.app.state.settings),
    )
