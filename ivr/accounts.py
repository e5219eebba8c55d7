"""Who may do what: staff and API tokens.

Secrets are stored as digests only: passwords by argon2, session and token secrets (which are long and random) by
a keyed SHA-256, because their look-up stands in the path of every request.
"""

import hmac
import re
import secrets
from dataclasses import replace
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from config.settings import Settings
from ivr import audit, passwords
from ivr.audit import Act
from ivr.directory import e164
from ivr.errors import Invalid, NotFound
from ivr.hotline import Hotline
from ivr.keys import root
from ivr.profile.fields import reachable
from ivr.roles import WITH_LINES, Person, Right, Role
from ivr.store import Store

REMEMBERED_PEOPLE = 1024
HANDLE = 16  # of a token's digest, enough to name it and useless to open anything

_SEAT = re.compile(r"[0-9]{3,6}")
_TOKEN = re.compile(r"ztc_([a-z0-9]+)_[A-Za-z0-9_-]{43}")


async def appoint(
    store: Store,
    hotline: str,
    id: str,
    *,
    role: Role,
    password: str,
    skills: str | None = None,
    lines: str | None = None,
    phone: str | None = None,
    temporary: bool = False,
) -> None:
    """Make an account, or give one that is there another role and password; `lines` are the published numbers whose
    calls an office may see, or whose cases a handler may, `phone` is on their desk. What is None stays as it was, but
    for the lines of whoever has a role without any. A temporary password must be changed at the first sign-in. Raises
    Invalid for what will not do."""
    if not is_seat(id):
        raise Invalid(f"“{id}”不是工号：请用 3 到 6 位数字，如 9001")
    passwords.must_do(id, password)
    account = f"{root(hotline)}staff:{id}"
    known = await store.ask("HMGET", account, "skills", "lines", "phone")
    if role not in WITH_LINES:
        known[1] = ""
    kept = [
        said if said is not None else was or ""
        for said, was in zip((skills, lines, phone), known, strict=True)
    ]
    read_skills(kept[0])
    must_suit(role, kept[1])
    must_ring(kept[2])
    facts = {
        "role": role.value,
        "password": await passwords.digest_of(password),
        **dict(zip(("skills", "lines", "phone"), kept, strict=True)),
        "temporary": "yes" if temporary else "",
    }
    await store.together(
        ("HSET", account, *(part for pair in facts.items() for part in pair)),
        ("SADD", f"{root(hotline)}staff", id),
    )


def is_seat(id: str) -> bool:
    """A seat number: 3 to 6 digits, as callers hear it."""
    return bool(_SEAT.fullmatch(id))


def must_suit(role: Role, lines: str) -> None:
    if role is Role.OFFICE and not lines.split():
        raise Invalid("领导办公室的账号要写明它的公布号码，如 +8677100000002：它只看得到打给这些号码的通话")
    if role not in WITH_LINES and lines:
        raise Invalid("只有领导办公室和承办单位的账号才限定公布号码：请改角色，或去掉号码")
    for line in lines.split():
        if e164(line) != line:
            raise Invalid(f"“{line}”不是完整的号码：请写成 +8677100000002，以空格分开")


def must_ring(phone: str) -> None:
    """A telephone that the carrier can ring, or none. Raises Invalid."""
    try:
        wrong = phone != "" and reachable(phone) != phone
    except ValueError:
        wrong = True
    if wrong:
        raise Invalid(f"“{phone}”不是话机号码：请写成 +8677100000901，或 SIP 地址如 sip:901@pbx.example.cn")


def person_of(hotline: str, id: str, account: dict[str, str], *, where: str = "") -> Person:
    """Whose account this is."""
    return Person(
        hotline,
        id,
        Role(account["role"]),
        read_skills(account.get("skills", "")),
        tuple(account.get("lines", "").split()),
        where=where,
        phone=account.get("phone", ""),
        must_change=bool(account.get("temporary")),
    )


@lru_cache(REMEMBERED_PEOPLE)
def known_as(hotline: str, id: str, account: tuple[tuple[str, str], ...], scope: str = "") -> Person:
    """The same, as the store has it at each request: most have the account that they had at the last one."""
    return replace(person_of(hotline, id, dict(account)), scope=_scope(scope))


