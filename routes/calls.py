"""The records: the list with its filters, one call with its timeline; as pages and as JSON."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from ivr import privacy, promises
from ivr.records import Record, Sort, Sought
from ivr.titles import ANSWERED_BY, MISSED, OUTCOMES
from routes import timeline
from routes.days import end_of, start_of
from routes.guards import At, ReaderAt, my_hotline
from routes.pages import page

router = APIRouter(tags=["calls"])


class Calls(BaseModel):
    """One page of records, the newest first. `cursor` asks for the next page; it is null on the last."""

    calls: list[Record]
    cursor: str | None


@router.get("/api/{hotline}/calls")
async def search(
    hotline: At,
    person: ReaderAt,
    line: str = "",
    queue: str = "",
    caller: str = "",
    operator: str = "",
    outcome: str = "",
    sort: Sort = "arrived",
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Calls:
    """All conditions together. Numbers in E.164, of a caller also the last four digits or fewer alone; moments in
    ISO 8601, the city's own time when they name no zone. Sorted by `waited` or `talked` the longest come first."""
    sought = Sought(
        line=line,
        queue=queue,
        caller=caller,
        operator=operator,
        outcome=outcome,
        sort=sort,
        since=since,
        until=until,
    )
    found = await privacy.search(hotline, person, sought, limit=limit, cursor=cursor)
    return Calls(calls=found.calls, cursor=found.cursor)


@router.get("/api/{hotline}/calls/{sid}")
async def read(hotline: At, person: ReaderAt, sid: str) -> Record:
    return await privacy.read(hotline, person, sid)


@router.get("/calls", include_in_schema=False)
async def calls_page(
    request: Request,
    person: ReaderAt,
    line: str = "",
    queue: str = "",
    caller: str = "",
    operator: str = "",
    outcome: str = "",
    sort: Sort = "arrived",
    since: str = "",
    until: str = "",
    cursor: str = "",
) -> HTMLResponse:
    hotline = my_hotline(request, person)
    asked = {
        "line": line,
        "queue": queue,
        "caller": caller,
        "operator": operator,
        "outcome": outcome,
        "since": since,
        "until": until,
    }
    days = {"since": start_of(since), "until": end_of(until)}
    sought = Sought(sort=sort, **{**{name: value.strip() for name, value in asked.items()}, **days})
    found = await privacy.search(hotline, person, sought, cursor=cursor)
    return page(
        request,
        "calls",
        person,
        records=[_shown(record) for record in found.calls],
        filters=asked,
        sought=sought.model_dump(mode="json", exclude={"within", "finds_sealed", "sort"}),
        sort=sort,
        queues={name: one.title for name, one in hotline.handbook.profile.queues.items()},
        cursor=found.cursor,
        lines=[
            {"number": one.number, "whose": one.display_name}
            for one in hotline.handbook.directory.lines
            if person.sees is None or one.number in person.sees
        ],
        outcomes=[{"word": word.value, "label": label} for word, label in OUTCOMES.items()],
    )


@router.get("/calls/{sid}", include_in_schema=False)
async def call_page(request: Request, person: ReaderAt, sid: str) -> HTMLResponse:
    hotline = my_hotline(request, person)
    record = await privacy.read(hotline, person, sid)
    promise = await promises.of_call(hotline, sid)
    return page(
        request,
        "call",
        person,
        record=_shown(record),
        picture=timeline.draw(record),
        PHASES=timeline.PHASES,
        queues=hotline.handbook.profile.queues,
        promise=promise.model_dump(mode="json") if promise else None,
        WAYS=promises.WAYS,
        MISSED=MISSED,
        ANSWERED_BY=ANSWERED_BY,
        SENT=promises.TOLD,
    )


def _shown(record: Record) -> dict[str, Any]:
    return record.model_dump(mode="json")
