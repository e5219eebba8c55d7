"""Which days are workdays, and when people answer.

In China a weekend day can be a workday (调休), and only the State Council's yearly notice says which; it
usually comes in November. Until it is loaded a year is *guessed* from the statutory holidays, which gets the
make-up days wrong, so the guess is announced by `warnings` and never silent. Days begin and end in the
hotline's time zone, and spells are half open: at 22:00 sharp the line that answers until 22:00 is closed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import ClassVar, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from holidays import country_holidays
from pydantic import Field, model_validator

from ivr.errors import Invalid
from ivr.page import Page
from ivr.profile import OpeningHours, Profile
from ivr.profile.fields import Text, minutes

Override = Literal["open", "closed"] | None

NOTICE_MONTH = 11  # next year's notice is due
LOOK_AHEAD_DAYS = 60  # no holiday is longer; a line that does not move by then has no next opening

_SATURDAY = 5
_DIGITS = "零一二三四五六七八九"


class Notice(Page):
    """The official days of rest and make-up workdays of one year."""

    year: int = Field(ge=1949, le=2199, description="年份")
    source: Text = Field(description="依据的通知")
    off: tuple[date, ...] = Field(description="放假的日子，包括连在一起的周末")
    work: tuple[date, ...] = Field(description="调休上班的周六、周日")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for day in (*self.off, *self.work):
            if day.year != self.year:
                raise ValueError(f"{day} 不在 {self.year} 年：请移到 {day.year} 年的文件")
        for day in self.work:
            if day.weekday() < _SATURDAY:
                raise ValueError(f"{day} 不是周末，不用写成调休上班：请核对通知中的日期")
        both = set(self.off) & set(self.work)
        if both:
            raise ValueError(f"{min(both)} 既写了放假又写了上班：请核对通知，只留一处")
        return self


class Correction(Page):
    """A day that an administrator has decided otherwise. It wins over the notice."""

    KEYS_ARE_WRITTEN: ClassVar[bool] = True
    day: date = Field(title="日期", description="日期")
    means: Literal["work", "rest"] = Field(title="改为", description="work 上班，rest 休息")
    note: Text | Literal[""] = Field(default="", title="原因", description="原因")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Official notices and the administrators' corrections. Raises Invalid on a year or day given twice."""

    notices: tuple[Notice, ...] = ()
    corrections: tuple[Correction, ...] = ()
    _known: dict[date, bool] = field(init=False, repr=False, compare=False)
    _years: frozenset[int] = field(init=False, repr=False, compare=False)

    def __init__(self, notices: Iterable[Notice] = (), corrections: Iterable[Correction] = ()) -> None:
        ordered = tuple(sorted(notices, key=lambda notice: notice.year))
        corrected = tuple(sorted(corrections, key=lambda correction: correction.day))
        _refuse_repeats(f"{notice.year} 年的放假通知" for notice in ordered)
        _refuse_repeats(f"{correction.day} 的更正" for correction in corrected)
        known = {day: False for notice in ordered for day in notice.off}
        known |= {day: True for notice in ordered for day in notice.work}
        known |= {correction.day: correction.means == "work" for correction in corrected}
        object.__setattr__(self, "notices", ordered)
        object.__setattr__(self, "corrections", corrected)
        object.__setattr__(self, "_known", known)
        object.__setattr__(self, "_years", frozenset(notice.year for notice in ordered))

    def is_workday(self, day: date) -> bool:
        """Corrections first, then the notice, then Monday to Friday less the statutory holidays."""
        known = self._known.get(day)
        if known is not None:
            return known
        if day.weekday() >= _SATURDAY:
            return False
        return not (self.is_guessed(day.year) and day in _statutory_holidays(day.year))

    def is_guessed(self, year: int) -> bool:
        """Whether no notice is loaded for this year."""
        return year not in self._years


class _Day(NamedTuple):
    """One day, in seconds since 1970: its ends, and the spells in which people answer."""

    begins: float
    ends: float
    spells: tuple[tuple[float, float], ...]


