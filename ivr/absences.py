"""开会, 外出, 休息: an official, or their office, says until when nobody rings them; by console, API or text."""

import re
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ivr.acd import direct
from ivr.directory import Line, e164
from ivr.errors import Invalid, NotFound
from ivr.hotline import Hotline
from ivr.hours import spoken_soon
from ivr.roles import Person

Kind = Literal["开会", "外出", "休息"]
KINDS: tuple[Kind, ...] = ("开会", "外出", "休息")
BACK = "恢复"
LONGEST = timedelta(days=30)
HOW_TO = "请发：开会 15:00，或 外出 2小时，或 休息 明天 08:00，或 恢复"
_HOURS = re.compile(r"(\d{1,2})(?:个)?(小时|分钟|天)")
_CLOCK = re.compile(r"(明天|后天)?\s*(\d{1,2})[:：点](\d{2})?")


class Post(BaseModel):
    """A post that answers in person, and whether it can be rung. Its phones are nobody's business, so not here."""

    model_config = ConfigDict(frozen=True)

    number: str
    whose: str
    unit: str
    mode: str
    away: Kind | None
    until: datetime | None
    by: str
    failed: int  # how often in a row the own phone could not be rung at all


async def show(hotline: Hotline, person: Person) -> list[Post]:
    """Every post that answers in person, of those that are this person's to see."""
    lines = [
        line
        for line in hotline.handbook.directory.lines
        if line.mode != "pool" and (person.sees is None or line.number in person.sees)
    ]
    asked = [("HGETALL", hotline.key(name, line.number)) for line in lines for name in ("absent", "phones")]
    found = await hotline.store.each(*asked)
    return [_post(hotline, line, found[2 * n], found[2 * n + 1]) for n, line in enumerate(lines)]


def _post(hotline: Hotline, line: Line, absent: dict[str, str], phones: dict[str, str]) -> Post:
    away = int(absent.get("until", 0)) > hotline.now()
    return Post(
        number=line.number,
        whose=line.display_name,
        unit=line.unit,
        mode=line.mode,
        away=next((kind for kind in KINDS if kind == absent.get("kind")), None) if away else None,
        until=datetime.fromtimestamp(int(absent["until"]) / 1000, hotline.timezone) if away else None,
        by=absent.get("by", "") if away else "",
        failed=int(phones.get("failed", 0)),
    )


async def go_away(hotline: Hotline, number: str, kind: Kind, until: datetime, person: Person) -> None:
    """Nobody rings this post until then. Raises NotFound, or Invalid for a moment that has passed or is far away."""
    await _go_away(hotline, _in_person(hotline, number, person), kind, until, by=person.id)


async def _go_away(hotline: Hotline, line: Line, kind: Kind, until: datetime, *, by: str) -> None:
    until = until if until.tzinfo else until.replace(tzinfo=hotline.timezone)
    if not hotline.moment() < until <= hotline.moment() + LONGEST:
        raise Invalid("结束时间要在现在之后、三十天之内：请改正")
    ends = int(until.timestamp() * 1000)
    await direct.go_away(hotline, line.number, kind=kind, until=ends, by=by)


async def come_back(hotline: Hotline, number: str, person: Person) -> None:
    """They can be rung again. Raises NotFound."""
    await direct.come_back(hotline, _in_person(hotline, number, person).number)


def _in_person(hotline: Hotline, number: str, person: Person) -> Line:
    """Also somebody else's post is none that this person knows of."""
    line = hotline.handbook.directory.find(number)
    hidden = line is not None and person.sees is not None and line.number not in person.sees
    if line is None or line.mode == "pool" or hidden:
        raise NotFound(f"{number} 不是本人接听的公布号码：请检查号码")
    return line


async def receive(hotline: Hotline, sender: str, body: str) -> str:
    """A text from an official's own phone switches their posts; the answer to it, or "" to a stranger."""
    phone = e164(sender)
    lines = [line for line in hotline.handbook.directory.lines if phone and phone == line.own_phone]
    if not lines:
        return ""
    text = body.strip()
    if text.startswith(BACK):
        for line in lines:
            await direct.come_back(hotline, line.number)
        return "已恢复，公开电话会打到您的手机。"
    kind = next((kind for kind in KINDS if text.startswith(kind)), None)
    until = _until(text.removeprefix(kind), hotline.moment()) if kind else None
    if kind is None or until is None:
        return f"没有看懂。{HOW_TO}"
    try:
        for line in lines:
            await _go_away(hotline, line, kind, until, by="text")
    except Invalid as refused:
        return f"{refused}。{HOW_TO}"
    return f"已登记{kind}，{spoken_soon(until, hotline.moment())}前公开电话不打到您的手机。"


def _until(text: str, now: datetime) -> datetime | None:
    """“2小时”, “30分钟”, “15:00”, “明天 08:00”; None for anything else."""
    if found := _HOURS.search(text):
        unit = {"小时": "hours", "分钟": "minutes", "天": "days"}[found[2]]
        return now + timedelta(**{unit: int(found[1])})
    found = _CLOCK.search(text)
    if not found or int(found[2]) > 23 or int(found[3] or 0) > 59:
        return None
    days = {"明天": 1, "后天": 2}.get(found[1] or "", 0)
    moment = now.replace(hour=int(found[2]), minute=int(found[3] or 0), second=0, microsecond=0)
    return moment + timedelta(days=days)
