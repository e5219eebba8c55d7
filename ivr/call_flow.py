"""The life of a call that operators answer, in the order the caller lives it; `arrival.py` is how it begins.

    wait > meet_operator (> on_hold) > thank > rate
                         (> left_alone > wait)
         > choose > call_me_back > number_given > number_confirmed
                  > leave_message > message_left

A step is one thing the caller hears. The next step is named by reference. The carrier may post a step twice: what a
step changes, it changes through functions that answer ALREADY or GONE, so that the second reply is like the first.
"""

from ivr import acd, callbacks, line_down, patience
from ivr.acd import CallState, Word, party, tape
from ivr.acd.callbacks import ask_back
from ivr.call import Call
from ivr.hotline import Hotline
from ivr.prompts import Spoken, spell_digits
from ivr.twiml import (
    Reply,
    Step,
    ask,
    ask_number,
    forward,
    hold,
    join_room,
    nothing,
    pause,
    send_on,
    take_message,
    tell,
)

MOST_TRIES = 5
WHY_NOT: dict[str, party.WhyNot] = {
    "completed": "left",
    "busy": "busy",
    "no-answer": "no_answer",
    "canceled": "no_answer",
}
CALL_ME_BACK = "*"
NUMBERS_TYPED_AT_MOST = 3
RATINGS = ("1", "2", "3")  # 满意, 基本满意, 不满意
TURNED_AWAY = {Word.TOO_LONG: "waited_too_long", Word.FULL: "full", Word.UNSTAFFED: "unstaffed"}
COMFORTS = ("still_waiting", "still_waiting_2", "still_waiting_3")
SWEPT_OUT = "moderator_ended_conference"  # somebody else's leaving, which is told by itself, ended the room
MOMENT_SECONDS = 2  # until the carrier has carried out the redirect that an accepted offer asks for

# ------------------------------------------------------------------------------------------ while they wait


async def wait(hotline: Hotline, call: Call) -> Reply:
    """They stand in line and hear music; now and then some comfort, and how far they have come when it got better."""
    turn = await acd.wait(hotline, call.sid, noticed="notice" in call.query)
    if turn.word in TURNED_AWAY:
        return turn_away(hotline, TURNED_AWAY[turn.word])
    if turn.word is Word.PASSED_ON:
        return await _pass_on(hotline, call)
    if turn.word is Word.GONE:
        return tell(say(hotline, "goodbye"))
    if turn.state in (CallState.CONNECTING, CallState.TALKING):
        return pause(MOMENT_SECONDS, then=meet_operator)
    if call.pressed == CALL_ME_BACK and callbacks.is_offered(hotline, "queue"):
        return tell(then=call_me_back, place="queue")
    return hold(*_while_waiting(hotline, turn), music=hotline.handbook.profile.music, then=wait)


async def _pass_on(hotline: Hotline, call: Call) -> Reply:
    """Nobody comes here in time: they wait on another hotline, whose call it is from now on."""
    name, line = (await acd.passed_to(hotline, call.sid)).split()
    await acd.hang_up(hotline, call.sid, by="hotline")
    return send_on(say(hotline, "passed_on"), hotline=name, came_from=hotline.name, line=line)


def _while_waiting(hotline: Hotline, turn: acd.Waiting) -> list[Spoken]:
    words = [say(hotline, "please_wait")] if turn.word is Word.OK else []
    if turn.comfort:
        words.append(say(hotline, COMFORTS[(turn.comfort - 1) % len(COMFORTS)]))
    if turn.better and turn.position > 1:
        words.append(say(hotline, "position", position=turn.position))
        minutes = patience.estimate(turn.position, turn.on_shift, turn.pace)
        if minutes:
            words.append(say(hotline, "estimate", minutes=minutes))
    if turn.better and callbacks.is_offered(hotline, "queue"):
        words.append(say(hotline, "callback_hint"))
    return words


async def operator_lost(hotline: Hotline, call: Call) -> Reply:
    """The operator who accepted did not come; the caller is in their old place, which is usually the first."""
    return tell(say(hotline, "operator_lost"), then=wait)


# ------------------------------------------------------------------------------------------ the conversation


async def meet_operator(hotline: Hotline, call: Call) -> Reply:
    """The operator's number is said, once, and both meet in the room."""
    meeting = await acd.meet(hotline, call.sid)
    if meeting.word is Word.BACK:
        return tell(then=wait)
    if meeting.word is Word.GONE:
        return tell(say(hotline, "goodbye"))
    announced = say(hotline, "meet_operator", operator_digits=spell_digits(meeting.operator))
    return join_room(
        *([announced] if meeting.first else []),
        room=meeting.room,
        news=room_news(hotline, call.sid),
        music=music_url(hotline),
        then=thank,
    )


async def on_hold(hotline: Hotline, call: Call) -> Reply:
    """In the middle of the talk the operator looks something up, or asks somebody: music, and now and then a word."""
    profile = hotline.handbook.profile
    music = Spoken("", profile.language, profile.voice, profile.music)  # no key ends it: nobody asks for one
    return tell(say(hotline, "on_hold"), music, then=on_hold)


