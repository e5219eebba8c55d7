"""Cases: what is left of promises that nobody kept; one case with its history, answered, given back and closed."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from ivr import cases, promises
from ivr.acd import Word
from ivr.cases import Case, Sought, Standing
from routes.guards import At, HandlerAt, SupervisorAt, my_hotline
from routes.pages import page

router = APIRouter(tags=["cases"])


class Handled(BaseModel):
    """ALREADY when somebody had done the same before."""

    word: Word


class Statement(BaseModel):
    """What was done, or why it is given back."""

    model_config = ConfigDict(extra="forbid")

    note: str


class Remark(BaseModel):
    """What there is to say when it is closed, if anything."""

    model_config = ConfigDict(extra="forbid")

    note: str = ""


@router.get("/api/{hotline}/cases")
async def search(
    hotline: At, person: HandlerAt, state: Standing = "", overdue: bool = False, line: str = ""
) -> list[Case]:
    """All that are not closed, by when they are due; or in this state, of which the closed ones come newest first.
    `overdue` are those that were not answered in time, whether they were later or not."""
    return await cases.search(hotline, Sought(state=state, overdue=overdue, line=line), person)


@router.get("/api/{hotline}/cases/{number}")
async def read(hotline: At, person: HandlerAt, number: str) -> Case:
    return await cases.read(hotline, number, person)


@router.post("/api/{hotline}/cases/{number}/answer")
async def answer(hotline: At, person: HandlerAt, number: str, said: Statement) -> Handled:
    """What was done about it, and how the caller was answered."""
    return Handled(word=await cases.answer(hotline, number, by=person, said=said.note))


@router.post("/api/{hotline}/cases/{number}/return")
async def give_back(hotline: At, person: SupervisorAt, number: str, said: Statement) -> Handled:
    """It is to be answered anew, within as much working time as before."""
    return Handled(word=await cases.give_back(hotline, number, by=person, why=said.note))


@router.post("/api/{hotline}/cases/{number}/closing")
async def close(hotline: At, person: SupervisorAt, number: str, said: Remark) -> Handled:
    """Read, and done with."""
    return Handled(word=await cases.close(hotline, number, by=person, said=said.note))


@router.get("/cases", include_in_schema=False)
async def cases_page(
    request: Request, person: HandlerAt, state: Standing = "", overdue: bool = False, line: str = ""
) -> HTMLResponse:
    hotline = my_hotline(request, person)
    found = await search(hotline, person, state, overdue, line)
    return page(
        request,
        "cases",
        person,
        cases=[one.model_dump(mode="json") for one in found],
        filters={"state": state, "overdue": overdue, "line": line},
        lines=[
            {"number": one.number, "whose": one.display_name}
            for one in hotline.handbook.directory.lines
            if promises.may_see(person, one.number)
        ],
    )


@router.get("/cases/{number}", include_in_schema=False)
async def case_page(request: Request, person: HandlerAt, number: str) -> HTMLResponse:
    hotline = my_hotline(request, person)
    case = await cases.read(hotline, number, person)
    promise = await promises.of_call(hotline, case.sid)
    return page(
        request,
        "case",
        person,
        case=case.model_dump(mode="json"),
        promise=promise.model_dump(mode="json") if promise else None,
        WAYS=promises.WAYS,
    )
