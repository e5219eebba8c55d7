"""The desk in the middle of a talk: hold, consult, three together, hand on."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from ivr import company
from ivr.acd.party import Kind, Mode
from ivr.company import Contacts
from ivr.desk import Done
from routes.answers import PRIVATE, Sound
from routes.guards import At, OperatorAt

router = APIRouter(tags=["talk"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OnHold(_Body):
    held: bool


class Paused(_Body):
    paused: bool


class Note(_Body):
    text: str


class Kept(BaseModel):
    word: str


class Invited(_Body):
    """`who` is a seat number, a number or name of the address book, or an emergency service."""

    kind: Kind
    who: str
    mode: Mode = "consult"


@router.get("/api/{hotline}/desk/contacts")
async def contacts(hotline: At, person: OperatorAt) -> Contacts:
    return await company.contacts(hotline, person)


@router.put("/api/{hotline}/desk/hold")
async def hold(hotline: At, person: OperatorAt, wish: OnHold) -> Done:
    return await company.hold(hotline, person, wish.held)


@router.post("/api/{hotline}/desk/guest")
async def invite(hotline: At, person: OperatorAt, wish: Invited) -> Done:
    return await company.invite(hotline, person, wish.kind, wish.who, wish.mode)


@router.delete("/api/{hotline}/desk/guest")
async def take_back(hotline: At, person: OperatorAt) -> Done:
    return await company.take_back(hotline, person)


@router.post("/api/{hotline}/desk/conference")
async def confer(hotline: At, person: OperatorAt) -> Done:
    return await company.confer(hotline, person)


@router.post("/api/{hotline}/desk/transfer")
async def transfer(hotline: At, person: OperatorAt) -> Done:
    return await company.transfer(hotline, person)


@router.put("/api/{hotline}/desk/calls/{sid}/note")
async def note(hotline: At, person: OperatorAt, sid: str, note: Note) -> Kept:
    return Kept(word=await company.note(hotline, person, sid, note.text))


@router.put("/api/{hotline}/desk/recording")
async def pause_recording(hotline: At, person: OperatorAt, wish: Paused) -> Done:
    return await company.pause_recording(hotline, person, wish.paused)


@router.get("/api/{hotline}/calls/{sid}/sound", response_class=Sound)
async def sound(hotline: At, person: OperatorAt, sid: str) -> Sound:
    """The recording of the talk as a WAV file."""
    return Sound(await company.sound(hotline, person, sid), headers=PRIVATE)
