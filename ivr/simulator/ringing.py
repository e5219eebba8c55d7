"""Ringing a phone: a softphone that is signed in, or somebody's phone, which does as it is registered to do.

A number of this account is no phone: its application is asked, on a leg of its own.

A softphone that is not signed in does not ring: the answer is no-answer, at once. So it is with a phone that
is switched off, and a number that nobody has has failed.
"""

import asyncio

from ivr.simulator import progress
from ivr.simulator.call import Call, CallStatus, Ended
from ivr.simulator.driver import Perform
from ivr.simulator.exchange import Exchange
from ivr.simulator.inward import meet, number_at
from ivr.simulator.mishaps import may_change_their_mind
from ivr.simulator.owners import live, phone_at, refuse_if_dead
from ivr.simulator.softphones import Softphone, follow

NETWORK_SECONDS = 5  # Twilio lets a phone ring this much longer than it was told
DECLINED = 603  # what SIP says when somebody declines


async def ring(
    exchange: Exchange, call: Call, seconds: int, perform: Perform, params: dict[str, str] | None = None
) -> None:
    """Dial, and wait until somebody picks up; Ended says that nobody did, and why."""
    progress.initiate(exchange, call)
    if call.to.startswith("client:"):
        _ring_softphone(exchange, call, params or {})
    elif published := number_at(exchange, call.to):
        meet(exchange, call, published, perform)
    else:
        _ring_phone(exchange, call)
    await _until_answered(exchange, call, seconds)
    progress.answer(exchange, call)
    may_change_their_mind(exchange, call, call.to)


def _ring_softphone(exchange: Exchange, call: Call, params: dict[str, str]) -> None:
    progress.ring(exchange, call)
    softphone = exchange.softphones.get(identity_of(call.to))
    if softphone is None or not softphone.may_be_called:
        raise Ended(CallStatus.NO_ANSWER, "the softphone is not signed in", 480)
    _offer(exchange, softphone, call, params)


def identity_of(address: str) -> str:
    """`client:agent_9012?seat=4` is the softphone agent_9012."""
    return address.removeprefix("client:").partition("?")[0]


def _offer(exchange: Exchange, softphone: Softphone, call: Call, params: dict[str, str]) -> None:
    exchange.spawn(follow(softphone, call))
    softphone.tell({"type": "incoming", "call_sid": call.sid, "from": call.from_, "params": params})


def _ring_phone(exchange: Exchange, call: Call) -> None:
    phone = phone_at(exchange, call.to)
    refuse_if_dead(phone)
    progress.ring(exchange, call)
    exchange.spawn(live(exchange, call, phone))


async def _until_answered(exchange: Exchange, call: Call, seconds: int) -> None:
    patience = exchange.clock.real(seconds + NETWORK_SECONDS)
    try:
        answer = await asyncio.wait_for(call.until_picked_up(), patience)
    except TimeoutError:
        raise Ended(CallStatus.NO_ANSWER, "nobody answered") from None
    if answer == "declined":
        raise Ended(CallStatus.BUSY, "the person called", DECLINED)
