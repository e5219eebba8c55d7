"""When people answer, for those who may look and those who may change it: doors and calendar."""

from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from ivr import changes
from ivr.errors import NotFound
from ivr.hours import Notice
from routes.guards import AdminAt, At, OperatorAt

router = APIRouter(tags=["knowledge"])


class Opening(BaseModel):
    """Whether callers are put through now, and what anybody who keeps the hotline should know."""

    is_open: bool
    override: Literal["open", "closed"] | None
    always_open: bool
    always_closed: bool
    hours: str
    opens_next: datetime | None
    closes_next: datetime | None
    warnings: list[str]


class Override(BaseModel):
    """One of the three: a switch for each way of holding the doors, or the word itself. Off means the calendar."""

    model_config = ConfigDict(extra="forbid")

    always_open: bool | None = None
    always_closed: bool | None = None
    override: Literal["open", "closed"] | None = None


class Day(BaseModel):
    """What a date is: a workday or a day of rest, and who said so."""

    day: date
    is_workday: bool
    corrected: bool
    guessed: bool


class Announced(BaseModel):
    """What an official notice says: the days off, weekends between them included, and the make-up workdays."""

    model_config = ConfigDict(extra="forbid")

    source: str = Field(min_length=1, max_length=200)
    off: tuple[date, ...]
    work: tuple[date, ...] = ()


class Corrected(BaseModel):
    model_config = ConfigDict(extra="forbid")

    means: Literal["work", "rest"]
    note: str = Field(default="", max_length=200)


@router.get("/api/{hotline}/opening")
async def opening(hotline: At, person: OperatorAt) -> Opening:
    hours, now = hotline.handbook.hours, hotline.moment()
    return Opening(
        is_open=hours.is_open(now),
        override=hotline.handbook.override,
        always_open=hotline.handbook.override == "open",
        always_closed=hotline.handbook.override == "closed",
        hours=hours.hours_spoken(),
        opens_next=hours.opens_next(now),
        closes_next=hours.closes_next(now),
        warnings=hours.warnings(now),
    )


@router.put("/api/{hotline}/opening")
async def override_opening(hotline: At, person: AdminAt, wish: Override) -> Opening:
    """Hold the doors open or shut whatever the calendar says, or give them back to it."""
    held = "open" if wish.always_open else "closed" if wish.always_closed else wish.override
    await changes.override(hotline, held, by=person)
    return await opening(hotline, person)


@router.get("/api/{hotline}/calendar/years/{year}")
async def look_at_year(hotline: At, person: OperatorAt, year: int) -> Notice:
    """The official notice of a year, or 404 while it is guessed."""
    for notice in hotline.handbook.calendar.notices:
        if notice.year == year:
            return notice
    raise NotFound(f"{year} 年的放假通知尚未导入，目前按法定节假日推算")


@router.put("/api/{hotline}/calendar/years/{year}")
async def publish_year(hotline: At, person: AdminAt, year: int, wish: Announced) -> Notice:
    """Import the official notice of a year: its days of rest, and the weekend days that are worked instead."""
    notice = Notice.read({"year": year, **wish.model_dump()}, f"{year} 年放假通知")
    await changes.publish_year(hotline, notice, by=person)
    return notice


@router.get("/api/{hotline}/calendar/{day}")
async def look_at_day(hotline: At, person: OperatorAt, day: date) -> Day:
    calendar = hotline.handbook.calendar
    return Day(
        day=day,
        is_workday=calendar.is_workday(day),
        corrected=any(one.day == day for one in calendar.corrections),
        guessed=calendar.is_guessed(day.year),
    )


@router.put("/api/{hotline}/calendar/{day}")
async def correct_day(hotline: At, person: AdminAt, day: date, wish: Corrected) -> Day:
    await changes.correct(hotline, day, wish.means, wish.note, by=person)
    return await look_at_day(hotline, person, day)


@router.delete("/api/{hotline}/calendar/{day}")
async def uncorrect_day(hotline: At, person: AdminAt, day: date) -> Day:
    await changes.uncorrect(hotline, day, by=person)
    return await look_at_day(hotline, person, day)
