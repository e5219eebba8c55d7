"""The queue as Python sees it: one function for each function of `acd.lua`, a word or a record back.

Nothing is decided here. Times are the hotline's clock, in milliseconds since 1970.
"""

import json
from typing import Any

from ivr.acd.asking import ask, ask_word, fields, record
from ivr.acd.words import (
    Arrival,
    By,
    CallerPace,
    CallState,
    Guest,
    Hold,
    Intent,
    Line,
    Meeting,
    Outcome,
    Pace,
    PickUp,
    Presence,
    Tape,
    Waiting,
    Whom,
    Word,
)
from ivr.hotline import Hotline

__all__ = [
    "Arrival",
    "By",
    "CallState",
    "CallerPace",
    "Guest",
    "Hold",
    "Intent",
    "Line",
    "Meeting",
    "Outcome",
    "Pace",
    "PickUp",
    "Presence",
    "Tape",
    "Waiting",
    "Whom",
    "Word",
]

WEEK_MS = 7 * 24 * 3600 * 1000
AT_FIRST = {
    "line": Line.IDLE,
    "intent": Intent.PAUSED,
    "presence": Presence.OFF,
    "help": "none",
    "ear": "none",
}


async def arrive(
    hotline: Hotline,
    sid: str,
    *,
    line: str,
    caller: str,
    queue: str = "main",
    priority: int = 0,
    is_open: bool,
    is_withdrawn: bool = False,
    is_limited: bool = True,
    in_person: bool = False,
    holder: str = "",
    came_from: str = "",
) -> Arrival:
    """A published number is dialled. Repeating it gives the same answer, whatever has changed since.
    A post that answers in person turns nobody away but whom a supervisor has. `came_from` is the hotline that passed
    the caller on, which is not done twice."""
    doors = "open" if is_open else "closed"
    opening = "withdrawn" if is_withdrawn else "direct" if in_person else doors
    limits = "" if is_limited else "free"
    word, why, pace, again, blocked_until, language = await ask(
        hotline, "arrive", sid, line, caller, queue, priority, opening, limits, holder, came_from
    )
    until = int(blocked_until) if blocked_until else None
    return Arrival(Word(word), why, CallerPace(pace), bool(again), until, language)


async def wait(hotline: Hotline, sid: str, *, noticed: bool = False) -> Waiting:
    """The caller stands in line, or comes round again; `noticed` when they have heard that the talk is recorded."""
    word, state, *figures = await ask(hotline, "wait", sid, int(noticed))
    position, better, comfort, on_shift, *pace = map(int, figures)
    return Waiting(Word(word), CallState(state), position, bool(better), comfort, on_shift, Pace(*pace))


async def accept(hotline: Hotline, sid: str, *, operator: str, room: str) -> Word:
    """The operator takes the offer; of any number who try, one gets OK. NO while it rings at their desk
    phone, where it is taken."""
    word, _ = await ask(hotline, "accept", sid, operator, room)
    return Word(word)


async def decline(hotline: Hotline, sid: str, *, operator: str) -> Word:
    return await ask_word(hotline, "decline", sid, operator)


async def pick(hotline: Hotline, sid: str, *, operator: str, room: str) -> Word:
    """The operator takes this caller out of the line, whatever their turn. BUSY with a call of their own, NO for a
    caller of a queue they do not serve."""
    word, _ = await ask(hotline, "pick", sid, operator, room)
    return Word(word)


async def rate(hotline: Hotline, sid: str, *, rating: int) -> Word:
    """How it was: 1 满意, 2 基本满意, 3 不满意. The first answer counts."""
    return await ask_word(hotline, "rate", sid, rating)


async def keep_message(hotline: Hotline, sid: str, *, recording: str, seconds: int) -> Word:
    """The caller has left words: the carrier's recording, and how long it is."""
    return await ask_word(hotline, "keep_message", sid, recording, seconds)


async def meet(hotline: Hotline, sid: str) -> Meeting:
    """The caller asks for the room they are to talk in."""
    word, room, operator, first = await ask(hotline, "meet", sid)
    return Meeting(Word(word), room, operator, bool(int(first)))


async def pick_up(hotline: Hotline, *, operator: str, leg: str) -> PickUp:
    """The operator's phone, on the carrier's call `leg`, asks for the same room."""
    word, sid, room, is_guest = await ask(hotline, "pick_up", operator, leg)
    return PickUp(Word(word), sid, room, bool(int(is_guest)))


async def join(hotline: Hotline, sid: str, *, leg: str, room: str, label: str = "") -> Word:
    """The phone whose call at the carrier is `leg`, or who was called with this label, entered the room. GONE for a leg
    that is nobody's in this call."""
    return await ask_word(hotline, "join", sid, leg, room, label)


async def quit_room(hotline: Hotline, sid: str, *, leg: str, room: str) -> Word:
    """The phone `leg` left the room."""
    return await ask_word(hotline, "quit", sid, leg, room)


async def leave_room(hotline: Hotline, sid: str, *, leg: str, room: str, is_up: bool) -> Word:
    """The phone `leg` stands outside this room; while it is up, the other side left it. BACK to a caller whose talk has
    not begun, ALONE to one whom nobody meant to leave."""
    return await ask_word(hotline, "leave_room", sid, leg, room, "up" if is_up else "down")


