"""修改记录: who changed what and when, and the way back."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from ivr import changes
from ivr.editions import Edition
from routes.admin.differences import differences
from routes.guards import AdminAt, At, my_hotline
from routes.pages import page

router = APIRouter(tags=["editions"])


class Restored(BaseModel):
    number: int


@router.get("/admin/editions", include_in_schema=False)
async def editions_page(request: Request, person: AdminAt) -> HTMLResponse:
    hotline = my_hotline(request, person)
    found = await changes.editions(hotline)
    queues = {name: queue.title for name, queue in hotline.handbook.profile.queues.items()}
    shown = [
        {
            "number": one.number,
            "at": hotline.at(one.at).isoformat(),
            "by": one.by,
            "what": one.what,
            "changes": differences(one.changes, queues),
        }
        for one in found
    ]
    return page(request, "admin/editions", person, editions=shown, newest=int(hotline.edition))


@router.get("/api/{hotline}/editions")
async def read(hotline: At, person: AdminAt) -> list[Edition]:
    """The newest first. Each says which fields it changed, as JSON before and after."""
    return await changes.editions(hotline)


@router.post("/api/{hotline}/editions/{number}/restoration")
async def restore(hotline: At, person: AdminAt, number: int) -> Restored:
    """Everything as it was when this edition had been made, as a new edition."""
    await changes.restore(hotline, number, by=person)
    return Restored(number=int(hotline.edition))
