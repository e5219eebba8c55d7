"""The hotline's vocabulary to the carrier: what a step answers, as TwiML.

A reply is a value: frozen, comparable, made of a handful of verbs. Writing it out as XML is done once for each
different reply, because most of what callers hear is the same for all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr.prompts import Spoken

REMEMBERED_REPLIES = 4096
A_ROOM, ITS_NEWS, WHAT_FOLLOWS = "\ue000", "\ue001", "\ue002"  # blanks, of what nobody can say
AUDIO = "../../audio/"  # seen from /voice/<hotline>/<step>

ANSWER_SECONDS = 6
SILENCE_SECONDS = 6  # that end a message
LONGEST_MESSAGE_SECONDS = 180
HEARD_IN = "cmn-Hans-CN"  # what speech is taken for
PAUSE_SECONDS = 2  # of silence that end it

Step = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Speech:
    spoken: Spoken


@dataclass(frozen=True, slots=True)
class Music:
    """Words and music to their end; a key pressed before goes to `then` at once."""

    spoken: tuple[Spoken, ...]
    file: str
    then: str


@dataclass(frozen=True, slots=True)
class Silence:
    seconds: int


@dataclass(frozen=True, slots=True)
class GoOn:
    then: str


@dataclass(frozen=True, slots=True)
class Room:
    """A conference; `news` is where its comings and goings are reported, `then` what follows it."""

    name: str
    news: str
    then: str
    music: str
    is_over_without_me: bool


@dataclass(frozen=True, slots=True)
class Ear:
    """Somebody who hears a conference without being of it: it neither begins nor ends with them. `coach` is the leg
    that alone hears what they say."""

    name: str
    news: str
    then: str
    music: str
    muted: bool
    coach: str


@dataclass(frozen=True, slots=True)
class Question:
    """One key answers it, or a number that ends with the hash key; `then` hears of silence too."""

    spoken: tuple[Spoken, ...]
    then: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Listening:
    """Speech from the other end, as text."""

    then: str
    news: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Recording:
    """After the tone. `news` learns of the recording, even from a caller who hangs up in the middle of it."""

    then: str
    news: str


@dataclass(frozen=True, slots=True)
class Forward:
    """Another telephone, in place of all this."""

    number: str


@dataclass(frozen=True, slots=True)
class Phone:
    """How somebody's phone is reached: a number or a SIP address, over a trunk of the city's own if it has one."""

    address: str
    byoc: str = ""


@dataclass(frozen=True, slots=True)
class Ring:
    """`whisper` is what whoever picks up is played first, `news` learns how it went, `then` follows either way."""

    phone: Phone
    seconds: int
    shown: str
    whisper: str
    news: str
    then: str


@dataclass(frozen=True, slots=True)
class HangUp:
    pass


Verb = (
    Speech | Music | Question | Listening | Recording | Silence | GoOn | Room | Ear | Ring | Forward | HangUp
)


@dataclass(frozen=True, slots=True)
class Reply:
    verbs: tuple[Verb, ...]


def tell(*spoken: Spoken, then: Step | None = None, **query: str) -> Reply:
    """Say it; go on with the next step, or hang up."""
    return Reply((*map(Speech, spoken), GoOn(path(then, **query)) if then else HangUp()))


def send_on(*spoken: Spoken, hotline: str, **query: str) -> Reply:
    """Say it, and begin anew at another hotline."""
    return Reply((*map(Speech, spoken), GoOn(f"../{hotline}/answer?{urlencode(query)}")))


def going_on_at(address: str, reply: Reply) -> Reply:
    """The same, and what follows it is found at another address: of a hotline, or of one of its languages."""
    return Reply(
        tuple(
            replace(verb, then=f"../{address}/{verb.then}")
            if isinstance(verb, Music | Question | GoOn | Room | Ring | Recording)
            else verb
            for verb in reply.verbs
        )
    )


def tell_and_wait(*spoken: Spoken, seconds: int) -> Reply:
    """Say it, stay for so long, and hang up: a silence tells whoever listens that it is over."""
    return Reply((*map(Speech, spoken), Silence(seconds), HangUp()))


def listen(*, then: Step, news: str, seconds: int) -> Reply:
    """Say nothing, and write down what is said at the other end; silence for so long goes on with the next step too.
    `news` learns of each part of it, for an end that hangs up in the middle."""
    return Reply((Listening(path(then), news, seconds), GoOn(path(then))))


def hold(*spoken: Spoken, music: str, then: Step) -> Reply:
    """Say it, play the music to its end, and come round again; a key comes round at once."""
    return Reply((Music(spoken, music, path(then)), GoOn(path(then))))


def ask(*spoken: Spoken, then: Step, **query: str) -> Reply:
    """Say it and wait for one key; silence goes on to the same step, with nothing pressed."""
    return Reply((Question(spoken, path(then, **query)), GoOn(path(then, **query))))


def ask_number(*spoken: Spoken, then: Step, **query: str) -> Reply:
    """Say it and wait for a number, to its hash key; silence goes on to the same step, with nothing typed."""
    return Reply((Question(spoken, path(then, **query), is_number=True), GoOn(path(then, **query))))


def take_message(*spoken: Spoken, then: Step, news: str) -> Reply:
    """Say it, then record until a key, a silence or the longest a message may be."""
    return Reply((*map(Speech, spoken), Recording(path(then), news), GoOn(path(then))))


def pause(seconds: int, then: Step) -> Reply:
    return Reply((Silence(seconds), GoOn(path(then))))


def join_room(
    *spoken: Spoken, room: str, news: str, music: str, then: Step, is_guest: bool = False, **query: str
) -> Reply:
    """Say it, then talk in the room until either side leaves it; the others go on when a guest does."""
    return Reply(
        (*map(Speech, spoken), Room(room, news, path(then, room=room, **query), music, not is_guest))
    )


def listen_in(
    *, room: str, news: str, music: str, then: Step, muted: bool, coach: str, **query: str
) -> Reply:
    """Hear the room: heard by nobody when muted, by the leg `coach` alone if there is one, else by all."""
    return Reply((Ear(room, news, path(then, room=room, **query), music, muted, coach),))


def ring_phone(
    *spoken: Spoken, phone: Phone, seconds: int, shown: str, whisper: str, news: str, then: Step, **query: str
) -> Reply:
    """Say it, then ring a phone, and talk if a person answers there. `shown` is the caller's number there, or ""."""
    return Reply((*map(Speech, spoken), Ring(phone, seconds, shown, whisper, news, path(then, **query))))


