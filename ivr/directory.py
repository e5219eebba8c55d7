"""The published numbers and whose they are (`directory.csv`), and how a number is read and shown.

A line belongs to a post, never to a person: holders change, the published number stays. What reaches us as
"the number dialled" has passed through trunks, forwardings and SIP headers, so `find` understands many
spellings of a number and answers None to anything else: it stands in the path of every call and never raises.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Literal, Self
from urllib.parse import unquote

from pydantic import AfterValidator, Field, field_validator, model_validator

from ivr.errors import Invalid
from ivr.page import Page
from ivr.profile.fields import CellOfSpells, Number, Reachable, Text, spells_of, within
from ivr.profile.texts import Template

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
_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")
_HOLDER = re.compile(r"\d{4}-\d{2}-\d{2} (第\d{1,3}任|\d{3,8})")
_GROUPS = re.compile(r"\+86(?:(10|2\d|[3-9]\d\d)(\d{3,4})(\d{4})|(1\d\d)(\d{4})(\d{4}))")
_FOREIGN = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")


def _holders(cell: str) -> str:
    """The holders of a post, one after another. No names: people change, and a list of names is somebody's list."""
    entries = [" ".join(entry.split()) for entry in re.split("[；;]", cell) if entry.strip()]
    for entry in entries:
        if not _HOLDER.fullmatch(entry):
            raise ValueError(f"“{entry}”不是任期：请写成 2022-02-08 第1任，不写人名，几任之间用分号")
        date.fromisoformat(entry.split(" ")[0])
    if entries != sorted(entries):
        raise ValueError("任期没有按起始日期先后排列：请把早的写在前面")
    return "；".join(entries)


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
        description="来电进入哪个队列；文件里写它的代号",
    )
    priority: int = Field(
        default=0, ge=0, le=9, title="优先级", description="0 到 9，大者先接；8 和 9 不受队列份额限制"
    )
    mode: Literal["pool", "direct", "hours"] = Field(
        default="pool",
        title="方式",
        description="pool 话务员接听；direct 本人接听；hours 工作日的本人接听时段内由本人接听，其余由话务员接听",
    )
    direct_hours: CellOfSpells = Field(
        default="", title="本人接听时段", description="分时段由本人接听时填写，如 08:00-12:00 14:30-18:00"
    )
    own_phone: Reachable | Literal[""] = Field(
        default="",
        repr=False,
        title="本人电话",
        description="本人的电话，国际格式或 SIP 地址；不公开、不显示",
    )
    second_phone: Reachable | Literal[""] = Field(
        default="",
        repr=False,
        title="第二电话",
        description="本人无人接听时再打的电话，如秘书；不公开、不显示",
    )
    ring_seconds: int = Field(
        default=0,
        ge=0,
        le=120,
        title="响铃秒",
        description="每个电话响铃多久；0 表示按“本人接听”的设置",
    )
    quiet: CellOfSpells = Field(
        default="",
        title="免打扰时段",
        description="不打本人电话的时段，如 00:00-06:00；不填按“本人接听”的设置",
    )
    duty_office: Text | Literal[""] = Field(
        default="", title="值班室", description="本人接不了时的去处，如 教育局；与值班电话一起填"
    )
    duty_phone: Reachable | Literal[""] = Field(
        default="", title="值班电话", description="值班室的电话，会告知来电人"
    )
    text: Template | Literal[""] = Field(
        default="", title="短信", description="本人未接时发给来电人的短信；不填按“短信”的设置"
    )
    holders: Annotated[str, AfterValidator(_holders)] = Field(
        default="",
        title="任期",
        description="起始日期和第几任，如 2022-02-08 第1任；2026-12-01 第2任；不写人名",
    )
    note: Text | Literal[""] = Field(default="", title="备注", description="任意说明")

    @model_validator(mode="after")
    def _can_be_rung(self) -> Self:
        if self.mode != "pool" and not self.own_phone:
            raise ValueError("本人接听要有本人电话：请填上，或把方式改为 pool")
        if (self.mode == "hours") != bool(self.direct_hours):
            raise ValueError("本人接听时段和方式 hours 要一起填：请补上，或都删去")
        if bool(self.duty_office) != bool(self.duty_phone):
            raise ValueError("值班室和值班电话要一起填：请补上，或都删去")
        return self

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

    def is_in_person(self, at: datetime, *, workday: bool) -> bool:
        """Whether the post answers in person at this moment of the city's time."""
        if self.mode == "hours":
            return workday and within(spells_of(self.direct_hours), at)
        return self.mode == "direct"

    def holder_on(self, day: date) -> str:
        """Who holds the post on this day, as a number in the row of its holders; "" if nobody wrote it down."""
        since = [entry.split(" ") for entry in self.holders.split("；") if entry]
        return next((who for first, who in reversed(since) if date.fromisoformat(first) <= day), "")

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


def takes_texts(number: str) -> bool:
    """Whether we write there: to a Chinese mobile. A text to a landline is lost, one abroad nobody has paid for."""
    return _MOBILE.fullmatch(number) is not None


def spaced(number: str) -> str:
    """An E.164 number as files have it, "+86 771 00000002": spreadsheets keep it as text. People read `grouped`."""
    return " ".join(_parts(number))


def grouped(number: str) -> str:
    """A Chinese number as people read it, "+86 771 0000 0002": the area code, then four and four. Others stay."""
    found = _GROUPS.fullmatch(number)
    return " ".join(("+86", *filter(None, found.groups()))) if found else number


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
