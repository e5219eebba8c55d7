"""Sound files: how long they play, and for how long nobody need ask for them again.

What is asked for with GET is kept for its `Cache-Control: max-age`, whether it is played by a verb or is itself the
music of a room or a hold. https://www.twilio.com/docs/api/errors/13234
"""

import io
import wave

from ivr.simulator.exchange import Exchange
from ivr.simulator.webhooks import Reply

NOMINAL_SECONDS = 8.0  # where the file's own length cannot be read


def kept(exchange: Exchange, url: str) -> float | None:
    """The seconds that this file plays; None if it must be asked for."""
    seconds, until = exchange.sound_lengths.get(url, (0.0, 0.0))
    return seconds if exchange.clock.now() < until else None


def keep(exchange: Exchange, url: str, reply: Reply) -> float:
    """Remember this file for as long as it wants to be; answers the seconds that it plays."""
    seconds = _wav_seconds(reply.body) if "wav" in reply.media_type else NOMINAL_SECONDS
    if reply.max_age:
        exchange.sound_lengths[url] = (seconds, exchange.clock.now() + reply.max_age)
    return seconds


def _wav_seconds(body: bytes) -> float:
    try:
        with wave.open(io.BytesIO(body)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError):
        return NOMINAL_SECONDS