def ask_who_picked_up(*spoken: Spoken, then: Step, **query: str) -> Reply:
    """Say it to whoever picked up and wait for one key; a machine presses none, and its call ends."""
    return Reply((Question(spoken, path(then, **query)), HangUp()))


def forward(number: str) -> Reply:
    """Ring that number instead; the call ends with that conversation."""
    return Reply((Forward(number),))


def nothing() -> Reply:
    """What the carrier's notices are answered with."""
    return Reply(())


def path(step: Step, **query: str) -> str:
    """A step's address, relative to any other step of the same flow. The only place that makes one."""
    return step.__name__ + ("?" + urlencode(query) if query else "")


def render(reply: Reply) -> bytes:
    """A room is another for each call, and so is all that leads to it; the document around them is the same."""
    last = reply.verbs[-1] if reply.verbs else None
    if not isinstance(last, Room):
        return _written(reply)
    alike = Reply((*reply.verbs[:-1], replace(last, name=A_ROOM, news=ITS_NEWS, then=WHAT_FOLLOWS)))
    found = _written(alike)
    for blank, words in ((A_ROOM, last.name), (ITS_NEWS, last.news), (WHAT_FOLLOWS, last.then)):
        found = found.replace(blank.encode(), escape(words, {'"': "&quot;"}).encode())
    return found


