"""The driver of a call: one task that lives its stories one after the other, until the line is dead."""

from collections.abc import Callable, Coroutine

from ivr.simulator.call import Call, CallStatus, Ended, Visit
from ivr.simulator.exchange import Exchange
from ivr.simulator.progress import finish

Perform = Callable[[Exchange, Call, Visit], Coroutine[None, None, None]]


async def carry(exchange: Exchange, call: Call, story: Coroutine[None, None, None], perform: Perform) -> None:
    """From the first story to the end.
    A redirect by REST interrupts a story, and its document is the next one.
    """
    ended: Ended | None = Ended(CallStatus.FAILED, "a fault of the exchange")
    try:
        ended = await call.live_through(story)
        while ended is None and (visit := call.detour()) is not None:
            ended = await call.live_through(perform(exchange, call, visit))
    finally:
        finish(exchange, call, ended)
