"""One hotline: what every function here is given first. There are no globals.

A hotline is one city's arrangement and one shard of the store. It holds no state of its own but copies of what the
store says: the handbook, read again when the edition there rises, and how each desk was last seen.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from itertools import chain
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from config.settings import Settings
from ivr.carrier import Carrier, TextGateway
from ivr.editions import Note, differences, entry, news
from ivr.handbook import CALENDAR, HOTLINES, Handbook, Sections, from_sections, read_folder, to_sections
from ivr.keys import root
from ivr.store import Store
from ivr.upgrade import completed

SECTIONS = ("profile", "directory", "ledger", "prompts", "calendar")
LOADED = Note()
NOTHING: Mapping[str, str] = MappingProxyType({})


def wall_clock() -> int:
    """Milliseconds since 1970. The one place that reads the wall clock."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class Hotline:
    """Passed first to everything."""

    name: str
    store: Store
    carrier: Carrier
    settings: Settings
    handbook: Handbook
    clock: Callable[[], int] = wall_clock
    edition: str = "0"
    root: str = ""
    gateway: TextGateway | None = None  # of texts; without one the carrier takes them
    language: str = ""  # that the caller whose step this is has chosen
    seen: dict[str, Any] = field(init=False, default_factory=dict)  # by operator, as ivr/desk.py keeps it
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))  # of passwords, at once

    def __post_init__(self) -> None:
        self.root = root(self.name)

    def now(self) -> int:
        return self.clock()

    def moment(self) -> datetime:
        """Now, in the city's own time."""
        return self.at(self.clock())

    def at(self, ms: int | str) -> datetime:
        """A moment as the store keeps it, milliseconds since 1970, in the city's own time."""
        return datetime.fromtimestamp(int(ms) / 1000, self.timezone)

    @property
    def timezone(self) -> tzinfo:
        return ZoneInfo(self.handbook.profile.timezone)

    def is_open(self) -> bool:
        return self.handbook.hours.is_open(self.moment())

    def is_workday(self) -> bool:
        return self.handbook.calendar.is_workday(self.moment().date())

    def key(self, name: str, *parts: str) -> str:
        return self.root + ":".join((name, *parts))

    async def ask(self, function: str, *arguments: str | int) -> Any:
        """A function of the queue's library, now."""
        return await self.store.call(function, self.root, self.clock(), *arguments)

    def neighbour(self, name: str) -> "Hotline":
        """Another hotline of this store, for a move of its queue; what it knows is not known here."""
        return replace(self, name=name)

    def speaking(self, language: str) -> "Hotline":
        """The same to a caller who chose this language; itself to one who chose none that there is."""
        if language == self.language or language not in self.handbook.profile.languages:
            return self
        found = copy(self)
        found.language = language
        return found

    @property
    def address(self) -> str:
        """What the steps of a call are found under: steps that follow one another stay in its language."""
        return f"{self.name}.{self.language}" if self.language else self.name

    def url(self, step: str) -> str:
        """Where the carrier finds a step of the call."""
        return f"{self.settings.hotline_public_url}/voice/{self.address}/{step}"


LONGEST_TEST_SECONDS = 60  # besides its ringing and its listening, before a dial test counts as lost


def loaded(by: str = "") -> Note:
    """What is written beside a handbook that comes whole, out of a folder."""
    return Note(by=by, at=wall_clock())


async def open_hotline(
    name: str, store: Store, carrier: Carrier, settings: Settings, gateway: TextGateway | None = None
) -> Hotline:
    """A hotline out of the store; on the very first start, out of its folder under config/. A store that an older
    release has taught learns what this one needs besides."""
    if await store.ask("GET", root(name) + "edition") is None:
        await teach(store, name, read_folder(HOTLINES / name, CALENDAR), replacing="0", note=loaded())
    handbook, edition = await _up_to_date(store, name)
    return Hotline(name, store, carrier, settings, handbook, edition=edition, gateway=gateway)


async def _up_to_date(store: Store, name: str) -> tuple[Handbook, str]:
    """What the store knows, once it also knows what this release asks for; and the edition that says so."""
    while True:
        edition, known = await _as_stored(store, name)
        handbook = from_sections(completed(name, known))
        written = await store.ask("HGETALL", root(name) + "rules")
        if known["prompts"].keys() == to_sections(handbook)["prompts"].keys() and written == rules(handbook):
            return handbook, edition
        await teach(
            store, name, handbook, replacing=edition, note=Note("新版本补充的提示语和规则", at=wall_clock())
        )