class Hours:
    """When this hotline answers. Remembers the day it was last asked about, and is otherwise immutable."""

    __slots__ = ("_calendar", "_day", "_opening", "_override", "_zone")

    def __init__(self, profile: Profile, calendar: Calendar, override: Override = None) -> None:
        """`override` is the doors held open or shut by hand, until somebody lifts it."""
        self._calendar = calendar
        self._override = override
        self._opening = profile.hours
        self._zone = ZoneInfo(profile.timezone)
        self._day = _Day(0, 0, ())

    def is_open(self, at: datetime) -> bool:
        """Whether people answer at this moment. Raises ValueError if `at` has no time zone."""
        if self._override is not None:
            return self._override == "open"
        moment = _seconds(at)
        today = self._day
        if not today.begins <= moment < today.ends:
            today = self._day = self._survey(at.astimezone(self._zone).date())
        for opens, closes in today.spells:  # noqa: SIM110 - every call asks; any() takes twice as long
            if opens <= moment < closes:
                return True
        return False

    def opens_next(self, at: datetime) -> datetime | None:
        """When the doors next open, after `at`; None if nothing but a person will open them."""
        return self._first(after=at, edges=(opens for opens, _ in self._spells_from(at)))

    def closes_next(self, at: datetime) -> datetime | None:
        """When the doors next shut, after `at`; None if they do not shut by themselves."""
        return self._first(after=at, edges=(closes for _, closes in self._spells_from(at)))

    def hours_spoken(self) -> str:
        """The hours as a caller hears them: 工作日八点至二十二点."""
        return spoken(self._opening)

    def warnings(self, now: datetime) -> list[str]:
        """What staff must be told about the calendar, in Chinese, with what to do; empty when all is well."""
        today = now.astimezone(self._zone).date()
        doubtful = []
        if self._calendar.is_guessed(today.year):
            doubtful.append(f"今年（{today.year} 年）放假安排尚未导入，今天是否上班是推算的，调休日会算错！")
        if today.month >= NOTICE_MONTH and self._calendar.is_guessed(today.year + 1):
            doubtful.append(
                f"明年（{today.year + 1} 年）放假安排尚未导入，到元旦仍未导入将按法定节假日推算。"
            )
        remedy = "国务院办公厅发布放假通知后，请管理员立即在“管理—服务时间”中导入放假和调休日期。"
        return [doubt + remedy for doubt in doubtful]

    def _first(self, *, after: datetime, edges: Iterator[float]) -> datetime | None:
        moment = _seconds(after)
        edge = next((edge for edge in edges if edge > moment), None)
        return None if edge is None else datetime.fromtimestamp(edge, self._zone)

    def _spells_from(self, at: datetime) -> Iterator[tuple[float, float]]:
        """Open spells from the day of `at` on, those that touch made one; none while the doors are held."""
        if self._override is not None:
            return
        first = at.astimezone(self._zone).date()
        held: tuple[float, float] | None = None
        for offset in range(LOOK_AHEAD_DAYS):
            for opens, closes in self._survey(first + timedelta(days=offset)).spells:
                if held and held[1] == opens:
                    held = held[0], closes
                    continue
                if held:
                    yield held
                held = opens, closes
        # The last spell is not told: it may go on beyond what was looked at.

    def _survey(self, day: date) -> _Day:
        midnight = datetime.combine(day, time(), self._zone)
        spells = self._opening.workdays if self._calendar.is_workday(day) else self._opening.restdays
        return _Day(
            begins=midnight.timestamp(),
            ends=(midnight + timedelta(days=1)).timestamp(),
            spells=tuple((_at(midnight, opens), _at(midnight, closes)) for opens, closes in spells),
        )


def spoken(opening: OpeningHours) -> str:
    """Opening hours in Chinese words, for the ear: 工作日八点至十二点，十四点半至十八点."""
    if opening.workdays == opening.restdays:
        return "每天" + _spoken_spells(opening.workdays)
    spells = {"工作日": opening.workdays, "周末和节假日": opening.restdays}
    return "，".join(days + _spoken_spells(told) for days, told in spells.items() if told)


def _spoken_spells(spells: tuple[tuple[str, str], ...]) -> str:
    if spells == (("00:00", "24:00"),):
        return "二十四小时"
    return "，".join(f"{_spoken_time(opens)}至{_spoken_time(closes)}" for opens, closes in spells)


def spoken_moment(moment: datetime) -> str:
    """A moment in its own time zone, for the ear: 十一月二十五日十点零五分."""
    return f"{spoken_number(moment.month)}月{spoken_number(moment.day)}日{_spoken_time(f'{moment:%H:%M}')}"


def _spoken_time(clock_time: str) -> str:
    hour, minute = divmod(minutes(clock_time), 60)
    words = ("两" if hour == 2 else spoken_number(hour)) + "点"
    if minute == 0:
        return words
    if minute == 30:
        return words + "半"
    return words + ("零" if minute < 10 else "") + spoken_number(minute) + "分"


def spoken_soon(moment: datetime, now: datetime) -> str:
    """A moment to come, as one says it: 十五点, 明天八点半, 十二月三日八点."""
    days = (moment.date() - now.date()).days
    named = {0: "", 1: "明天", 2: "后天"}.get(days)
    day = f"{spoken_number(moment.month)}月{spoken_number(moment.day)}日" if named is None else named
    return day + _spoken_time(f"{moment:%H:%M}")


def spoken_number(number: int) -> str:
    """0 to 99: 二十二, 十, 零."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def _at(midnight: datetime, clock_time: str) -> float:
    """A clock time of that day, in seconds since 1970; 24:00 is the midnight after."""
    return (midnight + timedelta(minutes=minutes(clock_time))).timestamp()


def _seconds(at: datetime) -> float:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone: pass an aware datetime, as the hotline's clock gives")
    return at.timestamp()


@cache
def _statutory_holidays(year: int) -> frozenset[date]:
    return frozenset(country_holidays("CN", years=year))


def _refuse_repeats(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Invalid(f"{name}有两份：请只留一份")
        seen.add(name)
