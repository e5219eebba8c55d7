"""One call leg: who is on it, what they hear and press, and how its story can be interrupted.

A call has one driver (`life.carry`) and, at any moment, one story: the document being played, the room, the
ringing. A hang-up or a redirect cancels the story, and the driver goes on from there.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from ivr.simulator.feed import Feed
from ivr.simulator.webhooks import Cookies

HeardKind = Literal[
    "say", "play", "pause", "ring", "room", "music", "silence", "keys", "hangup", "busy", "error"
]
Listening = Literal["digits", "recording"]
CallEvent = Literal["initiated", "ringing", "answered", "completed"]


class CallStatus(StrEnum):
    QUEUED = "queued"  # asked for by REST, not yet dialled
    INITIATED = "initiated"  # dialled; REST still shows it as queued
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"


class Direction(StrEnum):
    INBOUND = "inbound"  # from a caller, or a softphone, to the application
    OUTBOUND_API = "outbound-api"
    OUTBOUND_DIAL = "outbound-dial"


@dataclass(frozen=True, slots=True)
class Visit:
    """A document to play next: where it is and how to ask for it, or its text."""

    url: str
    method: str = "POST"
    extra: Mapping[str, str] = field(default_factory=dict)
    twiml: str | None = None
    is_fallback: bool = False
    is_whisper: bool = False  # for somebody who is called, before they are joined


@dataclass(frozen=True, slots=True)
class StatusCallback:
    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True, slots=True)
class Heard:
    at: float
    kind: HeardKind
    text: str | None = None
    url: str | None = None
    language: str | None = None


class Ended(Exception):
    """The story is over and so is the call: a <Hangup/>, a <Reject/>, an unanswered ring."""

    def __init__(self, status: CallStatus, who: str, sip_code: int | None = None) -> None:
        self.status, self.who, self.sip_code = status, who, sip_code
        super().__init__(status)


@dataclass(eq=False, slots=True)
class Call:
    sid: str
    from_: str
    to: str
    direction: Direction
    started_at: float
    feed: Feed
    parent_sid: str | None = None
    number_sid: str | None = None
    application_sid: str | None = None
    forwarded_from: str | None = None
    token: str | None = None
    fallback: Visit | None = None
    status_callback: StatusCallback | None = None
    status: CallStatus = CallStatus.QUEUED
    answered_at: float | None = None
    ended_at: float | None = None
    sip_code: int | None = None  # how the network ended a call that we made
    queued_seconds: float = 0.0  # before it was dialled
    room: str | None = None
    far: "Call | None" = None  # the leg at the other end of the line, where both are of this account
    listening_for: Listening | None = None
    heard: list[Heard] = field(default_factory=list)
    cookies: Cookies = field(default_factory=dict)
    keys: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    speech: "asyncio.Queue[float]" = field(default_factory=asyncio.Queue)
    words: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)  # said at the far end
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    callbacks_sent: int = 0
    _listens: asyncio.Event = field(default_factory=asyncio.Event)
    _picked_up: asyncio.Event = field(default_factory=asyncio.Event)
    _declined: bool = False
    _story: "asyncio.Task[None] | None" = None
    _detour: Visit | None = None
    farewell: Ended | None = None  # somebody hung up; the driver has yet to notice

    # What the person on this leg hears and does.

    def hear(
        self,
        kind: HeardKind,
        text: str | None = None,
        *,
        at: float,
        url: str | None = None,
        language: str | None = None,
    ) -> None:
        item = Heard(at, kind, text, url, language)
        self._note(item)
        if self.far is not None and kind in ("say", "play"):
            self.far.overhear(item)

    def overhear(self, item: Heard) -> None:
        """What is played to the far end comes down this line too."""
        self._note(item)
        if item.kind == "say" and item.text:
            self.words.put_nowait(item.text)

    def _note(self, item: Heard) -> None:
        self.heard.append(item)
        self.feed.publish("heard", self.sid, **heard_as_json(item))

    def press(self, digits: str) -> None:
        for key in digits:
            self.keys.put_nowait(key)

    def speak(self, seconds: float) -> None:
        self.speech.put_nowait(seconds)

    def pick_up(self) -> None:
        self._picked_up.set()

    def decline(self) -> None:
        self._declined = True
        self._picked_up.set()

    async def until_picked_up(self) -> Literal["answered", "declined"]:
        await self._picked_up.wait()
        return "declined" if self._declined else "answered"

    @contextmanager
    def listening(self, what: Listening) -> Iterator[None]:
        """While a verb listens, only what is pressed or said from now on counts."""
        empty(self.keys)
        empty(self.speech)
        self.listening_for = what
        self._listens.set()
        try:
            yield
        finally:
            self.listening_for = None
            self._listens.clear()

    async def until_listening(self) -> None:
        await self._listens.wait()

    # How the story of the call is interrupted.

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None

    def hang_up(self, who: str, status: CallStatus = CallStatus.COMPLETED) -> None:
        """End the call from outside its story: a person, or the REST API."""
        if not self.is_over and self.farewell is None:
            self.farewell = Ended(status, who)
            self._interrupt()

    def redirect(self, visit: Visit) -> None:
        """Leave whatever is going on and play this document instead."""
        self._detour = visit
        self._interrupt()

    def detour(self) -> Visit | None:
        """The document that interrupted the last story, once."""
        visit, self._detour = self._detour, None
        return visit

    async def live_through(self, story: Coroutine[None, None, None]) -> Ended | None:
        """Live a story to its end or its interruption; answers how the call ended, if it did."""
        if self.farewell is not None:
            story.close()
            return self.farewell
        self._story = asyncio.create_task(story)
        try:
            await asyncio.wait({self._story})
        finally:
            self._story.cancel()  # only matters when the exchange itself closes
        return self._how_it_ended(self._story)

    def _how_it_ended(self, story: "asyncio.Task[None]") -> Ended | None:
        if self.farewell is not None:
            return self.farewell
        if story.cancelled():
            return None
        failure = story.exception()
        if failure is None or isinstance(failure, Ended):
            return failure
        raise failure

    def _interrupt(self) -> None:
        if self._story is not None:
            self._story.cancel()


def heard_as_json(item: Heard) -> dict[str, object]:
    return {"at": item.at, "kind": item.kind, "text": item.text, "url": item.url, "language": item.language}


def empty(queue: "asyncio.Queue[str] | asyncio.Queue[float]") -> None:
    while not queue.empty():
        queue.get_nowait()


async def first_of(*waits: Awaitable[object], within: float | None = None) -> set[int]:
    """Wait until one of these is done, for at most so many real seconds; answers which are."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        return {place for place, task in enumerate(tasks) if task in done}
    finally:
        for task in tasks:
            task.cancel()
