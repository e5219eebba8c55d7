"""The two books side by side: what the phone company saw, and what the hotline wrote down, call by call.

Each contradiction is one sentence that names the call. A call that never reached us (the company got no answer from
a worker that had just been killed, or an apology) is counted and forgiven; nothing else is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ivr.acd import Outcome
from ivr.acd.callbacks import is_back
from ivr.dispatch import RECONCILE_SECONDS, SETTLED_MS
from ivr.hotline import Hotline
from ivr.operator_flow import identity
from ivr.traffic.accidents import Accidents
from ivr.traffic.company import SOFTPHONE, Company, Leg

TOLERANCE_MS = 1_500
LATE_MS = int(SETTLED_MS + 2000 * RECONCILE_SECONDS)  # when the company's report of the end was lost
UNSEEN_MS = (
    9_000  # the words before the room, by which the hotline tells a short talk from none; and a second
)
MAX_WAIT_GRACE_MS = 10_000  # one round of music: whoever has waited too long is told when it comes round

Stored = dict[str, str]


@dataclass(frozen=True, slots=True)
class Books:
    """Both sides, once it is quiet."""

    dialled: list[str]
    company: Company
    calls: dict[str, Stored]  # ours, by sid
    accidents: Accidents
    late_ms: int  # how late the company may report; 0 while it behaves
    early_ms: int  # how much shorter a talk may then seem: nobody said when it began, or the end came late
    max_wait_ms: int
    hotline: str
    welcomes: frozenset[str]  # what a caller hears first when the call was taken

    def leg(self, sid: str) -> Leg:
        return self.company.legs[sid]


@dataclass(frozen=True, slots=True)
class Verdict:
    wrong: tuple[str, ...]
    unheard: int  # calls that we cannot know of
    outcomes: Counter[str]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a run. `wrong` is empty when nobody was lost."""

    books: Books
    verdict: Verdict
    wrong: list[str]
    swept: int  # calls whose end the company had to be asked for


async def read_ours(hotline: Hotline) -> dict[str, Stored]:
    """Every call in the store, found by scanning and not by our own indexes."""
    names = [name async for name in hotline.store.redis.scan_iter(hotline.root + "call:*", count=1000)]
    stored = await hotline.store.each(*(("HGETALL", name) for name in names))
    return {name.rpartition(":")[2]: one for name, one in zip(names, stored, strict=True)}


def compare(books: Books) -> Verdict:
    unheard = {sid for sid in books.dialled if not _was_welcomed(books, sid)}
    wrong = [
        *_lost(books, unheard),
        *_made_up(books),
        *(one for sid, stored in books.calls.items() for one in _of_one_call(books, sid, stored)),
        *(f"{sid} is still on the line" for sid in books.dialled if sid not in books.company.legs),
    ]
    outcomes = Counter(stored.get("outcome", "none") for stored in books.calls.values())
    return Verdict(tuple(wrong), len(unheard - set(books.calls)), outcomes)


def _was_welcomed(books: Books, sid: str) -> bool:
    """The company played what follows a call's arrival in our books: then the record was on disk."""
    leg = books.company.legs.get(sid)
    return leg is not None and any(one.text in books.welcomes for one in leg.heard if one.kind == "say")


def _lost(books: Books, unheard: set[str]) -> Iterator[str]:
    for sid in books.dialled:
        if sid not in unheard and sid not in books.calls:
            yield f"{sid} heard “{books.leg(sid).words[:40]}” and has no record"


def _made_up(books: Books) -> Iterator[str]:
    known = set(books.dialled)
    for sid, stored in books.calls.items():
        if is_back(sid):
            yield from _of_a_call_back(books, sid, stored)
        elif sid not in known:
            yield f"{sid} has a record, and nobody made that call"


def _of_a_call_back(books: Books, back: str, stored: Stored) -> Iterator[str]:
    """A call of ours, which the company knows by its legs, one for each time that the caller was rung."""
    if stored.get("state") != "ended" or stored.get("outcome") not in set(Outcome):
        yield f"{back} is left {stored.get('state')} with outcome {stored.get('outcome')}"
        return
    began, ended = (int(stored[name]) / 1000 for name in ("arrived", "ended"))
    legs = [leg for leg in books.company.rung(stored["caller"]) if began - 1 < leg.started_at < ended + 1]
    for earlier, later in pairwise(legs):
        if earlier.ended_at is None or later.started_at < earlier.ended_at:
            yield f"{back}: {stored['caller']} was rung on {later.sid} while {earlier.sid} still rang"
    yield from _who_talked(books, back, stored, [leg.sid for leg in legs], Outcome.CALLED_BACK)


