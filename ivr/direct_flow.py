"""A post that answers in person: its phones ring in turn, and every ending has its words.

    ring_official > official_rang > thank
                                  > official_unavailable > choose_instead > ring_duty > official_rang
                                                                          > ask_operators > wait
                                                                          > leave_message

Only a person who pressed 1 has answered: machines that pick up do not. The official's own side is `official_flow.py`.
"""

from typing import Literal

from ivr import promises, texts
from ivr.acd import Whom, Word
from ivr.acd import direct as phones
from ivr.acd.words import Reason
from ivr.call import Call, line_dialled
from ivr.call_flow import leave_message, say, thank, turn_away, wait
from ivr.directory import Line, as_dialled_at_home, mask
from ivr.hotline import Hotline
from ivr.hours import spoken_soon
from ivr.post_phones import is_quiet, ring_post, rings_for, why_nobody_came
from ivr.prompts import Spoken, spell_digits, spell_number
from ivr.twiml import Reply, ask, nothing, tell

# ------------------------------------------------------------------------------------------ it rings


async def ring_official(hotline: Hotline, call: Call) -> Reply:
    """The official's own phone rings, or after it the second one; unless they are away, or asleep."""
    line, whom = line_of(hotline, call), Whom(call.query.get("whom", Whom.OWN))
    if line is None:
        return tell(say(hotline, "goodbye"))
    quiet = whom is Whom.OWN and is_quiet(hotline, line)
    return await _ring(hotline, call, line, whom, reason="quiet" if quiet else "")


async def _ring(hotline: Hotline, call: Call, line: Line, whom: Whom, *, reason: str = "") -> Reply:
    seconds = rings_for(hotline, line, whom)
    ringing = await phones.ring(hotline, call.sid, whom=whom, seconds=seconds, reason=reason)
    if ringing.word is Word.AWAY:
        return tell(then=official_unavailable, line=line.number)
    if ringing.word is Word.GONE:
        return tell(say(hotline, "goodbye"))
    return ring_post(hotline, call, line, whom, side="official", then=official_rang)


async def official_rang(hotline: Hotline, call: Call) -> Reply:
    """The talk is over; or nobody came to this phone, and the next one rings, or the caller is told why."""
    line, whom = line_of(hotline, call), Whom(call.query.get("whom", Whom.OWN))
    why = "" if call.form.get("DialBridged") == "true" else why_nobody_came(call.form, "DialSipResponseCode")
    if why and not call.is_up:
        return nothing()  # the caller is gone, and the carrier says so in its own words
    following = Whom.SECOND if whom is Whom.OWN and line and line.second_phone else None
    who: Literal["caller", "official"] = "official" if call.is_up else "caller"
    rang = await phones.rang(hotline, call.sid, whom=whom, why=why, who=who, then=following)
    if rang.word is Word.OK:
        return tell(then=thank)
    number = line.number if line else ""
    if rang.next:
        return tell(then=ring_official, line=number, whom=rang.next.value)
    return tell(then=official_unavailable, line=number)


# ------------------------------------------------------------------------------------------ nobody came


async def official_unavailable(hotline: Hotline, call: Call) -> Reply:
    """Why nobody came, in words; and what the caller may do instead."""
    line, found = line_of(hotline, call), await phones.reason(hotline, call.sid)
    if line is None or found.word is Word.GONE:
        return tell(say(hotline, "goodbye"))
    if found.duty_rang:
        words = [say(hotline, "duty_missed")]
    else:
        words = [_told_why(hotline, line, found), *await _promised(hotline, call, line, found.why)]
    if found.duty_rang or not line.duty_phone:
        return ask(*words, say(hotline, "offer_operator"), then=choose_instead, line=line.number)
    return ask(*words, say(hotline, "offer_duty"), then=choose_instead, line=line.number, duty="yes")


async def _promised(hotline: Hotline, call: Call, line: Line, why: str) -> list[Spoken]:
    """They will be contacted, and that is written down: by a text where one can be read, else in words. Not whoever
    withholds their number."""
    by_text = await texts.write(hotline, call.sid, line, call.number)
    word = await promises.make(hotline, call.sid, line, caller=call.number, why=why)
    if by_text:
        return [say(hotline, "text_sent")]
    spoken = [] if word is Word.NO else [say(hotline, "will_contact")]
    return [*spoken, _duty_in_words(hotline, line)] if line.duty_phone else spoken


async def choose_instead(hotline: Hotline, call: Call) -> Reply:
    """1 for the duty office, or where there is none for an operator; 2 for a message; silence is goodbye."""
    number = call.query.get("line", "")
    if call.pressed == "1" and "duty" in call.query:
        return tell(then=ring_duty, line=number)
    if call.pressed == "1":
        return tell(then=ask_operators)
    await phones.give_up(hotline, call.sid)
    if call.pressed == "2":
        return tell(then=leave_message)
    return tell(say(hotline, "goodbye"))


async def ring_duty(hotline: Hotline, call: Call) -> Reply:
    """The duty office's phone rings."""
    line = line_of(hotline, call)
    if line is None or not line.duty_phone:
        return tell(then=ask_operators)
    return await _ring(hotline, call, line, Whom.DUTY)


async def ask_operators(hotline: Hotline, call: Call) -> Reply:
    """Into the line of those whom operators answer, if anybody is there to."""
    asked = await phones.turn_to_operators(hotline, call.sid, is_open=hotline.is_open())
    return turn_away(hotline, asked.turned_away) if asked.turned_away else tell(then=wait)


STEPS = {
    step.__name__: step
    for step in (ring_official, official_rang, official_unavailable, choose_instead, ring_duty, ask_operators)
}

# ------------------------------------------------------------------------------------------ what is known of it


def line_of(hotline: Hotline, call: Call) -> Line | None:
    """The published number, as the step before wrote it into this one's address."""
    return hotline.handbook.directory.find(call.query.get("line", "")) or line_dialled(hotline, call)


def _told_why(hotline: Hotline, line: Line, found: Reason) -> Spoken:
    if found.why != "absent":
        return say(hotline, f"official_{found.why}")
    until = hotline.at(found.away_until)
    when = spoken_soon(until, hotline.moment())
    return say(hotline, "official_absent", whose=line.display_name, away=found.away, until_spoken=when)


def _duty_in_words(hotline: Hotline, line: Line) -> Spoken:
    digits = spell_number(as_dialled_at_home(line.duty_phone))
    return say(hotline, "say_duty", duty_office=line.duty_office, duty_digits=digits)


def tail_of(caller: str) -> str:
    """The last four digits, read one by one; somebody who withholds their number has none."""
    tail = mask(caller)[-4:]
    return spell_digits(tail) if tail.isdecimal() else "未显示"
