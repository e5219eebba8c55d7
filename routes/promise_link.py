"""The page behind the link in a reminder: one promise, one button to ring the caller back, or a sentence of what was
done. The link itself is the key: nobody signs in here."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from ivr import promises, ring_back
from routes.guards import ByLink
from routes.pages import page

router = APIRouter(tags=["promises"], include_in_schema=False)


@router.get("/promise/{token}")
async def promise_page(request: Request, token: str, held: ByLink) -> HTMLResponse:
    found = await promises.read(held.hotline, held.sid)
    return page(
        request,
        "promise",
        token=token,
        title=held.hotline.handbook.profile.title,
        promise=found.model_dump(mode="json"),
        ring_back=(await ring_back.last(held.hotline, held.sid)).model_dump(),
    )


@router.post("/promise/{token}/ring-back")
async def ring(token: str, held: ByLink) -> RedirectResponse:
    await ring_back.start(held.hotline, held.sid, by=None)
    return RedirectResponse(f"/promise/{token}", 303)


@router.post("/promise/{token}/keeping")
async def keep(request: Request, token: str, held: ByLink) -> RedirectResponse:
    note = str((await request.form()).get("note", ""))
    await promises.say_what_was_done(held.hotline, held.sid, by=None, note=note)
    return RedirectResponse(f"/promise/{token}", 303)
