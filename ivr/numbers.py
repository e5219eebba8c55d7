"""The published numbers, kept: added, changed, withdrawn, told to the public; and the list that the public may read.

A change of what the public was told (whose number it is, whether it is used) opens a task in the ledger, in the same
step. The rest (queue, priority, notes) is ours alone and opens none.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from pydantic import BaseModel, ConfigDict

from ivr.changes import change, must_be
from ivr.directory import PRIVATE, Directory, Line, grouped
from ivr.errors import Conflict, Invalid, NotFound
from ivr.handbook import Handbook
from ivr.hotline import Hotline
from ivr.ledger import Entry, What, open_entries, told
from ivr.roles import Person

PUBLIC = ("post", "unit", "area")  # what of a number the public is told, beside the number
CLEARED = "无"  # typed where nothing means: as it was


class Published(BaseModel):
    """A number that is in use, as the public may know it."""

    model_config = ConfigDict(frozen=True)

    number: str
    post: str
    unit: str
    area: str
    whose: str
    published_on: date


def published(known: Handbook, today: date) -> list[Published]:
    """What the city promised, so everybody may read it: the numbers that are in use today."""
    return [
        Published(
            number=line.number,
            post=line.post,
            unit=line.unit,
            area=line.area,
            whose=line.display_name,
            published_on=line.published_on,
        )
        for line in known.directory.lines
        if line.published_on <= today and not line.is_withdrawn(today)
    ]


def line_of(known: Handbook, number: str) -> Line:
    """The line of exactly this number. Raises NotFound."""
    line = known.directory.find(number)
    if line is None:
        raise NotFound(f"{grouped(number)} 不在号码簿中：请检查号码")
    return line


# ------------------------------------------------------------------------------------------ keeping them


async def add(hotline: Hotline, fields: Mapping[str, object], *, by: Person) -> Line:
    """A new number. Raises Invalid for what is wrong with it, Conflict if it is listed already."""
    line = Line.read(_typed(fields), "新号码")

    def with_it(known: Handbook) -> Handbook:
        if known.directory.find(line.number):
            raise Conflict(f"{grouped(line.number)} 已经在号码簿里了：请打开它修改")
        entry = _entry(hotline, line, "新增", line.display_name)
        return replace(_with(known, line), ledger=(*known.ledger, entry))

    await change(hotline, f"新增号码 {grouped(line.number)}（{line.display_name}）", by, with_it)
    return line


async def alter(
    hotline: Hotline,
    number: str,
    fields: Mapping[str, object],
    *,
    by: Person,
    expected: str | None = None,
) -> Line:
    """Change what is given of a number; the number itself is not changed but withdrawn, and another added."""
    if fields.keys() & {"number", "withdrawn_on", "replaced_by"}:
        raise Invalid("号码本身不能改：请新增一个号码，再把旧的撤下，填上改为哪个号码")

    def altered(known: Handbook) -> Handbook:
        before = line_of(known, number)
        must_be(before, expected)
        kept = {name: said for name, said in fields.items() if name not in PRIVATE or said}
        line = Line.read({**before.model_dump(), **_typed(kept)}, f"{before.display_name}")
        told_before = {name: getattr(before, name) for name in PUBLIC}
        new = [
            f"{was} 改为 {getattr(line, name)}"
            for name, was in told_before.items()
            if was != getattr(line, name)
        ]
        entries = [_entry(hotline, line, "变更", "；".join(new))] if new else []
        return replace(_with(known, line), ledger=(*known.ledger, *entries))

    await change(hotline, f"修改号码 {grouped(number)}", by, altered)
    return line_of(hotline.handbook, number)


async def withdraw(
    hotline: Hotline,
    number: str,
    on: date,
    replaced_by: str = "",
    *,
    by: Person,
    expected: str | None = None,
) -> Line:
    """From that day on whoever dials it is told so, and which number to dial instead if there is one."""

    def without_it(known: Handbook) -> Handbook:
        before = line_of(known, number)
        must_be(before, expected)
        fields = {**before.model_dump(), "withdrawn_on": on, "replaced_by": replaced_by}
        line = Line.read(fields, before.display_name)
        detail = f"{on} 起停用" + (f"，改为 {line.replaced_by}" if line.replaced_by else "")
        return replace(_with(known, line), ledger=(*known.ledger, _entry(hotline, line, "撤下", detail)))

    await change(hotline, f"撤下号码 {grouped(number)}", by, without_it)
    return line_of(hotline.handbook, number)


async def reinstate(hotline: Hotline, number: str, *, by: Person) -> Line:
    """A withdrawn number is used again. Raises Conflict for one that is in use."""

    def with_it_again(known: Handbook) -> Handbook:
        before = line_of(known, number)
        if before.withdrawn_on is None:
            raise Conflict("这个号码正在使用，不用恢复")
        line = before.model_copy(update={"withdrawn_on": None, "replaced_by": ""})
        return replace(_with(known, line), ledger=(*known.ledger, _entry(hotline, line, "新增", "重新启用")))

    await change(hotline, f"重新启用号码 {grouped(number)}", by, with_it_again)
    return line_of(hotline.handbook, number)


async def announce(hotline: Hotline, number: str, on: date, channel: str, *, by: Person) -> None:
    """The public was told, on that day and through that channel: the tasks of this number are done."""
    if not channel.strip():
        raise Invalid("请填写公布渠道", {"channel": "请填写经由哪个渠道公布，如 市政府网站"})
    if on > hotline.moment().date():
        raise Invalid("公布日期还没有到", {"on": "还没有到这一天：公布之后再登记"})

    def done(known: Handbook) -> Handbook:
        line_of(known, number)
        if not open_entries(known.ledger, number):
            raise Conflict("这个号码没有待公布的事项：可能别人已经登记了，请刷新页面")
        return replace(known, ledger=told(known.ledger, number, on, channel.strip()))

    await change(hotline, f"登记公布 {grouped(number)}（{channel}）", by, done)


def _typed(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: "" if name in PRIVATE and said == CLEARED else said for name, said in fields.items()}


def _entry(hotline: Hotline, line: Line, what: What, detail: str) -> Entry:
    today = hotline.moment().date()
    return Entry.read({"number": line.number, "what": what, "on": today, "detail": detail}, line.display_name)


def _with(known: Handbook, line: Line) -> Handbook:
    others = [one for one in known.directory.lines if one.number != line.number]
    return replace(known, directory=Directory([*others, line]))
