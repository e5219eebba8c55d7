"""Where a call would go: to whom, at any moment, by what the hotline knows; nobody is rung.

What depends on the moment's traffic (a full line, nobody at a desk) cannot be known beforehand and is not said here.
"""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from ivr.directory import Line, as_dialled_at_home
from ivr.handbook import Handbook
from ivr.profile.fields import spells_of, within
from ivr.prompts import spell_number


class Where(StrEnum):
    """What becomes of a call."""

    QUEUE = "queue"  # into a queue, for whichever operator is free
    IN_PERSON = "in_person"  # rings the telephone of the post itself
    QUIET = "quiet"  # the post answers in person, and not at this hour: told so, and what to do instead
    CLOSED = "closed"  # told the hours, and asked for a message
    WITHDRAWN = "withdrawn"  # told that the number is no longer used
    UNKNOWN = "unknown"  # told that this is no published number


class Destination(BaseModel):
    """What becomes of a call to `dialled` at that moment. `says` is what the caller hears first."""

    model_config = ConfigDict(frozen=True)

    dialled: str
    at: datetime
    where: Where
    number: str  # whose line it is; empty for none of ours
    whose: str
    by_default: bool  # the number is none of ours, and counts for the default one
    queue: str
    queue_title: str
    priority: int
    says: str
    opens_next: datetime | None


def destination(known: Handbook, dialled: str, at: datetime) -> Destination:
    """`at` is aware, in the city's own time."""
    found = known.directory.find(dialled)
    default = known.profile.default_line
    line = found or (known.directory.find(default) if default else None)
    where, says = _where(known, line, at)
    reaches = line if where is Where.QUEUE else None
    return Destination(
        dialled=dialled,
        at=at,
        where=where,
        number=line.number if line else "",
        whose=line.display_name if line else "",
        by_default=found is None and line is not None,
        queue=reaches.queue if reaches else "",
        queue_title=known.profile.queues[reaches.queue].title if reaches else "",
        priority=reaches.priority if reaches else 0,
        says=says,
        opens_next=known.hours.opens_next(at) if where is Where.CLOSED else None,
    )


def _where(known: Handbook, line: Line | None, at: datetime) -> tuple[Where, str]:
    say = known.prompts.say
    if line is None:
        return Where.UNKNOWN, say("unknown_number").text
    if line.is_withdrawn(at.date()):
        if not line.replaced_by:
            return Where.WITHDRAWN, say("withdrawn").text
        digits = spell_number(as_dialled_at_home(line.replaced_by))
        return Where.WITHDRAWN, say("replaced", number_digits=digits).text
    if line.is_in_person(at, workday=known.calendar.is_workday(at.date())):
        quiet = spells_of(line.quiet) if line.quiet else known.profile.direct.quiet
        return (Where.QUIET if within(quiet, at) else Where.IN_PERSON), say("greeting").text
    if not known.hours.is_open(at):
        return Where.CLOSED, say("closed", hours_spoken=known.hours.hours_spoken()).text
    return Where.QUEUE, say("greeting").text
