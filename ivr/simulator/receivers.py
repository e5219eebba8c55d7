"""Real sound: browsers at the ends of legs, joined to each other by WebRTC, each told by whom it is heard.

The sound goes from browser to browser; here it is only arranged. In a room every browser is joined to every other
once, and keeps that line until one of the two is gone: muting, holding and coaching change nothing but who is heard.
A leg whose browser has no part in it, or that is no browser's, goes on as before, in writing.
"""

import asyncio
from dataclasses import dataclass, field
from secrets import token_hex

from ivr.simulator.call import Call
from ivr.simulator.conferences import Conference
from ivr.simulator.exchange import Exchange
from ivr.simulator.softphones import Wire


@dataclass(eq=False, slots=True)
class Receiver:
    """The end of one leg in one browser. A page that is loaded again has another."""

    sid: str
    wire: Wire
    id: str = field(default_factory=lambda: token_hex(8))
    told: list[dict[str, object]] = field(default_factory=list)  # who else is there, as the browser knows it

    def tell(self, others: list[dict[str, object]]) -> None:
        if others != self.told:
            self.told = others
            self.wire.put_nowait({"type": "sound", "call_sid": self.sid, "others": others})


def take_up(exchange: Exchange, call: Call, wire: Wire) -> None:
    """From now on this browser speaks and hears on this leg, whichever did before."""
    known = exchange.receivers.get(call.sid)
    if known is not None and known.wire is wire:
        return
    lay_down(exchange, call.sid)
    if not call.is_over:
        exchange.receivers[call.sid] = Receiver(call.sid, wire)
        _join_where(exchange, call)


def lay_down(exchange: Exchange, sid: str) -> None:
    """No browser has a part in this leg any more."""
    receiver, call = exchange.receivers.pop(sid, None), exchange.calls.get(sid)
    if receiver is not None:
        receiver.tell([])
        if call is not None:
            _join_where(exchange, call)


def lose(exchange: Exchange, wire: Wire) -> None:
    """A browser is gone, from every leg that it had."""
    for sid in [sid for sid, receiver in exchange.receivers.items() if receiver.wire is wire]:
        lay_down(exchange, sid)


def _join_where(exchange: Exchange, call: Call) -> None:
    room = exchange.open_room(call.room) if call.room else None
    if room is not None:
        join(exchange, room)


def join(exchange: Exchange, room: Conference) -> None:
    """Let every browser in this room know of every other, and by whom it is heard.

    In a moment, when all is done that is being done: one request may unmute somebody and let them coach, and who is
    not coached must hear nothing of it."""
    if exchange.receivers:
        asyncio.get_running_loop().call_soon(_tell_all, exchange, room)


def _tell_all(exchange: Exchange, room: Conference) -> None:
    """Of two, the one with the greater name makes the offer."""
    seats = [
        (exchange.receivers[sid], seat)
        for sid, seat in room.participants.items()
        if sid in exchange.receivers
    ]
    for mine, me in seats:
        mine.tell(
            [
                {"id": other.id, "offer": mine.id > other.id, "heard": room.hears(them, me)}
                for other, them in seats
                if other is not mine
            ]
        )


def part(exchange: Exchange, sid: str) -> None:
    """A leg has left its room: it hears nobody, and nobody hears it."""
    if sid in exchange.receivers:
        exchange.receivers[sid].tell([])


def pass_on(exchange: Exchange, sid: str, wire: Wire, to: str, signal: dict[str, object]) -> None:
    """One browser's offer, answer or address to another that it was told of. One that is gone hears nothing."""
    sender = exchange.receivers.get(sid)
    if sender is None or sender.wire is not wire or all(other["id"] != to for other in sender.told):
        return
    for receiver in exchange.receivers.values():
        if receiver.id == to:
            receiver.wire.put_nowait(
                {"type": "signal", "call_sid": receiver.sid, "from": sender.id, "signal": signal}
            )
