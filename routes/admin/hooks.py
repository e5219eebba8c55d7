"""推送: other systems that are told what happens. A secret is shown once, to whoever had it made."""

import json

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from ivr import hooks
from ivr.hook_news import KINDS
from ivr.hooks import Delivery, Hook, Wish
from routes.guards import AdminAt, At, my_hotline
from routes.pages import page

router = APIRouter(tags=["hooks"])

STATES = {"on": ("启用", "ready"), "paused": ("送不到，已暂停", "lost"), "off": ("停用", "")}
DELIVERY_STATES = {
    "waiting": ("等待", "paused"),
    "sending": ("正在推送", "paused"),
    "delivered": ("已送达", "ready"),
    "failed": ("未送达", "lost"),
}


class Made(BaseModel):
    """`secret` is shown this once: what is sent is signed with it."""

    hook: Hook
    secret: str


class Switch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    on: bool


@router.get("/admin/hooks", include_in_schema=False)
async def hooks_page(request: Request, person: AdminAt) -> HTMLResponse:
    hotline = my_hotline(request, person)
    return page(request, "admin/hooks", person, hooks=await hooks.listed(hotline), kinds=KINDS, states=STATES)


@router.get("/admin/hooks/{id}", include_in_schema=False)
async def hook_page(request: Request, person: AdminAt, id: str) -> HTMLResponse:
    hotline = my_hotline(request, person)
    return page(
        request,
        "admin/hook",
        person,
        hook=await hooks.read(hotline, id),
        deliveries=[(one, _as_text(one)) for one in await hooks.deliveries(hotline, id)],
        kinds=KINDS,
        states=STATES,
        delivery_states=DELIVERY_STATES,
    )


@router.get("/api/{hotline}/hooks")
async def read_all(hotline: At, person: AdminAt) -> list[Hook]:
    return await hooks.listed(hotline)


@router.post("/api/{hotline}/hooks", status_code=201)
async def make(hotline: At, person: AdminAt, wish: Wish) -> Made:
    """On from now: nothing of before is told."""
    return Made(**(await hooks.make(hotline, person, wish))._asdict())


@router.get("/api/{hotline}/hooks/{id}")
async def read(hotline: At, person: AdminAt, id: str) -> Hook:
    return await hooks.read(hotline, id)


@router.put("/api/{hotline}/hooks/{id}")
async def alter(hotline: At, person: AdminAt, id: str, wish: Wish) -> Hook:
    """From the next event on; another address also for what waits."""
    return await hooks.alter(hotline, person, id, wish)


@router.delete("/api/{hotline}/hooks/{id}")
async def remove(hotline: At, person: AdminAt, id: str) -> Hook:
    """With what waits, and all that can be looked at. Answers what it was."""
    return await hooks.remove(hotline, person, id)


@router.put("/api/{hotline}/hooks/{id}/state")
async def switch(hotline: At, person: AdminAt, id: str, wish: Switch) -> Hook:
    """On: what waits is told first. Off: what happens meanwhile is not told later."""
    return await hooks.switch(hotline, person, id, on=wish.on)


@router.post("/api/{hotline}/hooks/{id}/secret")
async def renew_secret(hotline: At, person: AdminAt, id: str) -> Made:
    """Another secret, shown in the answer, once; the one before signs nothing more."""
    return Made(**(await hooks.renew_secret(hotline, person, id))._asdict())


@router.post("/api/{hotline}/hooks/{id}/test", status_code=202)
async def try_out(hotline: At, person: AdminAt, id: str) -> Hook:
    """Send a `hook.test`; what came of it stands among the deliveries."""
    return await hooks.try_out(hotline, person, id)


@router.get("/api/{hotline}/hooks/{id}/deliveries")
async def deliveries(hotline: At, person: AdminAt, id: str) -> list[Delivery]:
    """The first of those that wait, then those that are done with, the newest first; callers are masked."""
    return await hooks.deliveries(hotline, id)


@router.post("/api/{hotline}/hooks/{id}/deliveries/{delivery}/redelivery", status_code=202)
async def redeliver(hotline: At, person: AdminAt, id: str, delivery: str) -> Delivery:
    """Once more, behind what waits: the same body under the same `webhook-id`."""
    return await hooks.redeliver(hotline, person, id, delivery)


def _as_text(delivery: Delivery) -> str:
    return json.dumps(delivery.body, ensure_ascii=False, indent=1)
