"""Announcements: a document that everybody in a room hears over their talk, or one of them alone.

For a room the document is asked for once, however many hear it; those on hold do not.
"""

from ivr.simulator.call import Call, Visit
from ivr.simulator.conferences import Conference, Participant
from ivr.simulator.documents import obtain_for
from ivr.simulator.errors import TwimlRefused
from ivr.simulator.exchange import Exchange
from ivr.simulator.music import play_to
from ivr.simulator.progress import call_fields
from ivr.simulator.rooms import announce


async def tell_room(exchange: Exchange, room: Conference, visit: Visit) -> None:
    await _tell(exchange, room, None, visit)


async def tell_participant(exchange: Exchange, room: Conference, seat: Participant, visit: Visit) -> None:
    await _tell(exchange, room, seat, visit)


async def _tell(exchange: Exchange, room: Conference, only: Participant | None, visit: Visit) -> None:
    """To its end, or to what Twilio would not play; the room's callback is told which, if it asked."""
    facts = {"AnnounceUrl": visit.url}
    try:
        await _play(exchange, room, only, visit)
    except TwimlRefused as refused:
        exchange.warn(refused.code, room.sid, refused.url, refused.sentence)
        facts |= {"ReasonAnnouncementFailed": refused.sentence}
        announce(exchange, room, "announcement-fail", only, facts)
    else:
        announce(exchange, room, "announcement-end", only, facts)


async def _play(exchange: Exchange, room: Conference, only: Participant | None, visit: Visit) -> None:
    def hearers() -> list[Call]:
        """Whoever is still there at this moment."""
        seats = room.participants.values()
        return [seat.call for seat in seats if (seat is only if only is not None else not seat.hold)]

    form = {
        "AccountSid": exchange.account_sid,
        "ConferenceSid": room.sid,
        "FriendlyName": room.friendly_name,
    }
    form |= call_fields(exchange, only.call) if only is not None else {}
    upcoming: Visit | None = visit
    while (here := upcoming) is not None:
        document = await obtain_for(exchange, room.sid, here, form)
        upcoming = await play_to(exchange, here, document, hearers)
