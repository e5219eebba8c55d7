"""<Dial>: meet somebody, in a room or on a softphone, and then tell the action how it went.

Whoever is called away during a Dial, by hanging up or by REST, still causes the action to be told, but what
it answers is not played. A Dial that reaches its end goes to the action, or without one to the next verb.
"""

import asyncio
from collections.abc import Awaitable, Callable

from ivr.simulator.bridge import ring_clients
from ivr.simulator.call import Visit
from ivr.simulator.documents import following
from ivr.simulator.errors import TwimlRefused
from ivr.simulator.rooms import attend
from ivr.simulator.stage import Stage
from ivr.simulator.twiml import Verb


async def dial(stage: Stage, verb: Verb) -> Visit | None:
    nouns = verb.inside or ((Verb("Number", {}, verb.text),) if verb.text else ())
    meet = NOUNS.get(nouns[0].name if nouns else "")
    if meet is None or len({noun.name for noun in nouns}) > 1:
        called = " and ".join(f"<{noun.name}>" for noun in nouns) or "nobody"
        raise TwimlRefused(13224, stage.here.url, f"This exchange cannot dial {called}.")
    try:
        result = await meet(stage, verb, nouns)
    except asyncio.CancelledError:
        if verb.get("action"):
            status = "answered" if nouns[0].name == "Conference" else "completed"
            stage.mention(_action(stage, verb, {"DialCallStatus": status}))
        raise
    return _action(stage, verb, result) if verb.get("action") else None


def _action(stage: Stage, verb: Verb, result: dict[str, str]) -> Visit:
    return following(stage.here, verb.get("action"), verb.get("method"), result)


async def _enter_room(stage: Stage, verb: Verb, nouns: tuple[Verb, ...]) -> dict[str, str]:
    """After a room Twilio names no other call: there may have been many."""
    return {"DialCallStatus": await attend(stage, nouns[0])}


# Where <Number> and <Sip> will come.
NOUNS: dict[str, Callable[[Stage, Verb, tuple[Verb, ...]], Awaitable[dict[str, str]]]] = {
    "Conference": _enter_room,
    "Client": ring_clients,
}
