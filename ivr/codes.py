"""登记码: the code by which somebody at any telephone shows that a post is theirs to switch (`absence_flow.py`).

It is given by us, at random, and shown once: nobody chooses 123456. It is ten digits, the last four of the published
number, which everybody knows, and six that nobody does. Six digits are soon tried on a copy of the store, however slow
the digest is made; so it is keyed with the secret of the installation, which is not in the store.
"""

from secrets import randbelow

from pydantic import BaseModel, ConfigDict

from ivr import audit
from ivr.absences import in_person
from ivr.accounts import digest_of
from ivr.acd import Word
from ivr.acd import codes as books
from ivr.acd.codes import Tried
from ivr.audit import Act
from ivr.directory import Line, as_dialled_at_home
from ivr.errors import Conflict, NotFound
from ivr.hotline import Hotline
from ivr.roles import Person

TAIL = 4
SECRET = 6
GIVEN, TAKEN_BACK = "新登记码", "取消登记码"


class FreshCode(BaseModel):
    """Shown this once: `dial`, and then type `code`."""

    model_config = ConfigDict(frozen=True)

    number: str
    whose: str
    dial: str
    code: str


async def grant(hotline: Hotline, number: str, person: Person) -> FreshCode:
    """A new code for this post; the one before is no longer any. Raises NotFound, and Conflict where nobody could
    dial in."""
    line, dialled = in_person(hotline, number, person), hotline.handbook.profile.dial_in.number
    if dialled is None:
        raise Conflict("还没有登记电话：请管理员先在“设置”的 dial_in 里填写 number")
    secret = f"{randbelow(10**SECRET):0{SECRET}}"
    await audit.note(hotline, person, Act.CODE, line.number, GIVEN)
    await books.set_code(hotline, line.number, digest=_digest(hotline, line, secret), by=person.id)
    dial = as_dialled_at_home(dialled)
    return FreshCode(number=line.number, whose=line.display_name, dial=dial, code=_tail(line) + secret)


async def withdraw(hotline: Hotline, number: str, person: Person) -> None:
    """This post cannot be switched by telephone any more. Raises NotFound if it could not before."""
    line = in_person(hotline, number, person)
    await audit.note(hotline, person, Act.CODE, line.number, TAKEN_BACK)
    if await books.drop_code(hotline, line.number) is Word.ALREADY:
        raise NotFound(f"{line.display_name}没有登记码")


async def check(hotline: Hotline, caller: str, typing: str, typed: str) -> Tried:
    """Whose code it is that somebody typed at the telephone `caller`. Whatever it locks is written down."""
    tail, secret = typed[:TAIL], typed[TAIL:]
    lines = [one for one in hotline.handbook.directory.lines if one.mode != "pool" and _tail(one) == tail]
    digests = {line.number: _digest(hotline, line, secret) for line in lines}
    tried = await books.try_code(hotline, caller, typing, digests)
    if tried.word is Word.LOCKED:
        for line in tried.lines:
            await audit.note(hotline, None, Act.CODE_LOCKED, line, where="电话")
    return tried


def _tail(line: Line) -> str:
    return line.number[-TAIL:]


def _digest(hotline: Hotline, line: Line, secret: str) -> str:
    return digest_of(hotline.settings, f"code {hotline.name} {line.number} {secret}")
