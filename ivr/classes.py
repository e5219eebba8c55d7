"""Classes of callers: which numbers an admin has put in which, such as firms or the elderly.

What a class means (priority, a queue of its own) is in the profile; who belongs to one is kept in the store alone: it
says something about people, and is no part of a folder that is handed around.
"""

from pydantic import BaseModel, ConfigDict

from ivr import audit
from ivr.acd import callers
from ivr.audit import Act
from ivr.directory import e164, mask
from ivr.errors import Invalid
from ivr.hotline import Hotline
from ivr.roles import Person


class Member(BaseModel):
    """A caller of a class. The number is masked."""

    model_config = ConfigDict(frozen=True)

    caller: str
    name: str
    title: str


async def members(hotline: Hotline) -> list[Member]:
    """Everybody who is in a class; by class, then by number."""
    stored = await hotline.store.ask("HGETALL", hotline.key("classes"))
    title = hotline.handbook.profile.class_title
    return [
        Member(caller=mask(caller), name=name, title=title(name))
        for caller, name in sorted(stored.items(), key=lambda one: (one[1], one[0]))
    ]


async def put(hotline: Hotline, person: Person, numbers: list[str], name: str) -> int:
    """These numbers, however they are spelt, are of this class from their next call on; "" is of none. Says how many
    were not before. Raises Invalid, and changes nothing, for a class there is not or anything that is no number."""
    known = hotline.handbook.profile.classes
    if name and name not in known:
        raise Invalid(
            f"没有类别“{name}”：有 {'、'.join(known) or '（尚未设置）'}，见 hotline.toml 的 [classes]"
        )
    plain = [e164(number) for number in numbers]
    wrong = [number for number, found in zip(numbers, plain, strict=True) if found is None]
    if wrong or not numbers:
        raise Invalid(f"不是完整的电话号码：{'、'.join(wrong[:5]) or '（一个也没有）'}，请连同区号一起写")
    await audit.note(hotline, person, Act.CLASSIFY, name or "—", f"{len(numbers)} 个号码")
    words = [await callers.classify(hotline, caller, name) for caller in plain if caller]
    return sum(word == "OK" for word in words)
