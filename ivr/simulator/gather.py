"""<Gather>: ask, and listen for keys while asking.

The first key stops the voice. The time allowed starts when the voice ends, or with the first key, and starts
again with each key. Nothing pressed is not an answer: the next verb follows, unless the document wants to
know.
"""

import asyncio

from ivr.simulator.call import Call, Visit, first_of
from ivr.simulator.documents import following
from ivr.simulator.progress import call_fields, tell
from ivr.simulator.stage import Stage
from ivr.simulator.twiml import Verb
from ivr.simulator.verbs import pause, play, say, speech_seconds

A_PAUSE = 1  # second of silence that ends what is said, where the document leaves that to us
CONFIDENCE = "0.9"
PROMPTS = {"Say": say, "Play": play, "Pause": pause}


async def gather(stage: Stage, verb: Verb) -> Visit | None:
    digits = words = ""
    if "dtmf" in verb.words("input", "dtmf"):
        digits = await _listen(stage, verb)
    else:
        words = await _understand(stage, verb)
    if digits:
        return following(stage.here, verb.get("action"), verb.get("method"), {"Digits": digits})
    if words:
        extra = {"SpeechResult": words, "Confidence": CONFIDENCE}
        return following(stage.here, verb.get("action"), verb.get("method"), extra)
    if verb.flag("actionOnEmptyResult", False):
        return following(stage.here, verb.get("action"), verb.get("method"))
    return None


async def _listen(stage: Stage, verb: Verb) -> str:
    with stage.call.listening("digits"):
        await first_of(_ask(stage, verb), _first_key(stage.call))
        return await _collect(stage, verb)


async def _understand(stage: Stage, verb: Verb) -> str:
    """Only speech was asked for. What a document says at the far end is understood, word for word; of a person's voice
    there are no words, so it is taken for silence."""
    await _ask(stage, verb)
    clock, words, heard = stage.exchange.clock, stage.call.words, 0
    patience, text = float(verb.whole("timeout", 5)), ""
    while True:
        try:
            sentence = await asyncio.wait_for(words.get(), clock.real(patience))
        except TimeoutError:
            return text
        await clock.spend(speech_seconds(sentence))
        text, patience = text + sentence, float(verb.whole("speechTimeout", A_PAUSE))
        _tell_so_far(stage, verb, text, heard)
        heard += 1


def _tell_so_far(stage: Stage, verb: Verb, text: str, n: int) -> None:
    """Whoever hangs up in the middle leaves no result; what was understood by then has been told."""
    if not verb.get("partialResultCallback"):
        return
    target = following(stage.here, verb.get("partialResultCallback"), verb.get("partialResultCallbackMethod"))
    form = call_fields(stage.exchange, stage.call)
    form |= {"UnstableSpeechResult": text, "Stability": CONFIDENCE, "SequenceNumber": str(n)}
    stage.exchange.spawn(tell(stage.exchange, target.url, target.method, form, stage.call.sid))


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
