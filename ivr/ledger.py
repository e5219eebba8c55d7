"""The ledger of the published numbers (`ledger.csv`): what was added, changed and withdrawn, and told to the public.

A number that was changed or is no longer used is to be updated promptly and published again through the channel that
first published it (国办函〔2025〕66号). So each such change is an entry, and a task until it says on which day and
through which channel the public was told.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from ivr.directory import as_a_date, without_separators
from ivr.page import Page
from ivr.profile.fields import Number, Text

PROMPTLY = timedelta(days=3)

What = Literal["新增", "变更", "撤下"]


class Entry(Page):
    """One change of what is published. The titles are the columns of `ledger.csv`."""

    number: Number = Field(title="号码", description="公布的号码，国际格式")
    what: What = Field(title="事项", description="新增、变更或撤下")
    on: date = Field(title="日期", description="发生的日期")
    detail: Text | Literal[""] = Field(default="", title="说明", description="变更了什么")
    announced_on: date | None = Field(
        default=None, title="公布日期", description="向社会公布的日期；不填表示待公布"
    )
    channel: Text | Literal[""] = Field(
        default="", title="公布渠道", description="经由哪个渠道公布，如 市政府网站"
    )

    @field_validator("number", mode="before")
    @classmethod
    def _without_spaces(cls, number: object) -> object:
        return without_separators(number)

    @field_validator("on", "announced_on", mode="before")
    @classmethod
    def _as_spreadsheets_write_it(cls, day: object) -> object:
        return as_a_date(day)

    @model_validator(mode="after")
    def _is_told_through_something(self) -> Self:
        if (self.announced_on is None) != (self.channel == ""):
            raise ValueError("公布日期和公布渠道要一起填：请补上，或都删去")
        return self

    @property
    def is_open(self) -> bool:
        """Whether the public is still to be told."""
        return self.announced_on is None

    def is_late(self, today: date) -> bool:
        return self.is_open and today > self.on + PROMPTLY


def open_entries(ledger: Iterable[Entry], number: str = "") -> list[Entry]:
    """What the public is still to be told, of one number or of all."""
    return [entry for entry in ledger if entry.is_open and number in ("", entry.number)]


def told(ledger: Iterable[Entry], number: str, on: date, channel: str) -> tuple[Entry, ...]:
    """The ledger once everything about this number has been published."""
    return tuple(
        entry.model_copy(update={"announced_on": on, "channel": channel})
        if entry.is_open and entry.number == number
        else entry
        for entry in ledger
    )
