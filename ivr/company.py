"""What an operator does in the middle of a talk: hold the caller, consult somebody, bring them in, give the caller to
them; and whom there is to ask.
"""

from collections.abc import Coroutine
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from ivr import acd, alarms, audit
from ivr.acd import Word, party, tape
from ivr.audit import Act
from ivr.carrier import CarrierFailed
from ivr.desk import Done, done
from ivr.directory import e164
from ivr.errors import Conflict, Forbidden, Invalid, NotFound
from ivr.hotline import Hotline
from ivr.profile.talk import a_telephone
from ivr.records import who_talked
from ivr.roles import Person, Right

LONGEST_NOTE = 2000
Free = Literal["free", "busy", "paused", "away"]


class Colleague(BaseModel):
    """An operator on shift, and whether they could be asked now."""

    model_config = ConfigDict(frozen=True)

    operator: str
    state: Free


class Contact(BaseModel):
    """A telephone outside the hotline. `note` says when somebody is there."""

    model_config = ConfigDict(frozen=True)

    name: str
    address: str
    note: str = ""


class Contacts(BaseModel):
    """Whom an operator can bring into a talk."""

    model_config = ConfigDict(frozen=True)

    colleagues: tuple[Colleague, ...]
    departments: tuple[Contact, ...]
    emergency: tuple[Contact, ...]


async def contacts(hotline: Hotline, person: Person) -> Contacts:
    talk = hotline.handbook.profile.talk
    seen = (await acd.board(hotline, top=0))["operators"]
    colleagues = [
        Colleague(operator=one["id"], state=_state(one))
        for one in seen
        if one.get("presence") == acd.Presence.ON and one["id"] != person.id
    ]
    return Contacts(
        colleagues=tuple(sorted(colleagues, key=lambda one: one.operator)),
        departments=tuple(Contact(name=name, address=to, note=note) for name, to, note in talk.departments),
        emergency=tuple(Contact(name=name, address=to) for name, to in talk.emergency),
    )


def _state(operator: dict[str, str]) -> Free:
    if operator.get("line", acd.Line.IDLE) != acd.Line.IDLE:
        return "busy"
    return "free" if operator.get("intent") == acd.Intent.READY else "paused"


# ------------------------------------------------------------------------------------------ on hold


async def hold(hotline: Hotline, person: Person, held: bool) -> Done:
    """保持 and 取回."""
    act = party.hold if held else party.resume
    turned = await _done(hotline, person, act(hotline, operator=person.id))
    if turned.word is Word.BUSY:
        raise Conflict("通话中有另一方：请选择取回、三方或转接")
    return turned


# ------------------------------------------------------------------------------------------ somebody else


async def invite(hotline: Hotline, person: Person, kind: party.Kind, who: str, mode: party.Mode) -> Done:
    """咨询, or 三方 at once. Emergency services are always brought in at once, and need only their name."""
    who, name = _whom(hotline, kind, who)
    mode = "conference" if kind == "emergency" else mode
    act = party.invite(hotline, operator=person.id, kind=kind, who=who, name=name, mode=mode)
    invited = await _done(hotline, person, act)
    if invited.word is Word.BUSY:
        raise Conflict(f"{name}现在不能接听：请另选一位")
    if invited.word is Word.ALREADY:
        raise Conflict("通话中已经有另一方：请先取回，再呼叫别人")
    return invited


async def confer(hotline: Hotline, person: Person) -> Done:
    """三方: the one who is consulted and the caller hear each other."""
    joined = await done(hotline, person, party.confer(hotline, operator=person.id))
    if joined.word is Word.GONE:
        raise Conflict("对方还没有接听，或已挂断：接通后才能三方通话")
    return joined


async def take_back(hotline: Hotline, person: Person) -> Done:
    """取回: the other one goes, the caller is back."""
    return await _done(hotline, person, party.take_back(hotline, operator=person.id))


async def transfer(hotline: Hotline, person: Person) -> Done:
    """转接 after a consultation, 离开 out of a talk of three."""
    handed = await done(hotline, person, party.transfer(hotline, operator=person.id))
    if handed.word is Word.GONE:
        raise Conflict("对方还没有接听，或已挂断：接通后才能转接")
    return handed


async def pause_recording(hotline: Hotline, person: Person, paused: bool) -> Done:
    """暂停录音 around what must not be kept, and 恢复录音; by itself after a while."""
    act = tape.pause if paused else tape.resume
    turned = await done(hotline, person, act(hotline, operator=person.id))
    if turned.word is Word.GONE:
        raise Conflict("现在没有录音：通话还没有开始录音，或本热线不录音")
    return turned


async def sound(hotline: Hotline, person: Person, sid: str) -> bytes:
    """The recording of a talk as a WAV file, for those who took part in it and for supervisors; who listened is written
    down. Raises NotFound, Forbidden, or Conflict while the carrier does not give it."""
    stored = await hotline.store.ask("HGETALL", hotline.key("call", sid))
    if "tape_sid" not in stored:
        raise NotFound(f"通话 {sid} 没有录音")
    if person.id not in who_talked(stored) and not person.may(Right.SUPERVISE):
        raise Forbidden("只能听自己通话的录音：别人的录音请班长来听")
    await audit.note(hotline, person, Act.PLAY, sid)
    try:
        return await hotline.carrier.sound_of(stored["tape_sid"])
    except CarrierFailed:
        await alarms.count_failure(hotline)
        raise Conflict("运营商暂时没有给出这段录音：通话结束后请稍候再听") from None


async def note(hotline: Hotline, person: Person, sid: str, text: str) -> Word:
    """备注: what the call was about. Raises NotFound, Forbidden and Invalid."""
    if len(text) > LONGEST_NOTE:
        raise Invalid(f"备注最长 {LONGEST_NOTE} 个字，现在是 {len(text)} 个：请删减后再保存")
    word = await party.note(hotline, sid, operator=person.id, text=text)
    if word is Word.GONE:
        raise NotFound(f"没有通话 {sid}：请检查编号")
    if word is Word.NO:
        raise Forbidden("这个通话不是您接的：只有参加过通话的话务员可以写备注")
    return word


def _whom(hotline: Hotline, kind: party.Kind, who: str) -> tuple[str, str]:
    """What is dialled, and what it is called. Raises NotFound and Invalid."""
    talk = hotline.handbook.profile.talk
    if kind == "operator":
        return who, f"坐席 {who}"
    if kind == "emergency":
        for name, address in talk.emergency:
            if who in (name, address):
                return address, name
        raise NotFound(f"没有“{who}”这项紧急服务：请管理员在 hotline.toml 的 [talk] emergency 中补上")
    for name, address, _ in talk.departments:
        if who in (name, address):
            return address, name
    number = e164(who)
    if number is None or not number.startswith(talk.dial_prefixes):
        allowed = "、".join(talk.dial_prefixes)
        raise Invalid(f"“{who}”不能拨打：请从通讯录中选择，或填写以 {allowed} 开头的完整号码")
    return a_telephone(number), number


async def _done(hotline: Hotline, person: Person, act: Coroutine[Any, Any, Word]) -> Done:
    became = await done(hotline, person, act)
    if became.word is Word.GONE:
        raise Conflict("您现在没有通话，或这个通话不由您负责")
    return became
