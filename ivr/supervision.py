"""What a supervisor does: from the wallboard, for the callers and with the operators.

Each act is written in the audit before it is done. None of them cuts into a call.
"""

import secrets

from pydantic import BaseModel, ConfigDict

from ivr import audit
from ivr.acd import Word
from ivr.acd import supervision as acd
from ivr.acd.supervision import EVERY_DESK, State
from ivr.audit import Act
from ivr.errors import Conflict, Invalid, NotFound
from ivr.hotline import Hotline
from ivr.roles import Person

LONGEST_WORDS = 200
LONGEST_SHOWN_SECONDS = 3600
TOP_PRIORITY = 9
STATES = {State.READY: "示闲", State.PAUSED: "示忙", State.OFF: "签出"}
NOT_WAITING = "这位来电人已不在排队：已经接通、正在振铃或已挂机"


class Done(BaseModel):
    """What became of it. `after_call`: it holds once the operator's present call is over."""

    model_config = ConfigDict(frozen=True)

    word: Word
    after_call: bool = False


async def force(hotline: Hotline, person: Person, operator: str, state: State, why: str) -> Done:
    """The operator is made ready, paused or signed out, and told by whom and why. Raises Conflict off shift."""
    why = _words(why, "原因")
    await audit.note(hotline, person, Act.FORCE, f"{operator} {STATES[state]}", why)
    forced = await acd.force(
        hotline,
        operator,
        state=state,
        by=person.id,
        why=why,
        notice=_new_notice(),
        seconds=hotline.handbook.profile.supervision.notice_seconds,
    )
    if forced.word is Word.GONE:
        raise Conflict(f"{operator} 没有签入或已离线，只有本人签入后才能改变状态")
    return Done(word=forced.word, after_call=forced.after_call)


async def prioritise(hotline: Hotline, person: Person, sid: str, priority: int) -> Done:
    """The caller's priority, 0 to 9. Raises Conflict when they wait no more."""
    if not 0 <= priority <= TOP_PRIORITY:
        raise Invalid(f"优先级是 0 到 {TOP_PRIORITY} 的整数，{priority} 不行")
    await audit.note(hotline, person, Act.MOVE, sid, f"优先级 {priority}")
    return _moved(await acd.prioritise(hotline, sid, priority=priority, by=person.id))


async def advance(hotline: Hotline, person: Person, sid: str) -> Done:
    """The caller is next in their line. Raises Conflict when they wait no more."""
    await audit.note(hotline, person, Act.MOVE, sid, "移到最前")
    return _moved(await acd.advance(hotline, sid, by=person.id))


async def requeue(hotline: Hotline, person: Person, sid: str, queue: str) -> Done:
    """The caller stands in another line. Raises NotFound for a line that is none, Conflict when they wait no more."""
    if queue not in hotline.handbook.profile.queues:
        raise NotFound(f"没有队列 {queue}：有 {'、'.join(hotline.handbook.profile.queues)}")
    await audit.note(hotline, person, Act.MOVE, sid, f"转到队列 {queue}")
    return _moved(await acd.requeue(hotline, sid, queue=queue, by=person.id))


def _moved(word: Word) -> Done:
    if word is Word.GONE:
        raise Conflict(NOT_WAITING)
    return Done(word=word)


async def notify(hotline: Hotline, person: Person, text: str, *, to: str = "", seconds: int = 0) -> Done:
    """A notice at one desk, or at all of them when none is named, until it is acknowledged or its time is over."""
    seconds = seconds or hotline.handbook.profile.supervision.notice_seconds
    if not 1 <= seconds <= LONGEST_SHOWN_SECONDS:
        raise Invalid(f"显示时间是 1 到 {LONGEST_SHOWN_SECONDS} 秒，{seconds} 不行")
    text = _words(text, "消息")
    word = await acd.notify(
        hotline, notice=_new_notice(), to=to or EVERY_DESK, by=person.id, text=text, seconds=seconds
    )
    return Done(word=word)


async def acknowledge(hotline: Hotline, person: Person, notice: str) -> Done:
    """The desk has read it."""
    return Done(word=await acd.acknowledge(hotline, notice, operator=person.id))


async def ask_help(hotline: Hotline, person: Person, why: str) -> Done:
    """求助班长: seen on every wallboard until somebody has come."""
    why = why.strip() or "请班长帮助"
    return Done(word=await acd.ask_help(hotline, operator=person.id, why=_words(why, "求助内容")))


async def give_help(hotline: Hotline, person: Person, operator: str) -> Done:
    """Somebody has come, or it is needed no more."""
    return Done(word=await acd.give_help(hotline, operator=operator, by=person.id))


def _words(text: str, what: str) -> str:
    text = " ".join(text.split())
    if not text or len(text) > LONGEST_WORDS:
        raise Invalid(f"请写明{what}，1 到 {LONGEST_WORDS} 个字")
    return text


def _new_notice() -> str:
    return secrets.token_hex(8)
