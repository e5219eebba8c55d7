"""Changes to what the hotline knows, made while it answers: each a new edition, heard by the next caller.

Whoever changes something says what it was when they began (`basis`): if somebody else has changed it meanwhile they
are told, and nothing is overwritten unseen. Every change is kept, with who made it, and can be undone.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ivr import audit
from ivr.announcement import Announcement
from ivr.approval import must_be_approved
from ivr.audit import Act
from ivr.directory import PRIVATE, mask
from ivr.editions import KEPT, Edition, Note, newest, undone
from ivr.errors import Conflict, Invalid, NotFound
from ivr.handbook import Handbook, from_sections, to_sections
from ivr.hotline import NOTHING, Hotline, learn, teach
from ivr.hours import Calendar, Correction, Notice, Override
from ivr.roles import Person
from ivr.upgrade import completed

DOORS = {"open": "保持开放", "closed": "保持关闭", None: "恢复按日历开放"}
MEANS = {"work": "上班", "rest": "休息"}
ANNOUNCEMENTS_SHOWN = 10


async def change(
    hotline: Hotline, what: str, by: Person | None, alter: Callable[[Handbook], Handbook]
) -> None:
    """On the newest edition, again if somebody else was faster, and known here before the answer is given."""
    while not await attempt(hotline, what, by, alter):
        pass


async def attempt(
    hotline: Hotline,
    what: str,
    by: Person | None,
    alter: Callable[[Handbook], Handbook],
    *,
    also: Mapping[str, str] = NOTHING,
) -> bool:
    """Once; False if somebody else was faster. `also` as `teach` has it."""
    await learn(hotline)
    known, edition = hotline.handbook, hotline.edition  # of one moment: others learn while this waits
    altered = alter(known)
    must_be_approved(hotline.settings, known, altered)
    if altered == known and not also:
        return True
    note = Note(what, by.id if by else "", hotline.now())
    await audit.note(hotline, by, Act.CHANGE, what)  # each try: what cannot be written down must not happen
    if not await teach(hotline.store, hotline.name, altered, replacing=edition, note=note, also=also):
        return False
    await learn(hotline)
    return True


def basis(page: BaseModel | None) -> str:
    """What tells one state of a page from another; empty for a page that is not there."""
    return digest(page.model_dump_json()) if page else ""


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def must_be(page: BaseModel | None, expected: str | None) -> None:
    """Raises Conflict if the page is no longer what its editor saw. None is an editor who does not mind."""
    must_be_same(basis(page), expected)


def must_be_same(found: str, expected: str | None) -> None:
    if expected is not None and found != expected:
        raise Conflict("您编辑期间，别人改过这一项。您填写的内容还在：请先看看现在的内容，再决定是否保存")


# ------------------------------------------------------------------------------------------ doors and days


async def override(hotline: Hotline, wish: Override, *, by: Person | None = None) -> None:
    """Hold the doors open or shut; None gives them back to the calendar."""
    await change(hotline, DOORS[wish], by, lambda known: replace(known, override=wish))


async def announce(hotline: Hotline, wish: Announcement | None, *, by: Person | None = None) -> None:
    """Tell every caller this before anything else; None takes it back."""
    if wish and not wish.is_on(hotline.moment()):
        wrong = "停止的时刻已经过去了：请选以后的时间，或不填"
        raise Invalid(wrong, {"until": wrong})
    what = f"紧急播报：{wish.text}" if wish else "撤下紧急播报"
    await change(hotline, what, by, lambda known: replace(known, announcement=wish))


class Told(BaseModel):
    """An announcement that was made once: by this seat number, at this moment in ms."""

    model_config = ConfigDict(frozen=True)

    announcement: Announcement
    by: str
    at: int


async def announced_of_late(hotline: Hotline) -> list[Told]:
    """What callers were told first, and are not now; each wording once, the newest first."""
    known = hotline.handbook.announcement
    seen = {known.text} if known and known.is_on(hotline.moment()) else set()
    found = []
    for edition in await newest(hotline.store, hotline.name):
        for one in edition.changes:
            if (one.section, one.name) != ("calendar", "announcement") or one.after is None:
                continue
            said = Announcement.model_validate_json(one.after)
            if said.text not in seen:
                found.append(Told(announcement=said, by=edition.by, at=edition.at))
            seen.add(said.text)
    return found[:ANNOUNCEMENTS_SHOWN]


async def correct(
    hotline: Hotline, day: date, means: Literal["work", "rest"], note: str = "", *, by: Person | None = None
) -> None:
    """Say what this date is, whatever the official notice or the guess says."""
    correction = Correction.read({"day": day, "means": means, "note": note}, str(day))
    await change(
        hotline,
        f"{day} 改为{MEANS[means]}",
        by,
        lambda known: _with_corrections(known, [*_others(known, day), correction]),
    )


async def uncorrect(hotline: Hotline, day: date, *, by: Person | None = None) -> None:
    """Give the date back to the official notice or the guess."""
    await change(hotline, f"{day} 取消更正", by, lambda known: _with_corrections(known, _others(known, day)))


async def publish_year(hotline: Hotline, notice: Notice, *, by: Person | None = None) -> None:
    """The official notice of a year, in place of what was known or guessed of it."""

    def with_notice(known: Handbook) -> Handbook:
        others = [one for one in known.calendar.notices if one.year != notice.year]
        return replace(known, calendar=Calendar([*others, notice], known.calendar.corrections))

    await change(hotline, f"导入 {notice.year} 年放假安排", by, with_notice)


def _others(known: Handbook, day: date) -> list[Correction]:
    return [one for one in known.calendar.corrections if one.day != day]


def _with_corrections(known: Handbook, corrections: list[Correction]) -> Handbook:
    return replace(known, calendar=Calendar(known.calendar.notices, corrections))


# ------------------------------------------------------------------------------------------ going back


async def editions(hotline: Hotline) -> list[Edition]:
    """What was changed of late, the newest first. What nobody is shown whole is masked here too."""
    return [_masked(one) for one in await newest(hotline.store, hotline.name)]


def _masked(edition: Edition) -> Edition:
    changes = [
        one.model_copy(update={"before": _without_private(one.before), "after": _without_private(one.after)})
        if one.section == "directory"
        else one
        for one in edition.changes
    ]
    return edition.model_copy(update={"changes": tuple(changes)})


def _without_private(line: str | None) -> str | None:
    fields = json.loads(line) if line else {}
    private = {name: mask(said) for name in PRIVATE if (said := fields.get(name))}
    return json.dumps(fields | private, ensure_ascii=False) if line else None


async def restore(hotline: Hotline, number: int, *, by: Person | None = None) -> None:
    """Everything as it was when edition `number` had been made: itself a new edition, and so undone likewise."""
    note = Note(f"恢复到第 {number} 版", by.id if by else "", hotline.now())
    while True:
        await learn(hotline)
        known, seen = hotline.handbook, int(hotline.edition)
        later = await newest(hotline.store, hotline.name, after=max(0, number))
        if not 0 < number <= seen or [one.number for one in later] != list(range(seen, number, -1)):
            raise NotFound(f"没有第 {number} 版，或它已不在保存的最近 {KEPT} 次修改之内")
        earlier = from_sections(completed(hotline.name, undone(to_sections(known), later)))
        if earlier == known:
            return
        await audit.note(hotline, by, Act.CHANGE, note.what)
        if await teach(hotline.store, hotline.name, earlier, replacing=str(seen), note=note):
            break
    await learn(hotline)
