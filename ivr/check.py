"""`ivr check`: whether everything that the store says twice is said alike, on a system that answers calls meanwhile.

It reads what the queue wrote and decides nothing itself. Many questions cannot be asked in one moment while calls go
on, so it looks twice: only what two looks, a moment apart, both find is wrong.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from config.settings import Settings
from ivr import acd, audit, neighbours
from ivr.acd import CallState, Guest, Line, Outcome, Presence
from ivr.carrier import Carrier
from ivr.errors import NotFound
from ivr.hotline import Hotline, open_hotline
from ivr.keys import root
from ivr.records import talked, who_talked
from ivr.store import Store

LAST_CALLS = 1000
BETWEEN_LOOKS_SECONDS = 1.5
LATE_MS = 5_000  # a deadline that nobody acted on for so long; workers look ten times a second
STUCK_MS = 60_000  # an errand this old has been overtaken by its call
HOUR_MS = 3_600_000
ANSWERED_WELL_MS = 15_000
HELD = (CallState.OFFERED, CallState.CONNECTING, CallState.CALLING, CallState.TALKING)

MENDED = "run `ivr check --mend`"
BY_A_WORKER = "see that a worker runs (`ivr serve`) and what its log says under `loop`"
BY_AN_ADMIN = "name another number of another hotline, or none (`pass_on_to`), on the page of the queues"
BY_HAND = "keep the store as it is, and report it: the queue itself must have erred"
TAMPERED = "find out who could write to the store, and put the audit back from a copy of before"
CONTRADICTIONS = {
    "not_live": "the call {} is over and stands among the live ones",
    "not_in_line": "the caller {} waits and stands in no line",
    "still_in_line": "the call {} stands in line and does not wait",
    "alone": "the operator {} is busy with a call that is over",
    "no_deadline": "{} is in flight without a deadline",
    "nobody_has": "the call {} is with an operator who does not have it",
    "guest_gone": "the call {} has a colleague for a guest who does not know it",
    "no_lease": "the operator {} is present without a deadline for the next heartbeat",
    "no_case": "the promise {} was kept by nobody and has no case",
    "not_left": "the promise {} became a case and stands nowhere among those",
    "misfiled": "the case {} stands in the list of another state",
    "not_open": "the promise {} is over and stands among the open ones",
    "not_promised": "the promise {} is open and would not be known when the caller rings again",
    "no_rest": "the operator {} rests and nothing will end it",
    "still_listens": "the supervisor {} listens to a call that is no talk",
    "not_settled": "the operator {} is not where they belong among the idle and on the shift",
}

Stored = dict[str, str]


class Finding(NamedTuple):
    """What is wrong, and how to mend it: one sentence each."""

    wrong: str
    mend: str


@dataclass(frozen=True, slots=True)
class Look:
    """What one look has read."""

    now: int
    calls: dict[str, Stored]  # the last ones, and all that are live
    live: frozenset[str]
    operators: dict[str, Stored]
    due: dict[str, int]
    contradictions: tuple[str, ...]


async def open_books(name: str, store: Store, carrier: Carrier, settings: Settings) -> Hotline:
    """The hotline as the store has it. Raises NotFound, where opening it for calls would found a new one."""
    if await store.ask("GET", root(name) + "edition") is None:
        raise NotFound(f"这个库里没有热线“{name}”：请检查名称和 HOTLINE_REDIS_URL")
    return await open_hotline(name, store, carrier, settings)


async def check(
    hotline: Hotline, *, last: int = LAST_CALLS, again: bool = True, head: str = ""
) -> list[Finding]:
    """Everything that is wrong now. `again=False` looks once: for a system on which nothing happens. `head` is one
    of the audit's that was noted before."""
    tampered = [Finding(broken, TAMPERED) for broken in await audit.follow(hotline, seen=head)]
    found = await _everything(hotline, last)
    if not found or not again:
        return tampered + found
    await asyncio.sleep(BETWEEN_LOOKS_SECONDS)
    still = set(await _everything(hotline, last))
    return tampered + [one for one in found if one in still]


