"""Sealing a call and opening it again, as the queue keeps it."""

from ivr.acd.asking import ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


async def seal(hotline: Hotline, sid: str, *, operator: str) -> Word:
    """The caller asked that nobody learn who they are; `operator` heard it."""
    return await ask_word(hotline, "seal", sid, operator)


async def unseal(hotline: Hotline, sid: str) -> Word:
    """It was sealed by mistake, or the caller no longer asks for it."""
    return await ask_word(hotline, "unseal", sid)
