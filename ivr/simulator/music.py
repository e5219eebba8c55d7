"""What somebody hears who waits for a room to begin, or is on hold there."""

from ivr.simulator.call import Call, Visit
from ivr.simulator.documents import HANG_UP, obtain
from ivr.simulator.errors import TwimlRefused
from ivr.simulator.exchange import Exchange
from ivr.simulator.stage import Stage
from ivr.simulator.verbs import pause, play, redirect, say

ALLOWED = {"Say": say, "Play": play, "Pause": pause, "Redirect": redirect}
OWN_MUSIC = "the phone company's music"


async def play_music(exchange: Exchange, call: Call, visit: Visit | None) -> None:
    """Play the document once; it goes on only if it redirects. One that is refused leaves silence."""
    text, url = (OWN_MUSIC, None) if visit is None else (None, visit.url)
    call.hear("music", text, at=exchange.clock.now(), url=url)
    while visit is not None:
        try:
            visit = await _one_document(exchange, call, visit)
        except TwimlRefused as refused:
            exchange.warn(refused.code, call.sid, refused.url, refused.sentence)
            return


async def _one_document(exchange: Exchange, call: Call, visit: Visit) -> Visit | None:
    document = await obtain(exchange, call, visit)
    stage = Stage(exchange, call, visit, _nothing_else)
    for verb in document.verbs:
        if verb is HANG_UP:
            return None  # a sound file, played to its end
        if verb.name not in ALLOWED:
            raise TwimlRefused(13238, visit.url, f"It holds <{verb.name}>.")
        following = await ALLOWED[verb.name](stage, verb)
        if following is not None:
            return following
    return None


async def _nothing_else(exchange: Exchange, call: Call, visit: Visit) -> None:
    raise TwimlRefused(13238, visit.url)