async def _everything(hotline: Hotline, last: int) -> list[Finding]:
    look = await _look(hotline, last)
    return [
        *_contradictions(look),
        *_states(look),
        *_pairs(look),
        *_lateness(look),
        *await _records(hotline, look),
        *await _counters(hotline, look),
        *await _streams(hotline, look),
        *await _passing_on(hotline),
    ]


async def _look(hotline: Hotline, last: int) -> Look:
    store, key = hotline.store, hotline.key
    newest, live, backs, operators, due, contradictions = await asyncio.gather(
        store.ask("ZRANGE", key("calls"), -last, -1),
        store.ask("ZRANGE", key("live"), 0, -1),
        store.ask("ZRANGE", key("backs"), 0, -1),
        store.ask("SMEMBERS", key("operators")),
        store.ask("ZRANGE", key("due"), 0, -1, "WITHSCORES"),
        acd.reconcile(hotline, mend=False),
    )
    live += backs
    sids, ids = list(dict.fromkeys([*newest, *live])), sorted(operators)
    calls = await store.each(*(("HGETALL", key("call", sid)) for sid in sids))
    people = await store.each(*(("HGETALL", key("operator", id_)) for id_ in ids))
    return Look(
        now=hotline.now(),
        calls=dict(zip(sids, calls, strict=True)),
        live=frozenset(live),
        operators=dict(zip(ids, people, strict=True)),
        due={item: int(float(at)) for item, at in due},
        contradictions=tuple(contradictions),
    )


# ------------------------------------------------------------------------------------------ who is where


def _contradictions(look: Look) -> Iterator[Finding]:
    """What the queue finds in one atomic look, and can mend."""
    for found in look.contradictions:
        word, _, who = found.partition(" ")
        yield Finding(CONTRADICTIONS.get(word, word + " {}").format(who), MENDED)


def _states(look: Look) -> Iterator[Finding]:
    for sid, call in look.calls.items():
        state, outcome = call.get("state"), call.get("outcome")
        if not call:
            yield Finding(f"the call {sid} is listed and has no record", BY_HAND)
        elif state != CallState.ENDED and sid not in look.live:
            yield Finding(f"the call {sid} is {state} and does not stand among the live ones", BY_HAND)
        elif state == CallState.ENDED and outcome not in set(Outcome):
            yield Finding(f"the call {sid} has ended with no outcome", BY_HAND)


def _pairs(look: Look) -> Iterator[Finding]:
    """A call and its operator hold each other, and nobody else, in the same state."""
    held: dict[str, list[str]] = defaultdict(list)
    for sid in sorted(look.live):
        call = look.calls[sid]
        if call.get("state") in HELD and call.get("guest") != Guest.HANDED:
            held[call.get("operator", "")].append(sid)
    for id_, sids in held.items():
        if len(sids) > 1:
            yield Finding(f"the operator {id_} has {len(sids)} calls: {', '.join(sids)}", BY_HAND)
        operator = look.operators.get(id_, {})
        for sid in sids:
            if (operator.get("call"), operator.get("line")) != (sid, look.calls[sid]["state"]):
                yield Finding(
                    f"the call {sid} is {look.calls[sid]['state']} with {id_ or 'nobody'}, whose line is "
                    f"{operator.get('line', Line.IDLE)} with {operator.get('call', 'nobody')}",
                    BY_HAND,
                )


def _lateness(look: Look) -> Iterator[Finding]:
    """Deadlines that passed, and consoles that went silent, with nobody acting on it."""
    for item, at in look.due.items():
        if look.now - at > LATE_MS:
            yield Finding(f"the deadline {item} has passed and nobody acted on it", BY_A_WORKER)
    for id_, operator in look.operators.items():
        silent = look.now - int(operator.get("lease", look.now)) > LATE_MS
        if operator.get("presence") == Presence.ON and silent:
            yield Finding(f"the operator {id_} counts as present, and the console is silent", BY_A_WORKER)