# ------------------------------------------------------------------------------------------ afterwards


async def thank(hotline: Hotline, call: Call) -> Reply:
    """The caller is out of the room. While they are still on the line, it was the operator who left."""
    room = call.query.get("room", "")
    word, is_asked = await acd.leave_talk(hotline, call.sid, leg=call.sid, room=room, is_up=call.is_up)
    if word is Word.ALONE:
        return tell(then=left_alone)
    if word is Word.BACK:
        return tell(then=wait)
    if is_asked:
        return ask(say(hotline, "ask_rating"), then=rate)
    return tell(say(hotline, "thank"))


async def left_alone(hotline: Hotline, call: Call) -> Reply:
    """Whom they were handed to has hung up, or the operator was lost while they were on hold: they are next."""
    return tell(say(hotline, "left_alone"), then=wait)


async def rate(hotline: Hotline, call: Call) -> Reply:
    """How it was, by one key; whoever presses nothing is thanked all the same."""
    if call.pressed in RATINGS:
        await acd.rate(hotline, call.sid, rating=int(call.pressed))
    return tell(say(hotline, "thank"))


# ------------------------------------------------------------------------------------------ when nobody can come


def turn_away(hotline: Hotline, why: str, *first: Spoken) -> Reply:
    """Closed, full, unstaffed, waited too long: said in words, with the hours; and they may leave a message."""
    hours = {"hours_spoken": hotline.handbook.hours.hours_spoken()} if why == "closed" else {}
    offers = [say(hotline, "offer_message")]
    if callbacks.is_offered(hotline, why):
        offers.append(say(hotline, "offer_callback"))
    return ask(*first, say(hotline, why, **hours), *offers, then=choose, place=why)


async def choose(hotline: Hotline, call: Call) -> Reply:
    """They heard that nobody can come: 1 for a message, 2 to be called back; anything else, silence too, is goodbye."""
    place = call.query.get("place", "")
    if call.pressed == "1":
        return tell(then=leave_message)
    if call.pressed == "2" and callbacks.is_offered(hotline, place):
        return tell(then=call_me_back, place=place)
    return tell(say(hotline, "goodbye"))


# ------------------------------------------------------------------------------------------ they are called back later


async def call_me_back(hotline: Hotline, call: Call) -> Reply:
    """They would rather be called back: at the number they call from, by one key, or at another."""
    own = callbacks.number_of(hotline, call.caller)
    if own is None:
        return _ask_for_a_number(hotline, call)
    words = say(hotline, "callback_confirm", tail_digits=spell_digits(own[-4:]))
    return ask(words, then=own_number_confirmed, place=_place(call))


async def own_number_confirmed(hotline: Hotline, call: Call) -> Reply:
    """1: the number they call from. 2: another. Nothing: they were not serious."""
    own = callbacks.number_of(hotline, call.caller)
    if call.pressed == "1" and own:
        return await _promise(hotline, call, own, typed=False)
    return _ask_for_a_number(hotline, call) if call.pressed == "2" else _no_call_back(hotline, call)


async def number_given(hotline: Hotline, call: Call) -> Reply:
    """What they typed is read back to them, digit by digit; what cannot be called is asked for again."""
    number = callbacks.number_typed(hotline, call.pressed)
    typed = int(call.query.get("typed", "0")) + 1
    if number:
        words = say(hotline, "callback_read_back", number_digits=spell_digits(call.pressed))
        return ask(words, then=number_confirmed, place=_place(call), number=number, typed=str(typed))
    if typed >= NUMBERS_TYPED_AT_MOST:
        return _no_call_back(hotline, call)
    return _ask_for_a_number(hotline, call, say(hotline, "callback_bad_number"), typed=typed)


async def number_confirmed(hotline: Hotline, call: Call) -> Reply:
    """1: that is the number. 2: it is typed again."""
    typed = int(call.query.get("typed", "1"))
    number = callbacks.number_of(hotline, call.query.get("number", ""))
    if call.pressed == "1" and number:
        return await _promise(hotline, call, number, typed=True)
    if call.pressed == "2" and typed < NUMBERS_TYPED_AT_MOST:
        return _ask_for_a_number(hotline, call, typed=typed)
    return _no_call_back(hotline, call)


def _ask_for_a_number(hotline: Hotline, call: Call, *first: Spoken, typed: int = 0) -> Reply:
    words = (*first, say(hotline, "callback_number"))
    return ask_number(*words, then=number_given, place=_place(call), typed=str(typed))


async def _promise(hotline: Hotline, call: Call, number: str, *, typed: bool) -> Reply:
    """The place is kept and the call ends; unless they are being answered this very moment, which is better."""
    is_open = hotline.is_open()
    kept = await ask_back(
        hotline,
        call.sid,
        number=number,
        place=_place(call),
        pressed=call.pressed,
        typed=typed,
        is_open=is_open,
    )
    if kept.word is Word.BACK:
        return tell(then=wait)
    if kept.word is Word.GONE:
        return tell(say(hotline, "goodbye"))
    if is_open:
        return tell(say(hotline, "callback_kept"))
    return tell(say(hotline, "callback_promised", hours_spoken=hotline.handbook.hours.hours_spoken()))


