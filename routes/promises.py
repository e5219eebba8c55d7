"""Promises: the open ones, how well each post keeps them, and keeping or withdrawing one."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict

from ivr import promises, ring_back
from ivr.promises import Promise, Rate
from routes.guards import At, OfficeAt, my_hotline
from routes.pages import page

router = APIRouter(tags=["promises"])


class Done(BaseModel):
    word: str


class Words(BaseModel):
    """What was done, or why it need not be."""

    model_config = ConfigDict(extra="forbid")

    note: str


class Rates(BaseModel):
    """By post and by unit, the most promises first."""

    posts: list[Rate]
    units: list[Rate]


@router.get("/api/{hotline}/promises")
async def waiting(hotline: At, person: OfficeAt, line: str = "") -> list[Promise]:
    """The open ones that are no cases yet, the most urgent first; with `line`, all of a post."""
    if line:
        return await promises.of_line(hotline, line, person)
    return await promises.waiting(hotline, person)


@router.get("/api/{hotline}/promises/rates")
async def rates(hotline: At, person: OfficeAt) -> Rates:
    posts, units = await promises.rates(hotline, person)
    return Rates(posts=posts, units=units)


@router.get("/api/{hotline}/promises/{sid}")
async def read(hotline: At, person: OfficeAt, sid: str) -> Promise:
    return await promises.read(hotline, sid, person)


@router.post("/api/{hotline}/promises/{sid}/keeping")
async def keep(hotline: At, person: OfficeAt, sid: str, said: Words) -> Done:
    """Kept: what was done is said in a sentence."""
    return Done(word=await promises.say_what_was_done(hotline, sid, by=person, note=said.note))


@router.post("/api/{hotline}/promises/{sid}/withdrawal")
async def take_back(hotline: At, person: OfficeAt, sid: str, said: Words) -> Done:
    """It need not be kept any more, and why."""
    return Done(word=await promises.take_back(hotline, sid, by=person, why=said.note))


@router.post("/api/{hotline}/promises/{sid}/ring-back")
async def ring(hotline: At, person: OfficeAt, sid: str) -> Done:
    """Ring the official, and then the caller; what came of it is seen in the promise."""
    return Done(word=await ring_back.start(hotline, sid, by=person))


@router.get("/promises", include_in_schema=False)
async def promises_page(request: Request, person: OfficeAt, line: str = "") -> HTMLResponse:
    hotline = my_hotline(request, person)
    posts, units = await promises.rates(hotline, person)
    found = await waiting(hotline, person, line)
    return page(
        request,
        "promises",
        person,
        WAYS=promises.WAYS,
        of_a_post=bool(line),
        promises=[one.model_dump(mode="json") for one in found],
        posts=[one.model_dump() for one in posts],
        units=[one.model_dump() for one in units],
    )


@router.post("/promises/{sid}/ring-back", include_in_schema=False)
async def ring_from_the_page(request: Request, person: OfficeAt, sid: str) -> RedirectResponse:
    await ring_back.start(my_hotline(request, person), sid, by=person)
    return RedirectResponse("/promises", 303)


@router.post("/promises/{sid}/keeping", include_in_schema=False)
async def keep_from_the_page(request: Request, person: OfficeAt, sid: str) -> RedirectResponse:
    form = await request.form()
    hotline, note = my_hotline(request, person), str(form.get("note", ""))
    if form.get("act") == "withdraw":
        await promises.take_back(hotline, sid, by=person, why=note)
    else:
        await promises.say_what_was_done(hotline, sid, by=person, note=note)
    return RedirectResponse("/promises", 303)
