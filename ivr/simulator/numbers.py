"""Published phone numbers and TwiML applications: whom the phone company asks about a call."""

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


@dataclass(frozen=True, slots=True)
class Application:
    """Where a softphone's outgoing calls are answered."""

    sid: str
    voice_url: str
    created_at: float