async def leave_talk(hotline: Hotline, sid: str, *, leg: str, room: str, is_up: bool) -> tuple[Word, bool]:
    """The same of the caller's own phone, and whether they are to be asked how it was: after a talk, once in so many
    days, however often the carrier asks."""
    word, asked = await ask(hotline, "leave_talk", sid, leg, room, "up" if is_up else "down")
    return Word(word), asked == Word.OK


async def lose(hotline: Hotline, sid: str, *, room: str, is_over: bool = False) -> Word:
    """The operator who accepted is not in this room; the caller goes back to their place.

    `is_over`: it has been, and has ended. If both had asked for it long enough ago they have talked meanwhile, and
    nobody told us."""
    return await ask_word(hotline, "lose", sid, room, int(is_over))


async def release(hotline: Hotline, *, operator: str) -> Word:
    """The operator ends the talk. BUSY while the caller is on hold and somebody else is consulted."""
    return await ask_word(hotline, "release", operator)


async def passed_to(hotline: Hotline, sid: str) -> str:
    """The hotline and the number there that this call was passed on to; empty if it was not."""
    return str(await hotline.store.ask("HGET", hotline.key("call", sid), "passed_to") or "")


async def hang_up(hotline: Hotline, sid: str, *, by: str, met: str = "yes") -> Word:
    """The caller's line is down. `by` is caller, operator, hotline or carrier, unless it is known already. `met` is
    whether there was a room that both had asked for: yes, no, or ask, and then UNSURE where it decides."""
    return await ask_word(hotline, "hang_up", sid, by, met)


async def sign_in(hotline: Hotline, *, operator: str, queues: str = "main", by: By = By.SOFTPHONE) -> Word:
    """Somebody sits down, with this telephone. BUSY to whoever has a call on the other."""
    return await ask_word(hotline, "sign_in", operator, queues, by)


async def sign_out(hotline: Hotline, *, operator: str) -> Word:
    return await ask_word(hotline, "sign_out", operator)


async def renew(hotline: Hotline, *, operator: str) -> Word:
    """The console's heartbeat: without it the lease ends and no call is offered."""
    return await ask_word(hotline, "renew", operator)


async def ready(hotline: Hotline, *, operator: str) -> Word:
    return await ask_word(hotline, "ready", operator)


async def pause(hotline: Hotline, *, operator: str, reason: str) -> Word:
    return await ask_word(hotline, "pause", operator, reason)


async def leave(hotline: Hotline, *, operator: str) -> Word:
    """Sign out after this call; at once when there is none."""
    return await ask_word(hotline, "leave", operator)


async def finish(hotline: Hotline, *, operator: str) -> Word:
    """The wrap-up is done."""
    return await ask_word(hotline, "finish", operator)


async def tick(hotline: Hotline, *, limit: int = 200) -> int:
    """Act on what is due; says how much was."""
    return int(await hotline.ask("acd_tick", limit, _today(hotline)))


def _today(hotline: Hotline) -> str:
    """The city's date, which cases are numbered by."""
    return hotline.moment().date().isoformat()


async def errand_is_done(hotline: Hotline, *, group: str, errand: str) -> Word:
    """The carrier has been asked, or need not be any more."""
    return await ask_word(hotline, "errand_is_done", group, errand)


async def desk(hotline: Hotline, operator: str) -> dict[str, Any]:
    """`{operator: {...}, waiting: n, call: {...}, rang: n, notices: [...], listeners: [...]}` as they stand; no call is
    an empty one. `rang` is how often its caller has in the last week, `as_of` the newest event that is seen."""
    since = hotline.now() - WEEK_MS
    mine, waiting, call, rang, notices, listeners, as_of = await hotline.ask("acd_desk", operator, since)
    return {
        "operator": fields(mine),
        "waiting": waiting,
        "call": fields(call),
        "rang": rang,
        "notices": json.loads(notices) if notices else (),
        "listeners": json.loads(listeners) if listeners else (),
        "as_of": as_of,
    }


async def board(hotline: Hotline, *, top: int) -> dict[str, Any]:
    """`{live, waiting, on_shift, queues: {name: {waiting, on_shift, idle, longest, first: [...]}}, operators: [...]}`
    as they stand, with the first `top` callers of each queue and the operators who are on shift."""
    return record(await hotline.ask("acd_board", " ".join(hotline.handbook.profile.queues), top))


async def reconcile(hotline: Hotline, *, mend: bool) -> list[str]:
    """What in the books contradicts itself, as `<word> <id>`; mended if so wished."""
    found: list[str] = await hotline.ask("acd_reconcile", "mend" if mend else "look", _today(hotline))
    return found


async def moves(hotline: Hotline) -> dict[str, dict[str, dict[str, str]]]:
    """The table of moves itself: event -> who -> {state before: state after}."""
    return record(await hotline.ask("acd_moves"))


async def live(hotline: Hotline, *, arrived_before: int) -> list[str]:
    """Calls that are not over and arrived before this moment."""
    sids: list[str] = await hotline.store.ask("ZRANGEBYSCORE", hotline.key("live"), "-inf", arrived_before)
    return sids
