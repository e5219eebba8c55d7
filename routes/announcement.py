"""The words that every caller hears first, while something is up: read, set and taken back."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from ivr import changes
from ivr.announcement import Announcement
from routes.guards import AdminAt, At, OperatorAt

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


@router.get("/api/{hotline}/announcement")
async def read(hotline: At, person: OperatorAt) -> Announced:
    found = hotline.handbook.announcement
    if found is None:
        return Announced(is_on=False, text="", until=None)
    return Announced(is_on=found.is_on(hotline.moment()), text=found.text, until=found.until)


@router.put("/api/{hotline}/announcement")
async def announce(hotline: At, person: AdminAt, wish: Wish) -> Announced:
    """From the next caller on, before the greeting."""
    until = wish.until
    if until and until.tzinfo is None:
        until = until.replace(tzinfo=hotline.timezone)
    words = Announcement.read({"text": wish.text, "until": until}, "")
    await changes.announce(hotline, words, by=person)
    return await read(hotline, person)


@router.delete("/api/{hotline}/announcement")
async def take_back(hotline: At, person: AdminAt) -> Announced:
    await changes.announce(hotline, None, by=person)
    return await read(hotline, person)
