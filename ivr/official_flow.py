"""The official's own side of a call: what they hear when they pick up, and the key that makes them a person.

    whisper > pressed

Whoever presses nothing is a machine, or does not want to; their leg ends, and the caller goes on (`direct_flow.py`).
"""

from ivr.acd import Whom, Word
from ivr.acd import direct as phones
from ivr.call import Call
from ivr.call_flow import say
from ivr.direct_flow import line_of, tail_of
from ivr.hotline import Hotline
from ivr.post_phones import why_nobody_came
from ivr.twiml import Reply, ask_who_picked_up, nothing, tell


async def whisper(hotline: Hotline, call: Call) -> Reply:
    """Who calls for what, before the caller is there: 1 to answer."""
    line, sid = line_of(hotline, call), call.query.get("call", "")
    caller = await hotline.store.ask("HGET", hotline.key("call", sid), "caller")
    whose = line.display_name if line else ""
    return ask_who_picked_up(
        say(hotline, "whisper", whose=whose, tail_digits=tail_of(caller or "")), then=pressed, **call.query
    )


async def pressed(hotline: Hotline, call: Call) -> Reply:
    """1 and the caller is there, if they still are; any other key is no."""
    sid, whom = call.query.get("call", ""), Whom(call.query.get("whom", Whom.OWN))
    if call.pressed != "1":
        await phones.learn_why(hotline, sid, whom=whom, why="declined")
        return tell()
    word = await phones.answer_in_person(hotline, sid, whom=whom)
    return tell(say(hotline, "caller_gone")) if word is Word.GONE else nothing()


async def report(hotline: Hotline, call: Call) -> Reply:
    """How the carrier says that this phone's call ended: the words for it may be more exact than the Dial's own."""
    if call.form.get("CallStatus") in ("busy", "no-answer", "failed"):
        sid, whom = call.query.get("call", ""), Whom(call.query.get("whom", Whom.OWN))
        why = why_nobody_came(call.form, "SipResponseCode")
        await phones.learn_why(hotline, sid, whom=whom, why=why)
    return nothing()


STEPS = {f"official/{step.__name__}": step for step in (whisper, pressed, report)}
