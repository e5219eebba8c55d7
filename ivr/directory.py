"""The published numbers and whose they are (`directory.csv`), and how a number is read and shown.

A line belongs to a post, never to a person: holders change, the published number stays. What reaches us as
"the number dialled" has passed through trunks, forwardings and SIP headers, so `find` understands many
spellings of a number and answers None to anything else: it stands in the path of every call and never raises.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Self
from urllib.parse import unquote

from pydantic import Field, field_validator, model_validator

from ivr.errors import Invalid
from ivr.page import Page
from ivr.profile.fields import Number, Text

UNSHOWN = "未显示号码"

# What carriers write in place of a number the caller withheld: words spelt on the keypad.
WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})

_LONGEST_DIALLED = 256
_SEPARATORS = dict.fromkeys(
    map(ord, " \t\r\n\u00a0\u2009\u202f\u3000-‐‑‒–—−()/\u200b\u200e\u200f\u202a\u202c\u2060\ufeff")
)
_URI = re.compile(r"(?:sips?|tel):(?://)?([^@;?>]*)", re.IGNORECASE)
# A country code in one of its spellings, a trunk zero too many, then area code and subscriber (or a mobile).
_CHINESE = re.compile(r"(?:(?:\+|00)?860?|0)([1-9][0-9]{7,11})|(1[3-9][0-9]{9})")
_FOREIGN = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")


class Line(Page):
    """One published number. The titles are the columns of `directory.csv`."""

    number: Number = Field(title="号码", description="公布的号码，国际格式")
    post: Text = Field(title="职务", description="职务全称，不写人名，如 市长、市教育局局长")
    unit: Text = Field(title="单位", description="所在单位，如 市人民政府")
    area: Text = Field(title="辖区", description="所属辖区，如 南宁市本级、青秀区")
    published_on: date = Field(title="公布日期", description="号码向社会公布的日期")
    withdrawn_on: date | None = Field(
        default=None, title="撤下日期", description="从这一天起不再使用；不填表示在用"
    )
    replaced_by: Number | Literal[""] = Field(
        default="", title="改为号码", description="撤下后改用的公布号码，会告知来电人；没有就不填"
    )
    queue: str = Field(
        default="main",
        pattern=r"^[a-z][a-z0-9_]{0,19}$",
        title="队列",
        description="来电进入的队列代号，见 hotline.toml 的 [queues]",
    )
    priority: int = Field(
        default=0, ge=0, le=9, title="优先级", description="0 到 9，大者先接；8 和 9 不受队列份额限制"
    )
    note: Text | Literal[""] = Field(default="", title="备注", description="任意说明")

    @field_validator("number", "replaced_by", mode="before")
    @classmethod
    def _without_spaces(cls, number: object) -> object:
        return without_separators(number)

    @field_validator("published_on", "withdrawn_on", mode="before")
    @classmethod
    def _as_spreadsheets_write_it(cls, day: object) -> object:
        return as_a_date(day)

    @model_validator(mode="after")
    def _is_replaced_when_withdrawn(self) -> Self:
        if self.replaced_by and (self.withdrawn_on is None or self.replaced_by == self.number):
            raise ValueError("改为号码只用于撤下的号码，并且要是另一个号码：请填撤下日期，或删去改为号码")
        return self

    def is_withdrawn(self, today: date) -> bool:
        return self.withdrawn_on is not None and self.withdrawn_on <= today

    @property
    def display_name(self) -> str:
        """Whose number it is, as screens show it: 南宁市市长, 青秀区委书记, 亳州市教育局局长."""
        place = self.area.removesuffix("本级")
        # 市长 keeps its 市 after 南宁市; the longer posts share theirs: 南宁市委书记, not 南宁市市委书记.
        shared = len(self.post) > 2 and self.post[0] == place[-1:]
        return place + (self.post[1:] if shared else self.post)


PRIVATE = frozenset(name for name, column in Line.model_fields.items() if not column.repr)
"""Columns that are shown to nobody whole: a post's own telephones are never published."""


