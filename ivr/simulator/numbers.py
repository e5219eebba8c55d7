"""Published phone numbers and TwiML applications: whom the phone company asks about a call."""

import re
from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class PublishedNumber:
    """An IncomingPhoneNumber. Empty URLs are the empty string, as Twilio's are."""

    sid: str
    phone_number: str
    friendly_name: str
    created_at: float
    updated_at: float
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"


@dataclass(frozen=True, slots=True)
class Application:
    """Where a softphone's outgoing calls are answered."""

    sid: str
    voice_url: str
    created_at: float


def is_phone_number(address: str) -> bool:
    """E.164, or as it is dialled at home."""
    return re.fullmatch(r"\+?[0-9]{3,15}", address) is not None


def is_sip_address(address: str) -> bool:
    return re.match(r"sips?:[^\s@]+@[^\s@]+$", address) is not None


def can_be_called(address: str) -> bool:
    return is_phone_number(address) or is_sip_address(address) or address.startswith("client:")
