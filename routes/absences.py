"""Whether the posts that answer in person can be rung: as a page and as JSON."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict

from ivr import absences
from ivr.absences import KINDS, Kind, Post
from routes.guards import At, OfficeAt, my_hotline
from routes.pages import page

router = APIRouter(tags=["absences"])


class Away(BaseModel):
    """What they are at, and until when: in ISO 8601, the city's own time when it names no zone."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    until: datetime


@router.get("/absences", include_in_schema=False)
async def absences_page(request: Request, person: OfficeAt) -> HTMLResponse:
    hotline = my_hotline(request, person)
    posts = await absences.show(hotline, person)
    at_least = hotline.moment().strftime("%Y-%m-%dT%H:%M")
    shown = [post.model_dump(mode="json") for post in posts]
    return page(request, "absences", person, posts=shown, kinds=KINDS, now=at_least)


@router.post("/absences/{number}", include_in_schema=False)
async def switch_from_the_page(
    request: Request,
    person: OfficeAt,
    number: str,
    kind: Annotated[Kind | None, Form()] = None,
    until: Annotated[datetime | None, Form()] = None,
) -> RedirectResponse:
    hotline = my_hotline(request, person)
    if kind and until:
        await absences.go_away(hotline, number, kind, until, person)
    else:
        await absences.come_back(hotline, number, person)
    return RedirectResponse("/absences", 303)


@router.get("/api/{hotline}/absences")
async def who_can_be_rung(hotline: At, person: OfficeAt) -> list[Post]:
    """Every post that answers in person. Their own phones are not told."""
    return await absences.show(hotline, person)


@router.put("/api/{hotline}/absences/{number}")
async def go_away(hotline: At, person: OfficeAt, number: str, wish: Away) -> list[Post]:
    await absences.go_away(hotline, number, wish.kind, wish.until, person)
    return await absences.show(hotline, person)


@router.delete("/api/{hotline}/absences/{number}")
async def come_back(hotline: At, person: OfficeAt, number: str) -> list[Post]:
    await absences.come_back(hotline, number, person)
    return await absences.show(hotline, person)
