"""Softphones: a browser's or a test's, each one line named by the identity in its access token.

A softphone in a browser is told what happens over its sockets; one opened by a test has none, and its calls
are answered through the people API.
"""

import asyncio
from dataclasses import dataclass, field

from ivr.simulator.call import Call

Wire = asyncio.Queue[dict[str, object]]


@dataclass(eq=False, slots=True)
class Softphone:
    identity: str
    application_sid: str
    may_be_called: bool
    wires: list[Wire] = field(default_factory=list)
    lines: list[Call] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"client:{self.identity}"

    def tell(self, message: dict[str, object]) -> None:
        for wire in self.wires:
            wire.put_nowait(message)


async def follow(softphone: Softphone, call: Call) -> None:
    """Tell a softphone what it hears on a call of its own, from now to the end."""
    softphone.lines.append(call)
    try:
        with call.feed.listen(call.sid) as events:
            while not call.is_over:
                event = await events.get()
                if event.name == "heard":
                    softphone.tell({"type": "heard", **event.facts})
                elif event.facts.get("status") == "in-progress":
                    softphone.tell({"type": "accept", "call_sid": call.sid})
        softphone.tell({"type": "disconnect", "call_sid": call.sid})
    finally:
        softphone.lines.remove(call)
