"""Phone numbers, TwiML applications and recordings over REST."""

from ivr.simulator.errors import RestRefused
from ivr.simulator.numbers import PublishedNumber
from ivr.simulator.rest import resources
from ivr.simulator.rest.door import Asked, Served, desk, not_found
from ivr.simulator.sids import new_sid

SETTABLE = {
    "FriendlyName": "friendly_name",
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsFallbackMethod": "sms_fallback_method",
}


def create(asked: Asked) -> Served:
    """Publish a number. This exchange has every number, but each only once."""
    phone_number = asked.needed("PhoneNumber")
    if asked.exchange.number_dialled(phone_number) is not None:
        raise RestRefused(400, 21422, f"{phone_number} is not available.")
    now = asked.exchange.clock.now()
    number = PublishedNumber(new_sid("PN"), phone_number, phone_number, now, now)
    _set(asked, number)
    asked.exchange.numbers[number.sid] = number
    return _changed(asked, number, 201)


def index(asked: Asked) -> Served:
    dialled, name = asked.text("PhoneNumber"), asked.text("FriendlyName")
    numbers = [
        number
        for number in asked.exchange.numbers.values()
        if dialled in number.phone_number and (not name or number.friendly_name == name)
    ]
    return resources.page(
        asked, "incoming_phone_numbers", "IncomingPhoneNumbers.json", numbers, resources.number
    )


def fetch(asked: Asked) -> Served:
    return Served(resources.number(asked.exchange, _number(asked)))


def update(asked: Asked) -> Served:
    number = _number(asked)
    _set(asked, number)
    number.updated_at = asked.exchange.clock.now()
    return _changed(asked, number, 200)


def release(asked: Asked) -> Served:
    del asked.exchange.numbers[_number(asked).sid]
    return Served(status=204)


def _set(asked: Asked, number: PublishedNumber) -> None:
    for field, attribute in SETTABLE.items():
        if field in asked.form:
            setattr(number, attribute, asked.text(field))
    if number.voice_fallback_url and not number.voice_url:
        raise RestRefused(400, 21405, "VoiceFallbackUrl cannot be set without VoiceUrl.")


def _changed(asked: Asked, number: PublishedNumber, status: int) -> Served:
    asked.exchange.feed.publish("number", number.sid, number=number.phone_number, name=number.friendly_name)
    return Served(resources.number(asked.exchange, number), status)


def _number(asked: Asked) -> PublishedNumber:
    sid = asked.names["sid"]
    if sid not in asked.exchange.numbers:
        raise not_found(f"/IncomingPhoneNumbers/{sid}.json")
    return asked.exchange.numbers[sid]


def applications(asked: Asked) -> Served:
    known = list(asked.exchange.applications.values())
    return resources.page(asked, "applications", "Applications.json", known, resources.application)


def application(asked: Asked) -> Served:
    sid = asked.names["sid"]
    if sid not in asked.exchange.applications:
        raise not_found(f"/Applications/{sid}.json")
    return Served(resources.application(asked.exchange, asked.exchange.applications[sid]))


def recording(asked: Asked) -> Served:
    sid = asked.names["sid"]
    if sid not in asked.exchange.recordings:
        raise not_found(f"/Recordings/{sid}.json")
    return Served(resources.recording(asked.exchange, asked.exchange.recordings[sid]))


ROUTES = [
    desk("/IncomingPhoneNumbers.json", GET=index, POST=create),
    desk("/IncomingPhoneNumbers/{sid}.json", GET=fetch, POST=update, DELETE=release),
    desk("/Applications.json", GET=applications),
    desk("/Applications/{sid}.json", GET=application),
    desk("/Recordings/{sid}.json", GET=recording),
]
