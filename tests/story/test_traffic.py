"""A minute of a busy day, people who hang up at the worst moment, a worker and the store killed: nobody is lost."""

import asyncio
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from ivr import traffic
from ivr.acd import Outcome
from ivr.acd.callbacks import is_back
from ivr.traffic.accidents import Accidents
from ivr.traffic.audit import Result, compare
from ivr.traffic.company import Leg
from ivr.traffic.plan import Plan, Wish, who_dials
from tests.cast import MAYOR, MAYOR_OF_BOZHOU, SECRETARY

MINUTE = Plan(callers_per_minute=60, operators=5, minutes=1, seed=7, speed=5, kills=("app", "valkey"))


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return asyncio.run(traffic.run(MINUTE, tmp_path_factory.mktemp("day"), Console(file=StringIO())))


def test_a_busy_minute_with_a_worker_and_the_store_killed_loses_nobody(day: Result) -> None:
    assert day.wrong == []
    assert sorted(part for _, part in day.books.accidents.happened) == ["app", "valkey"]


def test_it_was_a_busy_minute(day: Result) -> None:
    """How many were answered is the machine's to say; that somebody was there mostly to answer, the plan's."""
    outcomes, dialled = day.verdict.outcomes, len(day.books.dialled)
    assert dialled > 40
    assert sum(outcomes.values()) > dialled / 4
    assert outcomes[Outcome.ANSWERED] > 0
    assert sum(outcomes.values()) - outcomes[Outcome.ANSWERED] > 0
    theirs = [sid for sid in day.books.calls if not is_back(sid)]
    assert len(theirs) + day.verdict.unheard == dialled
    assert len(day.books.calls) == sum(outcomes.values())


def test_the_audit_of_that_minute_is_not_blind(day: Result) -> None:
    """Each record that is lost, made up or told otherwise is named."""
    calls = day.books.calls
    answered = next(sid for sid, call in calls.items() if call["outcome"] == Outcome.ANSWERED)
    talked = calls[answered]
    without = {sid: call for sid, call in calls.items() if sid != answered}
    never = {name: value for name, value in talked.items() if name not in ("joined", "operators")}
    told_otherwise = {
        "and has no record": without,
        "and nobody made that call": {**calls, "CA" + "0" * 32: talked},
        "ours is talking": {**calls, answered: {**talked, "state": "talking"}},
        "with outcome lost": {**calls, answered: {**talked, "outcome": "lost"}},
        "and nobody joined": {**calls, answered: never},
        "and ended as abandoned_queue": {**calls, answered: {**never, "outcome": Outcome.ABANDONED_QUEUE}},
        "talked with nanning_9199 by our record": {**calls, answered: {**talked, "operators": "9199=1000"}},
        "longer than anybody may": {**calls, answered: {**talked, "waited": "999000"}},
    }
    for words, books in told_otherwise.items():
        found = compare(
            replace(day.books, calls=books, accidents=Accidents())
        ).wrong  # which excuse some of it
        assert [one for one in found if words in one and one.startswith("CA")], (words, found)


def test_the_audit_of_call_backs_is_not_blind(day: Result) -> None:
    """Of one whom nobody rang, who was rung on two lines at once, who is forgotten."""
    back, caller = "CB" + "0" * 32, "+862000009999"
    made = {
        "state": "ended",
        "caller": caller,
        "arrived": "1000000",
        "ended": "1090000",
        "operators": "9101=5000",
    }
    legs = {sid: a_leg(sid, caller, since, since + 20) for sid, since in (("CA1", 1010.0), ("CA2", 1020.0))}
    company = replace(day.books.company, legs={**day.books.company.legs, **legs})
    for stored, words in (
        ({**made, "outcome": "called_back"}, "the company saw nobody in the room"),
        ({**made, "outcome": "called_back"}, f"{caller} was rung on CA2 while CA1 still rang"),
        ({**made, "state": "later"}, f"{back} is left later"),
    ):
        books = replace(day.books, company=company, calls={**day.books.calls, back: stored})
        assert [one for one in compare(books).wrong if words in one], words


def a_leg(sid: str, number: str, started: float, ended: float) -> Leg:
    times = {"started_at": started, "answered_at": None, "ended_at": ended}
    who = {"from": MAYOR, "to": number, "direction": "outbound-api", "parent_sid": None}
    return Leg.model_validate({"sid": sid, "room": None, "heard": [], **who, **times})


def test_one_seed_is_one_day_and_another_is_another() -> None:
    numbers = [MAYOR, SECRETARY], [MAYOR_OF_BOZHOU]
    monday = list(who_dials(MINUTE, *numbers))
    assert monday == list(who_dials(MINUTE, *numbers))
    assert monday != list(who_dials(replace(MINUTE, seed=8), *numbers))
    assert len({caller.number for caller in monday}) < len(monday), "nobody calls again"
    assert {caller.dials for caller in monday} == {MAYOR, SECRETARY, MAYOR_OF_BOZHOU}
    assert {caller.wish for caller in monday} == set(Wish)