async def issue_token(
    settings: Settings,
    store: Store,
    hotline: str,
    *,
    role: Role,
    id: str,
    scope: frozenset[Right] | None = None,
    secret: str = "",
    created: str = "",
) -> str:
    """A new API token, shown this once. `id` is whose desk it works, or what it is for; `scope` is what of its role's
    rights it has, None for all."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", id):
        raise Invalid(f"“{id}”不能作令牌的名称：请用工号，或字母、数字、- 和 _")
    token = f"ztc_{hotline}_{secret or secrets.token_urlsafe(32)}"
    digest = f"{root(hotline)}token:{digest_of(settings, token)}"
    granted = " ".join(sorted(scope)) if scope is not None else ""
    known = digest.rpartition(":")[2]
    await store.together(
        ("HSET", digest, "role", role.value, "id", id, "scope", granted, "created", created),
        ("SADD", f"{root(hotline)}tokens", known),
    )
    return token


class Token(BaseModel):
    """An API token as it is listed: what opens something is never shown again. `used` is the last day of its use."""

    model_config = ConfigDict(frozen=True)

    handle: str
    id: str
    role: Role
    scope: list[Right] | None
    created: str
    used: str


async def tokens(hotline: Hotline) -> list[Token]:
    """Every token of this hotline, by name."""
    digests = sorted(await hotline.store.ask("SMEMBERS", hotline.key("tokens")))
    found = await hotline.store.each(*(("HGETALL", hotline.key("token", one)) for one in digests))
    listed = [
        Token(
            handle=digest[:HANDLE],
            id=stored["id"],
            role=Role(stored["role"]),
            scope=sorted(granted) if (granted := _scope(stored.get("scope", ""))) is not None else None,
            created=stored.get("created", ""),
            used=stored.get("used", ""),
        )
        for digest, stored in zip(digests, found, strict=True)
        if stored
    ]
    return sorted(listed, key=lambda one: one.id)


async def grant(
    hotline: Hotline, person: Person, *, role: Role, id: str, scope: frozenset[Right] | None
) -> str:
    """A token that an administrator gives, shown this once. Raises Invalid for a scope that its role has not."""
    if scope is not None and (beyond := [right.value for right in scope if not role.may(right)]):
        raise Invalid(f"角色 {role.value} 没有 {'、'.join(sorted(beyond))} 权限：请换角色，或去掉这些权限")
    if scope is not None and not scope:
        raise Invalid("令牌至少要有一项权限")
    await audit.note(hotline, person, Act.TOKEN, f"新建 {id}，{role.value}")
    today = f"{hotline.moment():%Y-%m-%d}"
    return await issue_token(
        hotline.settings, hotline.store, hotline.name, role=role, id=id, scope=scope, created=today
    )


async def withdraw(hotline: Hotline, person: Person, handle: str) -> None:
    """End a token by its handle. Raises NotFound."""
    digests = await hotline.store.ask("SMEMBERS", hotline.key("tokens"))
    found = [digest for digest in digests if digest[:HANDLE] == handle]
    if not found:
        raise NotFound("没有这个令牌：它可能已经撤销")
    await audit.note(hotline, person, Act.TOKEN, f"撤销 {handle}")
    await hotline.store.together(
        ("DEL", *(hotline.key("token", digest) for digest in found)),
        ("SREM", hotline.key("tokens"), *found),
    )


async def dismiss(store: Store, hotline: str, id: str) -> bool:
    """End an account; its sessions end with it. Says whether there was one."""
    ended, _ = await store.together(
        ("DEL", f"{root(hotline)}staff:{id}"), ("SREM", f"{root(hotline)}staff", id)
    )
    return bool(ended)


def handle_of(hotline: Hotline, token: str) -> str:
    """What names a token in a list; a handle is its own."""
    return digest_of(hotline.settings, token)[:HANDLE] if _TOKEN.fullmatch(token) else token


async def whose_token(hotline: Hotline, token: str) -> Person | None:
    """The person or program behind an API token of this hotline."""
    named = _TOKEN.fullmatch(token)
    if not named or named[1] != hotline.name:
        return None
    digest = digest_of(hotline.settings, token)
    found, _, account = await behind(hotline, "token", digest)
    if not found:
        return None
    today = hotline.moment().date().isoformat()
    if found.get("used") != today:
        await hotline.store.ask("HSET", hotline.key("token", digest), "used", today)
    account |= {"role": found["role"], "temporary": ""}
    return known_as(hotline.name, found["id"], tuple(account.items()), found.get("scope", ""))


async def behind(hotline: Hotline, kind: str, digest: str) -> tuple[dict[str, str], int, dict[str, str]]:
    """What is kept of a session or token under its digest, for how many seconds more (-1 for ever), and the account
    that it names: one look, for it stands in the path of every request."""
    found, seconds, account = await hotline.ask("acd_behind", kind, digest, "staff")
    return _as_fields(found), seconds, _as_fields(account)


def _as_fields(flat: list[str]) -> dict[str, str]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _scope(words: str) -> frozenset[Right] | None:
    return frozenset(map(Right, words.split())) if words else None


def read_scope(words: str) -> frozenset[Right] | None:
    """`calls export` as rights; None for no words. Raises Invalid."""
    for word in words.split():
        if word not in set(Right):
            raise Invalid(f"“{word}”不是权限：可以是 {' '.join(Right)}，以空格分开")
    return _scope(words.strip())


def read_skills(text: str) -> tuple[tuple[str, int], ...]:
    """`粤语=3 税务` is Cantonese at level 3 and tax at level 1. Raises Invalid."""
    skills = []
    for word in text.split():
        skill, _, level = word.partition("=")
        if not skill or (level and not re.fullmatch("[1-9]", level)):
            raise Invalid(f"“{word}”不是技能：请写成 粤语 或 粤语=3，级别 1 到 9，以空格分开")
        skills.append((skill, int(level or 1)))
    return tuple(skills)


def digest_of(settings: Settings, secret: str) -> str:
    """Of a session or token. Keyed with the installation's own secret: whoever has a copy of the store alone cannot
    try secrets on it."""
    return hmac.digest(
        settings.hotline_secret_key.get_secret_value().encode(), secret.encode(), "sha256"
    ).hex()
