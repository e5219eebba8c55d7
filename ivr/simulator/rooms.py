"""Being in a room: entering, waiting for it to begin, talking, being on hold, leaving; and who is told of it.

A room begins when two are in it and one of them may start it. Until then each hears their own waiting music;
it is not repeated unless its document says so. The callbacks are those that the first to enter asked for.
"""

import asyncio
from collections.abc import Mapping
from typing import Literal

from ivr.simulator.call import Call, StatusCallback, Visit, empty
from ivr.simulator.clock import rfc2822
from ivr.simulator.conferences import Conference, ConferenceStatus, EndReason, LeaveReason, Participant
from ivr.simulator.documents import following
from ivr.simulator.exchange import Exchange
from ivr.simulator.music import play_music
from ivr.simulator.progress import tell
from ivr.simulator.receivers import join, part
from ivr.simulator.sids import new_sid
from ivr.simulator.stage import Stage
from ivr.simulator.twiml import Verb

RoomEvent = Literal[
    "conference-start",
    "conference-end",
    "participant-join",
    "participant-leave",
    "participant-mute",
    "participant-unmute",
    "participant-hold",
    "participant-unhold",
    "participant-modify",
    "announcement-end",
    "announcement-fail",
]
SUBSCRIPTION = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "announcement-end": "announcement",
    "announcement-fail": "announcement",
}
EXPLANATION = {
    EndReason.BY_API: "Conference ended via API",
    EndReason.MODERATOR_LEFT: "Participant with endConferenceOnExit left",
    EndReason.MODERATOR_KICKED: "Participant with endConferenceOnExit was removed",
    EndReason.LAST_KICKED: "Last participant was removed",
    EndReason.LAST_LEFT: "Last participant left",
}
LARGEST_ROOM = 250


async def attend(stage: Stage, noun: Verb) -> Literal["answered", "failed"]:
    """Be in the room from entering to leaving; failed if it cannot be entered."""
    exchange, call = stage.exchange, stage.call
    room = exchange.open_room(noun.text) or open_room(exchange, noun.text)
    seat = room.invited.pop(call.sid, None) or _seat(exchange, call)
    _take(seat, noun)
    if _refused(stage, room, seat):
        _close_if_empty(exchange, room, seat, kicked=False)
        return "failed"
    _settle(stage, room, noun)
    _enter(stage, room, seat, noun)
    keys = asyncio.create_task(_carry_keys(exchange, room, seat))
    try:
        await seat.dismissed
    except asyncio.CancelledError:
        gone = call.farewell is not None
        leave(exchange, room, seat, LeaveReason.HUNG_UP if gone else LeaveReason.BY_API)
        raise
    finally:
        keys.cancel()
    return "answered"


async def _carry_keys(exchange: Exchange, room: Conference, seat: Participant) -> None:
    """The tones of a key are sound: whoever hears the one who presses hears them."""
    empty(seat.call.keys)
    while True:
        key = await seat.call.keys.get()
        for other in room.participants.values():
            if room.hears(other, seat):
                other.call.hear("keys", key, at=exchange.clock.now())


def open_room(exchange: Exchange, friendly_name: str) -> Conference:
    now = exchange.clock.now()
    room = Conference(new_sid("CF"), friendly_name, now, now)
    exchange.add_room(room)
    return room


def _seat(exchange: Exchange, call: Call) -> Participant:
    now = exchange.clock.now()
    return Participant(call, now, now)


def _take(seat: Participant, noun: Verb) -> None:
    seat.muted = noun.flag("muted", False)
    seat.start_on_enter = noun.flag("startConferenceOnEnter", True)
    seat.end_on_exit = noun.flag("endConferenceOnExit", False)
    seat.call_sid_to_coach = noun.get("coach") or None
    seat.coaching = seat.call_sid_to_coach is not None
    seat.label = noun.get("participantLabel") or None


def _refused(stage: Stage, room: Conference, seat: Participant) -> bool:
    """Full, a label that somebody there has, or nobody there to coach: Twilio goes on with the next verb."""
    problems = {
        16020: room.is_full,
        16025: seat.label is not None and room.named(seat.label) is not None,
        16027: seat.coaching and seat.call_sid_to_coach not in room.participants,
    }
    code = next((code for code, present in problems.items() if present), None)
    if code is not None:
        stage.exchange.warn(code, stage.call.sid, stage.here.url)
    return code is not None


def _settle(stage: Stage, room: Conference, noun: Verb) -> None:
    """The first to enter decides for the room."""
    if room.settled:
        return
    room.settled = True
    room.most = min(noun.whole("maxParticipants", LARGEST_ROOM), LARGEST_ROOM)
    if noun.get("statusCallback"):
        target = following(stage.here, noun.get("statusCallback"), noun.get("statusCallbackMethod"))
        events = noun.words("statusCallbackEvent", "start end")
        room.status_callback = StatusCallback(target.url, target.method, events)


def _enter(stage: Stage, room: Conference, seat: Participant, noun: Verb) -> None:
    exchange = stage.exchange
    seat.joined_at = seat.updated_at = exchange.clock.now()
    room.participants[seat.call.sid] = seat
    seat.call.room = room.friendly_name
    announce(exchange, room, "participant-join", seat)
    if room.may_begin:
        _begin(exchange, room)
    elif room.status is ConferenceStatus.INIT:
        _wait(stage, seat, noun)
    _tell_everyone(exchange, room)


def _wait(stage: Stage, seat: Participant, noun: Verb) -> None:
    url = noun.get("waitUrl") if "waitUrl" in noun.attributes else None
    if url == "":
        stage.hear("silence")
        return
    visit = None if url is None else following(stage.here, url, noun.get("waitMethod"))
    start_music(stage.exchange, seat, visit)


