"""The dial test: its page with the last result of every number, one number's history, and asking for tests."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict

from ivr import probes
from ivr.hotline import Hotline
from ivr.probe_report import WHO
from ivr.probes import Number, Run, Tested
from routes.guards import At, SupervisorAt, my_hotline, newswire_of
from routes.pages import page
from routes.streams import Stream

LOOK_AGAIN_SECONDS = 2.0

router = APIRouter(tags=["probes"])


class Asked(BaseModel):
    """Published numbers; none means all of them. `through` goes on until a person answers, and needs numbers:
    the official's phones ring, or where operators answer the desk of one of them."""

    model_config = ConfigDict(extra="forbid")

    numbers: tuple[str, ...] = ()
    through: bool = False


class Asking(BaseModel):
    """How many tests are newly asked for; those that wait or are under way already are not asked again."""

    fresh: int


class Overview(BaseModel):
    """The run under way or the last one, and every number with its last test."""

    run: Run
    numbers: list[Number]


@router.get("/api/{hotline}/probes")
async def overview(hotline: At, person: SupervisorAt) -> Overview:
    return Overview(run=await probes.run(hotline), numbers=await probes.overview(hotline))


@router.post("/api/{hotline}/probes")
async def ask_for(hotline: At, person: SupervisorAt, asked: Asked) -> Asking:
    """Call these numbers as a citizen would, one a second; results come as they are judged."""
    return Asking(fresh=await probes.ask_for(hotline, asked.numbers, by=person.id, through=asked.through))


@router.get("/api/{hotline}/probes/run")
async def run(hotline: At, person: SupervisorAt) -> Run:
    return await probes.run(hotline)


@router.get("/api/{hotline}/probes/events", response_class=EventSourceResponse)
async def events(request: Request, hotline: At, person: SupervisorAt) -> AsyncIterator[ServerSentEvent]:
    """`run`: how far the tests are, now and after each change. `retry`: connect again."""
    stream = Stream(request, person)
    told: Run | None = None
    with newswire_of(request, hotline).listen() as nudge:
        while await stream.goes_on():
            nudge.clear()
            if (now := await probes.run(hotline)) != told:
                told = now
                yield ServerSentEvent(event="run", data=now)
            await nudge.within(LOOK_AGAIN_SECONDS)
    yield ServerSentEvent(event="retry", data={})


@router.get("/api/{hotline}/probes/{number}")
async def history(hotline: At, person: SupervisorAt, number: str) -> list[Tested]:
    """The tests of one number, the newest first."""
    return await probes.history(hotline, number)


# ------------------------------------------------------------------------------------------ pages


@router.get("/probes", include_in_schema=False)
async def probes_page(request: Request, person: SupervisorAt, only: str = "") -> HTMLResponse:
    hotline = my_hotline(request, person)
    numbers = await probes.overview(hotline)
    failed = [one for one in numbers if one.last and not one.last.passed]
    return page(
        request,
        "probes",
        person,
        run=(await probes.run(hotline)).model_dump(mode="json"),
        numbers=[one.model_dump(mode="json") for one in (failed if only == "failed" else numbers)],
        failed=len(failed),
        only=only,
        who=WHO,
        **_rules(hotline),
    )


@router.post("/probes", include_in_schema=False)
async def ask_from_the_page(
    request: Request, person: SupervisorAt, number: str = "", through: bool = False
) -> RedirectResponse:
    numbers = [number] if number else []
    await probes.ask_for(my_hotline(request, person), numbers, by=person.id, through=through)
    return RedirectResponse(f"/probes/{number}" if number else "/probes", 303)


@router.get("/probes/{number}", include_in_schema=False)
async def number_page(request: Request, person: SupervisorAt, number: str) -> HTMLResponse:
    hotline = my_hotline(request, person)
    found = await probes.history(hotline, number)
    line = hotline.handbook.directory.find(number)
    return page(
        request,
        "probe",
        person,
        number=number,
        whose=line.display_name if line else "",
        run=(await probes.run(hotline)).model_dump(mode="json"),
        in_person=line is not None and probes.is_in_person(hotline, line),
        tests=[one.model_dump(mode="json") for one in found],
        who=WHO,
        **_rules(hotline),
    )


def _rules(hotline: Hotline) -> dict[str, Any]:
    rules = hotline.handbook.profile.probes
    return {"from_number": rules.number, "times": list(rules.times)}
