"""Conferences and their participants over REST: look, hold, mute, coach, bring in, remove, end."""

from xml.sax.saxutils import quoteattr

from ivr.simulator.announcements import tell_participant, tell_room
from ivr.simulator.call import Visit
from ivr.simulator.conferences import Conference, EndReason, LeaveReason, Participant
from ivr.simulator.errors import RestRefused
from ivr.simulator.exchange import Exchange
from ivr.simulator.life import call_out
from ivr.simulator.rest import resources
from ivr.simulator.rest.calls import RING_SECONDS, status_callback, whom_to_call
from ivr.simulator.rest.door import Asked, Served, desk, not_found
from ivr.simulator.rooms import end, invitation_failed, leave, open_room
from ivr.simulator.seats import hold, modify, mute


def index(asked: Asked) -> Served:
    status, name = asked.text("Status"), asked.text("FriendlyName")
    rooms = [
        room
        for room in reversed(asked.exchange.conferences.values())
        if (not status or room.status == status) and (not name or room.friendly_name == name)
    ]
    return resources.page(asked, "conferences", "Conferences.json", rooms, resources.conference)


def fetch(asked: Asked) -> Served:
    return Served(resources.conference(asked.exchange, _room(asked)))


def update(asked: Asked) -> Served:
    room = _room(asked)
    if asked.text("Status") == "completed" and not room.is_over:
        end(asked.exchange, room, EndReason.BY_API)
    if (announcement := _announcement(asked, room)) is not None:
        asked.exchange.spawn(tell_room(asked.exchange, room, announcement))
    return Served(resources.conference(asked.exchange, room))


def _announcement(asked: Asked, room: Conference) -> Visit | None:
    if not asked.text("AnnounceUrl"):
        return None
    if room.is_over:
        raise RestRefused(400, 16022)
    return Visit(asked.text("AnnounceUrl"), asked.text("AnnounceMethod", "POST").upper())


def participants(asked: Asked) -> Served:
    room = _room(asked)
    wanted = {name: asked.flag(name) for name in ("Muted", "Hold", "Coaching")}

    def matches(seat: Participant) -> bool:
        has = {"Muted": seat.muted, "Hold": seat.hold, "Coaching": seat.coaching}
        return all(value is None or has[name] is value for name, value in wanted.items())

    def render(exchange: Exchange, seat: Participant) -> resources.Resource:
        return resources.participant(exchange, room, seat)

    seats = [seat for seat in (room.invited | room.participants).values() if matches(seat)]
    return resources.page(asked, "participants", f"Conferences/{room.sid}/Participants.json", seats, render)


def bring_in(asked: Asked) -> Served:
    """Call somebody into a room, opening it if need be. On answering, they do as a Dial into it would."""
    exchange, name = asked.exchange, asked.names["room"]
    caller, to = asked.needed("From"), whom_to_call(asked)
    known = exchange.conferences.get(name) or exchange.open_room(name)
    if known is not None and known.is_over:
        raise RestRefused(400, 16022)
    _refuse_coaching_of_nobody(asked, known)
    room = known or open_room(exchange, name)
    call = call_out(
        exchange,
        to=to,
        caller=caller,
        visit=Visit("", twiml=_dial_into(asked, room)),
        seconds=asked.whole("Timeout", RING_SECONDS),
        status_callback=status_callback(asked),
    )
    now = exchange.clock.now()
    seat = Participant(call, now, now, label=asked.text("Label") or None)
    seat.end_on_exit = asked.flag("EndConferenceOnExit") is True
    room.invited[call.sid] = seat
    exchange.spawn(_watch_invitation(exchange, room, seat))
    return Served(resources.participant(exchange, room, seat), 201)


async def _watch_invitation(exchange: Exchange, room: Conference, seat: Participant) -> None:
    await seat.call.over.wait()
    invitation_failed(exchange, room, seat)


