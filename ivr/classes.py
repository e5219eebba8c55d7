"""Classes of callers: which numbers an admin has put in which, such as firms or the elderly, and why.

What a class means (priority, a queue of its own) is in the profile; who belongs to one is kept in the store alone: it
says something about people, and is no part of a folder that is handed around. Members are shown masked, so each has a
handle by which it is taken out again.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ivr import audit
from ivr.accounts import digest_of
from ivr.acd import callers
from ivr.audit import Act
from ivr.directory import e164, mask
from ivr.errors import Invalid, NotFound
from ivr.hotline import Hotline
from ivr.roles import Person

HANDLE_LETTERS = 20
LONGEST_REASON = 200
NAMED_IN_THE_AUDIT = 5


class Member(BaseModel):
    """A caller of a class. The number is masked; `title` is empty for a class that is no more."""

    model_config = ConfigDict(frozen=True)

    handle: str
    caller: str
    name: str
    title: str
    since: datetime | None
    by: str
    reason: str


async def members(hotline: Hotline) -> list[Member]:
    """Everybody who is in a class; by class, then by number."""
    stored: dict[str, str] = await hotline.store.ask("HGETALL", hotline.key("classes"))
    found = sorted(stored.items(), key=lambda one: (one[1].partition("|")[0], one[0]))
    return [_member(hotline, caller, text) for caller, text in found]


def _member(hotline: Hotline, caller: str, text: str) -> Member:
    name, since, by, reason = (text + "|||").split("|", 3)  # an older release kept the class alone
    return Member(
        handle=_handle(hotline, caller),
        caller=mask(caller),
        name=name,
        title=hotline.handbook.profile.class_title(name),
        since=hotline.at(since) if since else None,
        by=by,
        reason=reason.removesuffix("|||") if since else "",
    )


def _handle(hotline: Hotline, caller: str) -> str:
    """What names a member to whoever may not read the number."""
    return digest_of(hotline.settings, f"member of {hotline.name} {caller}")[:HANDLE_LETTERS]


async def put(hotline: Hotline, person: Person, numbers: list[str], name: str, reason: str) -> int:
    """These numbers, however they are spelt, are of this class from their next call on; "" is of none. Says how many
    were not before. Raises Invalid, and changes nothing, for a class there is not or anything that is no number."""
    known = hotline.handbook.profile.classes
    if name and name not in known:
        wrong = f"没有类别“{name}”：有 {'、'.join(known) or '（尚未设置）'}"
        raise Invalid(wrong, {"name": wrong})
    plain = [e164(number) for number in numbers]
    strange = [number for number, found in zip(numbers, plain, strict=True) if found is None]
    if strange or not numbers:
        wrong = f"不是完整的电话号码：{'、'.join(strange[:5]) or '（一个也没有）'}，请连同区号一起写"
        raise Invalid(wrong, {"numbers": wrong})
    reason = reason.strip()
    if name and not 2 <= len(reason) <= LONGEST_REASON:
        wrong = f"请写明依据，2 到 {LONGEST_REASON} 个字，如 市工信局 2026 年重点企业名单：会记入审计"
        raise Invalid(wrong, {"reason": wrong})
    return await _classify(hotline, person, [caller for caller in plain if caller], name, reason)


async def take_out(hotline: Hotline, person: Person, handle: str) -> None:
    """One member, by the handle that stands in the list. Raises NotFound when it is nobody's any more."""
    everybody = await hotline.store.ask("HKEYS", hotline.key("classes"))
    found = [caller for caller in everybody if _handle(hotline, caller) == handle]
    if not found:
        raise NotFound("这个号码已不在任何类别里：请刷新页面")
    await _classify(hotline, person, found, "", "")


async def _classify(hotline: Hotline, person: Person, plain: list[str], name: str, reason: str) -> int:
    some = "、".join(mask(caller) for caller in plain[:NAMED_IN_THE_AUDIT])
    about = f"{name or '移出'}：{some}{' 等' if len(plain) > NAMED_IN_THE_AUDIT else ''}"
    await audit.note(hotline, person, Act.CLASSIFY, about, f"{len(plain)} 个号码 {reason}".strip())
    words = [await callers.classify(hotline, one, name, by=person.id, reason=reason) for one in plain]
    return sum(word == "OK" for word in words)
