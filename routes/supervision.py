"""What supervisors do, and what operators answer them: one domain call each."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from ivr import alarms, listening, supervision
from ivr.acd import Word
from ivr.acd.listening import Mode
from ivr.acd.supervision import State
from ivr.alarms import Alarms
from ivr.supervision import Done
from routes.guards import At, OperatorAt, SupervisorAt

router = APIRouter(tags=["supervision"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Told(_Body):
    """What an operator is told to be, and why."""

    state: State
    why: str


class Priority(_Body):
    priority: int


class Ear(_Body):
    mode: Mode


class Heard(BaseModel):
    word: Word


class WhichQueue(_Body):
    queue: str


class Notice(_Body):
    """`to` is an operator; empty means every desk. `seconds` 0 is as long as the hotline's rules say."""

    text: str
    to: str = ""
    seconds: int = 0


class Help(_Body):
    why: str = ""


@router.put("/api/{hotline}/operators/{operator}/state")
async def force(hotline: At, person: SupervisorAt, operator: str, told: Told) -> Done:
    """示闲, 示忙 or 签出 for somebody else; with a call under way it holds from its end on."""
    return await supervision.force(hotline, person, operator, told.state, told.why)


@router.delete("/api/{hotline}/operators/{operator}/help")
async def give_help(hotline: At, person: SupervisorAt, operator: str) -> Done:
    """Somebody has seen to the operator who asked for help."""
    return await supervision.give_help(hotline, person, operator)


@router.put("/api/{hotline}/waiting/{sid}/priority")
async def prioritise(hotline: At, person: SupervisorAt, sid: str, wish: Priority) -> Done:
    """0 to 9; among equals the caller stands by the moment they came."""
    return await supervision.prioritise(hotline, person, sid, wish.priority)


@router.put("/api/{hotline}/waiting/{sid}/front")
async def advance(hotline: At, person: SupervisorAt, sid: str) -> Done:
    """The caller is next in their line."""
    return await supervision.advance(hotline, person, sid)


@router.put("/api/{hotline}/waiting/{sid}/queue")
async def requeue(hotline: At, person: SupervisorAt, sid: str, wish: WhichQueue) -> Done:
    """The caller stands in another line, without losing the time they have waited."""
    return await supervision.requeue(hotline, person, sid, wish.queue)


@router.post("/api/{hotline}/notices")
async def notify(hotline: At, person: SupervisorAt, notice: Notice) -> Done:
    """A message at one desk, or at all."""
    return await supervision.notify(hotline, person, notice.text, to=notice.to, seconds=notice.seconds)


@router.put("/api/{hotline}/notices/{notice}/acknowledgement")
async def acknowledge(hotline: At, person: OperatorAt, notice: str) -> Done:
    """The desk has read it."""
    return await supervision.acknowledge(hotline, person, notice)


@router.put("/api/{hotline}/desk/help")
async def ask_help(hotline: At, person: OperatorAt, wish: Help) -> Done:
    """求助班长: every wallboard shows it until somebody has come."""
    return await supervision.ask_help(hotline, person, wish.why)


@router.delete("/api/{hotline}/desk/help")
async def need_no_help(hotline: At, person: OperatorAt) -> Done:
    return await supervision.give_help(hotline, person, person.id)


@router.put("/api/{hotline}/talks/{sid}/ear")
async def lend_ear(hotline: At, person: SupervisorAt, sid: str, ear: Ear) -> Heard:
    """监听, 耳语 or 插话: the supervisor's phone then asks to be put through, as an operator's does."""
    return Heard(word=await listening.lend_ear(hotline, person, sid, ear.mode))


@router.delete("/api/{hotline}/ear")
async def withdraw(hotline: At, person: SupervisorAt) -> Heard:
    """Out of whatever talk they are in."""
    return Heard(word=await listening.withdraw(hotline, person))


@router.put("/api/{hotline}/talks/{sid}/operator")
async def take_over(hotline: At, person: SupervisorAt, sid: str) -> Heard:
    """接管: the caller is the supervisor's, who must be in the talk already."""
    return Heard(word=await listening.take_over(hotline, person, sid))


@router.get("/api/{hotline}/alarms")
async def show_alarms(hotline: At, person: SupervisorAt) -> Alarms:
    """Those that stand, and the last that are over."""
    return await alarms.show(hotline)


@router.put("/api/{hotline}/alarms/{name}/supervisor")
async def take_on(hotline: At, person: SupervisorAt, name: str) -> Heard:
    """This supervisor sees to it; the first who says so counts."""
    return Heard(word=await alarms.take_on(hotline, person, name))
