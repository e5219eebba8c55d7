"""The queue, driven by chance: after every step the books balance; a sequence after which they do not is told as a
story."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    rule,
    run_state_machine_as_test,
)

from tests.acd.town_of_chance import CALLERS, Town, close

MORE = int(os.environ.get("EXPLORE", "0"))  # sequences, other ones each time; without it, the same few
EASY = settings(
    max_examples=MORE or 15,
    derandomize=not MORE,
    stateful_step_count=40,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


class Forgetful(Town):
    """The same town with a fault in it: a caller who hangs up is left standing in the line."""

    @rule(caller=CALLERS)
    def a_caller_hangs_up(self, caller: int) -> None:
        super().a_caller_hangs_up(caller)
        self.now(self.hotline.store.ask("ZADD", self.hotline.key("waiting", "main"), 1, self.call_of(caller)))


def test_whatever_anybody_does_the_books_balance(valkey: str) -> None:
    with _machine(Town, valkey) as machine:
        run_state_machine_as_test(machine, settings=EASY)


def test_a_sequence_after_which_they_do_not_is_told_as_a_story(valkey: str) -> None:
    """Without making it shorter, which takes long: that is for whoever has such a failure before them."""
    quick = settings(
        EASY,
        max_examples=60,
        database=None,
        phases=[Phase.generate],
        derandomize=True,
    )
    with _machine(Forgetful, valkey) as machine, pytest.raises(AssertionError) as failure:
        run_state_machine_as_test(machine, settings=quick)
    told = str(failure.value).strip().splitlines()
    wrong = told.index("Then it is wrong that:")
    assert told[0].startswith("1. ")
    assert re.fullmatch(r"\d+\. Caller \d hangs up \((OK|ALREADY)\)\.", told[wrong - 1])
    assert any("in line" in line for line in told[wrong:])


def test_a_story_has_a_sentence_for_each_step_and_ends_with_what_is_wrong(valkey: str) -> None:
    with _machine(Forgetful, valkey) as machine:
        town = machine()
        town.a_caller_dials(caller=1, queue="main", priority=0, is_open=1)
        town.the_books_balance()
        town.a_caller_hangs_up(caller=1)
        with pytest.raises(AssertionError) as failure:
            town.the_books_balance()
        town.now(close(town.hotline, town.carrier))
        town.loop.close()
    assert str(failure.value).strip().splitlines() == [
        "1. Caller 1 dials for main with priority 0 (OK).",
        "2. Caller 1 stands in line (OK).",
        "3. Caller 1 hangs up (OK).",
        "Then it is wrong that:",
        "queue main: 1 in line, 0 waiting",
    ]


@contextmanager
def _machine(kind: type[Town], valkey: str) -> Iterator[type[Town]]:
    """The machine on a database of its own."""
    kind.url = valkey + "?db=2"
    yield kind
    kind.url = ""