def _of_one_call(books: Books, sid: str, stored: Stored) -> Iterator[str]:
    if sid not in books.company.legs:
        return
    if stored.get("state") != "ended" or stored.get("outcome") not in set(Outcome):
        yield f"{sid} is over for the company; ours is {stored.get('state')} with outcome {stored.get('outcome')}"
        return
    yield from _connected(books, sid, stored)
    yield from _durations(books, sid, stored)
    if int(stored.get("waited", 0)) > books.max_wait_ms + MAX_WAIT_GRACE_MS:
        yield f"{sid} stood in line for {int(stored['waited']) / 1000:.0f} s, longer than anybody may"


def _connected(books: Books, sid: str, stored: Stored) -> Iterator[str]:
    """Who talked with whom: the same in both books."""
    if stored.get("mode") == "direct":
        yield from _in_person(books, sid, stored)
    else:
        yield from _who_talked(books, sid, stored, [sid], Outcome.ANSWERED)


def _in_person(books: Books, sid: str, stored: Stored) -> Iterator[str]:
    picked_up = [leg for leg in books.company.legs.values() if leg.parent_sid == sid and leg.answered_at]
    if stored["outcome"] == Outcome.DIRECT_ANSWERED and not picked_up:
        yield f"{sid} counts as answered in person, and nobody picked up"


def _met(books: Books, sid: str) -> set[str]:
    """Whose phones were in a room with this leg."""
    legs, others = books.company.legs, books.company.talks_of(sid)
    return {legs[other].caller.removeprefix(SOFTPHONE) for other in others if other in legs}


def _who_talked(books: Books, sid: str, stored: Stored, legs: list[str], answered: Outcome) -> Iterator[str]:
    """On these legs of theirs. More may have been in the room than talked with them: a colleague who was only asked."""
    met = {one for leg in legs for one in _met(books, leg)}
    parts = [part.partition("=")[0] for part in stored.get("operators", "").split()]
    ours = {identity(books.hotline, who) for who in parts}
    if stored["outcome"] == answered and not ours:
        yield f"{sid} counts as {answered}, and nobody joined"
    if ours - met:
        yield f"{sid} talked with {_names(ours)} by our record; the company saw {_names(met)} in the room"
    if met and not ours and not _may_go_unseen(books, stored, legs):
        yield f"{sid} was in a room with {_names(met)} and ended as {stored['outcome']}"


def _may_go_unseen(books: Books, stored: Stored, legs: list[str]) -> bool:
    """The news of both phones was lost, and the talk was no longer than the words before it might have been."""
    shaken = books.accidents.shook(int(stored["arrived"]), int(stored["ended"]))
    return (shaken or books.late_ms > 0) and sum(_together_ms(books, leg) for leg in legs) < UNSEEN_MS


def _names(identities: Iterable[str]) -> str:
    return ", ".join(sorted(identities)) or "nobody"


def _durations(books: Books, sid: str, stored: Stored) -> Iterator[str]:
    """Of calls that felt no accident: as long as the company says, or longer by as much as its report may be late."""
    leg, arrived, ended = books.leg(sid), int(stored["arrived"]), int(stored["ended"])
    if books.accidents.shook(arrived, ended) or stored["ended_by"] == "carrier":
        return
    if leg.answered_at and leg.ended_at:
        yield from _as_long(books, sid, "lasted", ended - arrived, (leg.ended_at - leg.answered_at) * 1000)
    if stored.get("operators"):
        yield from _as_long(books, sid, "talked", int(stored["talked"]), _together_ms(books, sid))


def _as_long(books: Books, sid: str, what: str, ours: float, theirs: float) -> Iterator[str]:
    if not -TOLERANCE_MS - books.early_ms < ours - theirs < TOLERANCE_MS + books.late_ms:
        yield f"{sid} {what} {ours / 1000:.1f} s by our record and {theirs / 1000:.1f} s by the company's"


def _together_ms(books: Books, sid: str) -> float:
    """How long anybody was with them; two at once count once."""
    met = sorted(
        (one.since, one.until or one.since) for times in books.company.talks_of(sid).values() for one in times
    )
    together, until = 0.0, 0.0
    for since, left in met:
        together += max(0.0, left - max(since, until))
        until = max(until, left)
    return 1000 * together
