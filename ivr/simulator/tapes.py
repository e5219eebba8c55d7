"""Recording a call that is going on, as REST asks for it: begun, paused, gone on with, stopped.

It ends with the call at the latest, and then whoever asked to be told is told. What is paused with `skip` is left out;
with `silence`, the usual, it is silent and counts.
"""

from dataclasses import dataclass
from enum import StrEnum

from ivr.simulator.call import Call, StatusCallback
from ivr.simulator.clock import rfc2822
from ivr.simulator.exchange import Exchange
from ivr.simulator.progress import tell
from ivr.simulator.recordings import Recording
from ivr.simulator.sids import new_sid


class TapeStatus(StrEnum):
    IN_PROGRESS = "in-progress"
    PAUSED = "paused"
    STOPPED = "stopped"
    COMPLETED = "completed"


@dataclass(eq=False, slots=True)
class Tape:
    sid: str
    call: Call
    started_at: float
    status_callback: StatusCallback | None
    status: TapeStatus = TapeStatus.IN_PROGRESS
    paused_at: float | None = None
    skips: bool = False  # the pause under way
    left_out: float = 0.0  # seconds
    seconds: int | None = None  # once it is over

    @property
    def is_over(self) -> bool:
        return self.seconds is not None


def begin(exchange: Exchange, call: Call, callback: StatusCallback | None) -> Tape:
    tape = Tape(new_sid("RE"), call, exchange.clock.now(), callback)
    exchange.add_tape(tape)
    exchange.spawn(_follow(exchange, tape))
    return tape


async def _follow(exchange: Exchange, tape: Tape) -> None:
    await tape.call.over.wait()
    finish(exchange, tape, TapeStatus.COMPLETED)


def pause(exchange: Exchange, tape: Tape, *, skip: bool) -> None:
    if tape.status is TapeStatus.IN_PROGRESS:
        tape.status, tape.paused_at, tape.skips = TapeStatus.PAUSED, exchange.clock.now(), skip


def go_on(exchange: Exchange, tape: Tape) -> None:
    if tape.status is TapeStatus.PAUSED and tape.paused_at is not None:
        if tape.skips:
            tape.left_out += exchange.clock.now() - tape.paused_at
        tape.status, tape.paused_at = TapeStatus.IN_PROGRESS, None


def finish(exchange: Exchange, tape: Tape, status: TapeStatus) -> None:
    """Stopped, or ended with its call; once."""
    if tape.is_over:
        return
    go_on(exchange, tape)
    clock = exchange.clock
    tape.status = status
    tape.seconds = max(0, round((clock.now() - tape.started_at - tape.left_out) * clock.speed))
    exchange.keep(Recording(tape.sid, tape.call.sid, tape.started_at, tape.seconds))
    if tape.status_callback is not None and "completed" in tape.status_callback.events:
        _tell(exchange, tape, tape.status_callback)


def _tell(exchange: Exchange, tape: Tape, callback: StatusCallback) -> None:
    base = f"{exchange.settings.address}/2010-04-01/Accounts/{exchange.account_sid}/Recordings/{tape.sid}"
    form = {
        "AccountSid": exchange.account_sid,
        "CallSid": tape.call.sid,
        "RecordingSid": tape.sid,
        "RecordingUrl": base,
        "RecordingStatus": "completed",
        "RecordingDuration": str(tape.seconds),
        "RecordingChannels": "1",
        "RecordingSource": "StartCallRecordingAPI",
        "RecordingTrack": "both",
        "RecordingStartTime": rfc2822(tape.started_at) or "",
    }
    exchange.spawn(tell(exchange, callback.url, callback.method, form, tape.call.sid))
