"""Recordings of calls over REST: begin, pause, go on, stop, look."""

from ivr.simulator import tapes
from ivr.simulator.call import CallStatus, StatusCallback
from ivr.simulator.clock import rfc2822
from ivr.simulator.errors import RestRefused
from ivr.simulator.exchange import Exchange
from ivr.simulator.rest.calls import call_named
from ivr.simulator.rest.door import Asked, Served, desk, not_found
from ivr.simulator.rest.resources import VERSION, Resource, page, path_of
from ivr.simulator.tapes import Tape, TapeStatus

CURRENT = "Twilio.CURRENT"


def create(asked: Asked) -> Served:
    call = call_named(asked)
    if call.status is not CallStatus.IN_PROGRESS or call.is_over:
        raise RestRefused(400, 21220)
    callback = None
    if asked.text("RecordingStatusCallback"):
        method = asked.text("RecordingStatusCallbackMethod", "POST").upper()
        events = asked.words("RecordingStatusCallbackEvent", "completed")
        callback = StatusCallback(asked.text("RecordingStatusCallback"), method, events)
    return Served(_resource(asked.exchange, tapes.begin(asked.exchange, call, callback)), 201)


def index(asked: Asked) -> Served:
    call = call_named(asked)
    found = [tape for tape in reversed(asked.exchange.tapes.values()) if tape.call is call]
    return page(asked, "recordings", f"Calls/{call.sid}/Recordings.json", found, _resource)


def fetch(asked: Asked) -> Served:
    return Served(_resource(asked.exchange, _tape(asked)))


def update(asked: Asked) -> Served:
    tape, wanted = _tape(asked), asked.needed("Status")
    if tape.is_over:
        raise RestRefused(400, 21220)
    match wanted:
        case "paused":
            tapes.pause(asked.exchange, tape, skip=asked.text("PauseBehavior") == "skip")
        case "in-progress":
            tapes.go_on(asked.exchange, tape)
        case "stopped":
            tapes.finish(asked.exchange, tape, TapeStatus.STOPPED)
        case _:
            raise RestRefused(400, 20001, f"Status can be paused, in-progress or stopped, not {wanted!r}.")
    return Served(_resource(asked.exchange, tape))


def _tape(asked: Asked) -> Tape:
    call, sid = call_named(asked), asked.names["recording"]
    running = [tape for tape in asked.exchange.tapes.values() if tape.call is call and not tape.is_over]
    found = running[-1] if sid == CURRENT and running else asked.exchange.tapes.get(sid)
    if found is None or found.call is not call:
        raise not_found(f"/Calls/{call.sid}/Recordings/{sid}.json")
    return found


def _resource(exchange: Exchange, it: Tape) -> Resource:
    return {
        "sid": it.sid,
        "account_sid": exchange.account_sid,
        "call_sid": it.call.sid,
        "conference_sid": None,
        "api_version": VERSION,
        "channels": 1,
        "date_created": rfc2822(it.started_at),
        "date_updated": rfc2822(it.started_at),
        "start_time": rfc2822(it.started_at),
        "duration": None if it.seconds is None else str(it.seconds),
        "status": it.status,
        "source": "StartCallRecordingAPI",
        "track": "both",
        "error_code": None,
        "price": None,
        "price_unit": "USD",
        "encryption_details": None,
        "uri": path_of(exchange, f"Calls/{it.call.sid}/Recordings/{it.sid}.json"),
    }


ROUTES = [
    desk("/Calls/{sid}/Recordings.json", GET=index, POST=create),
    desk("/Calls/{sid}/Recordings/{recording}.json", GET=fetch, POST=update),
]