# ------------------------------------------------------------------------------------------ what is written twice


async def _records(hotline: Hotline, look: Look) -> list[Finding]:
    """Each record is in the lists that it belongs to, at its arrival; and each outcome's list holds no other."""
    wanted = [
        (sid, where, call["arrived"]) for sid, call in look.calls.items() if call for where in _lists(call)
    ]
    scores = await hotline.store.each(
        *(("ZSCORE", hotline.key("calls", *where), sid) for sid, where, _ in wanted)
    )
    found = [
        Finding(f"the call {sid} is not in the list calls:{':'.join(where)}, or at another moment", BY_HAND)
        for (sid, where, arrived), score in zip(wanted, scores, strict=True)
        if score is None or int(float(score)) != int(arrived)
    ]
    return found + await _misfiled(hotline, look)


def _lists(call: Stored) -> Iterator[tuple[str, ...]]:
    yield ()
    yield ("line", call["line"])
    if call.get("caller"):
        yield ("caller", call["caller"])
    if call.get("state") == CallState.ENDED:
        yield ("outcome", call.get("outcome", ""))
    yield from (("operator", who) for who in who_talked(call))


async def _misfiled(hotline: Hotline, look: Look) -> list[Finding]:
    lists = await hotline.store.each(
        *(("ZRANGE", hotline.key("calls", "outcome", word), -LAST_CALLS, -1) for word in Outcome)
    )
    return [
        Finding(f"the call {sid} is listed as {word} and ended as {look.calls[sid].get('outcome')}", BY_HAND)
        for word, sids in zip(Outcome, lists, strict=True)
        for sid in sids
        if sid in look.calls and look.calls[sid].get("outcome") != word
    ]


