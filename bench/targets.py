"""Targets: a figure, the bound it must keep, and whether it does."""

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from rich.console import Console
from rich.table import Table

Sense = Literal["at least", "at most"]

_KEEPS: dict[Sense, Callable[[float, float], bool]] = {"at least": operator.ge, "at most": operator.le}


@dataclass(frozen=True, slots=True)
class Target:
    """`figure` and `bound` are in `unit`; a ratio has none."""

    what: str
    figure: float
    sense: Sense
    bound: float
    unit: str = ""

    @property
    def met(self) -> bool:
        return _KEEPS[self.sense](self.figure, self.bound)


def percentile(figures: Sequence[float], share: float) -> float:
    """The smallest figure that `share` of all figures do not exceed (the nearest-rank method)."""
    return sorted(figures)[max(0, ceil(share * len(figures)) - 1)]


def print_targets(console: Console, targets: Iterable[Target]) -> None:
    table = Table("", "target", title="Targets", title_justify="left")
    for name in ("figure", "", "bound"):
        table.add_column(name, justify="right")
    for target in targets:
        mark = "[green]✓[/]" if target.met else "[red]✗[/]"
        figure, bound = (f"{number:,.4g} {target.unit}".strip() for number in (target.figure, target.bound))
        table.add_row(mark, target.what, figure, target.sense, bound)
    console.print(table)
