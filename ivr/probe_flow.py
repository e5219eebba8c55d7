"""Our own leg of a dial test: it calls a published number, listens to what is said there, and leaves.

    listen > heard (> heard)

What comes in at the other end is `arrival.answer`'s; where the test goes on to a person, we listen until that is over.
"""

from ivr import alarms
from ivr.acd import probes
from ivr.call import Call
from ivr.carrier import CarrierFailed, CarrierRefused
from ivr.hotline import Hotline
from ivr.twiml import Reply, nothing, tell
from ivr.twiml import listen as listen_to


async def dial(hotline: Hotline, number: str) -> None:
    """Our leg is asked for; if the carrier does not make it, that is the test's result."""
    rules = hotline.handbook.profile.probes
    state, leg = await hotline.store.ask("HMGET", hotline.key("probe", number), "state", "leg")
    if state != "dialling" or leg:
        return  # another worker has dialled it
    try:
        leg = await hotline.carrier.ring(
            number,
            caller_id=rules.number or "",
            url=hotline.url("probe/listen"),
            news=hotline.url("probe/over"),
            seconds=rules.ring_seconds,
        )
    except CarrierFailed as failed:
        if not isinstance(failed, CarrierRefused):
            await alarms.count_failure(hotline)
        await probes.end(hotline, number, leg="", status="failed", fault=str(failed)[:200])
    else:
        await probes.place(hotline, number, leg=leg)


async def listen(hotline: Hotline, call: Call) -> Reply:
    """Somebody or something answers: what is said there is written down."""
    await probes.answer(hotline, called(call), leg=call.sid)
    rules = hotline.handbook.profile.probes
    return listen_to(then=heard, news=hotline.url("probe/partly"), seconds=rules.listen_seconds)


async def heard(hotline: Hotline, call: Call) -> Reply:
    """A sentence to its end, or silence: enough, unless a person's phone is rung at the other end."""
    await _keep(hotline, call, call.form.get("SpeechResult", ""))
    if not await _goes_on(hotline, called(call)):
        return tell()
    rules = hotline.handbook.profile.probes
    return listen_to(then=heard, news=hotline.url("probe/partly"), seconds=rules.listen_seconds)


async def _goes_on(hotline: Hotline, number: str) -> bool:
    """Whether the call that came in goes on to a person; what ends it ends our leg too."""
    test = hotline.key("probe", number)
    state, way, why = await hotline.store.ask("HMGET", test, "state", "way", "why")
    return bool(way) and not why and state in ("dialling", "ringing", "reached")


async def partly(hotline: Hotline, call: Call) -> Reply:
    """What was understood so far, in case the other end hangs up before we do."""
    await _keep(hotline, call, call.form.get("UnstableSpeechResult", ""))
    return nothing()


async def over(hotline: Hotline, call: Call) -> Reply:
    """The carrier says how our leg ended."""
    await probes.end(
        hotline,
        called(call),
        leg=call.sid,
        status=call.form.get("CallStatus", ""),
        code=call.form.get("SipResponseCode", ""),
    )
    return nothing()


async def _keep(hotline: Hotline, call: Call, said: str) -> None:
    if said:
        await probes.hear(hotline, called(call), leg=call.sid, said=said[:LONGEST_SPEECH])


def called(call: Call) -> str:
    """The published number, on our own leg."""
    return call.form.get("To", "")


LONGEST_SPEECH = 500  # characters of it that are kept
STEPS = {f"probe/{step.__name__}": step for step in (listen, heard, partly, over)}
