"""Playing documents: one leads to the next, until nothing is left to play."""

from collections.abc import Awaitable, Callable

from ivr.simulator import progress
from ivr.simulator.call import Call, CallStatus, Ended, Visit
from ivr.simulator.dial import called_by, dial
from ivr.simulator.documents import fallback_for, obtain
from ivr.simulator.errors import TwimlRefused
from ivr.simulator.exchange import Exchange
from ivr.simulator.gather import gather
from ivr.simulator.mishaps import may_drop
from ivr.simulator.record import record
from ivr.simulator.stage import Stage
from ivr.simulator.twiml import Verb
from ivr.simulator.verbs import hangup, pause, play, redirect, reject, say

VERBS: dict[str, Callable[[Stage, Verb], Awaitable[Visit | None]]] = {
    "Say": say,
    "Play": play,
    "Pause": pause,
    "Gather": gather,
    "Record": record,
    "Dial": dial,
    "Redirect": redirect,
    "Hangup": hangup,
    "Reject": reject,
}
WHISPERED = ("Say", "Play", "Pause", "Gather", "Hangup")  # to a phone, before it is joined
DO_NOT_ANSWER = ("Reject", "Pause")  # as first verbs; every other one picks up the phone
APOLOGY = "We are sorry, an application error has occurred. Goodbye."


async def perform(exchange: Exchange, call: Call, first: Visit) -> None:
    """Play a document and all that follow it. Returns when out of verbs; Ended: a verb hung up."""
    upcoming: Visit | None = first
    while (visit := upcoming) is not None:
        may_drop(exchange, call, visit.url)
        try:
            upcoming = await _one_document(exchange, call, visit)
        except TwimlRefused as refused:
            upcoming = _refuse(exchange, call, visit, refused)


async def _one_document(exchange: Exchange, call: Call, visit: Visit) -> Visit | None:
    document = await obtain(exchange, call, visit)
    stage = Stage(exchange, call, visit, perform)
    for verb in document.verbs:
        if visit.is_whisper and verb.name not in WHISPERED:
            raise TwimlRefused(13201, visit.url, f"It holds <{verb.name}>.")
        if not _leaves_ringing(verb):
            progress.answer(exchange, call)
        following = await VERBS[verb.name](stage, verb)
        if following is not None:
            return following
    progress.answer(exchange, call)
    return None


def _leaves_ringing(verb: Verb) -> bool:
    """A Dial with answerOnBridge answers when the other side does; a room is no other side."""
    waits = verb.name == "Dial" and any(noun.name != "Conference" for noun in called_by(verb))
    return verb.name in DO_NOT_ANSWER or (waits and verb.flag("answerOnBridge", False))


def _refuse(exchange: Exchange, call: Call, visit: Visit, refused: TwimlRefused) -> Visit:
    """What Twilio would not play: the fallback, or an apology in English and the end of the call."""
    exchange.warn(refused.code, call.sid, refused.url, refused.sentence)
    call.hear("error", f"{refused.code}: {refused.sentence}", at=exchange.clock.now(), url=refused.url)
    fallback = fallback_for(call.fallback, visit, refused)
    if fallback is None:
        progress.answer(exchange, call)
        call.hear("say", APOLOGY, at=exchange.clock.now(), language="en-US")
        raise Ended(CallStatus.COMPLETED, f"error {refused.code}")
    return fallback
