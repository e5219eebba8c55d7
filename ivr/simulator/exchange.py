"""The exchange: everything that the phone company holds at this moment. It is passed first to every story.

It keeps; it does not tell stories. Finished calls and ended rooms are kept for a while and then forgotten.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivr.simulator.call import Call
from ivr.simulator.clock import Clock
from ivr.simulator.conferences import Conference
from ivr.simulator.faults import Faults
from ivr.simulator.feed import Feed
from ivr.simulator.log import Log
from ivr.simulator.numbers import Application, PublishedNumber
from ivr.simulator.pace import Pace
from ivr.simulator.phones import Phone
from ivr.simulator.recordings import Recording
from ivr.simulator.settings import Settings
from ivr.simulator.softphones import Softphone
from ivr.simulator.texts import Text
from ivr.simulator.webhooks import Webhooks

if TYPE_CHECKING:
    from ivr.simulator.receivers import Receiver
    from ivr.simulator.tapes import Tape

FINISHED_KEPT = 5_000


@dataclass(eq=False)
class Exchange:
    settings: Settings
    clock: Clock
    feed: Feed
    log: Log
    faults: Faults
    webhooks: Webhooks
    pace: Pace
    applications: dict[str, Application]
    numbers: dict[str, PublishedNumber] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    conferences: dict[str, Conference] = field(default_factory=dict)
    recordings: dict[str, Recording] = field(default_factory=dict)
    tapes: "dict[str, Tape]" = field(default_factory=dict)
    softphones: dict[str, Softphone] = field(default_factory=dict)
    texts: dict[str, Text] = field(default_factory=dict)
    phones: dict[str, Phone] = field(default_factory=dict)
    receivers: "dict[str, Receiver]" = field(default_factory=dict)  # by the leg
    sound_lengths: dict[str, tuple[float, float]] = field(default_factory=dict)  # url: (seconds, known until)
    requests_in_hand: int = 0
    _finished: deque[str] = field(default_factory=deque)
    _ended: deque[str] = field(default_factory=deque)
    _open_rooms: dict[str, Conference] = field(default_factory=dict)
    _closing: bool = False
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    @classmethod
    def build(cls, settings: Settings) -> "Exchange":
        clock, log = Clock(settings.simulator_speed), Log()
        faults, started = Faults(clock, log), clock.now()
        return cls(
            settings=settings,
            clock=clock,
            feed=Feed(),
            log=log,
            faults=faults,
            pace=Pace(clock, settings.simulator_calls_per_second),
            webhooks=Webhooks(settings.twilio_auth_token, clock, log, faults),
            applications={
                sid: Application(sid, url, created_at=started)
                for sid, url in settings.simulator_applications.items()
            },
        )

    async def open(self) -> None:
        await self.webhooks.open()

    async def close(self) -> None:
        self._closing = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.webhooks.close()

    @property
    def account_sid(self) -> str:
        return self.settings.twilio_account_sid

    def spawn(self, story: Coroutine[None, None, None]) -> None:
        """Let something happen by itself: a call's life, a callback. Nothing starts once we close."""
        if self._closing:
            story.close()
            return
        task = asyncio.create_task(story)
        self._tasks.add(task)
        task.add_done_callback(self._returned)

    def _returned(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            logging.getLogger(__name__).error("a story broke off", exc_info=failure)

    def warn(self, code: int, sid: str, url: str, detail: str = "") -> None:
        self.log.warn(self.clock.now(), code, sid, url, detail)

    def number_dialled(self, number: str) -> PublishedNumber | None:
        return next((known for known in self.numbers.values() if known.phone_number == number), None)

    def open_room(self, friendly_name: str) -> Conference | None:
        return self._open_rooms.get(friendly_name)

    def add_room(self, room: Conference) -> None:
        self.conferences[room.sid] = room
        self._open_rooms[room.friendly_name] = room

    def close_room(self, room: Conference) -> None:
        """Its name is free again: whoever uses it next opens another room."""
        del self._open_rooms[room.friendly_name]
        self._ended.append(room.sid)
        if len(self._ended) > FINISHED_KEPT:
            del self.conferences[self._ended.popleft()]

    def add_tape(self, tape: "Tape") -> None:
        self.tapes[tape.sid] = tape
        if len(self.tapes) > FINISHED_KEPT:
            del self.tapes[next(iter(self.tapes))]

    def keep(self, recording: Recording) -> None:
        self.recordings[recording.sid] = recording
        if len(self.recordings) > FINISHED_KEPT:
            del self.recordings[next(iter(self.recordings))]

    def file(self, text: Text) -> None:
        self.texts[text.sid] = text
        if len(self.texts) > FINISHED_KEPT:
            del self.texts[next(iter(self.texts))]

    def archive(self, call: Call) -> None:
        self._finished.append(call.sid)
        if len(self._finished) > FINISHED_KEPT:
            del self.calls[self._finished.popleft()]
