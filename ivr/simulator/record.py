"""<Record>: a message after the tone.

It ends with silence, a key, the longest length, or the caller hanging up; in the last case the action is
still told (Digits=hangup), though what it answers is not played. Only silence is no message: the next verb
follows.
"""

import asyncio

from ivr.simulator.call import Visit, first_of
from ivr.simulator.clock import rfc2822
from ivr.simulator.documents import following
from ivr.simulator.progress import tell
from ivr.simulator.recordings import Recording
from ivr.simulator.sids import new_sid
from ivr.simulator.stage import Stage
from ivr.simulator.twiml import Verb

ANY_KEY = "1234567890*#"


async def record(stage: Stage, verb: Verb) -> Visit | None:
    tape = _Tape(stage, verb)
    with stage.call.listening("recording"):
        if verb.flag("playBeep", True):
            stage.hear("play", "beep")
        try:
            await tape.run()
        except asyncio.CancelledError:
            tape.stopped_by = "hangup"
            _keep_after_hang_up(tape)
            raise
    if not tape.seconds:
        return None
    return following(stage.here, verb.get("action"), verb.get("method"), _keep(tape))


class _Tape:
    def __init__(self, stage: Stage, verb: Verb) -> None:
        self.stage, self.verb = stage, verb
        self.started_at = stage.exchange.clock.now()
        self.seconds = 0.0  # of speech; silence around it is trimmed
        self.stopped_by = ""

    async def run(self) -> None:
        clock, call = self.stage.exchange.clock, self.stage.call
        silence, longest = self.verb.whole("timeout", 5), self.verb.whole("maxLength", 3600)
        while self.seconds < longest and not self.stopped_by:
            speech, key = asyncio.ensure_future(call.speech.get()), asyncio.ensure_future(call.keys.get())
            if not await first_of(speech, key, within=clock.real(silence)):
                return
            if speech.done() and not speech.cancelled():
                await self._listen(min(speech.result(), longest - self.seconds))
            if key.done() and not key.cancelled():
                self._stop_on(key.result())

    async def _listen(self, seconds: float) -> None:
        """Somebody speaks for so long, unless a key or the hang-up comes first."""
        clock = self.stage.exchange.clock
        began = clock.now()
        key = asyncio.ensure_future(self.stage.call.keys.get())
        try:
            await first_of(clock.spend(seconds), key)
        finally:
            spoken = (clock.now() - began) * clock.speed
            self.seconds += min(seconds, spoken)
        if key.done() and not key.cancelled():
            self._stop_on(key.result())

    def _stop_on(self, key: str) -> None:
        if key in self.verb.get("finishOnKey", ANY_KEY):
            self.stopped_by = key


def _keep(tape: _Tape) -> dict[str, str]:
    """File the recording, tell whoever asked to be told, and answer what the action is given."""
    exchange, call = tape.stage.exchange, tape.stage.call
    recording = Recording(new_sid("RE"), call.sid, tape.started_at, max(1, round(tape.seconds)))
    exchange.keep(recording)
    url = f"{exchange.settings.address}/2010-04-01/Accounts/{exchange.account_sid}/Recordings/{recording.sid}"
    told = {"RecordingUrl": url, "RecordingSid": recording.sid, "RecordingDuration": str(recording.seconds)}
    _tell_status(tape, told)
    return told | ({"Digits": tape.stopped_by} if tape.stopped_by else {})


def _tell_status(tape: _Tape, told: dict[str, str]) -> None:
    exchange, call, verb = tape.stage.exchange, tape.stage.call, tape.verb
    if not verb.get("recordingStatusCallback"):
        return
    if "completed" not in verb.words("recordingStatusCallbackEvent", "completed"):
        return
    target = following(
        tape.stage.here, verb.get("recordingStatusCallback"), verb.get("recordingStatusCallbackMethod")
    )
    form = told | {
        "AccountSid": exchange.account_sid,
        "CallSid": call.sid,
        "RecordingStatus": "completed",
        "RecordingChannels": "1",
        "RecordingSource": "RecordVerb",
        "RecordingTrack": "inbound",
        "RecordingStartTime": rfc2822(tape.started_at) or "",
    }
    exchange.spawn(tell(exchange, target.url, target.method, form, call.sid))


def _keep_after_hang_up(tape: _Tape) -> None:
    if not tape.seconds:
        return
    stage = tape.stage
    action = following(stage.here, tape.verb.get("action"), tape.verb.get("method"), _keep(tape))
    stage.mention(action)
