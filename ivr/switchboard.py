"""What the carrier is asked to do while caller and operator talk: hold, call somebody in, let one go.

Each may be asked for twice, and late: it reads how things stand, and does what they still want.
"""

from ivr.acd import CallState, Guest, Hold, Tape, Word, party, tape
from ivr.call_flow import STEPS
from ivr.carrier import Asked, CarrierRefused, Invitation
from ivr.hotline import Hotline

IN_THE_ROOM = (Guest.CONSULTING, Guest.CONFERENCE)


async def hold(hotline: Hotline, sid: str) -> None:
    """The caller is on hold at the carrier exactly if they are in the books. Who was slow finds that changed meanwhile,
    and sets it right."""
    while True:
        room, wanted, leg, language = await _read(hotline, sid, "room", "hold", "caller_leg", "language")
        if not room:
            return
        speaking = hotline.speaking(language or "")
        music = speaking.url(STEPS["on_hold"].__name__) if wanted == Hold.ON else None
        await hotline.carrier.hold(room, leg or sid, music)  # whom we called has a leg of its own
        if (await _read(hotline, sid, "hold"))[0] == wanted:
            return


async def guard(hotline: Hotline, sid: str) -> None:
    """While a guest is in the room it does not end with the operator: whoever loses their line then leaves two who
    talk, and whoever hands the caller on may put down the phone at once."""
    while True:
        room, operator, guest = await _read(hotline, sid, "room", "operator", "guest")
        leg = await hotline.store.ask("HGET", hotline.key("operator", operator), "leg")
        if not room or not leg or guest == Guest.HANDED:
            return
        alone = guest not in IN_THE_ROOM
        if await hotline.carrier.end_with(room, leg, alone) is Asked.OK:
            await party.guarded(hotline, sid, yes=not alone)
        if (await _read(hotline, sid, "operator", "guest")) == [operator, guest]:
            return


async def invite(hotline: Hotline, sid: str, n: int) -> None:
    """Call the n-th guest of this call into its room."""
    state, count, leg, room, who, line = await _read(
        hotline, sid, "guest", "guests", "guest_leg", "room", "guest_who", "line"
    )
    if state != Guest.RINGING or count != str(n) or leg:
        return
    invitation = Invitation(
        caller=line,
        label=f"guest-{n}",
        seconds=hotline.handbook.profile.talk.guest_ring_seconds,
        news=hotline.url(STEPS["guest_over"].__name__) + f"?call={sid}&n={n}",
    )
    try:
        leg = await hotline.carrier.call_in(room, who, invitation)
    except CarrierRefused:
        await party.guest_is_over(hotline, sid, n=n, leg="", why="failed")
        return
    if await party.guest_rings(hotline, sid, n=n, leg=leg) is Word.GONE:
        await hotline.carrier.hang_up(leg)


async def hand_over(hotline: Hotline, sid: str, operator_leg: str, guest_leg: str) -> None:
    """The guest stays with the caller: first the room ends with them and no longer with the operator, then the caller
    is off hold, then the operator goes. On the way nobody is ever alone in it."""
    room, state, leg = await _read(hotline, sid, "room", "state", "caller_leg")
    if room and state == CallState.TALKING:
        await hotline.carrier.end_with(room, guest_leg, True)
        await party.handed_over(hotline, sid, leg=guest_leg)
        await hotline.carrier.end_with(room, operator_leg, False)
        await hotline.carrier.hold(room, leg or sid, None)
    await hotline.carrier.hang_up(operator_leg)


async def record(hotline: Hotline, sid: str) -> None:
    """Record the talk, once; of two recordings that were begun, one is stopped."""
    state, running = await _read(hotline, sid, "state", "tape")
    if state != CallState.TALKING or running not in ("", Tape.NONE):
        return
    recording = await hotline.carrier.record(sid, hotline.url(STEPS["taped"].__name__) + f"?call={sid}")
    if recording and await tape.runs(hotline, sid, recording=recording) is Word.ALREADY:
        await hotline.carrier.stop_recording(sid, recording)


async def pause_or_resume(hotline: Hotline, sid: str) -> None:
    """The carrier records exactly while the books say so; whoever was slow sets it right."""
    while True:
        recording, wanted = await _read(hotline, sid, "tape_sid", "tape")
        if not recording or not wanted:
            return
        await hotline.carrier.pause_recording(sid, recording, wanted == Tape.PAUSED)
        if (await _read(hotline, sid, "tape"))[0] == wanted:
            return


async def _read(hotline: Hotline, sid: str, *names: str) -> list[str]:
    found = await hotline.store.ask("HMGET", hotline.key("call", sid), *names)
    return [value or "" for value in found]
