"""A supervisor in somebody else's talk: listens, whispers, speaks with both, takes the caller over.

The store says what a supervisor wants and the carrier is made to agree, never the other way round. Each act is in the
audit before it is done, and in the timeline of the call.
"""

from contextlib import suppress

from ivr import alarms, audit
from ivr.acd import Word
from ivr.acd import listening as acd
from ivr.acd.listening import Ear, Mode
from ivr.audit import Act
from ivr.carrier import CarrierFailed
from ivr.errors import Conflict
from ivr.hotline import Hotline
from ivr.roles import Person

ACTS = {Mode.LISTEN: Act.LISTEN, Mode.WHISPER: Act.WHISPER, Mode.BARGE: Act.BARGE}
OVER = "这次通话已经结束，或还没有接通"


async def lend_ear(hotline: Hotline, person: Person, sid: str, mode: Mode) -> Word:
    """Into this talk, in this mode. Raises Conflict when it is over, or they are busy with another."""
    await audit.note(hotline, person, ACTS[mode], sid)
    word = await acd.lend_ear(hotline, sid, supervisor=person.id, mode=mode)
    if word is Word.GONE:
        raise Conflict(OVER)
    if word is Word.BUSY:
        raise Conflict("您正在通话或在听另一个通话：请先结束它")
    return word


async def withdraw(hotline: Hotline, person: Person) -> Word:
    """Out of the talk; whoever is in none stays so."""
    return await acd.withdraw(hotline, supervisor=person.id)


async def take_over(hotline: Hotline, person: Person, sid: str) -> Word:
    """The caller is theirs. The carrier first: the operator's phone must be able to go without ending the room, and it
    goes as soon as the store says that the talk is another's. Raises Conflict."""
    ear = await acd.ear(hotline, person.id)
    if ear.state != "listening" or ear.sid != sid:
        raise Conflict("请先监听这个通话，听到之后再接管")
    await audit.note(hotline, person, Act.TAKE_OVER, sid)
    try:
        await _change_places(hotline, ear, taking=True)
    except CarrierFailed:
        await alarms.count_failure(hotline)
        await _stay(hotline, ear)
        raise Conflict("运营商没有应答，没有接管：请再试一次") from None
    word = await acd.take_over(hotline, sid, supervisor=person.id)
    if word is Word.GONE:
        await _stay(hotline, ear)
        raise Conflict(OVER)
    return word


async def _change_places(hotline: Hotline, ear: Ear, *, taking: bool) -> None:
    """Whose leaving ends the room: the supervisor's, or the operator's as before. On the way it is both."""
    await hotline.carrier.tune(
        ear.room, ear.leg, muted=not taking and ear.mode == Mode.LISTEN, coach=_coach(ear, taking)
    )
    stays, goes = (ear.leg, ear.coached) if taking else (ear.coached, ear.leg)
    for leg, ends in ((stays, True), (goes, False)):
        if leg:
            await hotline.carrier.end_with(ear.room, leg, ends)


def _coach(ear: Ear, taking: bool) -> str:
    return ear.coached if ear.mode == Mode.WHISPER and not taking else ""


async def _stay(hotline: Hotline, ear: Ear) -> None:
    """It did not come to it. If the room is over, there is nothing to put back."""
    with suppress(CarrierFailed):
        await _change_places(hotline, ear, taking=False)


async def tune_in(hotline: Hotline, supervisor: str) -> None:
    """Make the carrier agree with what the store says; again, if it says otherwise by then. Raises CarrierFailed."""
    done = ""
    while (ear := await acd.ear(hotline, supervisor)).state == "listening" and ear.mode != done:
        whispers = ear.mode == Mode.WHISPER and bool(ear.coached)
        muted = ear.mode == Mode.LISTEN or (ear.mode == Mode.WHISPER and not whispers)
        await hotline.carrier.tune(ear.room, ear.leg, muted=muted, coach=ear.coached if whispers else "")
        done = ear.mode
    if done:
        await acd.tuned(hotline, supervisor=supervisor, mode=done)
