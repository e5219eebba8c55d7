"""How a function of the queue's library is asked. Nobody outside this package calls FCALL."""

import json
from typing import Any

from ivr.acd.words import Word
from ivr.hotline import Hotline

WORDS = {word.value: word for word in Word}


async def ask(hotline: Hotline, move: str, *arguments: str | int) -> list[str]:
    """The answer of `acd_<move>`, as it stands."""
    answer: list[str] = await hotline.ask(f"acd_{move}", *arguments)
    return answer


async def ask_word(hotline: Hotline, move: str, *arguments: str | int) -> Word:
    """What became of it, where that is all there is to say."""
    return WORDS[(await ask(hotline, move, *arguments))[0]]


def record(text: str) -> dict[str, Any]:
    """An answer that Lua wrote as JSON."""
    found: dict[str, Any] = json.loads(text)
    return found


def fields(flat: list[str]) -> dict[str, str]:
    """A hash as Lua hands it on: names, each before its value."""
    return dict(zip(flat[::2], flat[1::2], strict=True))
