"""API tokens and numbers that are locked out, as an administrator keeps them."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from ivr import accounts, sessions
from ivr.accounts import Token
from ivr.roles import TITLES, Role
from ivr.sessions import Lock
from routes.account import RIGHTS, Done
from routes.guards import AdminAt, At, my_hotline
from routes.pages import page

router = APIRouter(tags=["tokens"])


class Wish(BaseModel):
    """`id` is whose desk it works, or what it is for; without a scope it may all that its role may."""

    model_config = ConfigDict(extra="forbid")

    id: str
    role: Role = Role.OPERATOR
    scope: str = ""  # rights, with spaces between them


class Granted(BaseModel):
    """Shown this once."""

    token: str


@router.get("/tokens", include_in_schema=False)
async def tokens_page(request: Request, person: AdminAt) -> HTMLResponse:
    hotline = my_hotline(request, person)
    return page(
        request,
        "tokens",
        person,
        tokens=await accounts.tokens(hotline),
        locked=await sessions.locked(hotline),
        titles=TITLES,
        rights=RIGHTS,
    )


@router.get("/api/{hotline}/tokens")
async def tokens(hotline: At, person: AdminAt) -> list[Token]:
    return await accounts.tokens(hotline)


@router.post("/api/{hotline}/tokens", status_code=201)
async def grant(hotline: At, person: AdminAt, wish: Wish) -> Granted:
    scope = accounts.read_scope(wish.scope)
    return Granted(token=await accounts.grant(hotline, person, role=wish.role, id=wish.id, scope=scope))


@router.delete("/api/{hotline}/tokens/{handle}")
async def withdraw(hotline: At, person: AdminAt, handle: str) -> Done:
    await accounts.withdraw(hotline, person, handle)
    return Done(said="令牌已撤销")


@router.get("/api/{hotline}/locks")
async def locks(hotline: At, person: AdminAt) -> list[Lock]:
    """Numbers that nobody can sign in with just now: they were tried too often."""
    return await sessions.locked(hotline)


@router.delete("/api/{hotline}/locks/{number}")
async def unlock(hotline: At, person: AdminAt, number: str) -> Done:
    await sessions.unlock(hotline, person, number)
    return Done(said=f"工号 {number} 可以登录了")
