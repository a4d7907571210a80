"""A figure of the benchmark: what was reached, what is wanted, and the machine's own limit beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table as Lines


@dataclass(frozen=True)
class Figure:
    """`target` None: nothing is promised. `is_ceiling`: at most the target is wanted, else at least."""

    name: str
    value: float
    unit: str
    target: float | None = None
    is_ceiling: bool = False
    beside: str = ""

    @property
    def is_reached(self) -> bool | None:
        if self.target is None:
            return None
        return self.value <= self.target if self.is_ceiling else self.value >= self.target


def as_lines(title: str, figures: Sequence[Figure]) -> Lines:
    lines = Lines("figure", "here", "wanted", "", "beside it", title=title)
    marks = {True: "[green]✓[/]", False: "[red]✗[/]", None: ""}
    for figure in figures:
        bound = "≤" if figure.is_ceiling else "≥"
        wanted = f"{bound} {figure.target:g}" if figure.target is not None else "–"
        lines.add_row(
            figure.name, f"{figure.value:,.3g} {figure.unit}", wanted, marks[figure.is_reached], figure.beside
        )
    return lines
