"""Messages: the list, the sound, and working them off; as a page and as JSON."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from ivr import messages
from ivr.messages import Message
from routes.guards import At, OperatorAt, my_hotline
from routes.pages import page

router = APIRouter(tags=["messages"])


class WorkedOff(BaseModel):
    word: str


@router.get("/messages", include_in_schema=False)
async def messages_page(request: Request, person: OperatorAt) -> HTMLResponse:
    found = await messages.waiting(my_hotline(request, person))
    return page(request, "messages", person, messages=[one.model_dump(mode="json") for one in found])


@router.post("/messages/{sid}/working-off", include_in_schema=False)
async def work_off_from_the_page(request: Request, person: OperatorAt, sid: str) -> RedirectResponse:
    await messages.work_off(my_hotline(request, person), person, sid)
    return RedirectResponse("/messages", 303)


@router.get("/api/{hotline}/messages")
async def waiting(hotline: At, person: OperatorAt) -> list[Message]:
    """Those that nobody has worked off yet, the oldest first."""
    return await messages.waiting(hotline)


@router.get("/api/{hotline}/messages/{sid}/sound")
async def sound(hotline: At, person: OperatorAt, sid: str) -> Response:
    """The message as a WAV file."""
    return Response(
        await messages.sound(hotline, person, sid),
        media_type="audio/wav",
        headers={"Cache-Control": "private"},
    )


@router.post("/api/{hotline}/messages/{sid}/working-off")
async def work_off(hotline: At, person: OperatorAt, sid: str) -> WorkedOff:
    return WorkedOff(word=await messages.work_off(hotline, person, sid))
