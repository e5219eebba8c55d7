"""How a call begins: somebody dials a number, a softphone connects, or the application calls out."""

import asyncio
from collections.abc import Mapping

from ivr.simulator import progress
from ivr.simulator.call import Call, Direction, StatusCallback, Visit
from ivr.simulator.driver import carry
from ivr.simulator.errors import PersonRefused
from ivr.simulator.exchange import Exchange
from ivr.simulator.interpreter import perform
from ivr.simulator.mishaps import may_change_their_mind
from ivr.simulator.numbers import PublishedNumber
from ivr.simulator.ringing import ring
from ivr.simulator.sids import new_sid
from ivr.simulator.softphones import Softphone, follow


def dial_number(exchange: Exchange, caller: str, number: str, forwarded_from: str | None = None) -> Call:
    """A person dials a published number: it rings, and its application is asked what to do."""
    published = exchange.number_dialled(number)
    if published is None:
        raise PersonRefused(
            404, f"Nobody has the number {number}; GET /simulator/numbers lists those that exist."
        )
    call = _new_call(exchange, caller, number, Direction.INBOUND)
    call.number_sid, call.forwarded_from, call.token = published.sid, forwarded_from, new_sid("RQ")
    if published.voice_fallback_url:
        call.fallback = Visit(published.voice_fallback_url, published.voice_fallback_method)
    if published.status_callback:
        call.status_callback = StatusCallback(published.status_callback, published.status_callback_method)
    exchange.spawn(carry(exchange, call, _inbound(exchange, call, published), perform))
    return call


async def _inbound(exchange: Exchange, call: Call, published: PublishedNumber) -> None:
    progress.ring(exchange, call)
    call.hear("ring", at=exchange.clock.now())
    if published.voice_url:  # a number without one is dead, and says nothing
        await perform(exchange, call, Visit(published.voice_url, published.voice_method))


def connect_softphone(exchange: Exchange, softphone: Softphone, params: Mapping[str, str]) -> Call:
    """A softphone calls out: the application named in its token is asked, with the softphone's own fields.

    The fields of the call itself cannot be overwritten by them."""
    application = exchange.applications[softphone.application_sid]
    call = _new_call(exchange, softphone.address, "", Direction.INBOUND)
    call.application_sid = application.sid
    exchange.spawn(follow(softphone, call))
    exchange.spawn(carry(exchange, call, _connecting(exchange, call, application.voice_url, params), perform))
    may_change_their_mind(exchange, call, application.voice_url)
    return call


async def _connecting(exchange: Exchange, call: Call, voice_url: str, params: Mapping[str, str]) -> None:
    progress.ring(exchange, call)
    own = progress.call_fields(exchange, call)
    extra = {name: value for name, value in params.items() if name not in own}
    await perform(exchange, call, Visit(voice_url, extra=extra))


def call_out(
    exchange: Exchange,
    *,
    to: str,
    caller: str,
    visit: Visit,
    seconds: int,
    fallback: Visit | None = None,
    status_callback: StatusCallback | None = None,
) -> Call:
    """The application calls somebody, and plays them a document when they answer."""
    call = _new_call(exchange, caller, to, Direction.OUTBOUND_API)
    call.fallback, call.status_callback = fallback, status_callback
    exchange.spawn(carry(exchange, call, _outbound(exchange, call, visit, seconds), perform))
    return call


async def _outbound(exchange: Exchange, call: Call, visit: Visit, seconds: int) -> None:
    await asyncio.sleep(0)  # whoever asked is told "queued" first
    call.queued_seconds = await exchange.pace.until_my_turn()
    await ring(exchange, call, seconds)
    await perform(exchange, call, visit)


def _new_call(exchange: Exchange, caller: str, to: str, direction: Direction) -> Call:
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
