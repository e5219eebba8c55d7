"""The codes of posts, as the queue's library counts the tries."""

from typing import NamedTuple

from ivr.acd.asking import ask, ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


class Tried(NamedTuple):
    """`lines` is the post whose code it is; of a wrong one, the posts that it has just locked."""

    word: Word
    lines: tuple[str, ...]


async def set_code(hotline: Hotline, line: str, *, digest: str, by: str) -> Word:
    """In place of the one before, whose lock ends."""
    return await ask_word(hotline, "set_code", line, digest, by)


async def drop_code(hotline: Hotline, line: str) -> Word:
    """ALREADY if it had none."""
    return await ask_word(hotline, "drop_code", line)


async def try_code(hotline: Hotline, caller: str, typing: str, digests: dict[str, str]) -> Tried:
    """OK, NO, or LOCKED. `digests` are by post what the code typed would be there; one `typing` counts once."""
    pairs = (part for pair in digests.items() for part in pair)
    word, lines = await ask(hotline, "try_code", caller, typing, *pairs)
    return Tried(Word(word), tuple(lines.split()))
