"""Every change of a call's status, and who is told of it.

Status callbacks are numbered from 0 in each call and sent without waiting for each other, so they may arrive
out of order, as Twilio's may. What an inbound call is told is set by its number: the end, once.
"""

from ivr.simulator.call import Call, CallEvent, CallStatus, Direction, Ended
from ivr.simulator.clock import rfc2822, whole_seconds
from ivr.simulator.errors import SENTENCES, NoReply
from ivr.simulator.exchange import Exchange

SIP_CODES = {
    CallStatus.COMPLETED: 200,
    CallStatus.BUSY: 486,
    CallStatus.NO_ANSWER: 487,
    CallStatus.CANCELED: 487,
    CallStatus.FAILED: 503,
}
UNREACHABLE = 13224


def initiate(exchange: Exchange, call: Call) -> None:
    _become(exchange, call, CallStatus.INITIATED, "initiated")


def ring(exchange: Exchange, call: Call) -> None:
    _become(exchange, call, CallStatus.RINGING, "ringing")


def answer(exchange: Exchange, call: Call) -> None:
    """The phone is picked up; from now on the call has a duration."""
    if call.answered_at is None:
        call.answered_at = exchange.clock.now()
        call.answered.set()
        _become(exchange, call, CallStatus.IN_PROGRESS, "answered")


def finish(exchange: Exchange, call: Call, ended: Ended | None) -> None:
    """The line goes dead. A call that nobody answered was not completed, whoever gave up."""
    if call.is_over:
        return
    status = ended.status if ended else CallStatus.COMPLETED
    if call.answered_at is None and status is CallStatus.COMPLETED:
        status = CallStatus.NO_ANSWER
    call.ended_at = exchange.clock.now()
    if call.direction is not Direction.INBOUND:
        call.sip_code = (ended.sip_code if ended else None) or SIP_CODES[status]
    _say_goodbye(call, status, ended.who if ended else "the application", call.ended_at)
    _become(exchange, call, status, "completed")
    exchange.receivers.pop(call.sid, None)
    call.over.set()
    exchange.archive(call)


def _say_goodbye(call: Call, status: CallStatus, who: str, at: float) -> None:
    if status is CallStatus.BUSY:
        call.hear("busy", at=at)
    call.hear("hangup", who, at=at)


def _become(exchange: Exchange, call: Call, status: CallStatus, event: CallEvent) -> None:
    before, call.status = call.status, status
    facts = {"from": call.from_, "to": call.to, "direction": call.direction}
    call.feed.publish("status", call.sid, status=status, **facts)
    callback = call.status_callback
    if callback is None or event not in callback.events:
        return
    if status is CallStatus.CANCELED and before is CallStatus.QUEUED:
        return  # Twilio says nothing of a call that was never dialled
    form = call_fields(exchange, call) | _progress_fields(exchange, call)
    call.callbacks_sent += 1
    exchange.spawn(tell(exchange, callback.url, callback.method, form, call.sid))


def _progress_fields(exchange: Exchange, call: Call) -> dict[str, str]:
    fields = {
        "Timestamp": rfc2822(exchange.clock.now()) or "",
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(call.callbacks_sent),
    }
    if call.is_over:
        seconds = whole_seconds(call.answered_at, call.ended_at)
        fields |= {"CallDuration": str(seconds), "Duration": str(-(-seconds // 60))}
    if call.sip_code is not None:
        fields["SipResponseCode"] = str(call.sip_code)
    if call.status is CallStatus.FAILED:
        fields |= {"ErrorCode": str(UNREACHABLE), "ErrorMessage": SENTENCES[UNREACHABLE]}
    return fields


async def tell(exchange: Exchange, url: str, method: str, form: dict[str, str], sid: str) -> None:
    """A callback: nobody acts on the answer, and one that fails is only noted."""
    try:
        reply = await exchange.webhooks.notify(url, form, about=sid, method=method)
    except NoReply as silence:
        exchange.warn(silence.code, sid, url, silence.reason)
    else:
        if reply is not None and not reply.ok:
            exchange.warn(15003, sid, url, f"A callback was answered with {reply.status}.")


def call_fields(exchange: Exchange, call: Call) -> dict[str, str]:
    """What every request about a call carries: places blank and parties named twice, as in life."""
    fields = {
        "AccountSid": exchange.account_sid,
        "ApiVersion": "2010-04-01",
        "CallSid": call.sid,
        "CallStatus": call.status,
        "Direction": call.direction,
        "From": call.from_,
        "Caller": call.from_,
        "To": call.to,
        "Called": call.to,
    }
    for party in ("From", "Caller", "To", "Called"):
        fields |= {f"{party}{place}": "" for place in ("City", "State", "Zip", "Country")}
    known = {
        "ParentCallSid": call.parent_sid,
        "ForwardedFrom": call.forwarded_from,
        "ApplicationSid": call.application_sid,
        "CallToken": call.token,
    }
    return fields | {name: value for name, value in known.items() if value is not None}
