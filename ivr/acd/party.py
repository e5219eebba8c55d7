"""Whoever else comes into a talk, as Python asks the queue for it."""

from ivr.acd.asking import ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


async def hand_over(hotline: Hotline, sid: str, *, giver: str, taker: str) -> Word:
    """The operator `giver` goes to their wrap-up, and the caller goes on talking with `taker`. GONE unless the one has
    the call and the other's line is free, or talks in it already."""
    return await ask_word(hotline, "hand_over", sid, giver, taker)
