"""How things look in REST: every field that Twilio gives, null where this exchange has nothing to say."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from ivr.simulator.call import Call, CallStatus
from ivr.simulator.clock import rfc2822, whole_seconds
from ivr.simulator.conferences import Conference, Participant
from ivr.simulator.exchange import Exchange
from ivr.simulator.numbers import Application, PublishedNumber
from ivr.simulator.recordings import Recording
from ivr.simulator.rest.door import Asked, Served

Resource = dict[str, object]
T = TypeVar("T")
VERSION = "2010-04-01"
PAGE_SIZE, LARGEST_PAGE = 50, 1_000

SEEN_AS = {CallStatus.INITIATED: CallStatus.QUEUED}  # dialled, but not yet ringing
SEAT_STATUS = {
    CallStatus.QUEUED: "queued",
    CallStatus.INITIATED: "connecting",
    CallStatus.RINGING: "ringing",
    CallStatus.IN_PROGRESS: "connected",
    CallStatus.COMPLETED: "complete",
}


def path_of(exchange: Exchange, path: str) -> str:
    return f"/{VERSION}/Accounts/{exchange.account_sid}/{path}"


def call(exchange: Exchange, it: Call) -> Resource:
    base = path_of(exchange, f"Calls/{it.sid}")
    over = it.ended_at is not None
    return {
        "sid": it.sid,
        "date_created": rfc2822(it.started_at),
        "date_updated": rfc2822(it.ended_at or it.answered_at or it.started_at),
        "parent_call_sid": it.parent_sid,
        "account_sid": exchange.account_sid,
        "to": it.to,
        "to_formatted": it.to,
        "from": it.from_,
        "from_formatted": it.from_,
        "phone_number_sid": it.number_sid,
        "status": SEEN_AS.get(it.status, it.status),
        "start_time": rfc2822(it.answered_at or (it.started_at if over else None)),
        "end_time": rfc2822(it.ended_at),
        "duration": str(whole_seconds(it.answered_at, it.ended_at)) if over else None,
        "price": None,
        "price_unit": "USD",
        "direction": it.direction,
        "answered_by": None,
        "api_version": VERSION,
        "forwarded_from": it.forwarded_from,
        "group_sid": None,
        "caller_name": None,
        "queue_time": str(round(it.queued_seconds * 1000)),
        "trunk_sid": None,
        "stir_verstat": None,
        "uri": f"{base}.json",
        "subresource_uris": {
            name: f"{base}/{name.title().replace('_', '')}.json"
            for name in ("recordings", "notifications", "events")
        },
    }


def conference(exchange: Exchange, it: Conference) -> Resource:
    base = path_of(exchange, f"Conferences/{it.sid}")
    return {
        "sid": it.sid,
        "account_sid": exchange.account_sid,
        "date_created": rfc2822(it.created_at),
        "date_updated": rfc2822(it.updated_at),
        "api_version": VERSION,
        "friendly_name": it.friendly_name,
        "region": "us1",
        "status": it.status,
        "uri": f"{base}.json",
        "subresource_uris": {
            "participants": f"{base}/Participants.json",
            "recordings": f"{base}/Recordings.json",
        },
        "reason_conference_ended": it.ended_because,
        "call_sid_ending_conference": it.ended_by,
    }


def participant(exchange: Exchange, room: Conference, it: Participant) -> Resource:
    return {
        "account_sid": exchange.account_sid,
        "call_sid": it.call.sid,
        "label": it.label,
        "call_sid_to_coach": it.call_sid_to_coach,
        "coaching": it.coaching,
        "conference_sid": room.sid,
        "date_created": rfc2822(it.joined_at),
        "date_updated": rfc2822(it.updated_at),
        "end_conference_on_exit": it.end_on_exit,
        "muted": it.muted,
        "hold": it.hold,
        "start_conference_on_enter": it.start_on_enter,
        "status": SEAT_STATUS.get(it.call.status, "failed"),
        "queue_time": None,
        "uri": path_of(exchange, f"Conferences/{room.sid}/Participants/{it.call.sid}.json"),
    }


def number(exchange: Exchange, it: PublishedNumber) -> Resource:
    return _number_of_voice(it) | {
        "account_sid": exchange.account_sid,
        "address_sid": None,
        "address_requirements": "none",
        "api_version": VERSION,
        "beta": False,
        "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
        "identity_sid": None,
        "origin": "twilio",
        "sms_application_sid": "",
        "sms_fallback_method": it.sms_fallback_method,
        "sms_fallback_url": it.sms_fallback_url,
        "sms_method": it.sms_method,
        "sms_url": it.sms_url,
        "trunk_sid": None,
        "emergency_status": "Inactive",
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "bundle_sid": None,
        "status": "in-use",
        "type": "local",
        "uri": path_of(exchange, f"IncomingPhoneNumbers/{it.sid}.json"),
    }


def _number_of_voice(it: PublishedNumber) -> Resource:
    return {
        "sid": it.sid,
        "phone_number": it.phone_number,
        "friendly_name": it.friendly_name,
        "date_created": rfc2822(it.created_at),
        "date_updated": rfc2822(it.updated_at),
        "status_callback": it.status_callback,
        "status_callback_method": it.status_callback_method,
        "voice_receive_mode": "voice",
        "voice_application_sid": None,
        "voice_caller_id_lookup": False,
        "voice_fallback_method": it.voice_fallback_method,
        "voice_fallback_url": it.voice_fallback_url or None,
        "voice_method": it.voice_method,
        "voice_url": it.voice_url or None,
    }


def application(exchange: Exchange, it: Application) -> Resource:
    return {
        "account_sid": exchange.account_sid,
        "api_version": VERSION,
        "date_created": rfc2822(it.created_at),
        "date_updated": rfc2822(it.created_at),
        "friendly_name": it.sid,
        "message_status_callback": None,
        "sid": it.sid,
        "sms_fallback_method": "POST",
        "sms_fallback_url": None,
        "sms_method": "POST",
        "sms_status_callback": None,
        "sms_url": None,
        "status_callback": None,
        "status_callback_method": "POST",
        "uri": path_of(exchange, f"Applications/{it.sid}.json"),
        "voice_caller_id_lookup": False,
        "voice_fallback_method": "POST",
        "voice_fallback_url": None,
        "voice_method": "POST",
        "voice_url": it.voice_url,
        "public_application_connect_enabled": False,
    }


def recording(exchange: Exchange, it: Recording) -> Resource:
    path = path_of(exchange, f"Recordings/{it.sid}")
    return {
        "account_sid": exchange.account_sid,
        "api_version": VERSION,
        "call_sid": it.call_sid,
        "conference_sid": None,
        "date_created": rfc2822(it.started_at),
        "date_updated": rfc2822(it.started_at + it.seconds),
        "start_time": rfc2822(it.started_at),
        "duration": str(it.seconds),
        "sid": it.sid,
        "price": None,
        "price_unit": "USD",
        "status": "completed",
        "channels": 1,
        "source": "RecordVerb",
        "error_code": None,
        "uri": f"{path}.json",
        "encryption_details": None,
        "subresource_uris": {},
        "media_url": exchange.settings.address + path,
    }


def page(
    asked: Asked, plural: str, path: str, things: Sequence[T], render: Callable[[Exchange, T], Resource]
) -> Served:
    """One page of a list, in Twilio's envelope."""
    size = min(max(1, asked.whole("PageSize", PAGE_SIZE)), LARGEST_PAGE)
    at, last = asked.whole("Page", 0), max(0, -(-len(things) // size) - 1)
    shown = things[at * size : (at + 1) * size]
    filters = {name: str(value) for name, value in asked.form.multi_items() if not name.startswith("Page")}

    def uri(number: int) -> str:
        return path_of(asked.exchange, path) + "?" + urlencode(filters | {"PageSize": size, "Page": number})

    return Served(
        {
            plural: [render(asked.exchange, thing) for thing in shown],
            "first_page_uri": uri(0),
            "next_page_uri": uri(at + 1) if at < last else None,
            "previous_page_uri": uri(at - 1) if at else None,
            "page": at,
            "page_size": size,
            "start": at * size,
            "end": at * size + max(0, len(shown) - 1),
            "uri": uri(at),
        }
    )
