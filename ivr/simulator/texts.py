"""Text messages: what one is, and how many pieces the network cuts it into."""

from dataclasses import dataclass
from typing import Literal

from ivr.simulator.call import StatusCallback

TextStatus = Literal["queued", "sent", "delivered", "undelivered", "received"]
TextDirection = Literal["outbound-api", "outbound-reply", "inbound"]
LONGEST_TEXT = 1_600  # characters in all pieces
GSM_ONE, GSM_EACH = 160, 153  # characters in the only piece, and in each of several
UCS2_ONE, UCS2_EACH = 70, 67  # the same as soon as one letter is not a Latin one


@dataclass(eq=False, slots=True)
class Text:
    sid: str
    from_: str
    to: str
    body: str
    created_at: float
    updated_at: float
    status_callback: StatusCallback | None = None
    messaging_service_sid: str | None = None
    direction: TextDirection = "outbound-api"
    status: TextStatus = "queued"
    sent_at: float | None = None
    error_code: int | None = None


def pieces(body: str) -> int:
    one, each = (GSM_ONE, GSM_EACH) if body.isascii() else (UCS2_ONE, UCS2_EACH)
    return 1 if len(body) <= one else -(-len(body) // each)
