"""Webhooks out (推送), as an administrator keeps them: who is told of what, whether they hear it, and
what they were told."""

import json
from datetime import datetime
from secrets import token_hex
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from ivr import audit
from ivr.acd import Word, hooks
from ivr.acd.hooks import DeliveryState, HookState
from ivr.audit import Act
from ivr.errors import Conflict, Forbidden, NotFound
from ivr.hook_news import KINDS, TEST, Kind, body, without_names
from ivr.hook_post import Said, must_be_reachable, secret_of
from ivr.hotline import Hotline
from ivr.roles import Person, Right

MOST = 20  # subscriptions of one hotline
SHOWN_AT_MOST = 50  # of those that wait
EXPLAINED = {
    Said.DELIVERED: "送达",
    Said.STATUS: "对方没有接受",
    Said.TIMEOUT: "对方 5 秒内没有应答",
    Said.UNREACHABLE: "连接不上",
    Said.CERTIFICATE: "对方的证书无效",
    Said.FORBIDDEN: "网址指向内部网络",
}


class Wish(BaseModel):
    """`whole` has callers' numbers and words that may name them sent too; otherwise numbers are masked and such words
    are left out."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=40)]
    url: str
    events: Annotated[tuple[Kind, ...], Field(min_length=1)]
    whole: bool = False


class Hook(BaseModel):
    """A subscription. `waiting` deliveries are in line; `dropped` were more than the line holds."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    url: str
    events: tuple[Kind, ...]
    whole: bool
    state: HookState
    made: datetime
    by: str
    waiting: int
    dropped: int
    last: datetime | None
    last_said: str


