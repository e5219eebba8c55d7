"""The published list, for everybody: as a page and as JSON, without signing in. Only what the public was told."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel

from ivr import numbers
from ivr.hotline import Hotline
from ivr.numbers import Published
from routes.guards import At, Everybody
from routes.pages import page

FOR_A_MINUTE = {"Cache-Control": "public, max-age=60"}

router = APIRouter(tags=["published"], dependencies=[Everybody])


class Listed(BaseModel):
    """The numbers that are in use on the day `on`."""

    title: str
    city: str
    hours: str
    on: date
    numbers: list[Published]


@router.get("/published/{hotline}.json", response_model=Listed)
async def published(hotline: At) -> JSONResponse:
    return JSONResponse(_listed(hotline).model_dump(mode="json"), headers=FOR_A_MINUTE)


@router.get("/published/{hotline}", include_in_schema=False)
async def published_page(request: Request, hotline: At) -> HTMLResponse:
    answer = page(request, "published", listed=_listed(hotline), of=hotline.name)
    answer.headers.update(FOR_A_MINUTE)
    return answer


@router.get("/api/{hotline}/numbers")
async def list_numbers(hotline: At) -> list[Published]:
    """The published list: what the city promised, so everybody may read it."""
    return numbers.published(hotline.handbook, hotline.moment().date())


def _listed(hotline: Hotline) -> Listed:
    today = hotline.moment().date()
    return Listed(
        title=hotline.handbook.profile.title,
        city=hotline.handbook.profile.city,
        hours=hotline.handbook.hours.hours_spoken(),
        on=today,
        numbers=numbers.published(hotline.handbook, today),
    )
