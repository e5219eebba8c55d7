"""Signing in and out: browser sessions, how long they last, and who may try how often.

A session ends when it is idle, when it is old, when its account gets a new password, and when its owner says so, at
this browser or at all of them. Guesses are counted before they are tried: per number, and per address that they come
from, so that neither one account nor all of them in turn can be tried out.
"""

import secrets
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ivr import accounts, audit, passwords
from ivr.accounts import digest_of, person_of
from ivr.audit import Act
from ivr.errors import Conflict, Invalid, NotAllowed, NotFound
from ivr.hotline import Hotline
from ivr.roles import Person

IDLE_SECONDS = 2 * 3600
NOTED_SECONDS = 60  # that a session may have been used without its being written down
LONGEST_MS = 14 * 3600 * 1000
WRONG_ALLOWED = 5  # of one number
WRONG_FROM_ONE_PLACE = 40  # of all numbers; a whole office may share an address
FORGOTTEN_SECONDS = 300
HANDLE = 16  # of a session's digest, enough to name it and useless to open it
LONGEST_BROWSER = 200
REFUSED = "工号或密码不对"


class Session(BaseModel):
    """A browser in which somebody is signed in. `handle` names it for its owner; it opens nothing."""

    model_config = ConfigDict(frozen=True)

    handle: str
    began: datetime
    where: str
    browser: str
    here: bool


class Lock(BaseModel):
    """A number that nobody can sign in with for so many seconds more."""

    model_config = ConfigDict(frozen=True)

    number: str
    seconds: int


# ------------------------------------------------------------------------------------------ in and out


async def sign_in(
    hotline: Hotline, id_: str, password: str, *, where: str = "", browser: str = ""
) -> tuple[Person, str]:
    """The person and the secret of a new session. Raises NotAllowed; too many wrong passwords, Conflict."""
    if not accounts.is_seat(id_):
        raise NotAllowed(REFUSED)
    await _count_the_guess(hotline, id_, where)
    account = await hotline.store.ask("HGETALL", hotline.key("staff", id_))
    if not await passwords.matches(password, account.get("password"), hotline.hashing):
        await audit.note(hotline, None, Act.SIGN_IN_REFUSED, id_, where=where)
        raise NotAllowed(REFUSED)
    await _forget_the_guess(hotline, id_, where)
    return await admit(hotline, id_, account, where=where, browser=browser)


async def admit(
    hotline: Hotline, id_: str, account: dict[str, str], *, where: str, browser: str, by: str = ""
) -> tuple[Person, str]:
    """A session for whoever has shown who they are, `by` their password or another's word."""
    person = person_of(hotline.name, id_, account, where=where)
    await audit.note(hotline, person, Act.SIGN_IN, by)
    return person, await _open(hotline, person, account["password"], browser)


async def _count_the_guess(hotline: Hotline, id_: str, where: str) -> None:
    wrong, from_here = hotline.key("refused", id_), hotline.key("refused", "from", where)
    tries, _, here, _ = await hotline.store.together(
        ("INCR", wrong),
        ("EXPIRE", wrong, FORGOTTEN_SECONDS),
        ("INCR", from_here),
        ("EXPIRE", from_here, FORGOTTEN_SECONDS),
    )
    if tries == WRONG_ALLOWED + 1:
        await audit.note(hotline, None, Act.LOCKED, id_, where=where)
        await hotline.store.ask("ZADD", hotline.key("locked"), hotline.now() + FORGOTTEN_SECONDS * 1000, id_)
    if tries > WRONG_ALLOWED:
        raise Conflict("密码错误次数过多，请五分钟后再试，或请管理员解锁")
    if here > WRONG_FROM_ONE_PLACE:
        raise Conflict("从这台电脑（或这个网络）试错的次数过多，请五分钟后再试")


async def _forget_the_guess(hotline: Hotline, id_: str, where: str) -> None:
    await hotline.store.together(
        ("DEL", hotline.key("refused", id_)),
        ("DECR", hotline.key("refused", "from", where)),
        ("ZREM", hotline.key("locked"), id_),
    )


async def sign_out(hotline: Hotline, person: Person, secret: str) -> None:
    """This browser."""
    await _end(hotline, person, [digest_of(hotline.settings, secret)])
    await audit.note(hotline, person, Act.SIGN_OUT)


async def sign_out_everywhere(hotline: Hotline, person: Person) -> None:
    """Every browser, this one too."""
    digests = await hotline.store.ask("SMEMBERS", hotline.key("sessions_of", person.id))
    await _end(hotline, person, digests)
    await audit.note(hotline, person, Act.SIGN_OUT, "全部")


