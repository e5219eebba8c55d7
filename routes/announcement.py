"""The words that every caller hears first, while something is up: read, set and taken back; as a page and as JSON."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from ivr import changes
from ivr.announcement import Announcement
from ivr.changes import Told
from routes.guards import At, OperatorAt, SupervisorAt, my_hotline
from routes.pages import page

router = APIRouter(tags=["announcement"])


class Wish(BaseModel):
    """`until` is the city's own time when it names no zone."""

    model_config = ConfigDict(extra="forbid")

    text: str
    until: datetime | None = None


class Announced(BaseModel):
    """What is said now; `is_on` is false when nothing is, or its end has come."""

    is_on: bool
    text: str
    until: datetime | None


@router.get("/announcement", include_in_schema=False)
async def announcement_page(request: Request, person: SupervisorAt) -> HTMLResponse:
    hotline = my_hotline(request, person)
    past = await changes.announced_of_late(hotline)
    return page(
        request,
        "announcement",
        person,
        said=(await read(hotline, person)).model_dump(mode="json"),
        past=[one.model_dump(mode="json") for one in past],
        greeting=hotline.handbook.prompts.say("greeting").text,
        now=hotline.moment().strftime("%Y-%m-%dT%H:%M"),
    )


@router.get("/api/{hotline}/announcement")
async def read(hotline: At, person: OperatorAt) -> Announced:
    found = hotline.handbook.announcement
    if found is None:
        return Announced(is_on=False, text="", until=None)
    return Announced(is_on=found.is_on(hotline.moment()), text=found.text, until=found.until)


@router.get("/api/{hotline}/announcement/past")
async def past(hotline: At, person: SupervisorAt) -> list[Told]:
    """What was said of late and is not said now, the newest first."""
    return await changes.announced_of_late(hotline)


@router.put("/api/{hotline}/announcement")
async def announce(hotline: At, person: SupervisorAt, wish: Wish) -> Announced:
    """From the next caller on, before the greeting."""
    until = wish.until
    if until and until.tzinfo is None:
        until = until.replace(tzinfo=hotline.timezone)
    words = Announcement.read({"text": wish.text, "until": until}, "")
    await changes.announce(hotline, words, by=person)
    return await read(hotline, person)


@router.delete("/api/{hotline}/announcement")
async def take_back(hotline: At, person: SupervisorAt) -> Announced:
    await changes.announce(hotline, None, by=person)
    return await read(hotline, person)
