"""The chapter of the queue about posts that answer in person, as Python sees it."""

from typing import Literal

from ivr.acd.asking import ask, ask_word
from ivr.acd.words import Rang, Reason, Ringing, TurnedTo, Whom, Word
from ivr.hotline import Hotline


async def ring(hotline: Hotline, sid: str, *, whom: Whom, seconds: int, reason: str = "") -> Ringing:
    """A phone of the post is about to be rung for so long; each rings once a call. `reason` is why not to."""
    word, why = await ask(hotline, "ring", sid, whom, seconds, reason)
    return Ringing(Word(word), why)


async def answer_in_person(hotline: Hotline, sid: str, *, whom: Whom) -> Word:
    """Whoever picked up this phone has pressed 1. GONE when the caller is not there any more."""
    return await ask_word(hotline, "answer_in_person", sid, whom)


async def rang(
    hotline: Hotline,
    sid: str,
    *,
    whom: Whom,
    why: str,
    who: Literal["caller", "official"],
    then: Whom | None = None,
) -> Rang:
    """The ringing, or the talk, is over. An empty `why` is a talk, which `who` ended; else `then` is to be rung."""
    word, following = await ask(hotline, "rang", sid, whom, why, who, then or "")
    return Rang(Word(word), Whom(following) if following else None)


async def learn_why(hotline: Hotline, sid: str, *, whom: Whom, why: str) -> Word:
    """The carrier says more exactly why the first phone was not answered."""
    return await ask_word(hotline, "learn_why", sid, whom, why)


async def reason(hotline: Hotline, sid: str) -> Reason:
    """What a caller is to be told whom nobody answered. GONE if that is not so."""
    word, why, away, away_until, duty_rang = await ask(hotline, "reason", sid)
    return Reason(Word(word), why, away, int(away_until), bool(int(duty_rang)))


async def turn_to_operators(hotline: Hotline, sid: str, *, is_open: bool) -> TurnedTo:
    """The caller wants somebody of the hotline instead: why nobody can come, or nothing."""
    word, why = await ask(hotline, "turn_to_operators", sid, "open" if is_open else "closed")
    return TurnedTo(Word(word), why)


async def give_up(hotline: Hotline, sid: str) -> Word:
    """The caller wants nobody else."""
    return await ask_word(hotline, "give_up", sid)


async def go_away(hotline: Hotline, line: str, *, kind: str, until: int, by: str) -> Word:
    """Nobody rings this post until then (milliseconds since 1970). GONE if that moment has passed."""
    return await ask_word(hotline, "go_away", line, kind, until, by)


async def come_back(hotline: Hotline, line: str) -> Word:
    """They can be rung again."""
    return await ask_word(hotline, "come_back", line)
