"""开会, 外出, 休息: until when nobody rings a post that answers in person; by console and API here, by text in
`absence_texts.py`, by dialling in `absence_flow.py`."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ivr import audit
from ivr.acd import direct
from ivr.audit import Act
from ivr.directory import Line
from ivr.errors import Invalid, NotFound
from ivr.hotline import Hotline
from ivr.roles import Person

Kind = Literal["开会", "外出", "休息"]
KINDS: tuple[Kind, ...] = ("开会", "外出", "休息")
By = Person | Literal["text", "phone"]
"""Who switches: somebody who has signed in; or whoever has the phone of the post, or its code."""
BACK = "恢复"
LONGEST = timedelta(days=30)
KEPT = ("absent", "phones", "code")  # of each post
WAYS = {"text": "短信", "phone": "电话"}


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
    code: bool  # whether it may be switched by telephone
    locked: bool  # somebody guesses at that code
    failed: int  # how often in a row the own phone could not be rung at all


async def show(hotline: Hotline, person: Person) -> list[Post]:
    """Every post that answers in person, of those that are this person's to see."""
    lines = [
        line
        for line in hotline.handbook.directory.lines
        if line.mode != "pool" and (person.sees is None or line.number in person.sees)
    ]
    asked = [("HGETALL", hotline.key(name, line.number)) for line in lines for name in KEPT]
    found = await hotline.store.each(*asked)
    each = len(KEPT)
    return [_post(hotline, line, *found[n * each : (n + 1) * each]) for n, line in enumerate(lines)]


async def how_is(hotline: Hotline, line: Line) -> Post:
    """One of them, whoever asks."""
    found = await hotline.store.each(*(("HGETALL", hotline.key(name, line.number)) for name in KEPT))
    return _post(hotline, line, *found)


def _post(
    hotline: Hotline, line: Line, absent: dict[str, str], phones: dict[str, str], code: dict[str, str]
) -> Post:
    away = int(absent.get("until", 0)) > hotline.now()
    return Post(
        number=line.number,
        whose=line.display_name,
        unit=line.unit,
        mode=line.mode,
        away=next((kind for kind in KINDS if kind == absent.get("kind")), None) if away else None,
        until=hotline.at(absent["until"]) if away else None,
        by=absent.get("by", "") if away else "",
        code="digest" in code,
        locked=int(code.get("locked_until", 0)) > hotline.now(),
        failed=int(phones.get("failed", 0)),
    )


async def go_away(hotline: Hotline, number: str, kind: Kind, until: datetime, person: Person) -> None:
    """Nobody rings this post until then. Raises NotFound, or Invalid for a moment that has passed or is far away."""
    await leave(hotline, in_person(hotline, number, person), kind, until, by=person)


async def come_back(hotline: Hotline, number: str, person: Person) -> None:
    """They can be rung again. Raises NotFound."""
    await be_back(hotline, in_person(hotline, number, person), by=person)


def in_person(hotline: Hotline, number: str, person: Person) -> Line:
    """The post with this number, if it answers in person. Also somebody else's post is none that this person knows of:
    raises NotFound."""
    line = hotline.handbook.directory.find(number)
    hidden = line is not None and person.sees is not None and line.number not in person.sees
    if line is None or line.mode == "pool" or hidden:
        raise NotFound(f"{number} 不是本人接听的公布号码：请检查号码")
    return line


async def leave(hotline: Hotline, line: Line, kind: Kind, until: datetime, *, by: By) -> None:
    """However it was said, it is written down first. Raises Invalid for a moment that has passed or is far away."""
    until = until if until.tzinfo else until.replace(tzinfo=hotline.timezone)
    if not hotline.moment() < until <= hotline.moment() + LONGEST:
        raise Invalid("结束时间要在现在之后、三十天之内：请改正")
    await _note(hotline, line, f"{kind}，到 {until.astimezone(hotline.timezone):%Y-%m-%d %H:%M}", by)
    ends = int(until.timestamp() * 1000)
    await direct.go_away(hotline, line.number, kind=kind, until=ends, by=_name(by))


async def be_back(hotline: Hotline, line: Line, *, by: By) -> None:
    """They can be rung again, from now on."""
    await _note(hotline, line, BACK, by)
    await direct.come_back(hotline, line.number)


async def _note(hotline: Hotline, line: Line, what: str, by: By) -> None:
    if isinstance(by, Person):
        await audit.note(hotline, by, Act.ABSENCE, line.number, what)
    else:
        await audit.note(hotline, None, Act.ABSENCE, line.number, what, where=WAYS[by])


def _name(by: By) -> str:
    return by.id if isinstance(by, Person) else by
