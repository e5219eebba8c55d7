"""Passwords: which will do, and how they are kept."""

import asyncio

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from ivr.errors import Invalid

SHORTEST = 8
LONGEST = 256
_KNOWN = """
12345678 123456789 1234567890 87654321 password password1 qwertyui qwerty123 1q2w3e4r 1qaz2wsx abc12345 abcd1234
a1234567 admin123 admin888 iloveyou woaini1314 woaini520 5201314520 zhitongche
"""
KNOWN_TO_ALL = frozenset(_KNOWN.split())


def must_do(id_: str, password: str) -> None:
    """Raises Invalid for a password that somebody could guess."""
    if len(password) < SHORTEST:
        raise Invalid(f"密码太短：至少 {SHORTEST} 个字符")
    if len(password) > LONGEST:
        raise Invalid(f"密码太长：最多 {LONGEST} 个字符")
    plain = password.lower()
    if plain in KNOWN_TO_ALL or len(set(plain)) < 4:
        raise Invalid("这个密码人人都猜得到：请换一个，可以是几个不相干的词连在一起")
    if not plain.replace(id_, "").strip("._-@#! "):
        raise Invalid("密码不能就是工号：请换一个，可以是几个不相干的词连在一起")


async def digest_of(password: str) -> str:
    """By argon2id, in a thread: it takes 40 ms on a small machine."""
    return await asyncio.to_thread(_hasher().hash, password)


async def matches(password: str, digest: str | None, turn: asyncio.Semaphore) -> bool:
    """As slow for an unknown number as for a known one, so that numbers cannot be told apart by time. `turn` lets few
    be worked out at once: a crowd that signs in must not keep callers waiting."""
    async with turn:
        return await asyncio.to_thread(_matches, password, digest)


def _matches(password: str, digest: str | None) -> bool:
    if digest is None:
        _hasher().hash(password)
        return False
    return _hasher().verify(password, digest)


def _hasher() -> PasswordHash:
    """19 MiB and two passes: OWASP's advice for argon2id."""
    return PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
