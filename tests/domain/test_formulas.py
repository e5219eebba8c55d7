"""The register of formulas, by vectors that can be worked out by hand, and Erlang C by one that is published."""

import math

import pytest

from ivr.formulas import FORMULAS, Counts, erlang_c, operators_needed

A_DAY = Counts(
    received=103,
    over=100,
    closed=10,
    queued=88,
    answered=72,
    answered_well=54,
    abandoned=12,
    abandoned_well=3,
    short=4,
    waited_ms=720_000,
    talked_ms=72 * 150_000,
    wrapped_ms=72 * 30_000,
    offers=80,
    missed=4,
    ready_ms=4 * 3_600_000,
    busy_ms=12 * 3_600_000,
)


VECTORS = (
    ("completion", 72 / 100),
    ("completion_open", 72 / 90),
    ("answered_well", 54 / 88),
    ("sl_1", 57 / 84),
    ("sl_2", 54 / 72),
    ("sl_3", 54 / 84),
    ("sl_4", 54 / 81),
    ("abandonment", 12 / 88),
    ("short", 4),
    ("asa", 10.0),
    ("aht", 180.0),
    ("rona", 4 / 80),
    ("occupancy", 12 / 16),
)


@pytest.mark.parametrize(("name", "figure"), VECTORS)
def test_each_figure_of_a_day(name: str, figure: float) -> None:
    assert FORMULAS[name].of(A_DAY) == pytest.approx(figure)


def test_every_formula_of_the_register_has_a_vector_its_words_and_a_unit() -> None:
    assert {name for name, _ in VECTORS} == set(FORMULAS)
    assert all(
        one.title and one.formula and one.unit in ("share", "seconds", "count") for one in FORMULAS.values()
    )


def test_of_nothing_nothing_is_known_and_that_is_not_zero() -> None:
    figures = {name: one.of(Counts()) for name, one in FORMULAS.items()}
    assert figures.pop("short") == 0
    assert set(figures.values()) == {None}


def test_the_four_service_levels_differ_on_the_same_day_and_the_second_flatters() -> None:
    levels = [FORMULAS[f"sl_{n}"].of(A_DAY) for n in (1, 2, 3, 4)]
    assert len(set(levels)) == 4
    assert max(level for level in levels if level) == levels[1]


def test_counts_of_two_hours_add_up() -> None:
    both = A_DAY + A_DAY
    assert (both.answered, both.waited_ms) == (144, 1_440_000)
    assert FORMULAS["completion"].of(both) == FORMULAS["completion"].of(A_DAY)


def test_erlang_c_says_what_others_say() -> None:
    """100 calls in half an hour, 180 s each, 14 operators, 20 s."""
    found = erlang_c(calls=100, interval=1800, handling=180, target=20, operators=14)
    assert found.load == pytest.approx(10.0)
    assert found.waits == pytest.approx(0.174132, abs=1e-6)
    assert found.service_level == pytest.approx(0.888350, abs=1e-6)
    assert found.asa == pytest.approx(7.835937, abs=1e-6)
    assert found.occupancy == pytest.approx(0.714286, abs=1e-6)


def test_the_roster_is_longer_than_the_row_of_desks() -> None:
    same = {"calls": 100.0, "interval": 1800.0, "handling": 180.0, "target": 20.0, "level": 0.8}
    assert operators_needed(**same) == 14
    assert operators_needed(**same, shrinkage=0.3) == 20


def test_a_line_with_more_load_than_operators_only_grows() -> None:
    found = erlang_c(calls=100, interval=1800, handling=180, target=20, operators=10)
    assert (found.waits, found.service_level, found.asa) == (1.0, 0.0, math.inf)


def test_a_thousand_operators_overflow_nothing() -> None:
    found = erlang_c(calls=9000, interval=1800, handling=180, target=20, operators=1000)
    assert 0 < found.waits < 0.01