class Try(BaseModel):
    """One request. `code` is that of HTTP, 0 without an answer."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    said: Said
    explained: str
    code: int
    ms: int


class Delivery(BaseModel):
    """What was, or will be, told of one event. Callers are masked here whoever is told."""

    model_config = ConfigDict(frozen=True)

    id: str
    event: str
    kind: str
    at: datetime
    state: DeliveryState
    tries: tuple[Try, ...]
    body: dict[str, Any]


class Made(NamedTuple):
    hook: Hook
    secret: str


# ------------------------------------------------------------------------------------------ subscriptions


async def listed(hotline: Hotline) -> list[Hook]:
    """By when they were made."""
    found = [await _find(hotline, id) for id in await hooks.ids(hotline)]
    return [one for one in found if one]


async def read(hotline: Hotline, id: str) -> Hook:
    """Raises NotFound."""
    found = await _find(hotline, id)
    if found is None:
        raise NotFound(f"没有推送 {id}：它可能已被删除")
    return found


async def make(hotline: Hotline, person: Person, wish: Wish) -> Made:
    """A new one, on from now, and its secret, which is shown this once. Raises Invalid, Forbidden; Conflict when there
    are too many."""
    _must_be_allowed(hotline, person, wish)
    id = token_hex(6)
    await audit.note(hotline, person, Act.HOOK, f"新建 {wish.title} {wish.url}", _terms(wish))
    word = await hooks.make(hotline, id, most=MOST, by=person.id, **_fields(wish))
    if word is Word.FULL:
        raise Conflict(f"最多 {MOST} 个推送：请先删除不用的")
    return Made(await read(hotline, id), secret_of(hotline, id, "1"))


async def alter(hotline: Hotline, person: Person, id: str, wish: Wish) -> Hook:
    """From the next event on; an address, from the next try on."""
    _must_be_allowed(hotline, person, wish)
    before = await read(hotline, id)
    await audit.note(hotline, person, Act.HOOK, f"修改 {before.title} {wish.url}", _terms(wish))
    await hooks.alter(hotline, id, **_fields(wish))
    return await read(hotline, id)


async def renew_secret(hotline: Hotline, person: Person, id: str) -> Made:
    """Another secret, shown this once; the one before signs nothing more."""
    found = await read(hotline, id)
    await audit.note(hotline, person, Act.HOOK, f"更换密钥 {found.title}")
    _, number = await hooks.renew(hotline, id)
    return Made(found, secret_of(hotline, id, str(number)))


async def switch(hotline: Hotline, person: Person, id: str, *, on: bool) -> Hook:
    """On: what waits is told first. Off: nothing is told, and what happens meanwhile is not told later."""
    found = await read(hotline, id)
    await audit.note(hotline, person, Act.HOOK, f"{'启用' if on else '停用'} {found.title}")
    await (hooks.turn_on if on else hooks.turn_off)(hotline, id, by=person.id)
    return await read(hotline, id)


async def remove(hotline: Hotline, person: Person, id: str) -> Hook:
    """With all that it was told and that waits."""
    found = await read(hotline, id)
    await audit.note(hotline, person, Act.HOOK, f"删除 {found.title} {found.url}")
    await hooks.remove(hotline, id)
    return found


async def try_out(hotline: Hotline, person: Person, id: str) -> Hook:
    """A `hook.test`, behind what waits. Raises Conflict while it is not on."""
    found = await read(hotline, id)
    now, most = hotline.now(), hotline.handbook.profile.hooks.waiting_at_most
    event = f"test-{now}"
    text = body(hotline, event, TEST, now, {"by": person.id, "title": found.title})
    word = await hooks.try_out(hotline, id, event=event, kind=TEST, body=text, most=most)
    if word is not Word.OK:
        raise Conflict("这个推送没有启用：请先启用，再发送测试")
    return await read(hotline, id)


def _must_be_allowed(hotline: Hotline, person: Person, wish: Wish) -> None:
    must_be_reachable(hotline, wish.url)
    if wish.whole and not person.may(Right.REVEAL):
        raise Forbidden("推送完整号码需要“查看完整号码”的权限：请去掉这一项，或由有此权限的人设置")


def _terms(wish: Wish) -> str:
    return f"{'、'.join(KINDS[kind] for kind in wish.events)}{'；含完整号码' if wish.whole else ''}"


def _fields(wish: Wish) -> dict[str, Any]:
    events = " ".join(dict.fromkeys(wish.events))
    return {"url": wish.url, "title": wish.title.strip(), "events": events, "whole": wish.whole}


async def _find(hotline: Hotline, id: str) -> Hook | None:
    stored, waiting = await hotline.store.together(
        ("HGETALL", hotline.key("hook", id)), ("LLEN", hotline.key("hook_line", id))
    )
    if not stored:
        return None
    return Hook(
        id=id,
        title=stored["title"],
        url=stored["url"],
        events=tuple(Kind(one) for one in stored["events"].split()),
        whole=stored["whole"] == "1",
        state=HookState(stored["state"]),
        made=hotline.at(stored["made"]),
        by=stored["by"],
        waiting=waiting,
        dropped=int(stored.get("dropped", 0)),
        last=hotline.at(stored["last"]) if "last" in stored else None,
        last_said=EXPLAINED[Said(stored["last_said"])] if "last_said" in stored else "",
    )


# ------------------------------------------------------------------------------------------ deliveries


async def deliveries(hotline: Hotline, id: str) -> list[Delivery]:
    """The first of those that wait, then those that are done with, the newest first. Raises NotFound."""
    await read(hotline, id)
    line, past = await hotline.store.together(
        ("LRANGE", hotline.key("hook_line", id), 0, SHOWN_AT_MOST - 1),
        ("LRANGE", hotline.key("hook_past", id), 0, -1),
    )
    listed = [*line, *past]
    stored = await hotline.store.each(*(("HGETALL", hotline.key("delivery", one)) for one in listed))
    return [_delivery(hotline, one, fields) for one, fields in zip(listed, stored, strict=True) if fields]


async def redeliver(hotline: Hotline, person: Person, id: str, delivery: str) -> Delivery:
    """Told once more, behind what waits. Raises NotFound when it is kept no more, Conflict while it waits."""
    found = await read(hotline, id)
    await audit.note(hotline, person, Act.HOOK, f"重新推送 {found.title}", delivery)
    word = await hooks.redeliver(hotline, id, delivery)
    if word is Word.GONE:
        raise NotFound("这一条已过保存期：不能再推送")
    if word is Word.ALREADY:
        raise Conflict("这一条正在等待推送：请稍候")
    return _delivery(hotline, delivery, await hotline.store.ask("HGETALL", hotline.key("delivery", delivery)))


def _delivery(hotline: Hotline, id: str, stored: dict[str, str]) -> Delivery:
    told = json.loads(stored["body"])
    return Delivery(
        id=id,
        event=stored["event"],
        kind=stored["kind"],
        at=hotline.at(stored["at"]),
        state=DeliveryState(stored["state"]),
        tries=tuple(_try(hotline, stored[f"try{n}"]) for n in range(1, int(stored.get("tried", 0)) + 1)),
        body={**told, "data": without_names(told["data"])},
    )


def _try(hotline: Hotline, text: str) -> Try:
    at, code, ms, said = text.split(" ")
    return Try(
        at=hotline.at(at), said=Said(said), explained=EXPLAINED[Said(said)], code=int(code), ms=int(ms)
    )
