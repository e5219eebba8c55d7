"""提示语: what callers hear. Read, previewed, recorded, kept as a draft, published, at once or at a time."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict

from ivr import drafts, recordings
from ivr.drafts import Draft, Preview, Sentence
from ivr.errors import Invalid
from ivr.prompts import TEXT_ONLY
from ivr.wav import LARGEST_BYTES
from routes.guards import AdminAt, At, my_hotline
from routes.pages import page

A_SOUND = {"required": True, "content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}}

router = APIRouter(tags=["prompts"])


class Wording(BaseModel):
    """A sentence, or the recording in its place. `basis` is that of the sentence as its editor saw it."""

    model_config = ConfigDict(extra="forbid")

    text: str
    audio: str | None = None
    basis: str | None = None


class Drafted(BaseModel):
    """`draft_basis` is that of the draft as its editor saw it. `publish_at` without a zone is the city's own time."""

    model_config = ConfigDict(extra="forbid")

    text: str
    audio: str | None = None
    publish_at: datetime | None = None
    draft_basis: str | None = None


class Recorded(BaseModel):
    audio: str
    url: str
    seconds: float


class Gone(BaseModel):
    was_there: bool


@router.get("/admin", include_in_schema=False)
async def admin_page(person: AdminAt) -> RedirectResponse:
    return RedirectResponse("/admin/prompts", 303)


@router.get("/admin/prompts", include_in_schema=False)
async def prompts_page(request: Request, person: AdminAt) -> HTMLResponse:
    hotline = my_hotline(request, person)
    languages = {name: one.title for name, one in hotline.handbook.profile.languages.items()}
    return page(
        request, "admin/prompts", person, sentences=await drafts.sentences(hotline), languages=languages
    )


@router.get("/admin/prompts/{key}", include_in_schema=False)
async def prompt_page(request: Request, person: AdminAt, key: str) -> HTMLResponse:
    hotline = my_hotline(request, person)
    found = await drafts.sentence(hotline, key)
    shown = found.draft.prompt if found.draft else found
    return page(
        request,
        "admin/prompt",
        person,
        sentence=found,
        text=shown.text,
        audio=shown.audio,
        heard=drafts.preview(hotline, key, shown.text, shown.audio),
        language=hotline.handbook.profile.language,
        may_be_recorded=not found.variables and key not in TEXT_ONLY,
    )


@router.get("/api/{hotline}/prompts")
async def read_all(hotline: At, person: AdminAt) -> list[Sentence]:
    return await drafts.sentences(hotline)


@router.get("/api/{hotline}/prompts/{key}")
async def read(hotline: At, person: AdminAt, key: str) -> Sentence:
    return await drafts.sentence(hotline, key)


@router.put("/api/{hotline}/prompts/{key}")
async def publish(hotline: At, person: AdminAt, key: str, wish: Wording) -> Sentence:
    """Say this from the next caller on."""
    await drafts.publish(hotline, key, wish.text, wish.audio or None, by=person, expected=wish.basis)
    return await drafts.sentence(hotline, key)


@router.put("/api/{hotline}/prompts/{key}/draft")
async def save(hotline: At, person: AdminAt, key: str, wish: Drafted) -> Draft:
    return await drafts.save(
        hotline,
        key,
        wish.text,
        wish.audio or None,
        wish.publish_at,
        by=person,
        expected=wish.draft_basis,
    )


@router.delete("/api/{hotline}/prompts/{key}/draft")
async def discard(hotline: At, person: AdminAt, key: str) -> Gone:
    return Gone(was_there=await drafts.discard(hotline, key))


@router.post("/api/{hotline}/prompts/{key}/draft/publication")
async def publish_draft(hotline: At, person: AdminAt, key: str) -> Sentence:
    await drafts.publish_draft(hotline, key, by=person)
    return await drafts.sentence(hotline, key)


@router.post("/api/{hotline}/prompts/{key}/preview")
async def preview(hotline: At, person: AdminAt, key: str, wish: Wording) -> Preview:
    """How the next caller would hear it; nothing is kept."""
    return drafts.preview(hotline, key, wish.text, wish.audio or None)


@router.post("/api/{hotline}/recordings", openapi_extra={"requestBody": A_SOUND})
async def keep_recording(request: Request, hotline: At, person: AdminAt) -> Recorded:
    """A WAV file as the body. It is checked and brought to what telephones play; its name goes into a prompt."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BYTES:
            raise Invalid(f"文件太大：最多 {LARGEST_BYTES // 1024 // 1024} MB")
    kept = await recordings.keep(hotline, bytes(body))
    return Recorded(audio=kept.name, url=f"/audio/{kept.name}", seconds=kept.seconds)
