"""Exports of calls: asked for, followed, fetched by whoever asked."""

from fastapi import APIRouter

from ivr import exports
from ivr.exports import Export, Wish
from routes.answers import A_TABLE, Sheet
from routes.guards import At, ExporterAt

router = APIRouter(tags=["calls"])


@router.post("/api/{hotline}/exports", status_code=202)
async def begin(hotline: At, person: ExporterAt, wish: Wish) -> Export:
    """A job, which a worker takes up; ask how it stands until it is done or has failed."""
    return await exports.begin(hotline, person, wish)


@router.get("/api/{hotline}/exports")
async def mine(hotline: At, person: ExporterAt) -> list[Export]:
    """Your own of the last day, the newest first."""
    return await exports.mine(hotline, person)


@router.get("/api/{hotline}/exports/{id}")
async def show(hotline: At, person: ExporterAt, id: str) -> Export:
    return await exports.show(hotline, person, id)


@router.get("/api/{hotline}/exports/{id}/file", response_class=Sheet, responses=A_TABLE)
async def fetch(hotline: At, person: ExporterAt, id: str) -> Sheet:
    """The file, for whoever asked for it alone."""
    path = await exports.fetch(hotline, person, id)
    return Sheet(path, filename=f"calls-{path.name}", headers={"Cache-Control": "private, no-store"})