def _no_call_back(hotline: Hotline, call: Call) -> Reply:
    """Back to where they came from: the line, in which they still stand, or the end of the call."""
    return tell(then=wait) if _place(call) == "queue" else tell(say(hotline, "goodbye"))


def _place(call: Call) -> str:
    return call.query.get("place", "")


# ------------------------------------------------------------------------------------------ or leave a message


async def leave_message(hotline: Hotline, call: Call) -> Reply:
    """After the tone."""
    news = hotline.url("recorded") + f"?call={call.sid}"
    return take_message(say(hotline, "leave_message"), then=message_left, news=news)


async def message_left(hotline: Hotline, call: Call) -> Reply:
    """They have said what they wanted, or nothing. The carrier's later report of it may be lost; this is not."""
    await _keep(hotline, call.sid, call.form.get("RecordingUrl", "").rpartition("/")[2], call)
    return tell(say(hotline, "message_left" if "RecordingUrl" in call.form else "goodbye"))


def apologise(hotline: Hotline, step: Step, call: Call) -> Reply:
    """Something failed on our side. The same step again, a few times; then the number for this, or the truth."""
    if call.tries < MOST_TRIES:
        return tell(say(hotline, "apology"), then=step, **{**call.query, "again": str(call.tries + 1)})
    emergency = hotline.handbook.profile.emergency_number
    if emergency:
        return forward(emergency)
    return tell(say(hotline, "unreachable"))


# ------------------------------------------------------------------------------------------ what the carrier reports


async def room(hotline: Hotline, call: Call) -> Reply:
    """Somebody came into a conversation's room or left it."""
    sid, name = call.query.get("call", ""), call.form.get("FriendlyName", "")
    match call.form.get("StatusCallbackEvent"):
        case "participant-join":
            label = call.form.get("ParticipantLabel", "")
            await acd.join(hotline, sid, leg=call.sid, room=name, label=label)
        case "participant-leave" if call.form.get("ReasonParticipantLeft") != SWEPT_OUT:
            await acd.quit_room(hotline, sid, leg=call.sid, room=name)
    return nothing()


async def guest_over(hotline: Hotline, call: Call) -> Reply:
    """The call of somebody brought into a talk is over, or never came about."""
    sid, n = call.query.get("call", ""), call.query.get("n", "")
    if n.isdecimal():
        why = WHY_NOT.get(call.form.get("CallStatus", ""), "failed")
        await party.guest_is_over(hotline, sid, n=int(n), leg=call.sid, why=why)
    return nothing()


async def taped(hotline: Hotline, call: Call) -> Reply:
    """The carrier has the recording of a talk, complete."""
    length = call.form.get("RecordingDuration", "")
    if call.form.get("RecordingStatus") == "completed" and length.isdecimal():
        recording = call.form.get("RecordingSid", "")
        await tape.is_over(hotline, call.query.get("call", ""), recording=recording, seconds=int(length))
    return nothing()


async def recorded(hotline: Hotline, call: Call) -> Reply:
    """The carrier has the message, complete."""
    if call.form.get("RecordingStatus") == "completed":
        await _keep(hotline, call.query.get("call", ""), call.form.get("RecordingSid", ""), call)
    return nothing()


async def _keep(hotline: Hotline, sid: str, recording: str, call: Call) -> None:
    length = call.form.get("RecordingDuration", "0")
    if recording and length.isdecimal() and length != "0":
        await acd.keep_message(hotline, sid, recording=recording, seconds=int(length))


async def ended(hotline: Hotline, call: Call) -> Reply:
    """The caller's line is down; it is this hotline that is told, though the call may have been passed on."""
    if await line_down.of_a_caller(hotline, call.sid, by="caller") is Word.ALREADY:
        name, _, _ = (await acd.passed_to(hotline, call.sid)).partition(" ")
        if name:
            await acd.hang_up(hotline.neighbour(name), call.sid, by="caller")
    return nothing()


STEPS = {
    step.__name__: step
    for step in (
        wait, operator_lost, meet_operator, on_hold, thank, left_alone, rate,
        choose, call_me_back, own_number_confirmed, number_given, number_confirmed,
        leave_message, message_left, room, guest_over, taped, recorded, ended,
    )
}  # fmt: skip


def first_words(hotline: Hotline) -> list[Spoken]:
    """What every caller is told before anything else, if there is anything just now."""
    announced = hotline.handbook.announcement
    if announced is None or not announced.is_on(hotline.moment()):
        return []
    profile = hotline.handbook.profile
    return [Spoken(announced.text, profile.language, profile.voice, None)]


def say(hotline: Hotline, key: str, **values: str | int) -> Spoken:
    """In the language that the caller chose, as far as there is anything in it."""
    return hotline.handbook.prompts_in(hotline.language).say(key, **values)


def music_url(hotline: Hotline) -> str:
    return f"{hotline.settings.hotline_public_url}/audio/{hotline.handbook.profile.music}"


def room_news(hotline: Hotline, sid: str) -> str:
    """Both legs name the same address: the carrier reports to the one of whoever came first."""
    return hotline.url("room") + f"?call={sid}"
