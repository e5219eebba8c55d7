"""What we ask of a phone company, in the words of the trade. Twilio is one; the simulator speaks its dialect."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

AGAIN_MS = 4_000  # by then a first `ring` has been answered for, or will not be


class Asked(StrEnum):
    """What became of a request about one call."""

    OK = "OK"  # the carrier does it
    GONE = "GONE"  # that call is over: there is nobody to do it to


class CarrierFailed(Exception):
    """The carrier did not do it, and it may be tried again. The text says what it answered."""


class CarrierRefused(CarrierFailed):
    """The carrier will not do it, however often it is asked: a number it does not call, a room that is over."""


class CarrierBusy(CarrierFailed):
    """Too many requests: this one was not carried out."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """How somebody is called into a conference."""

    caller: str  # the number they see
    label: str  # what the conference's news calls them
    seconds: int  # that it rings
    news: str  # where the end of their call is reported


class TextGateway(Protocol):
    """Who takes texts to mobiles: the carrier of the calls, or somebody else."""

    async def text(self, to: str, body: str, *, sender: str, news: str, about: str) -> str:
        """Send a text; its delivery is reported to `news`, or of `about` to wherever all reports go. Its sid. Raises
        `CarrierRefused` for one that is not sent, `CarrierBusy` for one that may be tried later, and `CarrierFailed`
        when nobody knows."""


class Carrier(TextGateway, Protocol):
    """All raise `CarrierFailed` after a few tries of their own."""

    async def redirect(self, sid: str, url: str) -> Asked:
        """Let the call `sid` go on with the document at `url`, whatever it is hearing now. Tried once: whether it is
        still wanted is for the caller to look at before trying again."""

    async def ring(
        self,
        number: str,
        *,
        caller_id: str,
        url: str,
        news: str,
        seconds: int,
        byoc: str = "",
        told_of_ringing: bool = False,
    ) -> str:
        """Call `number`, over the city's trunk `byoc` if it has one; it sees `caller_id`, whoever answers within so
        many seconds hears the document at `url`, and how the call ended is told to `news`, and if so wished that it
        rings. The call's sid. Tried once: a request that was carried out and never answered would ring twice. Raises
        CarrierRefused if it rings no such number."""

    async def made_to(self, number: str, *, caller_id: str) -> str | None:
        """A call that we had made to `number`, seeing `caller_id`, and is not over: what became of a `ring` that nobody
        answered for. A caller who is put through there is none."""

    async def status_of(self, sid: str) -> str:
        """What the carrier calls the state of this call: in-progress, busy, no-answer ...; "" for one it never made."""

    async def leads_to(self, number: str) -> str | None:
        """Where the carrier asks what to do when this number is called; None for a number that is not the account's."""

    async def hang_up(self, sid: str) -> Asked:
        """End the call `sid`."""

    async def who_is_in(self, room: str) -> set[str]:
        """The calls that are in this conference now."""

    async def room_is_over(self, room: str) -> bool:
        """Whether a conference of this name has been, and has ended. One in which somebody waits alone has not."""

    async def room_was(self, room: str) -> bool:
        """Whether there has ever been a conference of this name, also one that goes on."""

    async def hold(self, room: str, leg: str, music: str | None) -> Asked:
        """Let `leg`, who is in this conference, hear what is at `music`, and nobody hear them; None ends that."""

    async def end_with(self, room: str, leg: str, ends: bool) -> Asked:
        """Whether the conference is over as soon as `leg` leaves it. Never for somebody on hold: it is ignored then."""

    async def call_in(self, room: str, to: str, invitation: "Invitation") -> str:
        """Call a telephone into this conference; answers its leg. Not tried again: two might ring."""

    async def tune(self, room: str, leg: str, *, muted: bool, coach: str) -> Asked:
        """Let `leg`, who is in this conference, be heard by nobody, by the leg `coach` alone, or else by all."""

    async def record(self, sid: str, news: str) -> str | None:
        """Record the call `sid` from now to its end; answers the recording, None if the call is over. Not tried again:
        there might be two."""

    async def pause_recording(self, sid: str, recording: str, paused: bool) -> Asked:
        """Keep silence in place of what is said, or go on."""

    async def stop_recording(self, sid: str, recording: str) -> Asked:
        """End this recording; the call goes on."""

    async def over(self, sids: Sequence[str]) -> list[str]:
        """Which of these calls the carrier says are over or unknown."""

    async def sound_of(self, recording: str) -> bytes:
        """The recording as a WAV file."""

    def softphone_token(self, identity: str, seconds: int) -> str:
        """What a browser registers with as `identity`; good for so many seconds."""

    async def close(self) -> None:
        """Let go of connections."""