async def end(hotline: Hotline, person: Person, handle: str) -> None:
    """One of their own, by its handle. Raises NotFound."""
    digests = await hotline.store.ask("SMEMBERS", hotline.key("sessions_of", person.id))
    found = [digest for digest in digests if digest[:HANDLE] == handle]
    if not found:
        raise NotFound("没有这个登录：它可能已经结束")
    await _end(hotline, person, found)
    await audit.note(hotline, person, Act.SIGN_OUT, handle)


async def _end(hotline: Hotline, person: Person, digests: list[str]) -> None:
    if digests:
        await hotline.store.together(
            ("DEL", *(hotline.key("session", digest) for digest in digests)),
            ("SREM", hotline.key("sessions_of", person.id), *digests),
        )


# ------------------------------------------------------------------------------------------ while it lasts


async def whose(hotline: Hotline, secret: str) -> Person | None:
    """The person behind a session that is neither idle nor old, with the role they have now."""
    digest = digest_of(hotline.settings, secret)
    found, seconds, account = await accounts.behind(hotline, "session", digest)
    if not found or int(found["until"]) < hotline.now():
        return None
    if seconds < IDLE_SECONDS - NOTED_SECONDS:
        await hotline.store.ask("EXPIRE", hotline.key("session", digest), IDLE_SECONDS)
    if account.get("password") != found["since"]:
        return None  # a new password ends the sessions of the old one
    return accounts.known_as(hotline.name, found["id"], tuple(account.items()))


async def mine(hotline: Hotline, person: Person, secret: str = "") -> list[Session]:
    """Where they are signed in, the latest first; `secret` is of the session that asks."""
    digests = sorted(await hotline.store.ask("SMEMBERS", hotline.key("sessions_of", person.id)))
    found = await hotline.store.each(*(("HGETALL", hotline.key("session", digest)) for digest in digests))
    gone = [digest for digest, session in zip(digests, found, strict=True) if not session]
    await _end(hotline, person, gone)
    here = digest_of(hotline.settings, secret)
    sessions = [
        Session(
            handle=digest[:HANDLE],
            began=hotline.at(session["began"]),
            where=session["where"],
            browser=session["browser"],
            here=digest == here,
        )
        for digest, session in zip(digests, found, strict=True)
        if session
    ]
    return sorted(sessions, key=lambda one: one.began, reverse=True)


async def _open(hotline: Hotline, person: Person, since: str, browser: str) -> str:
    secret = f"{hotline.name}.{secrets.token_urlsafe(32)}"
    digest = digest_of(hotline.settings, secret)
    facts = {
        "id": person.id,
        "since": since,
        "began": hotline.now(),
        "until": hotline.now() + LONGEST_MS,
        "where": person.where,
        "browser": browser[:LONGEST_BROWSER],
    }
    session, mine = hotline.key("session", digest), hotline.key("sessions_of", person.id)
    await hotline.store.together(
        ("HSET", session, *(part for pair in facts.items() for part in pair)),
        ("EXPIRE", session, IDLE_SECONDS),
        ("SADD", mine, digest),
        ("EXPIRE", mine, LONGEST_MS // 1000),
        ("SADD", hotline.key("staff"), person.id),
    )
    return secret


async def change_password(hotline: Hotline, person: Person, old: str, new: str, *, browser: str = "") -> str:
    """A password of their own choice; all their sessions end, and the secret of a new one is the answer. Raises
    Invalid, Conflict."""
    key = hotline.key("staff", person.id)
    account = await hotline.store.ask("HGETALL", key)
    await _count_the_guess(hotline, person.id, person.where)
    if not await passwords.matches(old, account.get("password"), hotline.hashing):
        raise Invalid("原来的密码不对", {"old": "原来的密码不对"})
    await _forget_the_guess(hotline, person.id, person.where)
    if new == old:
        raise Invalid("新密码要与原来的不同", {"new": "新密码要与原来的不同"})
    passwords.must_do(person.id, new)
    await audit.note(hotline, person, Act.PASSWORD, person.id)
    digest = await passwords.digest_of(new)
    await hotline.store.ask("HSET", key, "password", digest, "temporary", "")
    return await _open(hotline, person, digest, browser)


# ------------------------------------------------------------------------------------------ locked out


async def locked(hotline: Hotline) -> list[Lock]:
    """Numbers that were tried too often and must wait."""
    now = hotline.now()
    flat = await hotline.store.ask("ZRANGEBYSCORE", hotline.key("locked"), now, "+inf", "WITHSCORES")
    return [Lock(number=number, seconds=int((float(until) - now) / 1000)) for number, until in flat]


async def unlock(hotline: Hotline, person: Person, number: str) -> None:
    """An administrator lets it try again at once. Raises NotFound."""
    if not await hotline.store.ask("ZREM", hotline.key("locked"), number):
        raise NotFound(f"工号 {number} 没有被锁定")
    await audit.note(hotline, person, Act.UNLOCK, number)
    await hotline.store.ask("DEL", hotline.key("refused", number))
