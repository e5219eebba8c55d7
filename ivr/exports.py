"""Exports: the calls that a search finds, as a file, made beside the calls that go on.

An export is a job in the store. Whichever worker is free takes it up and says how far it is; if that worker dies,
another begins it anew, and after three turns it has failed. The file is its maker's alone and is gone after a day.
"""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ivr import audit, privacy, records
from ivr.acd import Outcome, Word
from ivr.acd import exports as turns
from ivr.acd.exports import Turn
from ivr.audit import Act
from ivr.directory import is_withheld, spaced
from ivr.errors import Conflict, Forbidden, Invalid, NotFound
from ivr.hotline import Hotline
from ivr.records import Record, Sought
from ivr.roles import Person, Right
from ivr.tables import TABLES, Cell, Table
from ivr.titles import ENDED_BY, OUTCOMES, RATINGS

KEPT_SECONDS = 24 * 3600
LEASE_MS = 15_000  # that a worker has from one word of it to the next
TURNS = 3
ROWS_AT_ONCE = 200
MOST_CALLS = 200_000

Format = Literal["csv", "xlsx"]
COLUMNS = (
    "来电时间", "公布号码", "职务", "单位", "辖区", "来电人", "结果", "话务员", "等候（秒）", "通话（秒）",
    "整理（秒）", "总时长（秒）", "挂断方", "评价", "通话编号",
)  # fmt: skip


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Export(BaseModel):
    """How an export stands. `percent` is of the calls that have to be looked at."""

    model_config = ConfigDict(frozen=True)

    id: str
    state: State
    format: Format
    identity: bool
    percent: int
    rows: int
    why: str  # it has failed


