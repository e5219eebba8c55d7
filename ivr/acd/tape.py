"""The recording of a talk, as Python asks the queue for it."""

from ivr.acd.asking import ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


async def runs(hotline: Hotline, sid: str, *, recording: str) -> Word:
    """The carrier records this call. ALREADY when another recording of it counts, GONE when the call is unknown."""
    return await ask_word(hotline, "tape_runs", sid, recording)


async def pause(hotline: Hotline, *, operator: str) -> Word:
    """What is said now is not kept. GONE while nothing is recorded."""
    return await ask_word(hotline, "pause_tape", operator)


async def resume(hotline: Hotline, *, operator: str) -> Word:
    return await ask_word(hotline, "resume_tape", operator)


async def is_over(hotline: Hotline, sid: str, *, recording: str, seconds: int) -> Word:
    """The carrier has the recording, complete."""
    return await ask_word(hotline, "tape_is_over", sid, recording, seconds)
