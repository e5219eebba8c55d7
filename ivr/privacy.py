"""Who a caller is: masked on every page, shown for a reason that is written down, and kept when they ask for it."""

from pydantic import BaseModel, ConfigDict

from ivr import audit, records
from ivr.acd import Word, privacy
from ivr.audit import Act
from ivr.directory import grouped, is_withheld, mask
from ivr.errors import Conflict, Forbidden, Invalid, NotFound
from ivr.hotline import Hotline
from ivr.records import Page, Record, Sought
from ivr.roles import Person, Right

SHOWN_SECONDS = 60
SHORTEST_REASON = 2
LONGEST_REASON = 200
SHOWN_DIGITS = 4  # of a masked number, at its end


class Shown(BaseModel):
    """A caller's whole number, to be looked at for so many seconds under the mark of who looks."""

    model_config = ConfigDict(frozen=True)

    sid: str
    caller: str
    seconds: int
    mark: str


async def search(
    hotline: Hotline, person: Person, sought: Sought, *, limit: int = 50, cursor: str = ""
) -> Page:
    """The calls that this person may see; that they looked for one caller is written down, with every page of it: a
    cursor is no proof that the first was asked for. Raises Invalid."""
    possible = allowed(person, sought)
    if sought.caller:
        await audit.note(hotline, person, Act.SEARCH, as_noted(sought.caller))
    return await records.search(hotline, possible, limit=limit, cursor=cursor)


def allowed(person: Person, sought: Sought) -> Sought:
    """What of it this person may find. Raises Invalid for more of a number than screens show, unless it is a whole
    one: a digit at a time, the rest of it could be guessed."""
    if not sought.names_a_caller and len(sought.caller) > SHOWN_DIGITS:
        raise Invalid(
            f"来电号码请写以 + 开头的完整号码（国内为 +86，区号不带 0），或只写最后 {SHOWN_DIGITS} 位以内的数字"
        )
    return sought.model_copy(update={"within": person.sees, "finds_sealed": person.may(Right.SUPERVISE)})


def as_noted(caller: str) -> str:
    """A caller who is searched for, as the audit keeps it: what was asked, yet never a whole number."""
    return mask(caller) if caller.startswith("+") else f"****{caller}"


async def read(hotline: Hotline, person: Person, sid: str) -> Record:
    """The record of a call that this person may see. Raises NotFound for any other."""
    return await records.read(hotline, sid, within=person.sees)


async def reveal(hotline: Hotline, person: Person, sid: str, reason: str) -> Shown:
    """The whole number, once it is written down who asked and why. Raises Invalid without a reason, Forbidden for a
    sealed call, Conflict when the number was withheld."""
    why = a_reason(reason)
    caller, sealed = await hotline.store.ask("HMGET", hotline.key("call", sid), "caller", "sealed")
    if caller is None:
        raise NotFound(f"没有通话 {sid}：请检查编号")
    if sealed and not person.may(Right.SUPERVISE):
        raise Forbidden("来电人要求保密：只有班长和管理员可以查看，请班长处理")
    if is_withheld(caller):
        raise Conflict("来电人没有显示号码，没有可以查看的")
    await audit.note(hotline, person, Act.REVEAL, sid, why)
    return Shown(sid=sid, caller=grouped(caller), seconds=SHOWN_SECONDS, mark=mark_of(hotline, person))


def a_reason(text: str) -> str:
    """Why somebody wants to know. Raises Invalid."""
    reason = " ".join(text.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid(f"请写明理由（{SHORTEST_REASON} 到 {LONGEST_REASON} 个字），它会记入审计")
    return reason


def mark_of(hotline: Hotline, person: Person) -> str:
    """What is laid over whatever shows identity: who looked, and when."""
    return f"{person.id} {hotline.moment():%Y-%m-%d %H:%M}"


async def seal(hotline: Hotline, person: Person, sid: str) -> Word:
    """保密: the caller asked for it. Raises NotFound."""
    word = _there(await privacy.seal(hotline, sid, operator=person.id), sid)
    if word is Word.OK:
        await audit.note(hotline, person, Act.SEAL, sid)
    return word


async def unseal(hotline: Hotline, person: Person, sid: str, reason: str) -> Word:
    """解除保密, for a reason. Raises NotFound, Invalid."""
    why = a_reason(reason)
    await audit.note(hotline, person, Act.UNSEAL, sid, why)
    return _there(await privacy.unseal(hotline, sid), sid)


def _there(word: Word, sid: str) -> Word:
    if word is Word.GONE:
        raise NotFound(f"没有通话 {sid}：请检查编号")
    return word