@lru_cache(REMEMBERED_REPLIES)
def _written(reply: Reply) -> bytes:
    response = VoiceResponse()
    for verb in reply.verbs:
        _write(response, verb)
    return str(response).encode()


def _write(response: VoiceResponse, verb: Verb) -> None:
    match verb:
        case Speech(spoken):
            _speak(response, spoken)
        case Silence(seconds):
            response.pause(length=seconds)
        case GoOn(then):
            response.redirect(then)
        case Room() | Ear() | Ring() | Forward():
            _meet(response, verb)
        case HangUp():
            response.hangup()
        case Music() | Question() | Listening() | Recording():
            _listen(response, verb)


def _listen(response: VoiceResponse, verb: Music | Question | Listening | Recording) -> None:
    """What waits for the caller: a key during the music, a key as an answer, their words."""
    match verb:
        case Music(spoken, file, then):
            _gather(response, spoken, action=then, num_digits=1, timeout=1, finish_on_key="").play(
                AUDIO + file
            )
        case Question(spoken, then, is_number):
            until = {"finish_on_key": "#"} if is_number else {"num_digits": 1, "finish_on_key": ""}
            _gather(response, spoken, action=then, timeout=ANSWER_SECONDS, **until)
        case Listening(then, news, seconds):
            response.gather(
                input="speech",
                action=then,
                language=HEARD_IN,
                timeout=seconds,
                speech_timeout=PAUSE_SECONDS,
                partial_result_callback=news,
            )
        case Recording(then, news):
            response.record(
                action=then,
                max_length=LONGEST_MESSAGE_SECONDS,
                timeout=SILENCE_SECONDS,
                finish_on_key="#",
                recording_status_callback=news,
            )


def _gather(response: VoiceResponse, spoken: tuple[Spoken, ...], **how: Any) -> Gather:
    """Keys are heard from the first word on."""
    gather = Gather(**how)
    for one in spoken:
        _speak(gather, one)
    response.append(gather)
    return gather


def _speak(response: Any, spoken: Spoken) -> None:
    if spoken.audio:
        response.play(AUDIO + spoken.audio)
    else:
        response.say(spoken.text, voice=spoken.voice, language=spoken.language)


def _meet(response: VoiceResponse, verb: Room | Ear | Ring | Forward) -> None:
    """What joins the caller with somebody."""
    match verb:
        case Room():
            _enter(response, verb)
        case Ear():
            _listen_in(response, verb)
        case Ring():
            _ring(response, verb)
        case Forward(number):
            response.dial(number)


def _ring(response: VoiceResponse, ring: Ring) -> None:
    shown = {"caller_id": ring.shown} if ring.shown else {}
    dial = response.dial(action=ring.then, timeout=ring.seconds, **shown)
    news = {"url": ring.whisper, "status_callback": ring.news, "status_callback_event": "completed"}
    if ring.phone.address.startswith("sip"):
        dial.sip(ring.phone.address, **news)
    elif ring.phone.byoc:
        dial.number(ring.phone.address, byoc=ring.phone.byoc, **news)
    else:
        dial.number(ring.phone.address, **news)


def _enter(response: VoiceResponse, room: Room) -> None:
    response.dial(action=room.then).conference(
        room.name,
        beep=False,
        start_conference_on_enter=True,
        # Of caller and operator each: a room with one person in it is nobody's.
        end_conference_on_exit=room.is_over_without_me,
        max_participants=10,
        wait_url=room.music,
        wait_method="GET",
        status_callback=room.news,
        status_callback_event="join leave",
    )


def _listen_in(response: VoiceResponse, ear: Ear) -> None:
    whispering = {"coach": ear.coach} if ear.coach else {}
    response.dial(action=ear.then).conference(
        ear.name,
        muted=ear.muted,
        beep=False,
        start_conference_on_enter=False,
        end_conference_on_exit=False,
        wait_url=ear.music,
        wait_method="GET",
        status_callback=ear.news,
        status_callback_event="join leave",
        **whispering,
    )
