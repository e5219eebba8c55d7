"""What can be changed about somebody in a room: muted, held, coaching, ending it by leaving."""

from ivr.simulator.call import Visit
from ivr.simulator.conferences import Conference, Participant
from ivr.simulator.exchange import Exchange
from ivr.simulator.rooms import announce, rejoin, start_music, stop_music


def mute(exchange: Exchange, room: Conference, seat: Participant, muted: bool) -> None:
    if seat.muted is muted:
        return
    seat.muted, seat.updated_at = muted, exchange.clock.now()
    announce(exchange, room, "participant-mute" if muted else "participant-unmute", seat)


def hold(exchange: Exchange, room: Conference, seat: Participant, held: bool, music: Visit | None) -> None:
    """On hold they hear music and nobody hears them."""
    if seat.hold is held:
        return
    seat.hold, seat.updated_at = held, exchange.clock.now()
    announce(exchange, room, "participant-hold" if held else "participant-unhold", seat)
    if held:
        start_music(exchange, seat, music)
    else:
        stop_music(seat)
        rejoin(exchange, room, seat)


def modify(
    exchange: Exchange,
    room: Conference,
    seat: Participant,
    *,
    end_on_exit: bool | None,
    coaching: bool | None,
    call_sid_to_coach: str | None,
) -> None:
    """None leaves a thing as it is. Twilio ignores a change of `end_on_exit` for somebody on hold."""
    if end_on_exit is not None and not seat.hold:
        seat.end_on_exit = end_on_exit
    if coaching is not None:
        seat.coaching = coaching
        seat.call_sid_to_coach = call_sid_to_coach if coaching else None
    if end_on_exit is not None or coaching is not None:
        seat.updated_at = exchange.clock.now()
        announce(exchange, room, "participant-modify", seat)
