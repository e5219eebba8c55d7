"""The life of a call-back: the operator is in the room already, and now the caller's own phone rings.

    (ring) > called_back > put_through > after_call_back > rate_call_back
                                                         > broken_off > (ring)

Its record is the queue's (`CB...`, named in every address as `call`); the carrier's call is only its leg, one for each
try, and each try has a room of its own. A machine that answers presses no key, and so has not been reached.
"""

from ivr import acd, line_down
from ivr.acd import CallState, Word, callbacks
from ivr.call import Call
from ivr.call_flow import RATINGS, music_url, room_news, say
from ivr.carrier import AGAIN_MS, CarrierRefused
from ivr.hotline import Hotline
from ivr.post_phones import reached
from ivr.prompts import spell_digits
from ivr.twiml import Reply, ask, join_room, nothing, path, tell

ASKED_AT_MOST = 2  # times, for the key that tells a person from a machine
OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


async def ring(hotline: Hotline, back: str, room: str, *, asked: int) -> None:
    """Let the carrier ring the caller, once a try. Raises CarrierFailed; what it did all the same it will tell. If that
    is lost too it stands in its list: whoever comes to this late (`asked` is when, in ms) looks there first.

    Whatever the queue thought when it was accepted: outside the hours nobody is rung."""
    if not hotline.is_open():
        await callbacks.not_rung(hotline, back, room=room, why="closed")
        return
    stored = await hotline.store.ask(
        "HMGET", hotline.key("call", back),
        "state", "room", "caller_leg", "caller", "line", "language", "told_leg", "old_leg",
    )  # fmt: skip
    state, at, leg, caller, line, language, *still_up = stored
    if state != CallState.CALLING or at != room or leg:
        return
    for former in filter(None, still_up):  # of a try before, that is not known to be down
        await hotline.carrier.hang_up(former)
    phone, speaking = reached(hotline, caller), hotline.speaking(language or "")
    if hotline.now() - asked >= AGAIN_MS:
        rings = await hotline.carrier.made_to(phone.address, caller_id=line)
        if rings:
            await callbacks.rung(hotline, back, room=room, leg=rings)
            return
    try:
        sid = await hotline.carrier.ring(
            phone.address,
            byoc=phone.byoc,
            caller_id=line,
            url=speaking.url(path(called_back, call=back, room=room)),
            news=hotline.url(path(call_back_news, call=back, room=room)),
            seconds=hotline.handbook.profile.callbacks.ring_seconds,
            told_of_ringing=True,
        )
    except CarrierRefused:
        await callbacks.not_rung(hotline, back, room=room, why="failed")
        return
    if await callbacks.rung(hotline, back, room=room, leg=sid) is Word.GONE:
        await hotline.carrier.hang_up(sid)  # meanwhile nobody waits for them any more


# ------------------------------------------------------------------------------------------ their phone is answered


async def called_back(hotline: Hotline, call: Call) -> Reply:
    """Somebody, or a machine, answers: who calls, and a key that only a person presses."""
    back, room = _of(call)
    found = await callbacks.answered(hotline, back, room=room, leg=call.sid)
    if found.word is Word.GONE:
        return tell(say(hotline, "callback_sorry"))
    if not hotline.handbook.profile.callbacks.press_key:
        return tell(then=put_through, call=back, room=room)
    title = hotline.handbook.profile.title
    return ask(say(hotline, "callback_announce", title=title), then=put_through, call=back, room=room)


async def put_through(hotline: Hotline, call: Call) -> Reply:
    """1: into the room, where the operator waits. 2: they need it no more. Nothing: asked once again."""
    back, room = _of(call)
    if call.pressed == "2":
        await callbacks.withdraw(hotline, back, by="caller", why="pressed", is_listening=True)
        return tell(say(hotline, "callback_withdrawn"))
    if call.pressed != "1" and hotline.handbook.profile.callbacks.press_key:
        return _ask_again(hotline, call)
    found = await callbacks.reach(hotline, back, room=room, leg=call.sid)
    if found.word is Word.GONE:
        return tell(say(hotline, "callback_sorry"))
    return join_room(
        say(hotline, "meet_operator", operator_digits=spell_digits(found.operator)),
        room=room,
        news=room_news(hotline, back),
        music=music_url(hotline),
        then=after_call_back,
        call=back,
    )


def _ask_again(hotline: Hotline, call: Call) -> Reply:
    back, room = _of(call)
    asked = int(call.query.get("asked", "1"))
    if asked >= ASKED_AT_MOST:
        return tell(say(hotline, "goodbye"))
    greeting = say(hotline, "callback_announce", title=hotline.handbook.profile.title)
    return ask(greeting, then=put_through, call=back, room=room, asked=str(asked + 1))


# ------------------------------------------------------------------------------------------ afterwards


async def after_call_back(hotline: Hotline, call: Call) -> Reply:
    """The caller is out of the room. While they are still on the line, it was the operator who left."""
    back, room = _of(call)
    word, is_asked = await acd.leave_talk(hotline, back, leg=call.sid, room=room, is_up=call.is_up)
    if word is Word.ALONE:
        return tell(then=broken_off)
    if word is Word.BACK:
        return tell(say(hotline, "callback_sorry"))
    if is_asked:
        return ask(say(hotline, "ask_rating"), then=rate_call_back, call=back)
    return tell(say(hotline, "thank"))


async def broken_off(hotline: Hotline, call: Call) -> Reply:
    """The operator was lost, or whom they were handed to has hung up: they are rung again, next of all, as soon as they
    have put down the phone."""
    return tell(say(hotline, "callback_broken_off"))


async def rate_call_back(hotline: Hotline, call: Call) -> Reply:
    """How it was, by one key; whoever presses nothing is thanked all the same."""
    if call.pressed in RATINGS:
        await acd.rate(hotline, call.query.get("call", ""), rating=int(call.pressed))
    return tell(say(hotline, "thank"))


async def sorry_later(hotline: Hotline, call: Call) -> Reply:
    """The operator is gone before they could talk; it is tried again."""
    return tell(say(hotline, "callback_sorry"))


# ------------------------------------------------------------------------------------------ what the carrier reports


async def call_back_news(hotline: Hotline, call: Call) -> Reply:
    """How the ringing goes: the first word of it names the leg, the last one says how it ended."""
    back, room = _of(call)
    await callbacks.rung(hotline, back, room=room, leg=call.sid)
    status = call.form.get("CallStatus", "")
    if status in OVER:
        why = "hung_up" if status == "completed" else status
        await line_down.of_a_try(hotline, back, leg=call.sid, why=why)
    return nothing()


def _of(call: Call) -> tuple[str, str]:
    """The call-back and the room of its try, as we wrote them into the address."""
    return call.query.get("call", ""), call.query.get("room", "")


STEPS = {
    step.__name__: step
    for step in (
        called_back, put_through, after_call_back, broken_off, rate_call_back, sorry_later, call_back_news,
    )
}  # fmt: skip
