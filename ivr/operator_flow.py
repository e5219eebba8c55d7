"""The operator's side of a call: their phone comes into the room, and leaves it.

    (ring) > offered > accepted > over
                       join     > over
                                > tested
                                > not_reached

A softphone asks for the room once its operator has accepted on the screen; a desk phone is rung, and the key 1 accepts.
Only the identity in `From` says who calls: the carrier took it from a token that we signed. Everything else that a
softphone sends along could be forged. What a desk phone's steps know of whose it is stands in addresses that we wrote.
"""

import secrets

from ivr import acd
from ivr.acd import PickUp, Word, desk_phones, desk_probes, listening
from ivr.acd.listening import Mode
from ivr.call import Call
from ivr.call_flow import music_url, room_news, say
from ivr.carrier import CarrierFailed, CarrierRefused
from ivr.direct_flow import tail_of
from ivr.directory import as_dialled_at_home
from ivr.hotline import Hotline
from ivr.post_phones import reached, why_nobody_came
from ivr.prompts import spell_number
from ivr.twiml import Reply, ask_who_picked_up, join_room, listen_in, nothing, path, tell

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


# ------------------------------------------------------------------------------------------ a desk phone


async def ring(hotline: Hotline, operator: str, n: str) -> None:
    """Let the carrier ring their desk phone, for the n-th time. It is asked once: what it did all the same, though its
    answer was lost, leads to nobody who is still wanted."""
    word, sid = await desk_phones.ask_for_ring(hotline, operator=operator, ring=n)
    if word is not Word.OK:
        return
    line = await hotline.store.ask("HGET", hotline.key("call", sid), "line") or await _tested(
        hotline, operator
    )
    number = await hotline.store.ask("HGET", hotline.key("staff", operator), "phone")
    if not number:  # taken out of the account since they signed in
        await desk_phones.is_over(hotline, operator=operator, ring=n, leg="")
        return
    phone, about = reached(hotline, number), {"operator": operator, "ring": n}
    try:
        leg = await hotline.carrier.ring(
            phone.address,
            byoc=phone.byoc,
            caller_id=line,
            url=hotline.url("operator/" + path(offered, **about)),
            news=hotline.url("operator/" + path(phone_news, **about)),
            seconds=hotline.handbook.profile.queue.ring_seconds,
        )
    except CarrierFailed as failed:
        await desk_phones.is_over(hotline, operator=operator, ring=n, leg="")
        if not isinstance(failed, CarrierRefused):
            raise  # for the alarms; tried again it finds that nobody is to be rung
        return
    if await desk_phones.rings(hotline, operator=operator, ring=n, leg=leg) is Word.GONE:
        await hotline.carrier.hang_up(leg)


async def offered(hotline: Hotline, call: Call) -> Reply:
    """Somebody, or a machine, picked up: whose number was dialled, and a key that only a person presses."""
    operator, n = _of(call)
    word, sid = await desk_phones.is_up(hotline, operator=operator, ring=n, leg=call.sid)
    if word is Word.GONE:
        return tell(say(hotline, "caller_gone"))
    number, caller = await hotline.store.ask("HMGET", hotline.key("call", sid), "line", "caller")
    is_test = number is None
    number = number or await _tested(hotline, operator)
    line = hotline.handbook.directory.find(number)
    whose = line.display_name if line else number
    if is_test:
        return ask_who_picked_up(say(hotline, "probe_whisper", whose=whose), then=accepted, **call.query)
    words = say(hotline, "desk_phone", whose=whose, tail_digits=tail_of(caller or ""))
    return ask_who_picked_up(words, then=accepted, **call.query)


async def accepted(hotline: Hotline, call: Call) -> Reply:
    """1: into the room. Another key is no."""
    operator, n = _of(call)
    if call.pressed != "1":
        word, sid = await desk_phones.is_up(hotline, operator=operator, ring=n, leg=call.sid)
        if word is Word.OK:
            await acd.decline(hotline, sid, operator=operator)
        return tell()
    room = secrets.token_hex(16)
    found = await desk_phones.accept(hotline, operator=operator, ring=n, leg=call.sid, room=room)
    if found.word is Word.GONE:
        return tell(say(hotline, "caller_gone"))
    return _through(hotline, found, operator)


async def phone_news(hotline: Hotline, call: Call) -> Reply:
    """The carrier's call of their desk phone has ended, however it did."""
    operator, n = _of(call)
    if call.is_up:
        return nothing()
    # declined by the phone's own key: whoever pressed it was there, and has missed nothing
    why = why_nobody_came(call.form, "SipResponseCode")
    await desk_phones.is_over(hotline, operator=operator, ring=n, leg=call.sid, why=why)
    return nothing()


def _of(call: Call) -> tuple[str, str]:
    """The operator and the number of the ring, as we wrote them into the address."""
    return call.query.get("operator", ""), call.query.get("ring", "")


async def _tested(hotline: Hotline, operator: str) -> str:
    """The number whose dial test is at this desk; "" for none."""
    return str(await hotline.store.ask("HGET", hotline.key("operator", operator), "probe") or "")


# ------------------------------------------------------------------------------------------ into the room


async def join(hotline: Hotline, call: Call) -> Reply:
    """The operator's phone asks for the caller it accepted."""
    name, operator = whose(call.caller)
    if name != hotline.name:
        return tell(say(hotline, "goodbye"))
    found = await acd.pick_up(hotline, operator=operator, leg=call.sid)
    if found.word is Word.GONE:
        return await _listen(hotline, call, operator)
    return _through(hotline, found, operator)


def _through(hotline: Hotline, found: PickUp, operator: str) -> Reply:
    """Into the room of the call; in a dial test there is none, and one sentence says that all is well."""
    if found.is_test:
        digits = spell_number(as_dialled_at_home(found.sid))
        return tell(say(hotline, "probe_operator", number_digits=digits), then=tested, operator=operator)
    return join_room(
        room=found.room,
        news=room_news(hotline, found.sid),
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
        ear="1",
    )


async def over(hotline: Hotline, call: Call) -> Reply:
    """The operator is out of the room. While they are still on the line, it was the caller who left."""
    sid, room = call.query.get("call", ""), call.query.get("room", "")
    word = await acd.leave_room(hotline, sid, leg=call.sid, room=room, is_up=call.is_up)
    if word is not Word.OK and "ear" in call.query:  # of somebody who only heard it
        await listening.withdrawn(hotline, supervisor=whose(call.caller)[1], leg=call.sid)
    return nothing()


async def tested(hotline: Hotline, call: Call) -> Reply:
    """The operator has heard that it was a test: they are free, as before it."""
    await desk_probes.heard_out(hotline, operator=call.query.get("operator", ""), leg=call.sid)
    return tell()


async def not_reached(hotline: Hotline, call: Call) -> Reply:
    """The operator was in the room for a call-back, and nobody came: why, in a word, and their phone is down."""
    reason = NOT_REACHED.get(call.query.get("why", ""), "没有接通")
    return tell(say(hotline, "callback_not_reached", reason_spoken=reason))


STEPS = {
    f"operator/{step.__name__}": step
    for step in (offered, accepted, phone_news, join, over, tested, not_reached)
}
