"""服务时间: a year to look at and to click, the doors, the spells of the day, the official notice of a year."""

from calendar import Calendar as Weeks
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ivr.arrangement import section
from ivr.hotline import Hotline
from ivr.profile import OpeningHours
from routes.admin.fields import fields_of
from routes.guards import AdminAt, my_hotline
from routes.knowledge import opening
from routes.pages import page

MONDAY = 0
SATURDAY = 5
YEARS = range(1950, 2199)
WEEKDAYS = "一二三四五六日"

router = APIRouter(include_in_schema=False)


@router.get("/admin/hours")
async def hours_page(request: Request, person: AdminAt, year: int = 0) -> HTMLResponse:
    hotline = my_hotline(request, person)
    today = hotline.moment().date()
    shown = year if year in YEARS else today.year
    calendar = hotline.handbook.calendar
    found = section(hotline.handbook, "hours")
    return page(
        request,
        "admin/hours",
        person,
        year=shown,
        months=_months(hotline, shown),
        guessed=calendar.is_guessed(shown),
        notice=next((one for one in calendar.notices if one.year == shown), None),
        today=_day(hotline, today),
        opening=await opening(hotline, person),
        section={"basis": found.basis, "fields": list(fields_of(OpeningHours, found.fields, queues={}))},
    )


def _months(hotline: Hotline, year: int) -> list[list[list[dict[str, Any] | None]]]:
    """Twelve months of weeks of days, from Monday; None where a week reaches into another month."""
    weeks = Weeks(MONDAY)
    return [
        [
            [_day(hotline, day) if day.month == month else None for day in week]
            for week in weeks.monthdatescalendar(year, month)
        ]
        for month in range(1, 13)
    ]


def _day(hotline: Hotline, day: date) -> dict[str, Any]:
    """What a date is, who says so, and the word in its corner when it is not as its weekday would have it."""
    calendar = hotline.handbook.calendar
    works = calendar.is_workday(day)
    corrected = next((one for one in calendar.corrections if one.day == day), None)
    is_weekend = day.weekday() >= SATURDAY
    source = "更正" if corrected else "推算" if calendar.is_guessed(day.year) else "放假通知"
    return {
        "date": day,
        "weekday": WEEKDAYS[day.weekday()],
        "works": works,
        "corner": "班" if works and is_weekend else "休" if not works and not is_weekend else "",
        "corrected": corrected is not None,
        "source": source,
        "note": corrected.note if corrected else "",
    }
