"""A dial test goes on to a person: the phones of the post ring as they would for a caller, and 1 proves who is there.

    ring_tested > tested_rang (> ring_tested)

Where operators answer, it rings at the desk of one of them (`operator_flow.py`), and comes round until that is over:

    seek_operator (> seek_operator)

On the phone that rings:

    whisper > pressed

Nobody is joined with anybody: whoever pressed 1 is thanked, and the test hangs up.
"""

from ivr.acd import Whom, Word, desk_probes, through
from ivr.acd.probes import Way
from ivr.call import Call, line_dialled
from ivr.call_flow import say
from ivr.direct_flow import line_of
from ivr.directory import Line
from ivr.hotline import Hotline
from ivr.post_phones import is_quiet, ring_post, rings_for, why_nobody_came
from ivr.prompts import Spoken
from ivr.twiml import Reply, ask_who_picked_up, nothing, pause, tell

LOOK_AGAIN_SECONDS = 2

# ------------------------------------------------------------------------------------------ the call that came in


def begin(words: Spoken, line: Line, way: Way) -> Reply:
    """After what every caller hears first."""
    if way is Way.OPERATOR:
        return tell(words, then=seek_operator)
    return tell(words, then=ring_tested, line=line.number)


async def ring_tested(hotline: Hotline, call: Call) -> Reply:
    """The official's own phone rings, or after it the second one; unless they are away, or asleep."""
    line, whom = line_of(hotline, call), Whom(call.query.get("whom", Whom.OWN))
    if line is None:
        return tell()
    seconds = rings_for(hotline, line, whom)
    reason = "quiet" if whom is Whom.OWN and is_quiet(hotline, line) else ""
    word = await through.ring(hotline, line.number, call.sid, whom=whom, seconds=seconds, reason=reason)
    if word in (Word.AWAY, Word.GONE):
        return tell()
    return ring_post(hotline, call, line, whom, side="through", then=tested_rang)


async def tested_rang(hotline: Hotline, call: Call) -> Reply:
    """A person was there, or the next phone rings; else that is the result."""
    line, whom = line_of(hotline, call), Whom(call.query.get("whom", Whom.OWN))
    if line is None or not call.is_up:
        return tell()
    why = why_nobody_came(call.form, "DialSipResponseCode")
    following = Whom.SECOND if whom is Whom.OWN and line.second_phone else None
    rang = await through.rang(hotline, line.number, call.sid, whom=whom, why=why, then=following)
    if rang.next is None:
        return tell()
    return tell(then=ring_tested, line=line.number, whom=rang.next.value)


async def seek_operator(hotline: Hotline, call: Call) -> Reply:
    """Whoever would get the next caller is offered the test; this call stays until that is over."""
    line = line_dialled(hotline, call)
    if line is None:
        return tell()
    word = await desk_probes.seek(hotline, line.number, call.sid, queue=line.queue)
    return pause(LOOK_AGAIN_SECONDS, then=seek_operator) if word is Word.WAITING else tell()


# ------------------------------------------------------------------------------------------ the phone that rings


async def whisper(hotline: Hotline, call: Call) -> Reply:
    """That this is a test; 1 for a person."""
    line, whom = line_of(hotline, call), Whom(call.query.get("whom", Whom.OWN))
    if line is None or await through.pick_up(hotline, line.number, _sid(call), whom=whom) is Word.GONE:
        return tell(say(hotline, "probe_over"))
    return ask_who_picked_up(
        say(hotline, "probe_whisper", whose=line.display_name), then=pressed, **call.query
    )


async def pressed(hotline: Hotline, call: Call) -> Reply:
    """1 is a person, who is thanked; any other key is no."""
    number, whom = call.query.get("line", ""), Whom(call.query.get("whom", Whom.OWN))
    if call.pressed != "1":
        await through.learn_why(hotline, number, _sid(call), whom=whom, why="declined")
        return tell(say(hotline, "probe_over"))
    word = await through.reach(hotline, number, _sid(call), whom=whom)
    return tell(say(hotline, "probe_over" if word is Word.GONE else "probe_thanks"))


async def report(hotline: Hotline, call: Call) -> Reply:
    """How the carrier says that this phone's call ended: the words for it may be more exact than the Dial's own."""
    if call.form.get("CallStatus") in ("busy", "no-answer", "failed"):
        number, whom = call.query.get("line", ""), Whom(call.query.get("whom", Whom.OWN))
        why = why_nobody_came(call.form, "SipResponseCode")
        await through.learn_why(hotline, number, _sid(call), whom=whom, why=why)
    return nothing()


def _sid(call: Call) -> str:
    """The call by which the test came in, as we ourselves wrote into the address."""
    return call.query.get("call", "")


STEPS = {step.__name__: step for step in (ring_tested, tested_rang, seek_operator)} | {
    f"through/{step.__name__}": step for step in (whisper, pressed, report)
}
