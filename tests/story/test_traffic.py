"""A minute of a busy day, people who hang up at the worst moment, a worker and the store killed: nobody is lost."""

import asyncio
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from ivr import traffic
from ivr.acd import Outcome
from ivr.traffic.audit import Result, compare
from ivr.traffic.plan import Plan, who_dials
from tests.cast import MAYOR, SECRETARY

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
    assert sum(outcomes.values()) + day.verdict.unheard == dialled


def test_the_audit_of_that_minute_is_not_blind(day: Result) -> None:
    """Each record that is lost, made up or told otherwise is named."""
    calls = day.books.calls
    answered = next(sid for sid, call in calls.items() if call["outcome"] == Outcome.ANSWERED)
    talked = calls[answered]
    without = {sid: call for sid, call in calls.items() if sid != answered}
    never = {name: value for name, value in talked.items() if name not in ("joined", "talked")}
    told_otherwise = {
        "and has no record": without,
        "and nobody made that call": {**calls, "CA" + "0" * 32: talked},
        "ours is talking": {**calls, answered: {**talked, "state": "talking"}},
        "with outcome lost": {**calls, answered: {**talked, "outcome": "lost"}},
        "and nobody joined": {**calls, answered: never},
        "and ended as abandoned_queue": {**calls, answered: {**never, "outcome": Outcome.ABANDONED_QUEUE}},
        "talked with nanning_9199 by our record": {**calls, answered: {**talked, "operator": "9199"}},
        "longer than anybody may": {**calls, answered: {**talked, "waited": "999000"}},
    }
    for words, books in told_otherwise.items():
        found = compare(replace(day.books, calls=books)).wrong
        assert [one for one in found if words in one and one.startswith("CA")], (words, found)


def test_one_seed_is_one_day_and_another_is_another() -> None:
    numbers = [MAYOR, SECRETARY]
    monday = list(who_dials(MINUTE, numbers))
    assert monday == list(who_dials(MINUTE, numbers))
    assert monday != list(who_dials(replace(MINUTE, seed=8), numbers))
    assert len({caller.number for caller in monday}) < len(monday), "nobody calls again"
