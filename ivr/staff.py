"""The staff, as an administrator keeps it: who there is, with which role and skills, and whether they are at work.

Passwords are never shown and never set by somebody else for good: a new or forgotten one is made here, shown once, and
replaces what there was, which ends every session of that account.
"""

import secrets
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from ivr import accounts, acd, audit
from ivr.audit import Act
from ivr.changes import digest, must_be_same
from ivr.directory import mask
from ivr.errors import Conflict, NotFound
from ivr.hotline import Hotline
from ivr.roles import TITLES, Person, Role

TEMPORARY_BYTES = 9  # twelve letters, digits, - and _


class Account(BaseModel):
    """An account. `presence` is off, on or lapsed; `basis` goes back with a change."""

    model_config = ConfigDict(frozen=True)

    id: str
    role: Role
    title: str
    skills: str
    lines: str
    phone: str
    presence: str
    intent: str
    line: str
    basis: str


class Appointed(NamedTuple):
    account: Account
    password: str  # shown this once


async def everybody(hotline: Hotline) -> list[Account]:
    """Every account, by number."""
    ids = sorted(await hotline.store.ask("SMEMBERS", hotline.key("staff")))
    found = await hotline.store.each(*(("HGETALL", hotline.key("staff", id_)) for id_ in ids))
    desks = await hotline.store.each(*(("HGETALL", hotline.key("operator", id_)) for id_ in ids))
    return [_account(*one) for one in zip(ids, found, desks, strict=True) if one[1]]


async def member(hotline: Hotline, id_: str) -> Account:
    """Raises NotFound."""
    found, desk = await hotline.store.each(
        ("HGETALL", hotline.key("staff", id_)), ("HGETALL", hotline.key("operator", id_))
    )
    if not found:
        raise NotFound(f"没有工号 {id_}：可能已被别人删除")
    return _account(id_, found, desk)


def _account(id_: str, found: dict[str, str], desk: dict[str, str]) -> Account:
    role = Role(found["role"])
    return Account(
        id=id_,
        role=role,
        title=TITLES[role],
        skills=found.get("skills", ""),
        lines=found.get("lines", ""),
        phone=found.get("phone", ""),
        presence=desk.get("presence", "off"),
        intent=desk.get("intent", ""),
        line=desk.get("line", ""),
        basis=_basis(found),
    )


def _basis(found: dict[str, str]) -> str:
    return digest(" ".join(f"{name}={found[name]}" for name in sorted(found)))


# ------------------------------------------------------------------------------------------ keeping it


async def appoint(
    hotline: Hotline, id_: str, *, role: Role, skills: str = "", lines: str = "", phone: str = "", by: Person
) -> Appointed:
    """A new account with a password that is made here. Raises Conflict if there is one already."""
    if await hotline.store.ask("EXISTS", hotline.key("staff", id_)):
        raise Conflict(f"工号 {id_} 已经有了：请换一个，或打开它修改")
    return await _with_a_password(hotline, id_, role, skills, lines, phone, by, f"新增 {id_}，{TITLES[role]}")


async def set_up(
    hotline: Hotline,
    id_: str,
    *,
    role: Role,
    password: str,
    skills: str | None,
    lines: str | None,
    phone: str | None,
    by: Person,
) -> None:
    """An account with a first password that somebody thought of, as long as it opens nothing but its own change; one
    that is there keeps what is None."""
    await audit.note(hotline, by, Act.STAFF, f"设置 {id_}，{TITLES[role]}")
    await accounts.appoint(
        hotline.store,
        hotline.name,
        id_,
        role=role,
        password=password,
        skills=skills,
        lines=lines,
        phone=phone,
        temporary=True,
    )


async def reset_password(hotline: Hotline, id_: str, *, by: Person) -> Appointed:
    """A new password in place of the one they forgot; it ends their sessions."""
    one = await member(hotline, id_)
    return await _with_a_password(
        hotline, id_, one.role, one.skills, one.lines, one.phone, by, f"重设 {id_} 的密码"
    )


async def _with_a_password(
    hotline: Hotline, id_: str, role: Role, skills: str, lines: str, phone: str, by: Person, what: str
) -> Appointed:
    password = secrets.token_urlsafe(TEMPORARY_BYTES)
    await audit.note(hotline, by, Act.STAFF, what)
    await accounts.appoint(
        hotline.store,
        hotline.name,
        id_,
        role=role,
        password=password,
        skills=skills,
        lines=lines,
        phone=phone,
        temporary=True,
    )
    return Appointed(await member(hotline, id_), password)


async def alter(
    hotline: Hotline,
    id_: str,
    *,
    role: Role,
    skills: str,
    lines: str,
    phone: str | None = "",
    by: Person,
    expected: str | None = None,
) -> Account:
    """Another role or other skills; a phone of None stays. Whoever is at work has the skills they began the shift with
    until they end it."""
    accounts.read_skills(skills)
    accounts.must_suit(role, lines)
    accounts.must_ring(phone or "")
    if id_ == by.id and role is not by.role:
        raise Conflict("不能改自己的角色：请另一位管理员来改")
    where, done = hotline.key("staff", id_), False
    await audit.note(
        hotline,
        by,
        Act.STAFF,
        f"修改 {id_}：{TITLES[role]}，技能 {skills or '无'}，{_about(phone)}",
    )
    while not done:
        found = await hotline.store.ask("HGETALL", where)
        if not found:
            raise NotFound(f"没有工号 {id_}：可能已被别人删除")
        must_be_same(_basis(found), expected)
        kept = found.get("phone", "") if phone is None else phone
        done = await hotline.store.swap_hash(
            where,
            found,
            ("HSET", where, "role", role.value, "skills", skills, "lines", lines, "phone", kept),
        )
    return await member(hotline, id_)


def _about(phone: str | None) -> str:
    if phone is None:
        return "话机不变"
    return f"话机{mask(phone) or '无'}"


async def dismiss(hotline: Hotline, id_: str, *, by: Person) -> None:
    """End an account and its sessions; whoever is in a call ends it first, and is then off shift."""
    if id_ == by.id:
        raise Conflict("不能删除自己的账号：请另一位管理员来删")
    await member(hotline, id_)
    await audit.note(hotline, by, Act.STAFF, f"删除 {id_}")
    await accounts.dismiss(hotline.store, hotline.name, id_)
    await acd.leave(hotline, operator=id_)
