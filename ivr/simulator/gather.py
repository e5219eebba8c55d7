"""<Gather>: ask, and listen for keys while asking.

The first key stops the voice. The time allowed starts when the voice ends, or with the first key, and starts
again with each key. Nothing pressed is not an answer: the next verb follows, unless the document wants to
know.
"""

import asyncio

from ivr.simulator.call import Call, Visit, first_of
from ivr.simulator.documents import following
from ivr.simulator.stage import Stage
from ivr.simulator.twiml import Verb
from ivr.simulator.verbs import pause, play, say

PROMPTS = {"Say": say, "Play": play, "Pause": pause}


async def gather(stage: Stage, verb: Verb) -> Visit | None:
    digits = await (
        _listen(stage, verb) if "dtmf" in verb.words("input", "dtmf") else _hear_nobody(stage, verb)
    )
    if digits:
        return following(stage.here, verb.get("action"), verb.get("method"), {"Digits": digits})
    if verb.flag("actionOnEmptyResult", False):
        return following(stage.here, verb.get("action"), verb.get("method"))
    return None


async def _listen(stage: Stage, verb: Verb) -> str:
    with stage.call.listening("digits"):
        await first_of(_ask(stage, verb), _first_key(stage.call))
        return await _collect(stage, verb)


async def _hear_nobody(stage: Stage, verb: Verb) -> str:
    """Only speech was asked for. Nobody here understands speech, so it is taken for silence."""
    await _ask(stage, verb)
    await stage.exchange.clock.spend(verb.whole("timeout", 5))
    return ""


async def _ask(stage: Stage, verb: Verb) -> None:
    for prompt in verb.inside:
        await PROMPTS[prompt.name](stage, prompt)


async def _first_key(call: Call) -> None:
    """A key is down; it stays in the queue for whoever collects."""
    key = await call.keys.get()
    others = [call.keys.get_nowait() for _ in range(call.keys.qsize())]
    call.press(key + "".join(others))


async def _collect(stage: Stage, verb: Verb) -> str:
    digits, finish = "", verb.get("finishOnKey", "#")
    patience, most = stage.exchange.clock.real(verb.whole("timeout", 5)), verb.whole("numDigits", 0)
    while not most or len(digits) < most:
        try:
            key = await asyncio.wait_for(stage.call.keys.get(), patience)
        except TimeoutError:
            break
        if finish and key in finish:
            break
        digits += key
    return digits