@dataclass(frozen=True, slots=True)
class Directory:
    """All published numbers of one hotline, in their order. Raises Invalid on a number given twice."""

    lines: tuple[Line, ...]
    _by_number: dict[str, Line] = field(init=False, repr=False, compare=False)

    def __init__(self, lines: Iterable[Line]) -> None:
        by_number: dict[str, Line] = {}
        for line in lines:
            first = by_number.setdefault(line.number, line)
            if first is not line:
                raise Invalid(
                    f"号码 {line.number} 同时给了“{first.display_name}”和“{line.display_name}”："
                    "一个号码只能归一个职务，请改正其中一个"
                )
        object.__setattr__(self, "lines", tuple(by_number[number] for number in sorted(by_number)))
        object.__setattr__(self, "_by_number", by_number)

    def find(self, dialled: str) -> Line | None:
        """The line that was dialled, however its number is spelt; None if it is none of ours."""
        return self._by_number.get(dialled) or self._by_number.get(e164(dialled) or "")


def without_separators(number: object) -> object:
    return number.translate(_SEPARATORS) if isinstance(number, str) else number


def as_a_date(day: object) -> object:
    """Spreadsheets turn 2022-02-07 into 2022/2/7 when they save."""
    found = re.fullmatch(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})", day) if isinstance(day, str) else None
    return "{}-{:0>2}-{:0>2}".format(*found.groups()) if found else day


def e164(dialled: str) -> str | None:
    """A number in E.164, out of what people and trunks make of it; None for what is no full number.

    Understands spaces and dashes, full-width digits, SIP and tel addresses, and Chinese numbers as dialled at
    home: 0771…, 0086771…, 86771…, +86 0771…. A number without its area code could be anywhere: None.
    """
    plain = _plain(dialled)
    chinese = _CHINESE.fullmatch(plain)
    if chinese:
        return "+86" + (chinese[1] or chinese[2])
    foreign = _FOREIGN.fullmatch(plain)
    return "+" + foreign[1] if foreign else None


def mask(number: str) -> str:
    """A caller's number as screens show it: area code and last four digits, "+86 20****0001"."""
    full = e164(number)
    if number in WITHHELD or full in WITHHELD:
        return UNSHOWN
    if full:
        head, subscriber = _parts(full)
        return f"{head}****{subscriber[-4:]}"
    plain = _plain(number)
    # Short codes and broken numbers: two digits let a colleague tell them apart and give nobody away.
    return f"****{plain[-2:]}" if re.fullmatch(r"\+?[0-9]{3,}", plain) else UNSHOWN


def is_withheld(number: str) -> bool:
    """Whether this is nobody's number: all who withhold theirs are not one and the same caller."""
    if number.startswith("+") and number not in WITHHELD:
        return False  # as nearly every call's is
    return mask(number) == UNSHOWN


def spaced(number: str) -> str:
    """An E.164 number with spaces, "+86 771 00000002": readable, and spreadsheets keep it as text."""
    return " ".join(_parts(number))


def as_dialled_at_home(number: str) -> str:
    """An E.164 number as a caller in this country keys it: +8677100000002 is 077100000002."""
    return "0" + number[3:] if number.startswith("+86") else "00" + number[1:]


def _plain(dialled: str) -> str:
    """Without address, separators and exotic digits."""
    if len(dialled) > _LONGEST_DIALLED:
        return ""
    if ":" in dialled:
        address = _URI.search(dialled)
        dialled = unquote(address[1]) if address else dialled
    if not dialled.isascii():
        dialled = unicodedata.normalize("NFKC", dialled)
    return dialled.translate(_SEPARATORS)


def _parts(number: str) -> tuple[str, str]:
    """What tells the region, and the rest: +862000000001 is ("+86 20", "00000001")."""
    if not number.startswith("+86"):
        return number[:4], number[4:]
    national = number[3:]
    two_digits = national.startswith(("10", "2"))  # 010 and 02x; all others, and mobiles, show three
    cut = 2 if two_digits else 3
    return f"+86 {national[:cut]}", national[cut:]
