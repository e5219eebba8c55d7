"""The audit, as a page and as JSON, for administrators."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from ivr import audit
from ivr.audit import ACTS, Entry, Sought
from ivr.roles import TITLES
from routes.days import end_of, start_of
from routes.guards import AdminAt, At, my_hotline
from routes.pages import page

router = APIRouter(tags=["audit"])


class Audit(BaseModel):
    """One page of the audit, the newest first. `cursor` asks for the next page; it is null on the last."""

    entries: list[Entry]
    cursor: int | None


class Head(BaseModel):
    """Count and hash of the last entry, and what is wrong with the chain: nothing, if nobody touched it."""

    head: str
    broken: list[str]


@router.get("/audit", include_in_schema=False)
async def audit_page(
    request: Request,
    person: AdminAt,
    who: str = "",
    act: str = "",
    about: str = "",
    since: str = "",
    until: str = "",
    cursor: str = "",
) -> HTMLResponse:
    asked = {"who": who, "act": act, "about": about, "since": since, "until": until}
    days = {"since": start_of(since), "until": end_of(until)}
    hotline = my_hotline(request, person)
    sought = Sought(who=who.strip(), act=act, about=about.strip(), **days)
    found = await audit.search(hotline, sought, cursor=cursor)
    return page(
        request,
        "audit",
        person,
        entries=[one.model_dump(mode="json") for one in found.entries],
        filters=asked,
        cursor=found.cursor,
        acts=ACTS,
        titles=TITLES,
        head=await audit.head(hotline),
    )


@router.get("/api/{hotline}/audit")
async def search(
    hotline: At,
    person: AdminAt,
    who: str = "",
    act: str = "",
    about: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: str = "",
    limit: int = 100,
) -> Audit:
    """All conditions together; `about` is found anywhere in what the entry is about."""
    sought = Sought(who=who, act=act, about=about, since=since, until=until)
    found = await audit.search(hotline, sought, limit=limit, cursor=cursor)
    return Audit(entries=found.entries, cursor=found.cursor)


@router.get("/api/{hotline}/audit/head")
async def head(hotline: At, person: AdminAt) -> Head:
    """Keep it elsewhere: `ivr check --head` proves later that nothing before it was cut off."""
    return Head(head=await audit.head(hotline), broken=await audit.follow(hotline))