async def _counters(hotline: Hotline, look: Look) -> list[Finding]:
    """The counters of an hour are the sum of its records, for every hour that the look touches."""
    hours = sorted({int(call["arrived"]) // HOUR_MS for call in look.calls.values() if call})
    return [finding for hour in hours for finding in _off(hour, *await _of_the_hour(hotline, hour))]


def _off(hour: int, calls: list[Stored], counted: Stored) -> Iterator[Finding]:
    summed = Counter[str]()
    for call in calls:
        for name, count in _counts(
            call
        ):  # one name may come twice: an operator may have had the caller twice
            summed[name] += count
    known = set(summed) | {name for name in counted if name.startswith(_SUMMED)}
    for name in sorted(known):
        if off := int(counted.get(name, 0)) - summed[name]:
            more = f"{abs(off)} {'more' if off > 0 else 'less'}"  # this stays the same while calls go on
            yield Finding(f"the counter {name} of hour {hour} is {more} than its records add up to", BY_HAND)


async def _of_the_hour(hotline: Hotline, hour: int) -> tuple[list[Stored], Stored]:
    sids = await hotline.store.ask(
        "ZRANGEBYSCORE", hotline.key("calls"), hour * HOUR_MS, f"({(hour + 1) * HOUR_MS}"
    )
    *calls, counted = await hotline.store.each(
        *(("HGETALL", hotline.key("call", sid)) for sid in sids), ("HGETALL", hotline.key("tally", str(hour)))
    )
    return [call for call in calls if call], counted


_SUMMED = ("received", "outcome:", "line:", "callbacks_asked", *(f"q{n}:received" for n in range(4)))
_GAVE_UP: dict[str, str] = {
    Outcome.ABANDONED_QUEUE: "abandoned",
    Outcome.ABANDONED_RINGING: "abandoned",
    Outcome.ABANDONED_SHORT: "short",
}


def _counts(call: Stored) -> Iterator[tuple[str, int]]:
    """What this call adds to the counters of its hour, and of the quarter in it."""
    quarter = int(call["arrived"]) // (HOUR_MS // 4) % 4
    yield from _counts_of_a_back(call) if "of" in call else _hours_counts(call)
    yield from ((f"q{quarter}:{name}", count) for name, count in _quarters_counts(call))


def _quarters_counts(call: Stored) -> Iterator[tuple[str, int]]:
    if "of" in call:
        return  # a call that we made is none of the line's figures
    yield "received", 1
    if call.get("wrapped"):
        yield "wrapped_ms", int(call["wrapped"])
    if call.get("state") != CallState.ENDED:
        return
    yield "over", 1
    if "waited" in call:
        yield "queued", 1
    well = int(call.get("waited", 0)) <= ANSWERED_WELL_MS
    if "talked" in call:
        yield from (("answered", 1), ("answered_well", int(well)))
        yield from (("waited_ms", int(call["waited"])), ("talked_ms", int(call["talked"])))
    elif gave_up := _GAVE_UP.get(call.get("outcome", "")):
        yield from ((gave_up, 1), (f"{gave_up}_well", int(well and gave_up == "abandoned")))


def _hours_counts(call: Stored) -> Iterator[tuple[str, int]]:
    line = call["line"]
    yield "received", 1
    yield f"line:{line}:received", 1
    if call.get("wrapped"):
        yield "wrapped_ms", int(call["wrapped"])
    if call.get("state") != CallState.ENDED:
        return
    yield f"outcome:{call.get('outcome')}", 1
    yield f"line:{line}:{call.get('outcome')}", 1
    if "waited" in call:
        yield "waited_ms", int(call["waited"])
    if "talked" in call:
        yield "talked_ms", int(call["talked"])
        if "held" in call:
            yield "held_ms", int(call["held"])
        for who, ms in talked(call.get("operators", "")):
            yield f"operator:{who}:answered", 1
            yield f"operator:{who}:talked_ms", ms
        if int(call["waited"]) <= ANSWERED_WELL_MS:
            yield "answered_in_15s", 1


def _counts_of_a_back(call: Stored) -> Iterator[tuple[str, int]]:
    """A call that we made: the line was not rung for it, and nobody waited on the telephone."""
    yield "callbacks_asked", 1
    if call.get("wrapped"):
        yield "callback_wrapped_ms", int(call["wrapped"])
    if call.get("state") != CallState.ENDED:
        return
    yield f"outcome:{call.get('outcome')}", 1
    yield f"line:{call['line']}:{call.get('outcome')}", 1
    if "talked" in call:
        yield "callback_talked_ms", int(call["talked"])
        for who, ms in talked(call["operators"]):
            yield f"operator:{who}:called_back", 1
            yield f"operator:{who}:callback_talked_ms", ms


# ------------------------------------------------------------------------------------------ the streams


async def _streams(hotline: Hotline, look: Look) -> list[Finding]:
    """Errands are run, and every move is announced."""
    newest, oldest_errands = await asyncio.gather(
        hotline.store.ask("XREVRANGE", hotline.key("events"), "+", "-", "COUNT", 1),
        hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+", "COUNT", 10),
    )
    found = [
        Finding(
            f"the errand “{errand['what']} {errand['sid']}” has waited for more than a minute", BY_A_WORKER
        )
        for _, errand in oldest_errands
        if look.now - int(errand["at"]) > STUCK_MS
    ]
    announced = int(newest[0][1]["at"]) if newest else 0
    if _last_move(look) > announced + LATE_MS:
        found.append(Finding("the last moves are missing from the event stream", BY_HAND))
    return found


def _last_move(look: Look) -> int:
    """When a state was last written; every such moment is also announced."""
    moments = [call.get(name) for call in look.calls.values() for name in ("since", "ended")]
    moments += [
        one.get(f"{part}_since") for one in look.operators.values() for part in ("line", "intent", "presence")
    ]
    return max((int(moment) for moment in moments if moment), default=0)


# ------------------------------------------------------------------------------------------ other hotlines


async def _passing_on(hotline: Hotline) -> list[Finding]:
    return [
        Finding(f"the queue {queue} passes callers on to {to}, where nobody answers", BY_AN_ADMIN)
        for queue, to in await neighbours.astray(hotline)
    ]
