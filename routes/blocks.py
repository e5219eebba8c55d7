"""来电限制: who is asked to pause, and what a caller has done."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from ivr import blocks
from ivr.blocks import Block, Evidence
from routes.guards import At, SupervisorAt, my_hotline
from routes.pages import page

router = APIRouter(tags=["callers"])


class Wish(BaseModel):
    model_config = ConfigDict(extra="forbid")

    hours: int
    reason: str


class Lifted(BaseModel):
    was_there: bool


@router.get("/blocks", include_in_schema=False)
async def blocks_page(request: Request, person: SupervisorAt) -> HTMLResponse:
    found = await blocks.listed(my_hotline(request, person))
    return page(request, "blocks", person, blocks=[one.model_dump(mode="json") for one in found])


@router.get("/blocks/{sid}", include_in_schema=False)
async def evidence_page(request: Request, person: SupervisorAt, sid: str) -> HTMLResponse:
    hotline = my_hotline(request, person)
    found = await blocks.evidence(hotline, sid)
    longest = hotline.handbook.profile.restraint.longest_block_hours
    return page(request, "evidence", person, evidence=found.model_dump(mode="json"), longest=longest)


@router.get("/api/{hotline}/blocks")
async def listed(hotline: At, person: SupervisorAt) -> list[Block]:
    """Those that hold now; the one that ends first comes first."""
    return await blocks.listed(hotline)


@router.get("/api/{hotline}/blocks/{sid}")
async def evidence(hotline: At, person: SupervisorAt, sid: str) -> Evidence:
    """What the caller of this call has done of late, and whether they are asked to pause."""
    return await blocks.evidence(hotline, sid)


@router.put("/api/{hotline}/blocks/{sid}")
async def block(hotline: At, person: SupervisorAt, sid: str, wish: Wish) -> Block:
    """Ask the caller of this call to pause, from their next call on; it ends by itself."""
    return await blocks.block(hotline, person, sid, hours=wish.hours, reason=wish.reason)


@router.delete("/api/{hotline}/blocks/{sid}")
async def lift(hotline: At, person: SupervisorAt, sid: str) -> Lifted:
    """Before its time."""
    return Lifted(was_there=await blocks.lift(hotline, person, sid))
