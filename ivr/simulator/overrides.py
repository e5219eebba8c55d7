"""Connection overrides: how patient to be with a server, written in the fragment of a URL
(`#rc=2&rp=ct,5xx`).

Without any, Twilio tries again once, and only when it could not connect.
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urldefrag

Failure = Literal["ct", "rt", "4xx", "5xx"]
CEILING_MS = 15_000


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits in real seconds; `retry_on` says which failures are worth another try."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})

    def forgives(self, failure: Failure) -> bool:
        return "all" in self.retry_on or failure in self.retry_on


def split(url: str) -> tuple[str, Patience]:
    """The URL to request, and the patience its fragment asks for. The fragment is neither sent nor signed."""
    bare, fragment = urldefrag(url)
    asked = dict(re.findall(r"(\w+)=([\w,]+)", fragment))
    return bare, Patience(
        connect=_milliseconds(asked.get("ct"), 5_000, 10_000),
        read=_milliseconds(asked.get("rt"), CEILING_MS, CEILING_MS),
        total=_milliseconds(asked.get("tt"), CEILING_MS, CEILING_MS),
        retries=min(5, int(asked["rc"])) if asked.get("rc", "").isdigit() else 1,
        retry_on=frozenset(asked.get("rp", "ct").split(",")),
    )


def _milliseconds(asked: str | None, usual: int, most: int) -> float:
    if asked is None or not asked.isdigit():
        return usual / 1000
    return min(max(int(asked), 100), most) / 1000
