"""The verbs that need nobody else: speaking, playing, waiting, going elsewhere, hanging up.

Each answers the document to go to next, or None to go on with the verb that follows it.
"""

import asyncio
from typing import NoReturn
from urllib.parse import urljoin

from ivr.simulator.call import CallStatus, Ended, Visit
from ivr.simulator.documents import following
from ivr.simulator.errors import NoReply
from ivr.simulator.sounds import keep, kept
from ivr.simulator.stage import Stage
from ivr.simulator.twiml import Verb

HAN_PER_SECOND = 4.5  # a calm announcer in Chinese
LETTERS_PER_SECOND = 15.0
FOR_EVER = 1_000  # what loop="0" means


async def say(stage: Stage, verb: Verb) -> Visit | None:
    language = verb.get("language", "en-US")
    for _ in range(verb.whole("loop", 1) or FOR_EVER):
        stage.hear("say", verb.text, language=language)
        await stage.exchange.clock.spend(speech_seconds(verb.text))
    return None


def speech_seconds(text: str) -> float:
    han = sum(1 for letter in text if letter >= "\u2e80")
    return han / HAN_PER_SECOND + (len(text) - han) / LETTERS_PER_SECOND


async def play(stage: Stage, verb: Verb) -> Visit | None:
    if verb.get("digits"):
        stage.hear("play", f"keys {verb.get('digits')}")
        await stage.exchange.clock.spend(0.2 * len(verb.get("digits")))
        return None
    url = urljoin(stage.here.url, verb.text)
    seconds = await sound_seconds(stage, url)
    if seconds is None:
        return None
    for _ in range(verb.whole("loop", 1) or FOR_EVER):
        stage.hear("play", url=url)
        await stage.exchange.clock.spend(seconds)
    return None


async def sound_seconds(stage: Stage, url: str) -> float | None:
    """How long this file plays; None, with a warning, if it cannot be fetched.
    Known files are not asked again.
    """
    exchange = stage.exchange
    seconds = kept(exchange, url)
    if seconds is not None:
        return seconds
    try:
        reply = await exchange.webhooks.fetch_sound(url, stage.call.cookies)
    except NoReply as silence:
        exchange.warn(silence.code, stage.call.sid, url, silence.reason)
        return None
    if not reply.ok:
        exchange.warn(11200, stage.call.sid, url, f"The sound was answered with {reply.status}.")
        return None
    return keep(exchange, url, reply)


async def pause(stage: Stage, verb: Verb) -> Visit | None:
    length = verb.whole("length", 1)
    stage.hear("pause", f"{length} s")
    await stage.exchange.clock.spend(length)
    return None


async def redirect(stage: Stage, verb: Verb) -> Visit | None:
    await asyncio.sleep(0)  # a document that redirects to itself must not keep others from their turn
    return following(stage.here, verb.text, verb.get("method"))


async def hangup(stage: Stage, verb: Verb) -> NoReturn:
    raise Ended(CallStatus.COMPLETED, "the application")


async def reject(stage: Stage, verb: Verb) -> NoReturn:
    """Refuse without answering. Too late for that, it is an ordinary hang-up."""
    if stage.call.answered_at is not None:
        raise Ended(CallStatus.COMPLETED, "the application")
    busy = verb.get("reason") == "busy"
    raise Ended(CallStatus.BUSY if busy else CallStatus.NO_ANSWER, "the application")
