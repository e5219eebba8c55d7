"""A published number is dialled: whose it is, and which way the call goes from there."""

from ivr import acd, probes, through_flow
from ivr.acd import CallerPace, callers
from ivr.call import Call, line_dialled
from ivr.call_flow import first_words, say, turn_away, wait
from ivr.direct_flow import ring_official
from ivr.directory import Line, as_dialled_at_home
from ivr.hotline import Hotline
from ivr.hours import spoken_moment
from ivr.prompts import Spoken, spell_number
from ivr.twiml import Reply, ask, going_on_at, tell, tell_and_wait

TEST_LISTENS_SECONDS = 4  # longer than the silence by which our own leg knows that all is said


async def answer(hotline: Hotline, call: Call) -> Reply:
    """A published number was dialled."""
    line = line_dialled(hotline, call)
    if call.caller == hotline.handbook.profile.probes.number:
        test = await probes.receive(hotline, call.sid, line)
        if test is not None and test.way and line is not None:
            return through_flow.begin(test.words, line, test.way)
        if test is not None:
            return tell_and_wait(test.words, seconds=TEST_LISTENS_SECONDS)
    if line is None:
        return tell(say(hotline, "unknown_number"))
    now = hotline.moment()
    came_from = call.query.get("came_from", "")  # whoever was passed on to us has waited for an operator
    in_person = line.mode != "pool" and not came_from and line.is_in_person(now, workday=hotline.is_workday())
    arrival = await acd.arrive(
        hotline,
        call.sid,
        line=line.number,
        caller=call.number,
        queue=line.queue,
        priority=line.priority,
        is_open=hotline.is_open(),
        is_withdrawn=line.withdrawn_on is not None and line.is_withdrawn(now.date()),
        is_limited=call.number not in hotline.handbook.profile.restraint.never_limited,
        in_person=in_person,
        holder=line.holder_on(now.date()),
        came_from=came_from,
    )
    speaking = hotline.speaking(arrival.language)
    reply = _greet(speaking, arrival, line, in_person=in_person)
    return reply if speaking is hotline else going_on_at(speaking.address, reply)


def _greet(hotline: Hotline, arrival: acd.Arrival, line: Line, *, in_person: bool) -> Reply:
    """The first words, and where they lead."""
    first = first_words(hotline)
    if arrival.blocked_until:
        until = spoken_moment(hotline.at(arrival.blocked_until))
        return tell(*first, say(hotline, "blocked", until=until))
    if arrival.turned_away == "withdrawn":
        return _no_longer_used(hotline, line)
    if arrival.turned_away:
        return turn_away(hotline, arrival.turned_away, *first)
    if in_person:
        return tell(*first, *_greeting(hotline, arrival), then=ring_official, line=line.number)
    return _ask_language(hotline, arrival, *first, *_greeting(hotline, arrival))


def _ask_language(hotline: Hotline, arrival: acd.Arrival, *words: Spoken) -> Reply:
    """Where there are several and the caller's is not known, or is there no more."""
    languages = hotline.handbook.profile.languages
    if not languages or arrival.language in languages:
        return _into_line(hotline, *words)
    offers = [Spoken(one.offer, one.code, one.voice, None) for one in languages.values()]
    return ask(*words, *offers, then=choose_language)


async def choose_language(hotline: Hotline, call: Call) -> Reply:
    """By one key; whoever presses nothing waits for whoever answers the number, and is asked again another time."""
    for name, language in hotline.handbook.profile.languages.items():
        if call.pressed == language.key:
            await callers.speak(hotline, call.sid, name)
            chosen = hotline.speaking(name)
            return going_on_at(chosen.address, _into_line(chosen))
    return _into_line(hotline)


def _into_line(hotline: Hotline, *words: Spoken) -> Reply:
    """Where talks are recorded, the caller hears so first: nobody is recorded who has not been told."""
    if hotline.handbook.profile.talk.record_talks:
        return tell(*words, say(hotline, "recording_notice"), then=wait, notice="heard")
    return tell(*words, then=wait)


def _greeting(hotline: Hotline, arrival: acd.Arrival) -> list[Spoken]:
    """Whoever rang a while ago is welcomed back; whoever rings without end is asked not to."""
    words = [say(hotline, "again" if arrival.again else "greeting")]
    match arrival.pace:
        case CallerPace.WARNED:
            words.append(say(hotline, "rang_often"))
        case CallerPace.SLOW:
            words.append(say(hotline, "rings_on"))
    return words


def _no_longer_used(hotline: Hotline, line: Line) -> Reply:
    """Whoever dials a number that was withdrawn is told so, and which one to dial instead if there is one."""
    if line.replaced_by:
        digits = spell_number(as_dialled_at_home(line.replaced_by))
        return tell(say(hotline, "replaced", number_digits=digits), say(hotline, "goodbye"))
    return tell(say(hotline, "withdrawn"), say(hotline, "goodbye"))


STEPS = {step.__name__: step for step in (answer, choose_language)}
