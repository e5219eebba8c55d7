"""The audit: who looked at what of whom, and who changed what, when, from where and why.

It is a chain: each entry's hash is over the hash before it and its own text, so that whoever changes one, takes one
out or puts one in breaks all that follow; `ivr check` follows it. Cutting off the end leaves a chain that is whole:
that is seen from its head, count and hash, which `ivr check` prints to be kept elsewhere, as on paper.

Entries are only ever added, one writer at a time: an entry's number is its place in the stream, and Valkey takes no
number twice.
"""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict
from redis.exceptions import ResponseError

from ivr.errors import Invalid
from ivr.hotline import Hotline
from ivr.roles import Person

BEFORE_THE_FIRST = "0" * 64
READ_AT_ONCE = 500
LOOKED_AT_MOST = 20_000  # for one page; a sparser search goes on from its cursor
MOST_A_PAGE = 500
LONGEST_WORDS = 500


class Act(StrEnum):
    """What is written down. The word is stored; what people read is in `ACTS`."""

    SIGN_IN = "sign_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    LOCKED = "locked"
    UNLOCK = "unlock"
    SIGN_OUT = "sign_out"
    PASSWORD = "password"  # noqa: S105 - an act, not a secret
    REVEAL = "reveal"
    SEAL = "seal"
    UNSEAL = "unseal"
    SEARCH = "search"
    PLAY = "play"
    EXPORT = "export"
    STAFF = "staff"
    TOKEN = "token"  # noqa: S105
    CHANGE = "change"
    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"
    TAKE_OVER = "take_over"
    FORCE = "force"
    MOVE = "move"
    ABSENCE = "absence"
    CODE = "code"
    CODE_LOCKED = "code_locked"
    BLOCK = "block"
    UNBLOCK = "unblock"
    CLASSIFY = "classify"
    KEEP = "keep"
    WITHDRAW = "withdraw"
    RING_BACK = "ring_back"
    ANSWER_CASE = "answer_case"
    RETURN_CASE = "return_case"
    CLOSE_CASE = "close_case"
    HOOK = "hook"


ACTS = {
    Act.SIGN_IN: "登录",
    Act.SIGN_IN_REFUSED: "登录未成功",
    Act.LOCKED: "登录已锁定",
    Act.UNLOCK: "解除登录锁定",
    Act.SIGN_OUT: "退出登录",
    Act.PASSWORD: "更改密码",
    Act.REVEAL: "查看完整号码",
    Act.SEAL: "保密",
    Act.UNSEAL: "解除保密",
    Act.SEARCH: "按来电号码查询",
    Act.PLAY: "收听录音或留言",
    Act.EXPORT: "导出",
    Act.STAFF: "更改人员",
    Act.TOKEN: "更改令牌",
    Act.CHANGE: "更改设置",
    Act.LISTEN: "监听",
    Act.WHISPER: "耳语",
    Act.BARGE: "插话",
    Act.TAKE_OVER: "接管通话",
    Act.FORCE: "强制改变坐席状态",
    Act.MOVE: "调整排队",
    Act.ABSENCE: "切换离岗",
    Act.CODE: "更改登记码",
    Act.CODE_LOCKED: "登记码已锁定",
    Act.BLOCK: "限制来电",
    Act.UNBLOCK: "解除来电限制",
    Act.CLASSIFY: "登记来电人类别",
    Act.KEEP: "登记已联系来电人",
    Act.WITHDRAW: "撤销承诺",
    Act.RING_BACK: "回拨来电人",
    Act.ANSWER_CASE: "反馈工单",
    Act.RETURN_CASE: "退回工单",
    Act.CLOSE_CASE: "办结工单",
    Act.HOOK: "更改推送",
}


class Entry(BaseModel):
    """One line of the audit. `who` is a seat number, a token's name, or empty for somebody who did not get in."""

    model_config = ConfigDict(frozen=True)

    n: int
    at: datetime
    who: str
    role: str
    where: str
    act: str
    about: str
    why: str
    hash: str


class Page(NamedTuple):
    entries: list[Entry]
    cursor: int | None  # the number that the next page begins below; None at the end


