"""The dial test at an operator's desk, as Python sees it: one function for each function of `desk_probes.lua`.

What the operator does is done as with a call: `acd.accept`, `acd.decline`, `acd.pick_up`, `acd.release`.
"""

from ivr.acd.asking import ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


async def seek(hotline: Hotline, number: str, sid: str, *, queue: str) -> Word:
    """The call by which the test of this number came in asks for an operator of this queue, again and again. WAITING
    while none is free or it rings or is heard; AWAY when nobody came, OK when somebody has heard it."""
    return await ask_word(hotline, "seek_operator", number, sid, queue)


async def heard_out(hotline: Hotline, *, operator: str, leg: str) -> Word:
    """The operator has heard the sentence, on this call of the carrier's."""
    return await ask_word(hotline, "heard_out", operator, leg)
