"""The operator's side of a call: their phone comes into the room, and leaves it.

    join > over
         > not_reached

Only the identity in `From` says who calls: the carrier took it from a token that we signed. Everything else that a
softphone sends along could be forged.
"""

from ivr import acd
from ivr.acd import Word, listening
from ivr.acd.listening import Mode
from ivr.call import Call
from ivr.call_flow import music_url, room_news, say
from ivr.hotline import Hotline
from ivr.twiml import Reply, join_room, listen_in, nothing, tell

NOT_REACHED = {
    "busy": "正在通话中",
    "no-answer": "无人接听",
    "canceled": "无人接听",
    "failed": "号码打不通",
    "hung_up": "接起后没有按键确认",
    "given_up": "无人接听",
    "withdrawn": "已不需要回电",
    "closed": "所在时段已过服务时间",
}


def identity(hotline: str, operator: str) -> str:
    """How the carrier knows an operator's softphone. Letters, digits and the underscore only."""
    return f"{hotline}_{operator}"


def whose(caller: str) -> tuple[str, str]:
    """Hotline and operator of `client:<identity>`; empty words for anybody else's call."""
    hotline, _, operator = caller.removeprefix("client:").rpartition("_")
    return (hotline, operator) if caller.startswith("client:") else ("", "")


async def join(hotline: Hotline, call: Call) -> Reply:
    """The operator's phone asks for the caller it accepted."""
    name, operator = whose(call.caller)
    if name != hotline.name:
        return tell(say(hotline, "goodbye"))
    found = await acd.pick_up(hotline, operator=operator, leg=call.sid)
    if found.word is Word.GONE:
        return await _listen(hotline, call, operator)
    news = room_news(hotline, found.sid)
    return join_room(
        room=found.room,
        news=news,
        music=music_url(hotline),
        then=over,
        is_guest=found.is_guest,
        call=found.sid,
    )


async def _listen(hotline: Hotline, call: Call, supervisor: str) -> Reply:
    """No caller of their own, but a talk that they want to hear."""
    word, ear = await listening.hear(hotline, supervisor=supervisor, leg=call.sid)
    if word is Word.GONE:
        return tell(say(hotline, "goodbye"))
    whispers = ear.mode == Mode.WHISPER
    return listen_in(
        room=ear.room,
        news=room_news(hotline, ear.sid),
        music=music_url(hotline),
        then=over,
        muted=ear.mode == Mode.LISTEN or (whispers and not ear.coached),
        coach=ear.coached if whispers else "",
        call=ear.sid,
    )


async def over(hotline: Hotline, call: Call) -> Reply:
    """The operator is out of the room. While they are still on the line, it was the caller who left."""
    sid, room = call.query.get("call", ""), call.query.get("room", "")
    word = await acd.leave_room(hotline, sid, leg=call.sid, room=room, is_up=call.is_up)
    if word is not Word.OK:
        await listening.withdrawn(hotline, supervisor=whose(call.caller)[1], leg=call.sid)
    return nothing()


async def not_reached(hotline: Hotline, call: Call) -> Reply:
    """The operator was in the room for a call-back, and nobody came: why, in a word, and their phone is down."""
    reason = NOT_REACHED.get(call.query.get("why", ""), "没有接通")
    return tell(say(hotline, "callback_not_reached", reason_spoken=reason))


STEPS = {f"operator/{step.__name__}": step for step in (join, over, not_reached)}
