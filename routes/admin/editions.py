"""修改记录: who changed what and when, and the way back."""

import json
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from ivr import changes
from ivr.editions import Edition
from routes.guards import AdminAt, At, my_hotline
from routes.pages import page

router = APIRouter(tags=["editions"])


class Restored(BaseModel):
    number: int


@router.get("/admin/editions", include_in_schema=False)
async def editions_page(request: Request, person: AdminAt) -> HTMLResponse:
    hotline = my_hotline(request, person)
    found = await changes.editions(hotline)
    shown = [
        {
            "number": one.number,
            "at": datetime.fromtimestamp(one.at / 1000, hotline.timezone).isoformat(),
            "by": one.by,
            "what": one.what,
            "changes": [
                line for change in one.changes for line in _lines(change.before, change.after, change.name)
            ],
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


def _lines(before: str | None, after: str | None, name: str) -> list[dict[str, Any]]:
    """What is different in a field, part by part where it has parts."""
    old, new = (json.loads(text) if text else None for text in (before, after))
    if not isinstance(old, dict) or not isinstance(new, dict):
        whole = old if isinstance(old, dict) else new if isinstance(new, dict) else None
        called = _called(name, whole)
        return [{"name": called, "before": _short(old), "after": _short(new)}]
    called = _called(name, new)
    return [
        {"name": f"{called} {part}", "before": _short(old.get(part)), "after": _short(new.get(part))}
        for part in sorted(old.keys() | new.keys())
        if old.get(part) != new.get(part)
    ]


def _called(name: str, fields: dict[str, Any] | None) -> str:
    return name.partition(":")[2] if name.startswith(("cmn-", "yue-")) else name


def _short(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
