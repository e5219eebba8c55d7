"""开会, 外出, 休息 by telephone: whoever has the code of a post says until when nobody rings it.

    dial_in > check_code > choose_away > choose_hours > switch_post
                                       > switch_post

What was read back is what is written down. A star begins anew; who says nothing sensible three times is let go.
"""

from datetime import datetime, timedelta

from ivr import codes
from ivr.absences import KINDS, LONGEST, Kind, be_back, how_is, leave
from ivr.acd import Word
from ivr.call import Call
from ivr.call_flow import say
from ivr.directory import Line
from ivr.hotline import Hotline
from ivr.hours import spoken_soon
from ivr.prompts import Spoken
from ivr.twiml import Reply, Step, ask, ask_number, tell

MOST_ROUNDS = 3
ANEW = "*"
BACK_KEY = "0"
KEYS: dict[str, Kind] = {str(n): kind for n, kind in enumerate(KINDS, 1)}


async def dial_in(hotline: Hotline, call: Call) -> Reply:
    """The number for officials was dialled: it asks for a code."""
    if hotline.handbook.profile.dial_in.number is None:
        return tell(say(hotline, "unknown_number"))
    return ask_number(say(hotline, "dial_in"), then=check_code)


async def check_code(hotline: Hotline, call: Call) -> Reply:
    """Whose code it is, and what they want: 1 to 3 to be away, 0 to be back."""
    typed = call.pressed.rpartition(ANEW)[2]
    if not typed:
        return _once_more(hotline, call, check_code, say(hotline, "dial_in"), is_number=True)
    tried = await codes.check(hotline, call.number, f"{call.sid} {_round(call)}", typed)
    line = _post(hotline, tried.lines[0]) if tried.word is Word.OK else None
    if line is not None:
        return ask(await _choices(hotline, line), then=choose_away, line=line.number)
    if tried.word is Word.LOCKED:
        return tell(say(hotline, "dial_in_locked"))
    words = say(hotline, "dial_in_wrong"), say(hotline, "dial_in")
    return _once_more(hotline, call, check_code, *words, is_number=True)


async def choose_away(hotline: Hotline, call: Call) -> Reply:
    """One key was pressed: for how many hours, or that they are back."""
    line = _post(hotline, call.query.get("line", ""))
    if line is None:
        return tell(say(hotline, "goodbye"))
    if call.pressed in KEYS:
        return ask_number(
            say(hotline, "dial_in_hours"), then=choose_hours, line=line.number, kind=KEYS[call.pressed]
        )
    if call.pressed == BACK_KEY:
        return ask(_back(hotline, line), then=switch_post, line=line.number)
    return _once_more(hotline, call, choose_away, await _choices(hotline, line))


async def choose_hours(hotline: Hotline, call: Call) -> Reply:
    """A number of hours was typed: what would be written down is read back."""
    line, kind = _post(hotline, call.query.get("line", "")), call.query.get("kind", "")
    if line is None:
        return tell(say(hotline, "goodbye"))
    typed = call.pressed.rpartition(ANEW)[2]
    hours = int(typed) if typed.isdecimal() and len(typed) < 4 else 0
    if not timedelta() < timedelta(hours=hours) <= LONGEST:
        return _once_more(hotline, call, choose_hours, say(hotline, "dial_in_hours"), is_number=True)
    until = hotline.moment().replace(second=0, microsecond=0) + timedelta(hours=hours)
    words = _away(hotline, line, kind, until)
    return ask(words, then=switch_post, line=line.number, kind=kind, until=until.isoformat())


async def switch_post(hotline: Hotline, call: Call) -> Reply:
    """1 and it is so; a star and they choose anew."""
    line, kind = _post(hotline, call.query.get("line", "")), call.query.get("kind", "")
    if line is None:
        return tell(say(hotline, "goodbye"))
    until = datetime.fromisoformat(call.query["until"]) if "until" in call.query else None
    if call.pressed == "1":
        if until is None:
            await be_back(hotline, line, by="phone")
        else:
            await leave(hotline, line, _kind(kind), until, by="phone")
        return tell(say(hotline, "dial_in_done"))
    if call.pressed == ANEW:
        return ask(await _choices(hotline, line), then=choose_away, line=line.number)
    words = _away(hotline, line, kind, until) if until else _back(hotline, line)
    return _once_more(hotline, call, switch_post, words)


STEPS = {step.__name__: step for step in (dial_in, check_code, choose_away, choose_hours, switch_post)}

# ------------------------------------------------------------------------------------------ what is said


def _once_more(hotline: Hotline, call: Call, step: Step, *words: Spoken, is_number: bool = False) -> Reply:
    """The same question again, for whoever said nothing, or nothing that we understand; but not for ever."""
    if _round(call) >= MOST_ROUNDS:
        return tell(say(hotline, "goodbye"))
    query = {**call.query, "round": str(_round(call) + 1)}
    return ask_number(*words, then=step, **query) if is_number else ask(*words, then=step, **query)


def _round(call: Call) -> int:
    """How often this was asked, as we wrote into the address."""
    asked = call.query.get("round", "")
    return int(asked) if asked.isdecimal() else 1


async def _choices(hotline: Hotline, line: Line) -> Spoken:
    now = await how_is(hotline, line)
    state = "现在可以接听"
    if now.away and now.until:
        state = f"现在登记的是{now.away}，到{spoken_soon(now.until, hotline.moment())}"
    return say(hotline, "dial_in_choose", whose=line.display_name, state_spoken=state)


def _away(hotline: Hotline, line: Line, kind: str, until: datetime) -> Spoken:
    when = spoken_soon(until, hotline.moment())
    return say(hotline, "dial_in_confirm", whose=line.display_name, away=kind, until_spoken=when)


def _back(hotline: Hotline, line: Line) -> Spoken:
    return say(hotline, "dial_in_confirm_back", whose=line.display_name)


# ------------------------------------------------------------------------------------------ what is known of it


def _post(hotline: Hotline, number: str) -> Line | None:
    """The post, as the step before wrote it into this one's address; it may have changed hands meanwhile."""
    line = hotline.handbook.directory.find(number)
    return line if line is not None and line.mode != "pool" else None


def _kind(word: str) -> Kind:
    return next(kind for kind in KINDS if kind == word)
