"""How a call begins: somebody dials a number, a softphone connects, or the application calls out."""

import asyncio
from collections.abc import Mapping

from ivr.simulator import progress
from ivr.simulator.call import Call, Direction, StatusCallback, Visit
from ivr.simulator.driver import carry
from ivr.simulator.errors import PersonRefused
from ivr.simulator.exchange import Exchange
from ivr.simulator.interpreter import perform
from ivr.simulator.inward import lead_in, new_call
from ivr.simulator.mishaps import may_change_their_mind
from ivr.simulator.ringing import ring
from ivr.simulator.softphones import Softphone, follow


def dial_number(exchange: Exchange, caller: str, number: str, forwarded_from: str | None = None) -> Call:
    """A person dials a published number: it rings, and its application is asked what to do."""
    published = exchange.number_dialled(number)
    if published is None:
        raise PersonRefused(
            404, f"Nobody has the number {number}; GET /simulator/numbers lists those that exist."
        )
    return lead_in(exchange, caller, published, perform, forwarded_from=forwarded_from)


def connect_softphone(exchange: Exchange, softphone: Softphone, params: Mapping[str, str]) -> Call:
    """A softphone calls out: the application named in its token is asked, with the softphone's own fields.

    The fields of the call itself cannot be overwritten by them."""
    application = exchange.applications[softphone.application_sid]
    call = new_call(exchange, softphone.address, "", Direction.INBOUND)
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
    call = new_call(exchange, caller, to, Direction.OUTBOUND_API)
    call.fallback, call.status_callback = fallback, status_callback
    exchange.spawn(carry(exchange, call, _outbound(exchange, call, visit, seconds), perform))
    return call


async def _outbound(exchange: Exchange, call: Call, visit: Visit, seconds: int) -> None:
    await asyncio.sleep(0)  # whoever asked is told "queued" first
    call.queued_seconds = await exchange.pace.until_my_turn()
    await ring(exchange, call, seconds, perform)
    await perform(exchange, call, visit)