def start_music(exchange: Exchange, seat: Participant, visit: Visit | None) -> None:
    """The phone company's own music, or what a document plays."""
    stop_music(seat)
    seat.sound = asyncio.create_task(play_music(exchange, seat.call, visit))


def stop_music(seat: Participant) -> None:
    if seat.sound is not None:
        seat.sound.cancel()
        seat.sound = None


def _begin(exchange: Exchange, room: Conference) -> None:
    room.status, room.updated_at = ConferenceStatus.IN_PROGRESS, exchange.clock.now()
    for seat in room.participants.values():
        stop_music(seat)
    announce(exchange, room, "conference-start")


def leave(
    exchange: Exchange, room: Conference, seat: Participant, reason: LeaveReason, *, kicked: bool = False
) -> None:
    """Somebody goes. The room ends with its moderator, or with the last."""
    if room.participants.pop(seat.call.sid, None) is None:
        return
    _depart(exchange, room, seat, reason)
    if seat.end_on_exit:
        end(exchange, room, EndReason.MODERATOR_KICKED if kicked else EndReason.MODERATOR_LEFT, seat)
    else:
        _close_if_empty(exchange, room, seat, kicked=kicked)
        _tell_everyone(exchange, room)


def _depart(exchange: Exchange, room: Conference, seat: Participant, reason: LeaveReason) -> None:
    stop_music(seat)
    seat.call.room = None
    part(exchange, seat.call.sid)
    gone = seat.call.farewell
    status = gone.status if gone is not None else seat.call.status
    facts = {"ParticipantCallStatus": str(status), "ReasonParticipantLeft": str(reason)}
    announce(exchange, room, "participant-leave", seat, facts)
    if not seat.dismissed.done():
        seat.dismissed.set_result(reason)
    seat.call.feed.publish("room", seat.call.sid, room=None, participants=len(room.participants))


def _close_if_empty(exchange: Exchange, room: Conference, seat: Participant, *, kicked: bool) -> None:
    if not room.participants and not room.invited and not room.is_over:
        end(exchange, room, EndReason.LAST_KICKED if kicked else EndReason.LAST_LEFT, seat)


def end(exchange: Exchange, room: Conference, reason: EndReason, by: Participant | None = None) -> None:
    """The room is over: everybody still there goes on with what follows their Dial."""
    room.status, room.updated_at = ConferenceStatus.COMPLETED, exchange.clock.now()
    room.ended_because, room.ended_by = reason, by.call.sid if by else None
    why = LeaveReason.ROOM_ENDED_BY_API if reason is EndReason.BY_API else LeaveReason.MODERATOR_LEFT
    for seat in list(room.participants.values()):
        del room.participants[seat.call.sid]
        _depart(exchange, room, seat, why)
    exchange.close_room(room)
    facts = {"ReasonConferenceEnded": str(reason), "Reason": EXPLANATION[reason]}
    if by is not None:
        facts |= {"CallSidEndingConference": by.call.sid}
        facts |= {"ParticipantLabelEndingConference": by.label} if by.label else {}
    announce(exchange, room, "conference-end", facts=facts)


def invitation_failed(exchange: Exchange, room: Conference, seat: Participant) -> None:
    """Somebody called into the room did not come."""
    if room.invited.pop(seat.call.sid, None) is not None:
        _close_if_empty(exchange, room, seat, kicked=False)


def _tell_everyone(exchange: Exchange, room: Conference) -> None:
    for sid, seat in room.participants.items():
        seat.call.feed.publish("room", sid, room=room.friendly_name, participants=len(room.participants))
        if not seat.hold:
            rejoin(exchange, room, seat)


def rejoin(exchange: Exchange, room: Conference, seat: Participant) -> None:
    """Once the room has begun, somebody who is not on hold hears whoever else is there."""
    if room.status is ConferenceStatus.IN_PROGRESS:
        others = len(room.participants) - 1
        seat.call.hear("room", f"in the room with {others} others", at=exchange.clock.now())


def announce(
    exchange: Exchange,
    room: Conference,
    event: RoomEvent,
    seat: Participant | None = None,
    facts: Mapping[str, str] | None = None,
) -> None:
    """Tell the application, if the first to enter asked for this kind of event. Numbered from 1 in a room.

    Whatever there is to tell may change who hears whom."""
    join(exchange, room)
    callback = room.status_callback
    if callback is None or SUBSCRIPTION[event] not in callback.events:
        return
    room.callbacks_sent += 1
    form = {
        "ConferenceSid": room.sid,
        "FriendlyName": room.friendly_name,
        "AccountSid": exchange.account_sid,
        "SequenceNumber": str(room.callbacks_sent),
        "Timestamp": rfc2822(exchange.clock.now()) or "",
        "StatusCallbackEvent": event,
    }
    form |= (_participant_fields(seat) if seat is not None else {}) | dict(facts or {})
    exchange.spawn(tell(exchange, callback.url, callback.method, form, room.sid))


def _participant_fields(seat: Participant) -> dict[str, str]:
    fields = {
        "CallSid": seat.call.sid,
        "Muted": _yes(seat.muted),
        "Hold": _yes(seat.hold),
        "Coaching": _yes(seat.coaching),
        "EndConferenceOnExit": _yes(seat.end_on_exit),
        "StartConferenceOnEnter": _yes(seat.start_on_enter),
    }
    if seat.call_sid_to_coach is not None:
        fields["CallSidToCoach"] = seat.call_sid_to_coach
    return fields | ({"ParticipantLabel": seat.label} if seat.label else {})


def _yes(flag: bool) -> str:
    return "true" if flag else "false"
