"""The words that the queue answers with, and the records it gives back."""

from enum import StrEnum
from typing import NamedTuple


class Word(StrEnum):
    """What became of an act."""

    OK = "OK"  # it happened; for a caller in line: only just now
    ALREADY = "ALREADY"  # it had happened before; nothing changed
    OTHERWISE = "OTHERWISE"  # it had happened before, by somebody else or in other words; nothing changed
    GONE = "GONE"  # the call, the offer or the room is no longer there
    BACK = "BACK"  # a caller is back in line; a console is back after a silence
    BUSY = "BUSY"  # not during a call
    AWAY = "AWAY"  # the official is not to be rung now; the reason comes with it
    WAITING = "WAITING"  # one is in the room, the other is not yet
    NO = "NO"  # not this caller, not now
    FULL = "FULL"  # the line has no place left
    TOO_LONG = "TOO_LONG"  # the caller has waited as long as anyone may
    PASSED_ON = "PASSED_ON"  # another hotline takes this caller
    UNSTAFFED = "UNSTAFFED"  # nobody is left whom the caller could wait for
    LOCKED = "LOCKED"  # a code was wrong too often to be tried now
    UNSURE = "UNSURE"  # whether they met is the carrier's to say
    ALONE = "ALONE"  # the others have left the caller, who is in line again and is to be told


class CallState(StrEnum):
    """Where a call is in its life."""

    NONE = "none"  # never heard of
    GREETING = "greeting"  # hears the greeting
    RINGING = "ringing"  # the phone of an official rings, or of their duty office
    IN_PERSON = "in_person"  # talks with whoever answered there
    MISSED = "missed"  # hears why nobody answered, and chooses
    WAITING = "waiting"  # stands in line
    OFFERED = "offered"  # rings at an operator's desk
    CONNECTING = "connecting"  # accepted; both are on their way into the room
    CALLING = "calling"  # a call-back: the operator is in the room, and the caller's phone rings
    TALKING = "talking"
    LATER = "later"  # a call-back that waits for its hour
    PARTING = "parting"  # hears the last words
    ENDED = "ended"


class Hold(StrEnum):
    """Whether the caller hears music in the middle of a talk."""

    OFF = "off"
    ON = "on"


class Tape(StrEnum):
    """Whether the talk is recorded."""

    NONE = "none"
    ON = "on"
    PAUSED = "paused"


class Guest(StrEnum):
    """Where somebody is whom the operator brings into a talk."""

    NONE = "none"
    RINGING = "ringing"  # called, and not in the room yet
    CONSULTING = "consulting"  # talks with the operator; the caller is on hold
    CONFERENCE = "conference"  # all three talk
    HANDED = "handed"  # has the caller; the operator is out of the room


class Line(StrEnum):
    """What an operator's line is doing."""

    IDLE = "idle"
    OFFERED = "offered"
    CONNECTING = "connecting"
    CALLING = "calling"
    TALKING = "talking"
    WRAP_UP = "wrap_up"


class Intent(StrEnum):
    """What an operator wants."""

    READY = "ready"
    PAUSED = "paused"
    LEAVING = "leaving"  # after this call


class By(StrEnum):
    """The telephone that an operator works with."""

    SOFTPHONE = "softphone"  # in the browser
    PHONE = "phone"  # on their table, rung by the carrier


class Whom(StrEnum):
    """Which of a post's phones rings."""

    OWN = "own"  # the official's
    SECOND = "second"  # the official's other one, or the secretary's
    DUTY = "duty"  # the duty office's


class Presence(StrEnum):
    """Whether an operator's console is there."""

    OFF = "off"
    ON = "on"
    LAPSED = "lapsed"  # on shift, but the console has gone silent


class Outcome(StrEnum):
    """How a call ended; each call has exactly one."""

    ANSWERED = "answered"
    ABANDONED_GREETING = "abandoned_greeting"  # hung up before standing in line
    ABANDONED_SHORT = "abandoned_short"  # hung up within the first seconds in line
    ABANDONED_QUEUE = "abandoned_queue"
    ABANDONED_RINGING = "abandoned_ringing"  # while it rang at a desk, or on the way into the room
    WAITED_TOO_LONG = "waited_too_long"
    CLOSED = "closed"
    FULL = "full"
    UNSTAFFED = "unstaffed"
    BLOCKED = "blocked"  # a supervisor had asked this caller to pause for a while
    WITHDRAWN = "withdrawn"  # the number is no longer used, and they were told so
    DIRECT_ANSWERED = "direct_answered"  # by the official in person, or on their second phone
    DUTY_ANSWERED = "duty_answered"  # by the duty office, after the official was not reached
    DIRECT_MISSED = "direct_missed"  # the official was not reached, and nobody else was wanted
    PASSED_ON = (
        "passed_on"  # waited long, and went on to another hotline, where the call has a record of its own
    )
    MESSAGE = "message"  # nobody could serve them, and they left words
    CALLBACK = "callback"  # they gave up the line for a call-back, which has a record of its own
    CALLED_BACK = "called_back"  # a call-back: they talked
    UNREACHABLE = "unreachable"  # a call-back: all tries in vain
    CALLED_OFF = "called_off"  # a call-back: not needed any more
    EXPIRED = "expired"  # a call-back: nobody came to it in all the days that it may be kept


class CallerPace(StrEnum):
    """Whether somebody rings more often than one caller may."""

    USUAL = ""
    WARNED = "warned"  # asked not to
    SLOW = "slow"  # served after others


class Arrival(NamedTuple):
    word: Word
    turned_away: str  # "" or blocked, withdrawn, closed, full, unstaffed
    pace: CallerPace
    again: bool  # they rang a while ago
    blocked_until: int | None  # ms since 1970
    language: str  # that they chose before; empty if none


class Ringing(NamedTuple):
    word: Word
    reason: str  # why the phone is not to be rung


class TurnedTo(NamedTuple):
    word: Word
    turned_away: str  # "" or why no operator can come


class Rang(NamedTuple):
    word: Word
    next: Whom | None  # the phone to ring now


class Reason(NamedTuple):
    """Why an official could not be reached."""

    word: Word
    why: str
    away: str  # what they are at, if they said so
    away_until: int  # milliseconds since 1970, or 0
    duty_rang: bool  # the duty office did not answer either


class Waiting(NamedTuple):
    word: Word
    state: CallState
    position: int  # from 1; 0 when not in line
    better: bool  # than what the caller was last told
    comfort: int  # which comforting sentence is due, from 1; 0 for none
    on_shift: int  # operators present; 0 for whoever does not wait
    pace: "Pace"  # known only when `better`


class Pace(NamedTuple):
    """How a line has moved of late."""

    handled_ms: int  # a call keeps an operator so long, wrap-up included
    known: int  # of so many calls
    waited_ms: int  # those who were answered waited so long


class Meeting(NamedTuple):
    word: Word
    room: str
    operator: str
    first: bool  # they do not talk yet: the operator is still to be announced


class PickUp(NamedTuple):
    word: Word
    sid: str
    room: str
    is_guest: bool  # a colleague who is brought into a talk of others

    @property
    def is_test(self) -> bool:
        """A dial test, of the number that stands in the place of the call: there is no room, and nobody in it."""
        return self.word is Word.OK and not self.room