async def learn(hotline: Hotline) -> bool:
    """Read the handbook again if the store has a newer edition; says whether it had."""
    edition = await hotline.store.ask("GET", hotline.key("edition")) or "0"
    if edition == hotline.edition:
        return False
    sections = await stored_sections(hotline.store, hotline.name)
    hotline.handbook, hotline.edition = from_sections(sections), edition
    return True


async def teach(
    store: Store,
    name: str,
    handbook: Handbook,
    *,
    replacing: str | None = None,
    note: Note = LOADED,
    also: Mapping[str, str] = NOTHING,
) -> bool:
    """Put a whole handbook into the store, in one step, as a new edition; False if it no longer has `replacing`.

    `also` are keys that must still hold what is given here, and that are gone with the same step.
    """
    while True:
        edition, known = await _as_stored(store, name)
        if replacing is not None and edition != replacing:
            return False
        taught = await store.swap(
            {root(name) + "edition": edition, **also},
            *_writing(name, handbook),
            *(("DEL", key) for key in also),
            entry(name, int(edition) + 1, note, differences(known, to_sections(handbook)) if known else ()),
            news(name, int(edition) + 1, note),
            ("INCR", root(name) + "edition"),
        )
        if taught or replacing is not None:
            return taught


def _writing(name: str, handbook: Handbook) -> Iterator[tuple[str, ...]]:
    sections = {**to_sections(handbook), "rules": rules(handbook)}
    for section, page in sections.items():
        yield ("DEL", root(name) + section)
        if page:
            yield ("HSET", root(name) + section, *chain(*page.items()))


async def _as_stored(store: Store, name: str) -> tuple[str, Sections]:
    """The edition and what it says, of one moment; nothing before the first."""
    edition, *pages = await store.together(
        ("GET", root(name) + "edition"), *(("HGETALL", root(name) + section) for section in SECTIONS)
    )
    return edition or "0", dict(zip(SECTIONS, pages, strict=True)) if edition else {}


async def stored_sections(store: Store, name: str) -> dict[str, dict[str, str]]:
    """What the store knows of this hotline; empty sections if nobody taught it."""
    pages = await store.together(*(("HGETALL", root(name) + section) for section in SECTIONS))
    return dict(zip(SECTIONS, pages, strict=True))


def rules(handbook: Handbook) -> dict[str, str]:
    """The queue's seconds and limits, as words that Lua can read."""
    profile = handbook.profile
    limits = {
        **profile.queue.model_dump(),
        **profile.patience.model_dump(),
        **profile.talk.model_dump(exclude={"emergency", "departments", "dial_prefixes"}),
        **profile.restraint.model_dump(exclude={"never_limited"}),
        **profile.callbacks.for_the_queue(),
    }
    found = {name: str(int(value)) for name, value in limits.items()}
    found["promise_talk_seconds"] = str(profile.promises.talk_seconds)
    found["probe_seconds"] = str(
        profile.probes.ring_seconds + profile.probes.listen_seconds + LONGEST_TEST_SECONDS
    )
    texts = profile.texts
    found |= {
        "texts_a_number": str(texts.a_number),
        "texts_alike": str(texts.alike),
        "texts_a_day": str(texts.a_day),
    }
    found["phone_shift_seconds"] = str(profile.desk.phone_shift_hours * 3600)
    found["code_tries"] = str(profile.dial_in.tries)
    found["code_lock_seconds"] = str(profile.dial_in.lock_hours * 3600)
    found["failures_before_alarm"] = str(profile.direct.failures_before_alarm)
    found |= {f"break:{reason}": str(limit) for reason, limit in profile.desk.longest_break_seconds().items()}
    for name, queue in profile.queues.items():
        found[f"share:{name}"] = str(queue.share)
        found[f"overflow_after:{name}"] = str(queue.overflow_after_seconds if queue.overflow_to else 0)
        found[f"pass_on_after:{name}"] = str(queue.pass_on_after_seconds if queue.pass_on_to else 0)
        found[f"pass_on_to:{name}"] = queue.pass_on_to
        found[f"overflow_to:{name}"] = " ".join(queue.overflow_to)
    found["languages"] = str(len(profile.languages))
    for name, language in profile.languages.items():
        found[f"language_queue:{name}"] = language.queue
    for name, one in profile.classes.items():
        found[f"class_priority:{name}"], found[f"class_queue:{name}"] = str(one.priority), one.queue
    return found
