"""Who may do what: staff and their passwords, browser sessions, API tokens.

Secrets are stored as digests only: passwords by argon2, session and token secrets (which are long and random) by
a keyed SHA-256, because their look-up stands in the path of every request.
"""

import asyncio
import hmac
import re
import secrets
from dataclasses import replace

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from config.settings import Settings
from ivr import audit
from ivr.audit import Act
from ivr.directory import e164
from ivr.errors import Conflict, Invalid, NotAllowed
from ivr.hotline import Hotline
from ivr.keys import root
from ivr.roles import Person, Right, Role
from ivr.store import Store

SESSION_IDLE_SECONDS = 2 * 3600
SESSION_LONGEST_MS = 14 * 3600 * 1000
SHORTEST_PASSWORD = 8
WRONG_PASSWORDS_ALLOWED = 5
WRONG_PASSWORDS_FORGOTTEN_SECONDS = 300

_SEAT = re.compile(r"[0-9]{3,6}")
_TOKEN = re.compile(r"ztc_([a-z0-9]+)_[A-Za-z0-9_-]{43}")


async def appoint(
    store: Store, hotline: str, id: str, *, role: Role, password: str, skills: str = "", lines: str = ""
) -> None:
    """Make or replace an account; `lines` are the published numbers whose calls an office may see. Raises Invalid
    for what will not do."""
    if not _SEAT.fullmatch(id):
        raise Invalid(f"“{id}”不是工号：请用 3 到 6 位数字，如 9001")
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"密码太短：至少 {SHORTEST_PASSWORD} 个字符")
    read_skills(skills)
    must_suit(role, lines)
    digest = await asyncio.to_thread(_hasher().hash, password)
    account = f"{root(hotline)}staff:{id}"
    await store.together(
        ("HSET", account, "role", role.value, "password", digest, "skills", skills, "lines", lines),
        ("SADD", f"{root(hotline)}staff", id),
    )


def must_suit(role: Role, lines: str) -> None:
    if role is Role.OFFICE and not lines.split():
        raise Invalid("领导办公室的账号要写明它的公布号码，如 +8677100000002：它只看得到打给这些号码的通话")
    if role is not Role.OFFICE and lines:
        raise Invalid("只有领导办公室的账号才限定公布号码：请改角色，或去掉号码")
    for line in lines.split():
        if e164(line) != line:
            raise Invalid(f"“{line}”不是完整的号码：请写成 +8677100000002，以空格分开")


async def sign_in(hotline: Hotline, id: str, password: str, *, where: str = "") -> tuple[Person, str]:
    """The person and the secret of a new session. Raises NotAllowed; too many wrong passwords, Conflict."""
    if not _SEAT.fullmatch(id):
        raise NotAllowed("工号或密码不对")
    wrong = hotline.key("refused", id)
    tries, _ = await hotline.store.together(
        ("INCR", wrong), ("EXPIRE", wrong, WRONG_PASSWORDS_FORGOTTEN_SECONDS)
    )
    if tries > WRONG_PASSWORDS_ALLOWED:
        if tries == WRONG_PASSWORDS_ALLOWED + 1:
            await audit.note(hotline, None, Act.LOCKED, id, where=where)
        raise Conflict("密码错误次数过多，请五分钟后再试")
    account = await hotline.store.ask("HGETALL", hotline.key("staff", id))
    if not await asyncio.to_thread(_matches, password, account.get("password")):
        await audit.note(hotline, None, Act.SIGN_IN_REFUSED, id, where=where)
        raise NotAllowed("工号或密码不对")
    await hotline.store.together(("DEL", wrong), ("SADD", hotline.key("staff"), id))
    person = replace(_person(hotline, id, account), where=where)
    await audit.note(hotline, person, Act.SIGN_IN)
    return person, await _open_session(hotline, person, account["password"])


async def _open_session(hotline: Hotline, person: Person, since: str) -> str:
    secret = f"{hotline.name}.{secrets.token_urlsafe(32)}"
    session = hotline.key("session", _digest(hotline.settings, secret))
    await hotline.store.together(
        ("HSET", session, "id", person.id, "since", since, "until", hotline.now() + SESSION_LONGEST_MS),
        ("EXPIRE", session, SESSION_IDLE_SECONDS),
    )
    return secret


