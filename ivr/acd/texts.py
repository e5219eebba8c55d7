"""The chapter of the queue about texts, as Python sees it."""

from enum import StrEnum
from typing import NamedTuple

from ivr.acd.asking import ask, ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


class TextState(StrEnum):
    """What is known of a text."""

    QUEUED = "queued"
    SENDING = "sending"  # a worker has taken it to the gateway
    SENT = "sent"  # the gateway has it
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    REFUSED = "refused"  # the gateway did not take it
    UNSURE = "unsure"  # it may have been sent; it is not sent again
    UNREPORTED = "unreported"  # the gateway has it, and the network has said nothing for half an hour


class Written(NamedTuple):
    word: Word
    cap: str  # which cap forbids it: number, alike, day


class Taken(NamedTuple):
    word: Word
    number: str
    words: str


async def write_text(hotline: Hotline, sid: str, *, number: str, line: str, words: str, day: str) -> Written:
    """This text is to be sent to the caller of the call; one at most, however often it is asked."""
    word, cap = await ask(hotline, "write_text", sid, number, line, words, day)
    return Written(Word(word), cap)


async def tell_of_promise(
    hotline: Hotline, sid: str, *, stage: str, number: str, line: str, words: str, day: str, why_not: str
) -> Word:
    """Whoever is now to act on this promise is told; NO when they cannot be, which `why_not` or the caps say. GONE when
    it is with somebody else by now."""
    word, _ = await ask(hotline, "tell_of_promise", sid, stage, number, line, words, day, why_not)
    return Word(word)


async def send_text(hotline: Hotline, sid: str) -> Taken:
    """A worker takes it to the gateway: OK for exactly one."""
    word, number, words = await ask(hotline, "send_text", sid)
    return Taken(Word(word), number, words)


async def text_is(hotline: Hotline, sid: str, state: TextState, code: str = "") -> Word:
    """What became of it, as the gateway says. `code` is the gateway's own word for why."""
    return await ask_word(hotline, "text_is", sid, state, code)
