"""What somebody hears who waits for a room to begin or is on hold there, and whatever else is only heard."""

import asyncio
from collections.abc import Callable

from ivr.simulator.call import Call, Visit
from ivr.simulator.documents import HANG_UP, obtain
from ivr.simulator.errors import TwimlRefused
from ivr.simulator.exchange import Exchange
from ivr.simulator.stage import Stage
from ivr.simulator.twiml import Document
from ivr.simulator.verbs import pause, play, redirect, say

ALLOWED = {"Say": say, "Play": play, "Pause": pause, "Redirect": redirect}
OWN_MUSIC = "the phone company's music"


async def play_music(exchange: Exchange, call: Call, visit: Visit | None) -> None:
    """Play the document once; it goes on only if it redirects. One that is refused leaves silence."""
    text, url = (OWN_MUSIC, None) if visit is None else (None, visit.url)
    call.hear("music", text, at=exchange.clock.now(), url=url)
    while visit is not None:
        try:
            document = await obtain(exchange, call, visit)
            visit = await play_to(exchange, visit, document, lambda: [call])
        except TwimlRefused as refused:
            exchange.warn(refused.code, call.sid, refused.url, refused.sentence)
            return


async def play_to(
    exchange: Exchange, visit: Visit, document: Document, hearers: Callable[[], list[Call]]
) -> Visit | None:
    """Let whoever is there hear this document, one verb after the other; answers where it leads.

    TwimlRefused (13238) if it wants to do more than be heard."""
    for verb in document.verbs:
        if verb is HANG_UP:
            return None  # a sound file, played to its end
        if verb.name not in ALLOWED:
            raise TwimlRefused(13238, visit.url, f"It holds <{verb.name}>.")
        stages = [Stage(exchange, call, visit, _nothing_else) for call in hearers()]
        led_to = await asyncio.gather(*(ALLOWED[verb.name](stage, verb) for stage in stages))
        if led_to and led_to[0] is not None:
            return led_to[0]
    return None


async def _nothing_else(exchange: Exchange, call: Call, visit: Visit) -> None:
    raise TwimlRefused(13238, visit.url)
