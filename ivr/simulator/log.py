"""What went out, what came in, what Twilio's debugger would warn of, and what went wrong on purpose.

Bounded; newest last.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from ivr.simulator.errors import SENTENCES

KEPT = 2_000
REPLY_CHARACTERS = 2_000  # enough to read a TwiML document


@dataclass(frozen=True, slots=True)
class WebhookSent:
    at: float
    url: str
    form: Mapping[str, str]
    status: int | None
    reply: str
    seconds: float
    error: str | None


@dataclass(frozen=True, slots=True)
class RequestServed:
    at: float
    method: str
    path: str
    form: Mapping[str, str]
    status: int | None  # None: whoever asked was not told
    seconds: float


@dataclass(frozen=True, slots=True)
class Warning:
    at: float
    code: int
    message: str
    sid: str
    url: str


@dataclass(frozen=True, slots=True)
class FaultInjected:
    at: float
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class Log:
    webhooks: deque[WebhookSent] = field(default_factory=lambda: deque(maxlen=KEPT))
    requests: deque[RequestServed] = field(default_factory=lambda: deque(maxlen=KEPT))
    warnings: deque[Warning] = field(default_factory=lambda: deque(maxlen=KEPT))
    faults: deque[FaultInjected] = field(default_factory=lambda: deque(maxlen=KEPT))

    def warn(self, at: float, code: int, sid: str, url: str, detail: str = "") -> None:
        message = detail or SENTENCES[code]
        self.warnings.append(Warning(at, code, message, sid, url))

    def as_json(self) -> dict[str, list[dict[str, object]]]:
        return {
            "webhooks": [asdict(entry) for entry in self.webhooks],
            "requests": [asdict(entry) for entry in self.requests],
            "warnings": [asdict(entry) for entry in self.warnings],
            "faults": [asdict(entry) for entry in self.faults],
        }
