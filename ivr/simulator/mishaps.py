"""Faults that befall people rather than machines: a line that drops, somebody who changes their mind."""

from ivr.simulator.call import Call, CallStatus, Ended
from ivr.simulator.exchange import Exchange
from ivr.simulator.faults import Fault


def may_drop(exchange: Exchange, call: Call, url: str) -> None:
    """Between two steps of an answered call: it may never ask for the document at `url`."""
    if call.answered_at is not None and exchange.faults.strikes(Fault.CALL_DROPS, url):
        raise Ended(CallStatus.COMPLETED, "the line dropped")


def may_change_their_mind(exchange: Exchange, call: Call, url: str) -> None:
    """Somebody has just been offered another, has accepted, or is on the way to the room: they may hang up."""
    if exchange.faults.strikes(Fault.HANG_UP_AFTER_OFFER, url):
        exchange.spawn(_hang_up(exchange, call))


async def _hang_up(exchange: Exchange, call: Call) -> None:
    await exchange.faults.change_of_mind()
    call.hang_up("this person")
