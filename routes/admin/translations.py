"""提示语 in the languages that callers may choose: a list to read and to write, as a page and as JSON."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from ivr import translations
from ivr.translations import Translated
from routes.guards import AdminAt, At, my_hotline
from routes.pages import page

router = APIRouter(tags=["prompts"])


class Saying(BaseModel):
    """The sentence in the language; empty for the one that all hear. `basis` is that of what its editor saw."""

    model_config = ConfigDict(extra="forbid")

    text: str
    basis: str | None = None


@router.get("/admin/languages", include_in_schema=False)
async def languages_page(request: Request, person: AdminAt, language: str = "") -> HTMLResponse:
    hotline = my_hotline(request, person)
    titles = {name: one.title for name, one in hotline.handbook.profile.languages.items()}
    shown = language or next(iter(titles), "")
    found = translations.translated(hotline, shown) if shown else []
    return page(
        request,
        "admin/languages",
        person,
        sentences=[one.model_dump() for one in found],
        language=shown,
        title=titles.get(shown, "其他语言的"),
        titles=titles,
    )


@router.get("/api/{hotline}/languages/{language}/prompts")
async def read(hotline: At, person: AdminAt, language: str) -> list[Translated]:
    """All that a caller of this language may hear, in the order of a call."""
    return translations.translated(hotline, language)


@router.put("/api/{hotline}/languages/{language}/prompts/{key}")
async def write(hotline: At, person: AdminAt, language: str, key: str, wish: Saying) -> Translated:
    """Heard by the next caller of this language, and known to every worker within a second."""
    await translations.say_in(hotline, language, key, wish.text, by=person, expected=wish.basis)
    return next(one for one in translations.translated(hotline, language) if one.key == key)
