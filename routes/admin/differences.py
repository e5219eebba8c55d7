"""What an edition changed, as people call it: the part of the handbook, the field of it, and what it was and is."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from ivr.announcement import Announcement
from ivr.arrangement import PAGES, TABLES, short_title_of
from ivr.changes import DOORS, MEANS
from ivr.directory import Line, grouped
from ivr.editions import Changed
from ivr.hours import Correction, Notice
from ivr.ledger import Entry
from ivr.profile import Profile
from ivr.prompts import OCCASIONS
from ivr.titles import CHOSEN
from routes.admin.fields import label_of

SENTENCE = {"text": "文字", "audio": "录音"}
NAMES = frozenset({"number", "key", "language", "day", "year"})  # of what was changed: they stand above it

PLACED: tuple[type[BaseModel], ...] = (Line, *TABLES.values())
QUEUE = {label_of(model, "queue") for model in PLACED if "queue" in model.model_fields}


class Difference(NamedTuple):
    """One field: `of` is what it belongs to; `before` and `after` are empty where there was, or is, nothing."""

    of: str
    field: str
    before: str
    after: str


def differences(changes: Iterable[Changed], queues: Mapping[str, str]) -> list[Difference]:
    """Field by field, in the order of the changes. `queues` are the titles of those that there are."""
    found = [one for change in changes for one in _TOLD[change.section](change)]
    return [_with_queue(one, queues) if one.field in QUEUE else one for one in found]


def _with_queue(one: Difference, queues: Mapping[str, str]) -> Difference:
    before, after = (queues.get(name, name) for name in (one.before, one.after))
    return one._replace(before=before, after=after)


def _of_profile(change: Changed) -> Iterator[Difference]:
    before, after = _read(change)
    if change.name in PAGES:
        yield from _of_page(short_title_of(change.name), PAGES[change.name], before, after)
    elif change.name in TABLES:
        yield from _of_table(change.name, before or {}, after or {})
    else:
        name = change.name
        yield from _parts("基本", {name: label_of(Profile, name)}, {name: before}, {name: after})


def _of_table(name: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    for one in sorted(before.keys() | after.keys()):
        old, new = before.get(one), after.get(one)
        title = (new or old or {}).get("title", one)
        yield from _of_page(f"{short_title_of(name)}“{title}”", TABLES[name], old, new)


def _of_directory(change: Changed) -> Iterator[Difference]:
    before, after = _read(change)
    whose = Line.model_construct(**(after or before)).display_name
    yield from _of_page(f"{whose} {grouped(change.name)}", Line, before, after)


def _of_ledger(change: Changed) -> Iterator[Difference]:
    before, after = _read(change)
    yield from _of_page(f"台账 {grouped((after or before)['number'])}", Entry, before, after)


def _of_prompts(change: Changed) -> Iterator[Difference]:
    key = change.name.partition(":")[2]
    when = OCCASIONS[key].when.partition("；")[0] if key in OCCASIONS else key
    yield from _parts(f"提示语“{when}”", SENTENCE, *_read(change))


def _of_calendar(change: Changed) -> Iterator[Difference]:
    before, after = _read(change)
    kind, _, which = change.name.partition(":")
    if kind == "notice":
        yield from _of_page(f"{which} 年放假安排", Notice, before, after)
    elif kind == "correction":
        yield from _of_page(f"{which} 的更正", Correction, before, after)
    elif kind == "announcement":
        yield from _of_page("紧急播报", Announcement, before, after)
    else:
        yield Difference("开放", "", *(DOORS[held] if held else "按日历" for held in (before, after)))


_TOLD = {
    "profile": _of_profile,
    "directory": _of_directory,
    "ledger": _of_ledger,
    "prompts": _of_prompts,
    "calendar": _of_calendar,
}


def _of_page(
    of: str, model: type[BaseModel], before: dict[str, Any] | None, after: dict[str, Any] | None
) -> Iterator[Difference]:
    labels = {name: label_of(model, name) for name in model.model_fields}
    yield from _parts(of, labels, before, after)


def _parts(
    of: str, labels: Mapping[str, str], before: dict[str, Any] | None, after: dict[str, Any] | None
) -> Iterator[Difference]:
    """The fields that are not the same; of what is new, or gone, those that say something."""
    old, new = before or {}, after or {}
    for name, label in labels.items():
        was, now = _written(old.get(name)), _written(new.get(name))
        if was != now and name not in NAMES:
            yield Difference(of, label, was, now)


def _read(change: Changed) -> tuple[Any, Any]:
    before, after = (json.loads(text) if text else None for text in (change.before, change.after))
    return before, after


def _written(value: Any) -> str:
    """As one would write it down: a spell as 08:00-12:00, yes and no, words one after another."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join("-".join(map(str, one)) if isinstance(one, list) else _written(one) for one in value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return MEANS.get(text) or CHOSEN.get(text) or grouped(text)
