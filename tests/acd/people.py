"""Callers and operators as the queue knows them: by their moves alone, without a carrier."""

from typing import Any

from ivr import acd
from ivr.acd import Whom, Word, callbacks, direct, party, probes
from ivr.hotline import Hotline
from tests.cast import MAYOR


def sid_of(n: int) -> str:
    return f"CA{n:032x}"


async def dials(hotline: Hotline, n: int, *, queue: str = "main", priority: int = 0) -> str:
    """Caller number `n` hears the greeting."""
    sid = sid_of(n)
    caller = f"+86200000{n:04d}"
    await acd.arrive(hotline, sid, line=MAYOR, caller=caller, queue=queue, priority=priority, is_open=True)
    return sid


async def lines_up(hotline: Hotline, n: int, *, queue: str = "main", priority: int = 0) -> str:
    """Caller number `n` stands in line."""
    sid = await dials(hotline, n, queue=queue, priority=priority)
    await acd.wait(hotline, sid)
    return sid


def phone_of(operator: str) -> str:
    """The carrier's call of an operator's phone."""
    return sid_of(900_000 + int(operator))


async def takes(hotline: Hotline, sid: str, operator: str, *, room: str = "r1") -> Word:
    """The operator takes the offer, and both come into the room."""
    word = await acd.accept(hotline, sid, operator=operator, room=room)
    await comes_in(hotline, sid, operator, room=room)
    return word


async def comes_in(hotline: Hotline, sid: str, operator: str, *, room: str = "r1") -> None:
    """Both come into the room, each by their own phone."""
    await acd.pick_up(hotline, operator=operator, leg=phone_of(operator))
    await acd.join(hotline, sid, leg=sid, room=room)
    await acd.join(hotline, sid, leg=phone_of(operator), room=room)


async def rings_official(hotline: Hotline, n: int) -> str:
    """Caller number `n` has dialled a post that answers in person, and the official's phone rings."""
    sid = sid_of(n)
    caller = f"+86200000{n:04d}"
    await acd.arrive(hotline, sid, line=MAYOR, caller=caller, is_open=True, in_person=True)
    await direct.ring(hotline, sid, whom=Whom.OWN, seconds=25)
    return sid


async def asks_back(hotline: Hotline, n: int, *, is_open: bool = True) -> str:
    """Caller number `n` leaves the line, in which they stand, for a call-back; its id."""
    sid = await lines_up(hotline, n)
    kept = await callbacks.ask_back(
        hotline, sid, number=f"+86200000{n:04d}", place="queue", pressed="1", typed=False, is_open=is_open
    )
    await acd.hang_up(hotline, sid, by="hotline")
    return kept.back


def leg_of(back: str) -> str:
    """The carrier's call on which they are called back."""
    return "CA" + back[2:]


async def is_called(hotline: Hotline, back: str, operator: str, *, room: str = "r1") -> None:
    """The operator takes the offer and is there; the caller's phone rings."""
    await acd.accept(hotline, back, operator=operator, room=room)
    await acd.pick_up(hotline, operator=operator, leg=phone_of(operator))
    await callbacks.rung(hotline, back, room=room, leg=leg_of(back))


async def is_reached(hotline: Hotline, back: str, *, room: str = "r1") -> None:
    await callbacks.answered(hotline, back, room=room, leg=leg_of(back))
    await callbacks.reach(hotline, back, room=room, leg=leg_of(back))


async def sits_down(hotline: Hotline, operator: str, *, queues: str = "main") -> None:
    """The operator is on shift and ready."""
    await acd.sign_in(hotline, operator=operator, queues=queues)
    await acd.ready(hotline, operator=operator)


async def desk_of(hotline: Hotline, operator: str) -> dict[str, Any]:
    return await acd.desk(hotline, operator)


async def call_of(hotline: Hotline, operator: str) -> str | None:
    """The call at the operator's desk, if any."""
    call: str | None = (await acd.desk(hotline, operator))["operator"].get("call")
    return call


async def the_guest_comes(hotline: Hotline, operator: str) -> None:
    """Whoever is called into this operator's talk, colleague or not, takes the call and is in the room."""
    sid = (await acd.desk(hotline, operator))["operator"].get("call", "")
    call = await hotline.store.ask("HGETALL", hotline.key("call", sid))
    if call.get("guest") != "ringing":
        return
    leg = sid_of(800_000 + int(call["guests"]))
    if call["guest_kind"] == "operator":
        leg = phone_of(call["guest_who"])
        await acd.accept(hotline, sid, operator=call["guest_who"], room="another")
        await acd.pick_up(hotline, operator=call["guest_who"], leg=leg)
    await acd.join(hotline, sid, leg=leg, room=call["room"], label=f"guest-{call['guests']}")


async def the_guest_goes(hotline: Hotline, operator: str, why: party.WhyNot) -> None:
    """Out of the talk that this operator has, or has given away."""
    sid = (await acd.desk(hotline, operator))["operator"].get("call", "")
    n, leg = await hotline.store.ask("HMGET", hotline.key("call", sid), "guests", "guest_leg")
    await party.guest_is_over(hotline, sid, n=int(n or 0), leg=leg or "", why=why)


async def everybody_goes_home(hotline: Hotline) -> None:
    """All hang up, whoever was promised a call needs it no more, and every operator signs out."""
    for sid in await acd.live(hotline, arrived_before=hotline.now() + 1):
        await acd.hang_up(hotline, sid, by="caller")
    for back in await hotline.store.ask("ZRANGE", hotline.key("backs"), 0, -1):
        await acd.hang_up(hotline, back, by="caller")
        await callbacks.withdraw(hotline, back, by="operator", why="夜深了")
    for line in await hotline.store.ask("ZRANGE", hotline.key("probes_out"), 0, -1):
        await probes.end(hotline, line, leg="", status="lost")
    for operator in await hotline.store.ask("SMEMBERS", hotline.key("operators")):
        await acd.finish(hotline, operator=operator)
        assert await acd.sign_out(hotline, operator=operator) in (Word.OK, Word.ALREADY)