class Sought(BaseModel):
    """What is searched for; what is empty is not asked. All of it must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: str = ""
    act: str = ""
    about: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def fits(self, entry: Entry) -> bool:
        return (
            self.who in ("", entry.who)
            and self.act in ("", entry.act)
            and self.about in entry.about
            and not (self.until and entry.at >= self.until)
        )


# ------------------------------------------------------------------------------------------ writing


async def note(
    hotline: Hotline, person: Person | None, act: Act, about: str = "", why: str = "", *, where: str = ""
) -> None:
    """Write it down, before it is done: what cannot be written down must not happen. None is somebody unknown."""
    said: dict[str, Any] = {
        "at": hotline.now(),
        "who": person.id if person else "",
        "role": person.role.value if person else "",
        "where": person.where if person else where,
        "act": act.value,
        "about": about[:LONGEST_WORDS],
        "why": why[:LONGEST_WORDS],
    }
    while not await _append(hotline, said):
        pass  # somebody else was faster: once more, after theirs


async def _append(hotline: Hotline, said: dict[str, Any]) -> bool:
    """Behind the last entry; False if it is no longer the last."""
    last, before = await _last(hotline)
    text = json.dumps({"n": last + 1, **said}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        await hotline.store.ask(
            "XADD", hotline.key("audit"), f"{last + 1}-0", "entry", text, "hash", _hash(before, text)
        )
    except ResponseError as taken:
        if "equal or smaller" not in str(taken):
            raise
        return False
    return True


async def _last(hotline: Hotline) -> tuple[int, str]:
    newest = await hotline.store.ask("XREVRANGE", hotline.key("audit"), "+", "-", "COUNT", 1)
    return (_number(newest[0][0]), newest[0][1]["hash"]) if newest else (0, BEFORE_THE_FIRST)


def _hash(before: str, text: str) -> str:
    return sha256((before + text).encode()).hexdigest()


def _number(id_: str) -> int:
    return int(id_.partition("-")[0])


# ------------------------------------------------------------------------------------------ reading


async def search(hotline: Hotline, sought: Sought, *, limit: int = 100, cursor: str = "") -> Page:
    """The newest first. Raises Invalid for a cursor that is not one of ours."""
    if cursor and not (cursor.isdecimal() and len(cursor) < len(str(10**15))):
        raise Invalid(f"“{cursor}”不是本接口给出的 cursor：请原样使用上一页返回的值")
    limit, below = max(1, min(limit, MOST_A_PAGE)), int(cursor) if cursor else None
    found: list[Entry] = []
    looked = 0
    async for entry in _backwards(hotline, below):
        if sought.since and entry.at < sought.since:
            return Page(found, None)
        if sought.fits(entry):
            found.append(entry)
        looked += 1
        if len(found) == limit or looked == LOOKED_AT_MOST:
            return Page(found, entry.n if entry.n > 1 else None)
    return Page(found, None)


async def _backwards(hotline: Hotline, below: int | None) -> AsyncIterator[Entry]:
    newest = f"{below - 1}-0" if below else "+"
    while newest != "0-0":
        stored = await hotline.store.ask(
            "XREVRANGE", hotline.key("audit"), newest, "-", "COUNT", READ_AT_ONCE
        )
        for id_, fields in stored:
            yield _entry(hotline, id_, fields)
        if len(stored) < READ_AT_ONCE:
            return
        newest = f"{_number(stored[-1][0]) - 1}-0"


def _entry(hotline: Hotline, id_: str, fields: dict[str, str]) -> Entry:
    said = json.loads(fields["entry"])
    at = hotline.at(said.pop("at"))
    return Entry(**{**said, "n": _number(id_), "at": at, "hash": fields["hash"]})


# ------------------------------------------------------------------------------------------ following the chain


async def head(hotline: Hotline) -> str:
    """How many entries there are, and the hash of the last: who keeps it elsewhere can prove later what was cut off."""
    count, last = await _last(hotline)
    return f"{count}:{last}"


async def follow(hotline: Hotline, *, seen: str = "") -> list[str]:
    """What is wrong with the chain. `seen` is a head that was noted once, and must still be one of it."""
    n, before = 0, BEFORE_THE_FIRST
    broken: list[str] = []
    async for at, text, stored in _forwards(hotline):
        if at != n + 1:
            broken.append(f"the entries {n + 1} to {at - 1} of the audit are missing")
        elif stored != _hash(before, text):
            broken.append(f"the entry {at} of the audit, or the one before it, has been changed")
        if seen == f"{at}:{stored}":
            seen = ""
        n, before = at, stored
    if (written := await _ever_written(hotline)) > n:
        broken.append(f"the entries {n + 1} to {written} of the audit are missing")
    if seen and seen != f"0:{BEFORE_THE_FIRST}":
        broken.append(f"the head {seen} was seen once and is no longer in the audit")
    return broken


async def _forwards(hotline: Hotline) -> AsyncIterator[tuple[int, str, str]]:
    after = "-"
    while True:
        stored = await hotline.store.ask("XRANGE", hotline.key("audit"), after, "+", "COUNT", READ_AT_ONCE)
        for id_, fields in stored:
            yield _number(id_), fields.get("entry", ""), fields.get("hash", "")
        if len(stored) < READ_AT_ONCE:
            return
        after = f"({stored[-1][0]}"


async def _ever_written(hotline: Hotline) -> int:
    """The highest number that was ever given; it stays when entries are taken out."""
    try:
        known = await hotline.store.ask("XINFO", "STREAM", hotline.key("audit"))
    except ResponseError:  # nothing was ever written
        return 0
    return _number(known["last-generated-id"])
