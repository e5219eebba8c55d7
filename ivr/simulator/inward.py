"""A number of the account is called: it rings, and its application is asked what to do.

Whoever calls may be a person, or a leg of this account's own; then there are two legs, and what is played to one is
heard on the other.
"""

from ivr.simulator import progress
from ivr.simulator.call import Call, CallStatus, Direction, StatusCallback, Visit, first_of
from ivr.simulator.driver import Perform, carry
from ivr.simulator.exchange import Exchange
from ivr.simulator.numbers import PublishedNumber
from ivr.simulator.owners import phone_at, refuse_if_dead
from ivr.simulator.sids import new_sid


def number_at(exchange: Exchange, address: str) -> PublishedNumber | None:
    """The number of the account that is called there. One that is registered as somebody's phone leads to that phone,
    as a line does whose forwarding was lifted."""
    return None if address in exchange.phones else exchange.number_dialled(address)


def lead_in(
    exchange: Exchange,
    caller: str,
    published: PublishedNumber,
    perform: Perform,
    *,
    forwarded_from: str | None = None,
    far: Call | None = None,
) -> Call:
    """The inbound leg, which lives by itself from here on."""
    call = new_call(exchange, caller, published.phone_number, Direction.INBOUND)
    call.number_sid, call.forwarded_from, call.token = published.sid, forwarded_from, new_sid("RQ")
    call.far = far
    if published.voice_fallback_url:
        call.fallback = Visit(published.voice_fallback_url, published.voice_fallback_method)
    if published.status_callback:
        call.status_callback = StatusCallback(published.status_callback, published.status_callback_method)
    exchange.spawn(carry(exchange, call, _inbound(exchange, call, published, perform), perform))
    return call


async def _inbound(exchange: Exchange, call: Call, published: PublishedNumber, perform: Perform) -> None:
    refuse_if_dead(phone_at(exchange, published.phone_number))
    progress.ring(exchange, call)
    call.hear("ring", at=exchange.clock.now())
    if published.voice_url:  # a number without one is dead, and says nothing
        await perform(exchange, call, Visit(published.voice_url, published.voice_method))


def meet(exchange: Exchange, leg: Call, published: PublishedNumber, perform: Perform) -> None:
    """A leg of ours calls a number of ours: it is answered when the inbound leg is, and both end together."""
    progress.ring(exchange, leg)
    leg.far = lead_in(exchange, leg.from_, published, perform, far=leg)
    exchange.spawn(_share_a_line(leg, leg.far))


async def _share_a_line(leg: Call, inbound: Call) -> None:
    await first_of(inbound.answered.wait(), inbound.over.wait(), leg.over.wait())
    if inbound.answered.is_set():
        leg.pick_up()
        await first_of(inbound.over.wait(), leg.over.wait())
    if leg.is_over:
        inbound.hang_up("the other side")
        return
    status = CallStatus.COMPLETED if inbound.answered.is_set() else inbound.status
    leg.hang_up("the other side", status)


def new_call(exchange: Exchange, caller: str, to: str, direction: Direction) -> Call:
    call = Call(
        sid=new_sid("CA"),
        from_=caller,
        to=to,
        direction=direction,
        started_at=exchange.clock.now(),
        feed=exchange.feed,
    )
    exchange.calls[call.sid] = call
    return call
