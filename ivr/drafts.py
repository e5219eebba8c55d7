"""Prompts on their way: written, looked at and listened to, published at once or at a time, taken back.

A draft says nothing to anybody until it is published. One with a time is published by whichever worker looks first
once that time has come: the draft goes and the new edition comes in one step, so it happens once.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from pydantic import BaseModel, ConfigDict

from ivr.changes import attempt, basis, must_be
from ivr.errors import Conflict, Invalid, NotFound
from ivr.handbook import Handbook
from ivr.hotline import NOTHING, Hotline
from ivr.prompts import EXAMPLES, OCCASIONS, TEXT_ONLY, Prompt, Prompts
from ivr.roles import Person
from ivr.twiml import Reply, Speech, render


class Draft(BaseModel):
    """A sentence that is not said yet. Moments are in ms; `publish_at` is None while nobody has decided when."""

    model_config = ConfigDict(frozen=True)

    prompt: Prompt
    by: str
    saved_at: int
    publish_at: int | None = None


class Sentence(BaseModel):
    """One prompt as it is said now, and what is to be said instead. A change of either goes with its basis."""

    model_config = ConfigDict(frozen=True)

    key: str
    when: str
    variables: tuple[str, ...]
    text: str
    audio: str | None
    basis: str
    draft: Draft | None
    draft_basis: str


class Preview(BaseModel):
    """How a sentence would be said: with its variables filled in, and as the carrier is told it."""

    text: str
    audio: str | None
    twiml: str


async def sentences(hotline: Hotline) -> list[Sentence]:
    """All prompts, in the order of a call."""
    drafts = {draft.prompt.key: draft for draft in await _drafts(hotline)}
    return [_sentence(said, drafts.get(said.key)) for said in hotline.handbook.prompts.prompts]


async def sentence(hotline: Hotline, key: str) -> Sentence:
    """One of them. Raises NotFound."""
    return _sentence(_said(hotline.handbook, key), await _draft(hotline, key))


def _sentence(said: Prompt, draft: Draft | None) -> Sentence:
    when, variables = OCCASIONS[said.key]
    return Sentence(
        key=said.key,
        when=when,
        variables=tuple(sorted(variables)),
        text=said.text,
        audio=said.audio,
        basis=basis(said),
        draft=draft,
        draft_basis=basis(draft),
    )


def preview(hotline: Hotline, key: str, text: str, audio: str | None) -> Preview:
    """The sentence as the next caller would have it. Raises Invalid for one that could not be said."""
    prompt = _written(hotline, key, text, audio)
    others = [one for one in hotline.handbook.prompts.prompts if one.key != key]
    prompts = Prompts([*others, prompt], hotline.handbook.profile.voice)
    spoken = prompts.say(key, **{name: EXAMPLES.get(name, name) for name in OCCASIONS[key].variables})
    return Preview(text=spoken.text, audio=spoken.audio, twiml=render(Reply((Speech(spoken),))).decode())


# ------------------------------------------------------------------------------------------ writing


async def publish(
    hotline: Hotline, key: str, text: str, audio: str | None, *, by: Person, expected: str | None = None
) -> None:
    """Say this from the next caller on."""
    prompt = _written(hotline, key, text, audio)

    def with_prompt(known: Handbook) -> Handbook:
        must_be(_said(known, key), expected)
        return _saying(prompt, known)

    where, done = hotline.key("draft", key), False
    while not done:
        stored = await hotline.store.ask(
            "GET", where
        )  # a draft of it would be said later in place of this: it goes
        also = {where: stored} if stored else NOTHING
        done = await attempt(hotline, f"提示语“{OCCASIONS[key].when}”", by, with_prompt, also=also)


async def save(
    hotline: Hotline,
    key: str,
    text: str,
    audio: str | None,
    at: datetime | None,
    *,
    by: Person,
    expected: str | None = None,
) -> Draft:
    """Keep a draft, in place of the one that its editor saw (`expected`); with `at` it is published then."""
    prompt = _written(hotline, key, text, audio)
    draft = Draft(prompt=prompt, by=by.id, saved_at=hotline.now(), publish_at=_later(hotline, at))
    where, done = hotline.key("draft", key), False
    while not done:
        stored = await hotline.store.ask("GET", where)
        must_be(_read(stored) if stored else None, expected)
        done = await hotline.store.swap({where: stored or "0"}, ("SET", where, draft.model_dump_json()))
    return draft


def _later(hotline: Hotline, at: datetime | None) -> int | None:
    """The moment in ms; without a zone it is the city's own time. Raises Invalid for the past."""
    if at is None:
        return None
    moment = int((at if at.tzinfo else at.replace(tzinfo=hotline.timezone)).timestamp() * 1000)
    if moment <= hotline.now():
        wrong = "发布时间已经过去了：请选以后的时间，或立即发布"
        raise Invalid(wrong, {"publish_at": wrong})
    return moment


