"""The dial test that goes on to a person, as Python sees it: one function for each function of `through.lua`.

Each is told the published number and the call by which its test came in: the news of another call is GONE.
"""

from ivr.acd.asking import ask, ask_word
from ivr.acd.words import Rang, Whom, Word
from ivr.hotline import Hotline


async def ring(
    hotline: Hotline, number: str, sid: str, *, whom: Whom, seconds: int, reason: str = ""
) -> Word:
    """A phone of the post is about to be rung for so long. `reason` is why not to; AWAY if it is not."""
    return await ask_word(hotline, "ring_probe", number, sid, whom, seconds, reason)


async def pick_up(hotline: Hotline, number: str, sid: str, *, whom: Whom) -> Word:
    """Somebody or something has picked this phone up."""
    return await ask_word(hotline, "pick_up_probe", number, sid, whom)


async def reach(hotline: Hotline, number: str, sid: str, *, whom: Whom) -> Word:
    """Whoever picked up this phone has pressed 1. GONE when the test is over."""
    return await ask_word(hotline, "reach_probe", number, sid, whom)


async def learn_why(hotline: Hotline, number: str, sid: str, *, whom: Whom, why: str) -> Word:
    """The carrier says more exactly why this phone was not answered; or whoever answered said no."""
    return await ask_word(hotline, "learn_probe", number, sid, whom, why)


async def rang(
    hotline: Hotline, number: str, sid: str, *, whom: Whom, why: str, then: Whom | None = None
) -> Rang:
    """The ringing is over. OK if a person was there; else `then` is to be rung."""
    word, following = await ask(hotline, "probe_rang", number, sid, whom, why, then or "")
    return Rang(Word(word), Whom(following) if following else None)
