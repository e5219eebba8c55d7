"""<Dial>: meet somebody, in a room or on their phone, and then tell the action how it went.

Whoever is called away during a Dial, by hanging up or by REST, still causes the action to be told, but what
it answers is not played. A Dial that reaches its end goes to the action, or without one to the next verb.
"""

import asyncio
from collections.abc import Awaitable, Callable

from ivr.simulator.bridge import ring_phones
from ivr.simulator.call import Visit
from ivr.simulator.documents import following
from ivr.simulator.errors import TwimlRefused
from ivr.simulator.rooms import attend
from ivr.simulator.stage import Stage
from ivr.simulator.twiml import Verb

Outcome = dict[str, str]  # what the action is told; a meeting fills it in, even one that is broken off
Meeting = Callable[[Stage, Verb, tuple[Verb, ...], Outcome], Awaitable[None]]


async def dial(stage: Stage, verb: Verb) -> Visit | None:
    nouns = called_by(verb)
    meet, outcome = _way_to_meet(stage, nouns), Outcome()
    try:
        await meet(stage, verb, nouns, outcome)
    except asyncio.CancelledError:
        if verb.get("action"):
            stage.mention(_action(stage, verb, outcome))
        raise
    return _action(stage, verb, outcome) if verb.get("action") else None


def called_by(verb: Verb) -> tuple[Verb, ...]:
    """Whom a Dial calls: its nouns, or the bare number that it holds."""
    return verb.inside or ((Verb("Number", {}, verb.text),) if verb.text else ())


def _way_to_meet(stage: Stage, nouns: tuple[Verb, ...]) -> Meeting:
    """One room, or phones of any kinds; TwimlRefused (13224) for anything else."""
    kinds = [noun.name for noun in nouns]
    if kinds == ["Conference"]:
        return _enter_room
    if kinds and "Conference" not in kinds:
        return ring_phones
    called = " and ".join(f"<{kind}>" for kind in kinds) or "nobody"
    raise TwimlRefused(13224, stage.here.url, f"This exchange cannot dial {called}.")


def _action(stage: Stage, verb: Verb, outcome: Outcome) -> Visit:
    return following(stage.here, verb.get("action"), verb.get("method"), outcome)


async def _enter_room(stage: Stage, verb: Verb, nouns: tuple[Verb, ...], outcome: Outcome) -> None:
    """After a room Twilio names no other call: there may have been many."""
    outcome["DialCallStatus"] = "answered"
    outcome["DialCallStatus"] = await attend(stage, nouns[0])
