"""Calls over REST: call somebody, look, redirect, hang up."""

from ivr.simulator.call import Call, CallStatus, StatusCallback, Visit
from ivr.simulator.errors import RestRefused
from ivr.simulator.life import call_out
from ivr.simulator.mishaps import may_change_their_mind
from ivr.simulator.numbers import can_be_called
from ivr.simulator.rest import resources
from ivr.simulator.rest.door import Asked, Served, desk, not_found

LONGEST_INLINE = 4_000
RING_SECONDS = 60
NOT_YET_ANSWERED = (CallStatus.QUEUED, CallStatus.INITIATED, CallStatus.RINGING)


def create(asked: Asked) -> Served:
    to, caller = whom_to_call(asked), asked.needed("From")
    visit = document_asked_for(asked)
    if visit is None:
        raise RestRefused(400, 21205, "Url, Twiml or ApplicationSid is required.")
    call = call_out(
        asked.exchange,
        to=to,
        caller=caller,
        visit=visit,
        seconds=asked.whole("Timeout", RING_SECONDS),
        fallback=_fallback(asked),
        status_callback=status_callback(asked),
    )
    return Served(resources.call(asked.exchange, call), 201)


def whom_to_call(asked: Asked) -> str:
    to = asked.needed("To")
    if not can_be_called(to):
        raise RestRefused(400, 21211, f"{to!r} is no phone number, softphone or SIP address.")
    return to


def document_asked_for(asked: Asked) -> Visit | None:
    """Url wins over Twiml, and Twiml over ApplicationSid."""
    if asked.text("Url"):
        return Visit(asked.text("Url"), asked.text("Method", "POST").upper())
    if asked.text("Twiml"):
        if len(asked.text("Twiml")) > LONGEST_INLINE:
            raise RestRefused(400, 32018)
        return Visit("", twiml=asked.text("Twiml"))
    application = asked.exchange.applications.get(asked.text("ApplicationSid"))
    return Visit(application.voice_url) if application else None


def status_callback(asked: Asked) -> StatusCallback | None:
    if not asked.text("StatusCallback"):
        return None
    method = asked.text("StatusCallbackMethod", "POST").upper()
    return StatusCallback(
        asked.text("StatusCallback"), method, asked.words("StatusCallbackEvent", "completed")
    )


def _fallback(asked: Asked) -> Visit | None:
    if not asked.text("FallbackUrl"):
        return None
    return Visit(asked.text("FallbackUrl"), asked.text("FallbackMethod", "POST").upper())


def index(asked: Asked) -> Served:
    """Newest first."""
    wanted = {"status": asked.text("Status"), "to": asked.text("To"), "from_": asked.text("From")}
    wanted |= {"parent_sid": asked.text("ParentCallSid")}

    def matches(call: Call) -> bool:
        return all(not value or _seen(call, field) == value for field, value in wanted.items())

    calls = [call for call in reversed(asked.exchange.calls.values()) if matches(call)]
    return resources.page(asked, "calls", "Calls.json", calls, resources.call)


def _seen(call: Call, field: str) -> str | None:
    if field == "status":
        return resources.SEEN_AS.get(call.status, call.status)
    return {"to": call.to, "from_": call.from_, "parent_sid": call.parent_sid}[field]


def fetch(asked: Asked) -> Served:
    return Served(resources.call(asked.exchange, call_named(asked)))


def update(asked: Asked) -> Served:
    """Hang up, or play another document. Nothing can be done to a call that is over."""
    call = call_named(asked)
    if call.is_over or call.farewell is not None:
        raise RestRefused(400, 21220)
    if asked.text("Status"):
        _hang_up(call, asked.text("Status"))
    elif (visit := document_asked_for(asked)) is not None:
        _redirect(asked, call, visit)
    if asked.text("FallbackUrl"):
        call.fallback = _fallback(asked)
    call.status_callback = status_callback(asked) or call.status_callback
    return Served(resources.call(asked.exchange, call))


def _hang_up(call: Call, wanted: str) -> None:
    waiting = call.status in NOT_YET_ANSWERED
    if wanted == "canceled" and not waiting:
        raise RestRefused(400, 21220, "Call is not queued or ringing. Cannot cancel.")
    if wanted not in ("canceled", "completed"):
        raise RestRefused(400, 20001, f"Status can be set to canceled or completed, not to {wanted!r}.")
    call.hang_up("the application", CallStatus.CANCELED if waiting else CallStatus.COMPLETED)


def _redirect(asked: Asked, call: Call, visit: Visit) -> None:
    if call.status is not CallStatus.IN_PROGRESS:
        raise RestRefused(400, 21220)
    call.redirect(visit)
    may_change_their_mind(asked.exchange, call, visit.url)


def call_named(asked: Asked) -> Call:
    sid = asked.names["sid"]
    if sid not in asked.exchange.calls:
        raise not_found(f"/Calls/{sid}.json")
    return asked.exchange.calls[sid]


ROUTES = [
    desk("/Calls.json", GET=index, POST=create),
    desk("/Calls/{sid}.json", GET=fetch, POST=update),
]
