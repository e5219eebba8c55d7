"""Whether the posts that answer in person can be rung: as a page and as JSON."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict

from ivr import absences, codes
from ivr.absences import KINDS, Kind, Post
from ivr.codes import FreshCode
from ivr.roles import Person
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
    return await _page(request, person)


async def _page(request: Request, person: Person, granted: FreshCode | None = None) -> HTMLResponse:
    hotline = my_hotline(request, person)
    posts = await absences.show(hotline, person)
    return page(
        request,
        "absences",
        person,
        posts=[post.model_dump(mode="json") for post in posts],
        kinds=KINDS,
        now=hotline.moment().strftime("%Y-%m-%dT%H:%M"),
        service=hotline.handbook.profile.dial_in.number,
        granted=granted,
    )


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


@router.post("/absences/{number}/code", include_in_schema=False)
async def grant_from_the_page(request: Request, person: OfficeAt, number: str) -> HTMLResponse:
    """Shown in this answer and never again, so it is not a redirect."""
    answer = await _page(request, person, await codes.grant(my_hotline(request, person), number, person))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/absences/{number}/code/withdrawal", include_in_schema=False)
async def withdraw_from_the_page(request: Request, person: OfficeAt, number: str) -> RedirectResponse:
    await codes.withdraw(my_hotline(request, person), number, person)
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


@router.post("/api/{hotline}/absences/{number}/code", status_code=201)
async def grant_code(hotline: At, person: OfficeAt, number: str) -> FreshCode:
    """A new code by which this post is switched by telephone, shown this once; the one before ends, and its lock."""
    return await codes.grant(hotline, number, person)


@router.delete("/api/{hotline}/absences/{number}/code")
async def withdraw_code(hotline: At, person: OfficeAt, number: str) -> list[Post]:
    await codes.withdraw(hotline, number, person)
    return await absences.show(hotline, person)
