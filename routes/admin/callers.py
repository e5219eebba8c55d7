"""来电人类别: what the classes of callers mean, and who is in which; as a page and as JSON."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from ivr import classes
from ivr.classes import Member
from routes.admin.settings import form_of
from routes.guards import AdminAt, At, my_hotline
from routes.pages import page

router = APIRouter(tags=["callers"])


class Put(BaseModel):
    """Numbers in any spelling, with their area codes, and why; an empty `name` takes them out of their class."""

    model_config = ConfigDict(extra="forbid")

    numbers: list[str] = Field(max_length=1000)
    name: str
    reason: str = ""


class Changed(BaseModel):
    changed: int


class Left(BaseModel):
    """How many are in a class now."""

    members: int


@router.get("/admin/callers", include_in_schema=False)
async def callers_page(request: Request, person: AdminAt) -> HTMLResponse:
    hotline = my_hotline(request, person)
    found = await classes.members(hotline)
    return page(
        request,
        "admin/callers",
        person,
        section=form_of(hotline, "classes"),
        classes={name: one.title for name, one in hotline.handbook.profile.classes.items()},
        members=[one.model_dump(mode="json") for one in found],
    )


@router.get("/api/{hotline}/classes/members")
async def members(hotline: At, person: AdminAt) -> list[Member]:
    """Callers who are in a class, masked."""
    return await classes.members(hotline)


@router.put("/api/{hotline}/classes/members")
async def put(hotline: At, person: AdminAt, wish: Put) -> Changed:
    """Put callers into a class, or take them out; it counts from their next call on."""
    return Changed(changed=await classes.put(hotline, person, wish.numbers, wish.name, wish.reason))


@router.delete("/api/{hotline}/classes/members/{handle}")
async def take_out(hotline: At, person: AdminAt, handle: str) -> Left:
    """One member, by the handle that the list gives."""
    await classes.take_out(hotline, person, handle)
    return Left(members=len(await classes.members(hotline)))
