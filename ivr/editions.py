"""The editions of a handbook: who changed what and when, kept so that it can be read and taken back.

An edition is kept as its differences from the one before. An older one is had by undoing the newer ones, from the
newest backwards: so the history of a year's small changes is small, and what is shown as changed is what is undone.
"""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from ivr.handbook import Sections
from ivr.keys import root
from ivr.store import Store

KEPT = 200
EVENTS_KEPT = 20_000  # of the stream that the queue writes its moves to


class Note(NamedTuple):
    """What is written beside a change. `by` is a seat number or 命令行, empty for the hotline itself; `at` is in ms."""

    what: str = "载入热线资料"
    by: str = ""
    at: int = 0


class Changed(BaseModel):
    """One field of one section, as JSON before and after; None where there was, or is, no such field."""

    model_config = ConfigDict(frozen=True)

    section: str
    name: str
    before: str | None
    after: str | None


class Edition(BaseModel):
    """One change, by its number."""

    model_config = ConfigDict(frozen=True)

    number: int
    at: int
    by: str
    what: str
    changes: tuple[Changed, ...]


def differences(before: Sections, after: Sections) -> list[Changed]:
    """What is not the same in both, section by section."""
    found = []
    for section in sorted(before.keys() | after.keys()):
        old, new = before.get(section, {}), after.get(section, {})
        names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
        found += [Changed(section=section, name=n, before=old.get(n), after=new.get(n)) for n in names]
    return found


def undone(sections: Mapping[str, Mapping[str, str]], editions: Iterable[Edition]) -> Sections:
    """The sections as they were before these editions, which are given from the newest backwards."""
    older = {section: dict(fields) for section, fields in sections.items()}
    for edition in editions:
        for one in edition.changes:
            fields = older.setdefault(one.section, {})
            fields.pop(one.name, None)
            if one.before is not None:
                fields[one.name] = one.before
    return older


def entry(name: str, number: int, note: Note, changes: Iterable[Changed]) -> tuple[str | int, ...]:
    """The command that keeps an edition; those beyond the last `KEPT` are let go."""
    listed = json.dumps([one.model_dump() for one in changes], ensure_ascii=False)
    fields = ("at", note.at, "by", note.by, "what", note.what, "changes", listed)
    return ("XADD", root(name) + "editions", "MAXLEN", KEPT, f"{number}-0", *fields)


def news(name: str, number: int, note: Note) -> tuple[str | int, ...]:
    """The command that says so to whoever listens."""
    fields = ("event", "edition", "at", note.at, "edition", number)
    return ("XADD", root(name) + "events", "MAXLEN", "~", EVENTS_KEPT, "*", *fields)


async def newest(store: Store, name: str, *, count: int = KEPT, after: int = 0) -> list[Edition]:
    """The editions above `after`, the newest first."""
    found = await store.ask(
        "XREVRANGE", root(name) + "editions", "+", f"({after}-18446744073709551615", "COUNT", count
    )
    return [_read(id_, fields) for id_, fields in found]


def _read(id_: str, fields: dict[str, str]) -> Edition:
    return Edition(
        number=int(id_.partition("-")[0]),
        at=int(fields["at"]),
        by=fields["by"],
        what=fields["what"],
        changes=tuple(Changed(**one) for one in json.loads(fields["changes"])),
    )
