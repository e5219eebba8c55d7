"""号码: the ledger of the published numbers, where a call would go, and the list that the public may read."""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from ivr import numbers, probes
from ivr.changes import basis
from ivr.destination import Destination, destination
from ivr.directory import PRIVATE, Line, mask
from ivr.hotline import Hotline
from ivr.ledger import Entry, open_entries
from ivr.numbers import line_of
from routes.admin.fields import Field, fields_of
from routes.guards import AdminAt, At, my_hotline
from routes.pages import page

OF_ITS_OWN = frozenset({"number", "withdrawn_on", "replaced_by"})  # each changed by an act of its own

router = APIRouter(tags=["numbers"])


class Row(BaseModel):
    """A number of the ledger. What is nobody's business of `line` is masked; `basis` goes back with a change."""

    line: dict[str, Any]
    whose: str
    is_withdrawn: bool
    basis: str
    entries: tuple[Entry, ...]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Fields(_Body):
    """The columns of `directory.csv`, by their names in the model. A private one that is empty stays as it is."""

    fields: dict[str, Any]
    basis: str | None = None


class Withdrawal(_Body):
    """From `on` the number is no longer used; `replaced_by` is the number to dial instead."""

    on: date
    replaced_by: str = ""
    basis: str | None = None


class Announcement(_Body):
    on: date
    channel: str


@router.get("/admin/numbers", include_in_schema=False)
async def numbers_page(request: Request, person: AdminAt, dialled: str = "", at: str = "") -> HTMLResponse:
    hotline = my_hotline(request, person)
    today = hotline.moment().date()
    return page(
        request,
        "admin/numbers",
        person,
        rows=[_row(hotline, line) for line in hotline.handbook.directory.lines],
        tested={one.number: one.last for one in await probes.overview(hotline)},
        tasks=[
            {"entry": one, "late": one.is_late(today), "whose": _whose(hotline, one.number)}
            for one in open_entries(hotline.handbook.ledger)
        ],
        queues={name: queue.title for name, queue in hotline.handbook.profile.queues.items()},
        asked={"dialled": dialled, "at": at or hotline.moment().strftime("%Y-%m-%dT%H:%M")},
        goes=destination(hotline.handbook, dialled, _moment(hotline, at)) if dialled else None,
    )


@router.get("/admin/numbers/new", include_in_schema=False)
async def new_number_page(request: Request, person: AdminAt) -> HTMLResponse:
    hotline = my_hotline(request, person)
    said = {"published_on": hotline.moment().date().isoformat(), "queue": "main", "priority": 0}
    fields = _fields(hotline, said, leave_out=OF_ITS_OWN - {"number"})
    return page(request, "admin/number_new", person, fields=fields)


@router.get("/admin/numbers/{number}", include_in_schema=False)
async def number_page(request: Request, person: AdminAt, number: str) -> HTMLResponse:
    hotline = my_hotline(request, person)
    line = line_of(hotline.handbook, number)
    return page(
        request,
        "admin/number",
        person,
        row=_row(hotline, line),
        kept={name: mask(said) for name in PRIVATE if (said := getattr(line, name))},
        fields=_fields(hotline, line.model_dump(mode="json"), leave_out=OF_ITS_OWN),
        open=open_entries(hotline.handbook.ledger, line.number),
        today=hotline.moment().date(),
        others=[one for one in hotline.handbook.directory.lines if one.number != line.number],
    )


@router.get("/api/{hotline}/ledger")
async def read_all(hotline: At, person: AdminAt) -> list[Row]:
    """Every number that is or was published, with its entries in the ledger."""
    return [_row(hotline, line) for line in hotline.handbook.directory.lines]


@router.get("/api/{hotline}/ledger/{number}")
async def read(hotline: At, person: AdminAt, number: str) -> Row:
    return _row(hotline, line_of(hotline.handbook, number))


@router.post("/api/{hotline}/ledger")
async def add(hotline: At, person: AdminAt, wish: Fields) -> Row:
    return _row(hotline, await numbers.add(hotline, wish.fields, by=person))


@router.put("/api/{hotline}/ledger/{number}")
async def alter(hotline: At, person: AdminAt, number: str, wish: Fields) -> Row:
    """Change what is given; the rest stays. The number itself is not changed: add another and withdraw this one."""
    return _row(hotline, await numbers.alter(hotline, number, wish.fields, by=person, expected=wish.basis))


@router.post("/api/{hotline}/ledger/{number}/withdrawal")
async def withdraw(hotline: At, person: AdminAt, number: str, wish: Withdrawal) -> Row:
    done = await numbers.withdraw(hotline, number, wish.on, wish.replaced_by, by=person, expected=wish.basis)
    return _row(hotline, done)


@router.delete("/api/{hotline}/ledger/{number}/withdrawal")
async def reinstate(hotline: At, person: AdminAt, number: str) -> Row:
    return _row(hotline, await numbers.reinstate(hotline, number, by=person))


@router.post("/api/{hotline}/ledger/{number}/announcement")
async def announce(hotline: At, person: AdminAt, number: str, wish: Announcement) -> Row:
    """The public was told of everything that the ledger has of this number: on that day, through that channel."""
    await numbers.announce(hotline, number, wish.on, wish.channel, by=person)
    return _row(hotline, line_of(hotline.handbook, number))


@router.get("/api/{hotline}/destination")
async def where_it_goes(hotline: At, person: AdminAt, number: str, at: datetime | None = None) -> Destination:
    """Where a call to this number would go, now or at that moment; without a zone it is the city's own time."""
    return destination(hotline.handbook, number, _moment(hotline, at.isoformat() if at else ""))


def _fields(hotline: Hotline, said: dict[str, Any], *, leave_out: frozenset[str]) -> list[Field]:
    """The columns as a form asks for them."""
    return list(fields_of(Line, said, queues=hotline.handbook.profile.queues, leave_out=leave_out))


def _row(hotline: Hotline, line: Line) -> Row:
    shown = line.model_dump(mode="json") | {
        name: mask(said) for name in PRIVATE if (said := getattr(line, name))
    }
    return Row(
        line=shown,
        whose=line.display_name,
        is_withdrawn=line.is_withdrawn(hotline.moment().date()),
        basis=basis(line),
        entries=tuple(one for one in hotline.handbook.ledger if one.number == line.number),
    )


def _whose(hotline: Hotline, number: str) -> str:
    line = hotline.handbook.directory.find(number)
    return line.display_name if line else ""


def _moment(hotline: Hotline, text: str) -> datetime:
    """As a form or a program gives it; now, if it is empty or none."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        return hotline.moment()
    return given.astimezone(hotline.timezone) if given.tzinfo else given.replace(tzinfo=hotline.timezone)
