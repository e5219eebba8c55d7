"""Rooms: who is in one, when it begins, and when it ends.

This is the state and its rules. What people hear there, and what the application is told, is in `rooms`.
The first to enter settles the room's callbacks, and a room that has ended never opens again.
"""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from ivr.simulator.call import Call, StatusCallback

ParticipantStatus = Literal["queued", "connecting", "ringing", "connected", "complete", "failed"]


class ConferenceStatus(StrEnum):
    INIT = "init"  # nobody may talk yet
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"


class LeaveReason(StrEnum):
    HUNG_UP = "participant_hung_up"
    BY_API = "participant_updated_via_api"
    ADD_FAILED = "participant_add_failed"
    ROOM_ENDED_BY_API = "conference_ended_via_api"
    MODERATOR_LEFT = "moderator_ended_conference"


class EndReason(StrEnum):
    BY_API = "conference-ended-via-api"
    MODERATOR_LEFT = "participant-with-end-conference-on-exit-left"
    MODERATOR_KICKED = "participant-with-end-conference-on-exit-kicked"
    LAST_KICKED = "last-participant-kicked"
    LAST_LEFT = "last-participant-left"


@dataclass(eq=False, slots=True)
class Participant:
    call: Call
    joined_at: float
    updated_at: float
    muted: bool = False
    hold: bool = False
    coaching: bool = False
    call_sid_to_coach: str | None = None
    start_on_enter: bool = True
    end_on_exit: bool = False
    label: str | None = None
    dismissed: "asyncio.Future[LeaveReason]" = field(default_factory=lambda: asyncio.Future())
    sound: "asyncio.Task[None] | None" = None  # the music on hold, while there is any


@dataclass(eq=False, slots=True)
class Conference:
    sid: str
    friendly_name: str
    created_at: float
    updated_at: float
    status_callback: StatusCallback | None = None
    most: int = 250
    settled: bool = False
    status: ConferenceStatus = ConferenceStatus.INIT
    participants: dict[str, Participant] = field(default_factory=dict)
    invited: dict[str, Participant] = field(default_factory=dict)
    ended_because: EndReason | None = None
    ended_by: str | None = None
    callbacks_sent: int = 0

    @property
    def is_over(self) -> bool:
        return self.status is ConferenceStatus.COMPLETED

    @property
    def may_begin(self) -> bool:
        return (
            self.status is ConferenceStatus.INIT
            and len(self.participants) > 1
            and any(participant.start_on_enter for participant in self.participants.values())
        )

    @property
    def is_full(self) -> bool:
        return len(self.participants) >= self.most

    def hears(self, listener: Participant, speaker: Participant) -> bool:
        """Nobody on hold hears or is heard, and a coach is heard by the one they coach alone."""
        if self.status is not ConferenceStatus.IN_PROGRESS or listener is speaker:
            return False
        if listener.hold or speaker.hold or speaker.muted:
            return False
        return not speaker.coaching or speaker.call_sid_to_coach == listener.call.sid

    def named(self, sid_or_label: str) -> Participant | None:
        """Someone in the room, or on the way to it, by the CallSid or by the label."""
        everyone = {**self.invited, **self.participants}
        if sid_or_label in everyone:
            return everyone[sid_or_label]
        return next((one for one in everyone.values() if one.label == sid_or_label), None)
