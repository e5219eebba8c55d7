"""Ringing back on a promise: what the official hears, and then the caller.

    official > official_ready > parted
    caller   > caller_ready   > parted
                              > unreached

Both are asked for a key, so that no machine is taken for a person; both see the published number and nothing else.
"""

from collections.abc import Awaitable, Callable

from ivr import alarms
from ivr.acd import Word, ring_back
from ivr.acd.ring_back import Whose
from ivr.call import Call
from ivr.call_flow import music_url, say
from ivr.carrier import AGAIN_MS, CarrierFailed, CarrierRefused
from ivr.hotline import Hotline
from ivr.post_phones import reached
from ivr.prompts import Spoken
from ivr.twiml import Reply, ask, join_room, nothing, tell

RING_SECONDS = 40
STILL_UP = ("queued", "ringing", "in-progress")

# ------------------------------------------------------------------------------------------ the official


async def official(hotline: Hotline, call: Call) -> Reply:
    """Their phone is answered: what this is about, and a key."""
    words = say(hotline, "ring_back_official", whose=await _whose(hotline, _sid(call)))
    return ask(words, then=official_ready, call=_sid(call))


async def official_ready(hotline: Hotline, call: Call) -> Reply:
    """They pressed 1 and wait in the room, while the caller is rung."""
    return await _into_the_room(hotline, call, "official", say(hotline, "ring_back_dialling"))


# ------------------------------------------------------------------------------------------ the caller


async def caller(hotline: Hotline, call: Call) -> Reply:
    """Their phone is answered: who rings them back, and a key."""
    words = say(hotline, "ring_back_caller", whose=await _whose(hotline, _sid(call)))
    return ask(words, then=caller_ready, call=_sid(call))


async def caller_ready(hotline: Hotline, call: Call) -> Reply:
    """They pressed 1 and talk."""
    return await _into_the_room(hotline, call, "caller")


async def _into_the_room(hotline: Hotline, call: Call, who: Whose, *spoken: Spoken) -> Reply:
    taken = await ring_back.take(hotline, _sid(call), who=who, leg=call.sid) if call.pressed == "1" else None
    if taken is None or taken.word is Word.GONE:
        return tell(say(hotline, "goodbye"))
    return join_room(
        *spoken,
        room=taken.room,
        news=hotline.url("ring_back/room") + f"?call={_sid(call)}",
        music=music_url(hotline),
        then=parted,
        call=_sid(call),
    )


# ------------------------------------------------------------------------------------------ afterwards


async def parted(hotline: Hotline, call: Call) -> Reply:
    """Out of the room. Whoever is still on the line was left by the other."""
    await ring_back.end(hotline, _sid(call), who=None, leg=call.sid, status="parted")
    return tell(say(hotline, "goodbye"))


async def unreached(hotline: Hotline, call: Call) -> Reply:
    """The caller did not come to the phone: the official is told so, and the promise stands."""
    return tell(say(hotline, "ring_back_unreached"))


# ------------------------------------------------------------------------------------------ what the carrier reports


async def room(hotline: Hotline, call: Call) -> Reply:
    """Somebody came into the room or left it; it is a leaving that ends the talk."""
    if call.form.get("StatusCallbackEvent") == "participant-leave":
        await ring_back.end(hotline, _sid(call), who=None, leg=call.sid, status="parted")
    return nothing()


async def over(hotline: Hotline, call: Call) -> Reply:
    """One of the two legs is down."""
    who: Whose = "official" if call.query.get("who") == "official" else "caller"
    await ring_back.end(hotline, _sid(call), who=who, leg=call.sid, status=call.form.get("CallStatus", ""))
    return nothing()


# ------------------------------------------------------------------------------------------ asked of the carrier


async def ring_official(hotline: Hotline, sid: str, *, asked: int) -> None:
    """Their own phone, which nobody but the carrier gets to know. `asked` is when, in ms: whoever comes to this late
    looks first whether another worker has rung already, and died."""
    line = hotline.handbook.directory.find(await _field(hotline, sid, "line"))
    await _ring(hotline, sid, "official", line.own_phone if line else "", asked)


async def ring_caller(hotline: Hotline, sid: str, *, asked: int) -> None:
    await _ring(hotline, sid, "caller", await _field(hotline, sid, "caller"), asked)


async def _ring(hotline: Hotline, sid: str, who: Whose, number: str, asked: int) -> None:
    state, leg = await hotline.store.ask("HMGET", hotline.key("ring_back", sid), "state", who)
    if state != who or leg:
        return  # another worker has, or it is over
    phone, line = reached(hotline, number), await _field(hotline, sid, "line")
    if hotline.now() - asked >= AGAIN_MS:
        rings = await hotline.carrier.made_to(phone.address, caller_id=line)
        if rings:
            await _place(hotline, sid, who, rings)
            return
    try:
        leg = await hotline.carrier.ring(
            phone.address,
            byoc=phone.byoc,
            caller_id=line,
            url=hotline.url(f"ring_back/{who}") + f"?call={sid}",
            news=hotline.url("ring_back/over") + f"?call={sid}&who={who}",
            seconds=RING_SECONDS,
        )
    except CarrierFailed as failed:
        if not isinstance(failed, CarrierRefused):
            await alarms.count_failure(hotline)
        await ring_back.end(hotline, sid, who=who, leg="", status="failed")
    else:
        await _place(hotline, sid, who, leg)


async def _place(hotline: Hotline, sid: str, who: Whose, leg: str) -> None:
    if await ring_back.place(hotline, sid, who=who, leg=leg) is Word.GONE:
        await hotline.carrier.hang_up(leg)  # the other has hung up while the carrier was asked


async def tell_unreached(hotline: Hotline, leg: str) -> None:
    """The official waits in the room for nobody."""
    await hotline.carrier.redirect(leg, hotline.url("ring_back/unreached"))


async def look_back(hotline: Hotline, sid: str, leg: str) -> None:
    """Of a talk of whose end nobody has told: whether it still goes on."""
    status = await hotline.carrier.status_of(leg)
    if status not in STILL_UP:
        await ring_back.end(hotline, sid, who="caller", leg=leg, status=status)


async def _field(hotline: Hotline, sid: str, name: str) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("promise", sid), name) or "")


async def _whose(hotline: Hotline, sid: str) -> str:
    line = hotline.handbook.directory.find(await _field(hotline, sid, "line"))
    return line.display_name if line else hotline.handbook.profile.title


def _sid(call: Call) -> str:
    """The call in which the promise was made, as we ourselves wrote into the address."""
    return call.query.get("call", "")


STEPS: dict[str, Callable[[Hotline, Call], Awaitable[Reply]]] = {
    f"ring_back/{step.__name__}": step
    for step in (official, official_ready, caller, caller_ready, parted, unreached, room, over)
}