async def discard(hotline: Hotline, key: str) -> bool:
    """Throw a draft away. Says whether there was one."""
    return bool(await hotline.store.ask("DEL", hotline.key("draft", _known(key))))


async def publish_draft(hotline: Hotline, key: str, *, by: Person) -> None:
    """What was written is said from the next caller on. Raises Conflict if nothing was written."""
    if not await _publish_stored(hotline, _known(key), by, lambda draft: True):
        raise Conflict("这一句没有草稿：可能已被别人发布或丢弃，请刷新页面")


async def publish_due(hotline: Hotline) -> None:
    """Publish the drafts whose time has come: every worker looks, one does it."""
    for draft in await _drafts(hotline):
        if _is_due(draft, hotline.now()):
            await _publish_stored(hotline, draft.prompt.key, None, lambda one: _is_due(one, hotline.now()))


def _is_due(draft: Draft, now: int) -> bool:
    return draft.publish_at is not None and draft.publish_at <= now


async def _publish_stored(
    hotline: Hotline, key: str, by: Person | None, wanted: Callable[[Draft], bool]
) -> bool:
    """The draft as it is stored becomes what is said, and is gone. False if there is none that is wanted."""
    where = hotline.key("draft", key)
    while (stored := await hotline.store.ask("GET", where)) and wanted(draft := _read(stored)):
        what = f"提示语“{OCCASIONS[key].when}”" + ("" if by else f"（{draft.by} 定时发布）")
        if await attempt(hotline, what, by, partial(_saying, draft.prompt), also={where: stored}):
            return True
    return False


def _saying(prompt: Prompt, known: Handbook) -> Handbook:
    others = [one for one in known.prompts.prompts if one.key != prompt.key]
    return replace(known, prompts=Prompts([*others, prompt], known.profile.voice))


# ------------------------------------------------------------------------------------------ reading


def _written(hotline: Hotline, key: str, text: str, audio: str | None) -> Prompt:
    if audio and key in TEXT_ONLY:
        raise Invalid("这一句在系统出错时播出，那时可能取不到录音：请只用文字")
    fields = {"key": _known(key), "language": hotline.handbook.profile.language, "text": text, "audio": audio}
    return Prompt.read(fields, f"提示语“{key}”")


def _said(known: Handbook, key: str) -> Prompt:
    return next(one for one in known.prompts.prompts if one.key == _known(key))


def _known(key: str) -> str:
    if key not in OCCASIONS:
        raise NotFound(f"没有“{key}”这一句提示语：可用 {'、'.join(OCCASIONS)}")
    return key


async def _draft(hotline: Hotline, key: str) -> Draft | None:
    stored = await hotline.store.ask("GET", hotline.key("draft", key))
    return _read(stored) if stored else None


async def _drafts(hotline: Hotline) -> list[Draft]:
    stored = await hotline.store.ask("MGET", *(hotline.key("draft", key) for key in OCCASIONS))
    return [_read(one) for one in stored if one]


def _read(stored: str) -> Draft:
    return Draft.model_validate(json.loads(stored))
