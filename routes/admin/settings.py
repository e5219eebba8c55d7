"""设置, and 队列: every section of the profile as a form made from its model, and as JSON."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from ivr import arrangement
from ivr.arrangement import (
    FACTS,
    FIXED,
    GENERAL,
    PAGES,
    TABLES,
    arrange,
    manned,
    section,
    short_title_of,
    title_of,
)
from ivr.hotline import Hotline
from ivr.profile import Profile
from ivr.roles import Right
from ivr.staff import everybody
from routes.admin.fields import fields_of
from routes.guards import AdminAt, At, my_hotline
from routes.pages import page

ELSEWHERE = frozenset({"hours", "queues", "classes"})  # on pages of their own

router = APIRouter(tags=["settings"])


class Arranged(BaseModel):
    """A section as it is. `basis` goes back with a change of it."""

    section: str
    title: str
    fields: dict[str, Any]
    basis: str


class Wish(BaseModel):
    """What is to be changed of a section; the rest stays. In a table, null takes a name out."""

    model_config = ConfigDict(extra="forbid")

    fields: dict[str, Any]
    basis: str | None = None


class Queue(BaseModel):
    """A queue now: how many wait in it, who serves it, and whose skills would do."""

    name: str
    waiting: int
    on_shift: list[str]
    able: list[str]


@router.get("/admin/settings", include_in_schema=False)
async def settings_page(request: Request, person: AdminAt) -> HTMLResponse:
    hotline = my_hotline(request, person)
    shown = [name for name in arrangement.SECTIONS if name not in ELSEWHERE]
    return page(request, "admin/settings", person, sections=[form_of(hotline, name) for name in shown])


@router.get("/admin/queues", include_in_schema=False)
async def queues_page(request: Request, person: AdminAt) -> HTMLResponse:
    hotline = my_hotline(request, person)
    return page(
        request,
        "admin/queues",
        person,
        section=form_of(hotline, "queues"),
        queues={one.name: one for one in await queues(hotline, person)},
        lines={
            name: sum(line.queue == name for line in hotline.handbook.directory.lines)
            for name in hotline.handbook.profile.queues
        },
    )


@router.get("/api/{hotline}/profile/{name}")
async def read(hotline: At, person: AdminAt, name: str) -> Arranged:
    found = section(hotline.handbook, name)
    return Arranged(section=name, title=title_of(name), fields=found.fields, basis=found.basis)


@router.put("/api/{hotline}/profile/{name}")
async def write(hotline: At, person: AdminAt, name: str, wish: Wish) -> Arranged:
    """Heard by the next caller, and known to every worker within a second."""
    await arrange(hotline, name, wish.fields, by=person, expected=wish.basis)
    return await read(hotline, person, name)


@router.get("/api/{hotline}/queues")
async def queues(hotline: At, person: AdminAt) -> list[Queue]:
    """Who serves what now."""
    skills = {one.id: one.skills for one in await everybody(hotline) if one.role.may(Right.DESK)}
    return [Queue(**one._asdict()) for one in await manned(hotline, skills)]


def form_of(hotline: Hotline, name: str) -> dict[str, Any]:
    """A section with its fields; of a table, the fields of each of its pages and those of a new one."""
    found = section(hotline.handbook, name)
    shown: dict[str, Any] = {
        "name": name,
        "title": title_of(name),
        "short": short_title_of(name),
        "basis": found.basis,
    }
    queues = hotline.handbook.profile.queues
    if name in TABLES:
        model = TABLES[name]
        pages = {one: list(fields_of(model, said, queues=queues)) for one, said in found.fields.items()}
        blank = {
            one: field.get_default() for one, field in model.model_fields.items() if not field.is_required()
        }
        titles = {one: said["title"] for one, said in found.fields.items()}
        new = list(fields_of(model, blank, queues=queues))
        return shown | {"pages": pages, "titles": titles, "new": new}
    model, leave_out = (
        (Profile, (Profile.model_fields.keys() - FACTS) | FIXED)
        if name == GENERAL
        else (PAGES[name], frozenset())
    )
    fields = fields_of(model, found.fields, queues=queues, leave_out=frozenset(leave_out))
    return shown | {"fields": list(fields)}