class Wish(BaseModel):
    """What is to be exported. With `identity` callers' numbers are whole, for a reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Format = "csv"
    identity: bool = False
    reason: str = ""
    sought: Sought = Sought()


# ------------------------------------------------------------------------------------------ asking for one


async def begin(hotline: Hotline, person: Person, wish: Wish) -> Export:
    """A new job, once it is written down. Raises Forbidden, Invalid."""
    why = _reason(person, wish)
    sought = privacy.allowed(person, wish.sought)
    until = sought.until or hotline.moment() + timedelta(milliseconds=1)
    sought = sought.model_copy(
        update={"until": until, "sort": "arrived"}
    )  # begun anew, it must find the same
    if (total := await records.how_many(hotline, sought)) > MOST_CALLS:
        raise Invalid(f"一次最多导出 {MOST_CALLS} 通，这里有 {total} 通：请缩小时间范围")
    id_ = secrets.token_hex(8)
    await audit.note(hotline, person, Act.EXPORT, _about(wish, id_), why)
    job = {
        "who": person.id,
        "format": wish.format,
        "identity": int(wish.identity),
        "sought": sought.model_dump_json(),
        "mark": privacy.mark_of(hotline, person),
        "total": total,
        "state": State.QUEUED.value,
    }
    key, mine = hotline.key("export", id_), hotline.key("exports_of", person.id)
    await hotline.store.together(
        ("HSET", key, *(part for pair in job.items() for part in pair)),
        ("EXPIRE", key, KEPT_SECONDS),
        ("ZADD", mine, hotline.now(), id_),
        ("EXPIRE", mine, KEPT_SECONDS),
        ("ZADD", hotline.key("exports"), hotline.now(), id_),
    )
    return await show(hotline, person, id_)


def _reason(person: Person, wish: Wish) -> str:
    if not wish.identity:
        return wish.reason.strip()
    if not person.may(Right.SUPERVISE):
        raise Forbidden("只有班长和管理员可以导出完整号码：请去掉“含完整号码”，或请班长导出")
    return privacy.a_reason(wish.reason)


def _about(wish: Wish, id_: str) -> str:
    asked = wish.sought.model_dump(mode="json", exclude_defaults=True)
    if "caller" in asked:
        asked["caller"] = privacy.as_noted(asked["caller"])
    found = " ".join(f"{name}={value}" for name, value in asked.items()) or "全部"
    return f"{id_} {wish.format} {'完整号码' if wish.identity else '号码隐去'} {found}"


async def show(hotline: Hotline, person: Person, id_: str) -> Export:
    """How it stands. Raises NotFound for an export that is not this person's."""
    job = await _job(hotline, person, id_)
    total, done = int(job["total"]), int(job.get("done", 0))
    state = State(job["state"])
    return Export(
        id=id_,
        state=state,
        format="xlsx" if job["format"] == "xlsx" else "csv",
        identity=job["identity"] == "1",
        percent=100 if state is State.DONE else min(99, 100 * done // max(total, 1)),
        rows=int(job.get("rows", 0)),
        why=job.get("why", ""),
    )


async def mine(hotline: Hotline, person: Person) -> list[Export]:
    """This person's exports of the last day, the newest first."""
    ids = await hotline.store.ask("ZREVRANGE", hotline.key("exports_of", person.id), 0, 19)
    there = await hotline.store.each(*(("EXISTS", hotline.key("export", id_)) for id_ in ids))
    return [await show(hotline, person, id_) for id_, is_there in zip(ids, there, strict=True) if is_there]


async def fetch(hotline: Hotline, person: Person, id_: str) -> Path:
    """The finished file; that it was fetched is written down. Raises NotFound, Conflict."""
    job = await _job(hotline, person, id_)
    if job["state"] != State.DONE:
        raise Conflict("导出还没有完成：请等进度到 100%")
    path = _folder(hotline) / f"{id_}.{job['format']}"
    if not await asyncio.to_thread(path.exists):
        raise NotFound("导出的文件已经不在了：请重新导出")
    await audit.note(hotline, person, Act.EXPORT, f"{id_} 下载")
    return path


async def _job(hotline: Hotline, person: Person, id_: str) -> dict[str, str]:
    job: dict[str, str] = await hotline.store.ask("HGETALL", hotline.key("export", id_))
    if not job or job.get("who") != person.id:
        raise NotFound("没有这份导出，或它已过一天的保存期：请重新导出")
    return job


# ------------------------------------------------------------------------------------------ making it


async def work(hotline: Hotline) -> bool:
    """Take up an export that nobody works on, and bring it to its end; says whether there was one."""
    turn = await turns.take(hotline, lease_ms=LEASE_MS)
    if turn.word is not Word.OK:
        return False
    if turn.turn > TURNS:
        await turns.end(hotline, turn, state=State.FAILED, why="导出几次都中断了：请缩小时间范围，再试一次")
        return True
    try:
        await _make(hotline, turn)
    except OSError as broken:
        why = f"文件写不下（{broken.strerror}）：请管理员检查磁盘"
        await turns.end(hotline, turn, state=State.FAILED, why=why)
    return True


async def _make(hotline: Hotline, turn: Turn) -> None:
    job = await hotline.store.ask("HGETALL", hotline.key("export", turn.id))
    folder = _folder(hotline)
    part = folder / f"{turn.id}.{turn.turn}.part"
    await asyncio.to_thread(partial(folder.mkdir, mode=0o700, parents=True, exist_ok=True))
    table = await asyncio.to_thread(TABLES[job["format"]], part, COLUMNS, job["mark"])
    try:
        rows = await _fill(hotline, turn, job, table)
    finally:
        await asyncio.to_thread(table.close)
    if rows is None:
        await asyncio.to_thread(part.unlink)
        return
    await asyncio.to_thread(part.rename, folder / f"{turn.id}.{job['format']}")
    await turns.end(hotline, turn, state=State.DONE, rows=rows)


async def _fill(hotline: Hotline, turn: Turn, job: dict[str, str], table: Table) -> int | None:
    """All the rows, and how many; None if another worker has taken it up."""
    sought, rows, cursor = Sought.model_validate_json(job["sought"]), 0, ""
    while True:
        page = await records.search(hotline, sought, limit=ROWS_AT_ONCE, cursor=cursor)
        callers = await _callers(hotline, page.calls, whole=job["identity"] == "1")
        await asyncio.to_thread(table.add, list(map(_row, page.calls, callers)))
        rows += len(page.calls)
        cursor = page.cursor or ""
        left = await records.how_many(hotline, sought, cursor=cursor) if cursor else 0
        word = await turns.keep(hotline, turn, done=int(job["total"]) - left, lease_ms=LEASE_MS)
        if word is Word.GONE:
            return None
        if not cursor:
            return rows


async def _callers(hotline: Hotline, calls: Sequence[Record], *, whole: bool) -> list[str]:
    """As they stand in the file. Who asked to be kept is not in any."""
    shown = [call.caller for call in calls]
    if whole:
        stored = await hotline.store.each(
            *(("HGET", hotline.key("call", call.sid), "caller") for call in calls)
        )
        shown = [
            call.caller if call.sealed or is_withheld(number) else spaced(number)
            for call, number in zip(calls, stored, strict=True)
        ]
    return shown


def _row(call: Record, caller: str) -> list[Cell]:
    outcome = OUTCOMES[Outcome(call.outcome)] if call.outcome else "未结束"
    return [
        call.arrived.strftime("%Y-%m-%d %H:%M:%S"),
        at_home(spaced(call.line)),
        call.whose,
        call.unit,
        call.area,
        at_home(caller),
        outcome,
        call.operator,
        call.waited,
        call.talked,
        call.wrapped,
        call.lasted,
        ENDED_BY.get(call.ended_by or "", ""),
        RATINGS.get(call.rating or 0, ""),
        call.sid,
    ]


def at_home(number: str) -> str:
    """A number as it is dialled in China, which no spreadsheet takes for a sum: +86 771 0000… is 0771 0000…"""
    if not number.startswith("+86 "):
        return number
    national = number.removeprefix("+86 ")
    is_mobile = national.startswith("1") and not national.startswith("10 ")
    return national if is_mobile else "0" + national


# ------------------------------------------------------------------------------------------ and clearing away


async def sweep(hotline: Hotline) -> None:
    """Files whose export is over its day are removed."""
    folder = _folder(hotline)
    files = await asyncio.to_thread(lambda: list(folder.glob("*")))
    there = await hotline.store.each(
        *(("EXISTS", hotline.key("export", file.name.partition(".")[0])) for file in files)
    )
    for file, is_there in zip(files, there, strict=True):
        if not is_there:
            await asyncio.to_thread(partial(file.unlink, missing_ok=True))


def _folder(hotline: Hotline) -> Path:
    return hotline.settings.hotline_data_dir / "exports" / hotline.name