def _refuse_coaching_of_nobody(asked: Asked, room: Conference | None) -> None:
    to_coach = asked.text("CallSidToCoach")
    present = room is not None and to_coach in room.participants
    if (to_coach or asked.flag("Coaching")) and not present:
        raise RestRefused(400, 16027)


CONFERENCE_ATTRIBUTES = {
    "Muted": "muted",
    "Beep": "beep",
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "WaitUrl": "waitUrl",
    "WaitMethod": "waitMethod",
    "MaxParticipants": "maxParticipants",
    "CallSidToCoach": "coach",
    "Label": "participantLabel",
    "ConferenceStatusCallback": "statusCallback",
    "ConferenceStatusCallbackMethod": "statusCallbackMethod",
}


def _dial_into(asked: Asked, room: Conference) -> str:
    given = {name: asked.text(field) for field, name in CONFERENCE_ATTRIBUTES.items() if field in asked.form}
    if "ConferenceStatusCallback" in asked.form:
        given["statusCallbackEvent"] = " ".join(
            sorted(asked.words("ConferenceStatusCallbackEvent", "start end"))
        )
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in given.items())
    name = quoteattr(room.friendly_name)[1:-1]
    return f"<Response><Dial><Conference{attributes}>{name}</Conference></Dial></Response>"


def fetch_participant(asked: Asked) -> Served:
    room = _room(asked)
    return Served(resources.participant(asked.exchange, room, _seat(asked, room)))


def update_participant(asked: Asked) -> Served:
    exchange, room = asked.exchange, _room(asked)
    seat = _seat(asked, room)
    if (muted := asked.flag("Muted")) is not None:
        mute(exchange, room, seat, muted)
    if (held := asked.flag("Hold")) is not None:
        hold(exchange, room, seat, held, _hold_music(asked))
    _modify(asked, room, seat)
    if (announcement := _announcement(asked, room)) is not None:
        exchange.spawn(tell_participant(exchange, room, seat, announcement))
    return Served(resources.participant(exchange, room, seat))


def _hold_music(asked: Asked) -> Visit | None:
    return (
        Visit(asked.text("HoldUrl"), asked.text("HoldMethod", "GET").upper())
        if asked.text("HoldUrl")
        else None
    )


def _modify(asked: Asked, room: Conference, seat: Participant) -> None:
    to_coach = asked.text("CallSidToCoach") or seat.call_sid_to_coach
    if asked.flag("Coaching") and (to_coach is None or to_coach not in room.participants):
        raise RestRefused(400, 16027)
    modify(
        asked.exchange,
        room,
        seat,
        end_on_exit=asked.flag("EndConferenceOnExit"),
        coaching=asked.flag("Coaching"),
        call_sid_to_coach=to_coach,
    )


def remove_participant(asked: Asked) -> Served:
    room = _room(asked)
    seat = _seat(asked, room)
    if seat.call.sid in room.invited:
        seat.call.hang_up("the application")
    else:
        leave(asked.exchange, room, seat, LeaveReason.BY_API, kicked=True)
    return Served(status=204)


def _room(asked: Asked) -> Conference:
    name = asked.names["room"]
    room = asked.exchange.conferences.get(name)
    if room is None:
        raise not_found(f"/Conferences/{name}.json")
    return room


def _seat(asked: Asked, room: Conference) -> Participant:
    seat = room.named(asked.names["sid"])
    if seat is None:
        raise not_found(f"/Conferences/{room.sid}/Participants/{asked.names['sid']}.json")
    return seat


ROUTES = [
    desk("/Conferences.json", GET=index),
    desk("/Conferences/{room}.json", GET=fetch, POST=update),
    desk("/Conferences/{room}/Participants.json", GET=participants, POST=bring_in),
    desk(
        "/Conferences/{room}/Participants/{sid}.json",
        GET=fetch_participant,
        POST=update_participant,
        DELETE=remove_participant,
    ),
]