async def whose_session(hotline: Hotline, secret: str) -> Person | None:
    """The person behind a session that is neither idle nor old, with the role they have now."""
    session = hotline.key("session", _digest(hotline.settings, secret))
    found = await hotline.store.ask("HGETALL", session)
    if not found or int(found["until"]) < hotline.now():
        return None
    await hotline.store.ask("EXPIRE", session, SESSION_IDLE_SECONDS)
    account = await hotline.store.ask("HGETALL", hotline.key("staff", found["id"]))
    if account.get("password") != found["since"]:
        return None  # a new password ends the sessions of the old one
    return _person(hotline, found["id"], account)


def _person(hotline: Hotline, id: str, account: dict[str, str]) -> Person:
    skills, lines = read_skills(account.get("skills", "")), tuple(account.get("lines", "").split())
    return Person(hotline.name, id, Role(account["role"]), skills, lines)


async def sign_out(hotline: Hotline, secret: str) -> None:
    await hotline.store.ask("DEL", hotline.key("session", _digest(hotline.settings, secret)))


async def issue_token(
    settings: Settings,
    store: Store,
    hotline: str,
    *,
    role: Role,
    id: str,
    scope: frozenset[Right] | None = None,
    secret: str = "",
) -> str:
    """A new API token, shown this once. `id` is whose desk it works, or what it is for; `scope` is what of its role's
    rights it has, None for all."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", id):
        raise Invalid(f"“{id}”不能作令牌的名称：请用工号，或字母、数字、- 和 _")
    token = f"ztc_{hotline}_{secret or secrets.token_urlsafe(32)}"
    digest = f"{root(hotline)}token:{_digest(settings, token)}"
    granted = " ".join(sorted(scope)) if scope is not None else ""
    await store.ask("HSET", digest, "role", role.value, "id", id, "scope", granted)
    return token


async def dismiss(store: Store, hotline: str, id: str) -> bool:
    """End an account; its sessions end with it. Says whether there was one."""
    ended, _ = await store.together(
        ("DEL", f"{root(hotline)}staff:{id}"), ("SREM", f"{root(hotline)}staff", id)
    )
    return bool(ended)


async def revoke_token(settings: Settings, store: Store, hotline: str, token: str) -> bool:
    """End a token. Says whether there was one."""
    return bool(await store.ask("DEL", f"{root(hotline)}token:{_digest(settings, token)}"))


async def whose_token(hotline: Hotline, token: str) -> Person | None:
    """The person or program behind an API token of this hotline."""
    named = _TOKEN.fullmatch(token)
    if not named or named[1] != hotline.name:
        return None
    found = await hotline.store.ask("HGETALL", hotline.key("token", _digest(hotline.settings, token)))
    if not found:
        return None
    skills, lines = await hotline.store.ask("HMGET", hotline.key("staff", found["id"]), "skills", "lines")
    account = {"role": found["role"], "skills": skills or "", "lines": lines or ""}
    return replace(_person(hotline, found["id"], account), scope=_scope(found.get("scope", "")))


def _scope(words: str) -> frozenset[Right] | None:
    return frozenset(map(Right, words.split())) if words else None


def read_skills(text: str) -> tuple[tuple[str, int], ...]:
    """`粤语=3 税务` is Cantonese at level 3 and tax at level 1. Raises Invalid."""
    skills = []
    for word in text.split():
        skill, _, level = word.partition("=")
        if not skill or (level and not re.fullmatch("[1-9]", level)):
            raise Invalid(f"“{word}”不是技能：请写成 粤语 或 粤语=3，级别 1 到 9，以空格分开")
        skills.append((skill, int(level or 1)))
    return tuple(skills)


def _digest(settings: Settings, secret: str) -> str:
    """Keyed with the installation's own secret: whoever has a copy of the store alone cannot try secrets on it."""
    return hmac.digest(
        settings.hotline_secret_key.get_secret_value().encode(), secret.encode(), "sha256"
    ).hex()


def _hasher() -> PasswordHash:
    """19 MiB and two passes: OWASP's advice for argon2id; 40 ms on a small machine."""
    return PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))


def _matches(password: str, digest: str | None) -> bool:
    """As slow for an unknown number as for a known one, so that numbers cannot be told apart by time."""
    if digest is None:
        _hasher().hash(password)
        return False
    return _hasher().verify(password, digest)
