"""A caller's whole number, for a reason; and keeping it from everybody when the caller asks."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from ivr import privacy
from ivr.acd import Word
from ivr.privacy import Shown
from routes.guards import At, OperatorAt, RevealerAt, SupervisorAt

router = APIRouter(tags=["calls"])


class Why(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str


class Sealed(BaseModel):
    word: Word


@router.post("/api/{hotline}/calls/{sid}/reveal")
async def reveal(hotline: At, person: RevealerAt, sid: str, why: Why) -> Shown:
    """The caller's whole number; who looked and why is in the audit. A sealed call needs a supervisor."""
    return await privacy.reveal(hotline, person, sid, why.reason)


@router.put("/api/{hotline}/calls/{sid}/seal")
async def seal(hotline: At, person: OperatorAt, sid: str) -> Sealed:
    """The caller asked that nobody learn who they are."""
    return Sealed(word=await privacy.seal(hotline, person, sid))


@router.post("/api/{hotline}/calls/{sid}/unseal")
async def unseal(hotline: At, person: SupervisorAt, sid: str, why: Why) -> Sealed:
    """It was sealed by mistake, or the caller no longer asks for it."""
    return Sealed(word=await privacy.unseal(hotline, person, sid, why.reason))
