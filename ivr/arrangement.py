"""How a hotline is arranged: every section of its profile, read and changed by name; and who serves which queue now.

A section is a page of the profile (`queue`, `hours` ...), a table of pages by name (`queues`, `classes`), or `general`:
the facts that stand in no section. It is found in the model itself, so a new section is here as soon as it is there.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple, get_args, get_origin

from ivr import neighbours
from ivr.accounts import read_skills
from ivr.changes import change, digest, must_be_same
from ivr.errors import Conflict, Invalid, NotFound
from ivr.handbook import Handbook
from ivr.hotline import Hotline
from ivr.page import Page
from ivr.profile import Profile
from ivr.prompts import Prompts
from ivr.roles import Person

GENERAL = "general"
FIXED = frozenset({"language"})  # of the general facts: its sentences come with it, in a folder


def _kind(annotation: Any) -> tuple[str, type[Page] | None]:
    """`page`, `table` or `fact`, and the model of the first two."""
    if isinstance(annotation, type) and issubclass(annotation, Page):
        return "page", annotation
    if get_origin(annotation) is dict and issubclass(page := get_args(annotation)[1], Page):
        return "table", page
    return "fact", None


_KINDS = {name: _kind(field.annotation) for name, field in Profile.model_fields.items()}
PAGES = {name: model for name, (kind, model) in _KINDS.items() if kind == "page" and model}
TABLES = {name: model for name, (kind, model) in _KINDS.items() if kind == "table" and model}
FACTS = frozenset(name for name, (kind, _) in _KINDS.items() if kind == "fact")
SECTIONS = (GENERAL, *PAGES, *TABLES)


class Section(NamedTuple):
    """A section's fields in JSON's types, and what tells this state of it from another."""

    fields: dict[str, Any]
    basis: str


def section(known: Handbook, name: str) -> Section:
    """Raises NotFound for a section that there is not."""
    if name not in SECTIONS:
        raise NotFound(f"没有“{name}”这一组设置：有 {'、'.join(SECTIONS)}")
    said = known.profile.model_dump(mode="json")
    fields = {fact: said[fact] for fact in said if fact in FACTS} if name == GENERAL else said[name]
    return Section(fields, digest(json.dumps(fields, ensure_ascii=False, sort_keys=True)))


async def arrange(
    hotline: Hotline,
    name: str,
    fields: Mapping[str, Any],
    *,
    by: Person,
    expected: str | None = None,
) -> None:
    """Change what is given of a section; in a table, a name with None is taken out. Raises Invalid, Conflict."""

    def arranged(known: Handbook) -> Handbook:
        must_be_same(section(known, name).basis, expected)
        profile = Profile.read(_with(known.profile, name, fields), "设置")
        said = tuple(one for one in known.translations if one.language in profile.languages)
        prompts = Prompts(known.prompts.prompts, profile.voice)
        return replace(known, profile=profile, prompts=prompts, translations=said)

    section(hotline.handbook, name)
    if name == "queues":
        await _must_be_empty(hotline, [queue for queue, page in fields.items() if page is None])
        await _must_arrive_somewhere(hotline, fields)
    await change(hotline, f"设置“{title_of(name)}”", by, arranged)


def title_of(name: str) -> str:
    """What people call a section."""
    return "基本" if name == GENERAL else str(Profile.model_fields[name].description).partition("；")[0]


def short_title_of(name: str) -> str:
    """As much of it as a link, or a line above what was changed, has room for."""
    return title_of(name).partition("：")[0].partition("，")[0]


def _with(profile: Profile, name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = profile.model_dump(mode="json")
    if name == GENERAL:
        strangers = fields.keys() - (FACTS - FIXED)
        if strangers:
            raise Invalid(f"“{'、'.join(sorted(strangers))}”不能在这里改：请检查名称")
        return said | dict(fields)
    if name in PAGES:
        return said | {name: said[name] | dict(fields)}
    pages = {one: {**said[name].get(one, {}), **page} for one, page in fields.items() if page is not None}
    kept = {one: page for one, page in said[name].items() if one not in fields or fields[one] is not None}
    return said | {name: kept | pages}


async def _must_be_empty(hotline: Hotline, queues: list[str]) -> None:
    """Nobody may be left standing in a line that there is no longer."""
    for queue in queues:
        if await hotline.store.ask("ZCARD", hotline.key("waiting", queue)):
            raise Conflict(f"队列 {queue} 里还有人在等：请等他们接通之后再删")


async def _must_arrive_somewhere(hotline: Hotline, queues: Mapping[str, Any]) -> None:
    """Whoever is passed on must be answered there. What is no target at all is refused with the rest of the page."""
    wrong = {}
    for queue, page in queues.items():
        target = str((page or {}).get("pass_on_to", ""))
        if target.count(" ") == 1 and (why := await neighbours.why_not(hotline, target)):
            wrong[f"queues.{queue}.pass_on_to"] = why
    if wrong:
        raise Invalid("；".join(f"队列 {where.split('.')[1]}：{why}" for where, why in wrong.items()), wrong)


# ------------------------------------------------------------------------------------------ who serves what


class Manned(NamedTuple):
    """One queue as it is now, and who could serve it."""

    name: str
    waiting: int
    on_shift: list[str]  # seat numbers of those who are present and serve it
    able: list[str]  # and of everybody whose skills would do


async def manned(hotline: Hotline, skills: Mapping[str, str]) -> list[Manned]:
    """Every queue. `skills` are those of each account, as they were written."""
    names = list(hotline.handbook.profile.queues)
    waiting = await hotline.store.each(*(("ZCARD", hotline.key("waiting", name)) for name in names))
    present = await hotline.store.each(*(("SMEMBERS", hotline.key("on_shift", name)) for name in names))
    served = {id_: _served(hotline, written) for id_, written in skills.items()}
    return [
        Manned(
            name, int(count), sorted(here), sorted(id_ for id_, queues in served.items() if name in queues)
        )
        for name, count, here in zip(names, waiting, present, strict=True)
    ]


def _served(hotline: Hotline, skills: str) -> set[str]:
    queues = hotline.handbook.profile.queues_of(dict(read_skills(skills)))
    return {word.partition("=")[0] for word in queues.split()}
