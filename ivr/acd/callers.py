"""Callers as the queue knows them: their class, and a supervisor's request to pause."""

from ivr.acd.asking import ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


async def block(hotline: Hotline, caller: str, *, until: int, by: str, sid: str, reason: str) -> Word:
    """From the next call on and until this moment (ms since 1970) the caller is told to pause. NO for a caller without
    a number, or a moment that is past."""
    return await ask_word(hotline, "block", caller, until, by, sid, reason)


async def unblock(hotline: Hotline, caller: str, *, by: str) -> Word:
    """The caller may ring again at once."""
    return await ask_word(hotline, "unblock", caller, by)


async def classify(hotline: Hotline, caller: str, name: str, *, by: str, reason: str) -> Word:
    """From the next call on the caller is of this class; of none, if it is empty."""
    return await ask_word(hotline, "classify", caller, name, by, reason)


async def speak(hotline: Hotline, sid: str, language: str) -> Word:
    """During the greeting: the caller waits for whoever speaks this language, and is remembered to for a year."""
    return await ask_word(hotline, "speak", sid, language)
