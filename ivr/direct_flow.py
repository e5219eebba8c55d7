"""A post that answers in person: its phones ring in turn, and every ending has its words.

    ring_official > official_rang > thank
                                  > official_unavailable > choose_instead > ring_duty > official_rang
                                                                          > ask_operators > wait
                                                                          > leave_message

Only a person who pressed 1 has answered: machines that pick up do not. The official's own side is `official_flow.py`.
"""

from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

from ivr import promises, texts
from ivr.acd import Whom, Word
from ivr.acd import direct as phones
from ivr.acd.words import Reason
from ivr.call import Call, line_dialled
from ivr.call_flow import leave_message, say, thank, turn_away, wait
from ivr.directory import Line, as_dialled_at_home, e164, mask
from ivr.hotline import Hotline
from ivr.hours import spoken_soon
from ivr.profile.fields import spells_of, within
from ivr.prompts import Spoken, spell_digits, spell_number
from ivr.twiml import Phone, Reply, ask, nothing, ring_phone, tell

DUTY_SECONDS = 30  # a duty office has a landline, and somebody who walks to it
SPOKEN_AT = {Whom.OWN: "ring_official", Whom.SECOND: "ring_second", Whom.DUTY: "ring_duty"}

# ------------------------------------------------------------------------------------------ it rings


async def ring_official(hotline: Hotline, call: Call) -> Reply:
    """The official's own phone rings, or after it the second one; unless they are away, or asleep."""
    line, whom = line_of(hotline, call), Whom(call.query.get("whom", Whom.OWN))
    if line is None:
        return tell(say(hotline, "goodbye"))
    quiet = whom is Whom.OWN and is_quiet(hotline, line)
    return await _ring(hotline, call, line, whom, reason="quiet" if quiet else "")


async def _ring(hotline: Hotline, call: Call, line: Line, whom: Whom, *, reason: str = "") -> Reply:
    seconds = DUTY_SECONDS if whom is Whom.DUTY else rings_for(hotline, line)
    ringing = await phones.ring(hotline, call.sid, whom=whom, seconds=seconds, reason=reason)
    if ringing.word is Word.AWAY:
        return tell(then=official_unavailable, line=line.number)
    if ringing.word is Word.GONE:
        return tell(say(hotline, "goodbye"))
    about = {"line": line.number, "whom": whom.value}
    query = "?" + urlencode({"call": call.sid, **about})
    return ring_phone(
        announced(hotline, line, whom),
        phone=reached(hotline, address_of(line, whom)),
        seconds=seconds,
        shown=shown_to(hotline, call),
        whisper=hotline.url("official/whisper") + query,
        news=hotline.url("official/report") + query,
        then=official_rang,
        **about,
    )


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


SIP_CODES = {
    "480": "off",
    "486": "busy",
    "600": "busy",
    "603": "declined",
    "404": "invalid",
    "484": "invalid",
    "604": "invalid",
}
STATUSES = {"busy": "busy", "no-answer": "no_answer", "completed": "no_answer", "canceled": "no_answer"}


def why_nobody_came(form: dict[str, str], code: str) -> str:
    """The carrier's status and SIP code as one of our words. `completed` without a talk is a machine, or no key."""
    status = form.get("DialCallStatus") or form.get("CallStatus", "")
    if status not in ("completed", "canceled") and form.get(code, "") in SIP_CODES:
        return SIP_CODES[form[code]]
    return STATUSES.get(status, "failed")


def is_quiet(hotline: Hotline, line: Line) -> bool:
    spells = spells_of(line.quiet) if line.quiet else hotline.handbook.profile.direct.quiet
    return within(spells, hotline.moment())


def rings_for(hotline: Hotline, line: Line) -> int:
    return line.ring_seconds or hotline.handbook.profile.direct.ring_seconds


def address_of(line: Line, whom: Whom) -> str:
    return {Whom.OWN: line.own_phone, Whom.SECOND: line.second_phone, Whom.DUTY: line.duty_phone}[whom]


def reached(hotline: Hotline, address: str) -> Phone:
    """Over the city's own trunk, where it has one: carriers abroad do not ring phones in China."""
    rules = hotline.handbook.profile.direct
    if address.startswith("sip") or rules.trunk == "number":
        return Phone(address)
    return Phone(address, rules.byoc) if rules.trunk == "byoc" else Phone(f"sip:{address}@{rules.sip_domain}")


def shown_to(hotline: Hotline, call: Call) -> str:
    """A number that the carrier lets us show: the hotline's own choice, or the one that was dialled."""
    return hotline.handbook.profile.direct.shown_number or e164(call.form.get("To", "")) or ""


def announced(hotline: Hotline, line: Line, whom: Whom) -> Spoken:
    values = {Whom.OWN: {"whose": line.display_name}, Whom.DUTY: {"duty_office": line.duty_office}}
    return say(hotline, SPOKEN_AT[whom], **values.get(whom, {}))


def _told_why(hotline: Hotline, line: Line, found: Reason) -> Spoken:
    if found.why != "absent":
        return say(hotline, f"official_{found.why}")
    until = datetime.fromtimestamp(found.away_until / 1000, hotline.timezone)
    when = spoken_soon(until, hotline.moment())
    return say(hotline, "official_absent", whose=line.display_name, away=found.away, until_spoken=when)


def _duty_in_words(hotline: Hotline, line: Line) -> Spoken:
    digits = spell_number(as_dialled_at_home(line.duty_phone))
    return say(hotline, "say_duty", duty_office=line.duty_office, duty_digits=digits)


def tail_of(caller: str) -> str:
    """The last four digits, read one by one; somebody who withholds their number has none."""
    tail = mask(caller)[-4:]
    return spell_digits(tail) if tail.isdecimal() else "未显示"
