"""`canaliza indicators`: the matrix in the terminal, the same lines as the page and its file."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from intake.clock import utc_now
from intake.database import reading
from intake.indicators.measures import Figure
from intake.indicators.period import get_period, quarter_of
from intake.indicators.published import bring_values
from intake.indicators.report import Line, as_csv, report
from intake.indicators.snapshots import Frozen, freeze
from intake.office import Office
from intake.triage.marks import today_at


@dataclass(frozen=True)
class Wish:
    """`period`: empty for the current quarter; `freeze`: a month to freeze first, or empty."""

    period: str
    freeze: str
    as_csv: bool


def show(office: Office, wish: Wish, out: Console) -> None:
    """Commits only when a month is to be frozen. Raises NotFound for what names no period, MoveRefused for a month
    that is not over."""
    if wish.freeze:
        freeze(office, get_period(wish.freeze), utc_now())
    today = today_at(office)
    name = wish.period or wish.freeze
    period = get_period(name) if name else quarter_of(today)
    with reading(office.sessions) as session:
        lines = report(session, office, office.matrix, period, today)
    if wish.as_csv:
        sys.stdout.write(as_csv(period, lines))
    else:
        out.print(_table(period.name, lines))


def _table(name: str, lines: Sequence[Line]) -> Table:
    table = Table("", "Indicator", "Reading", "Figure", "Frozen", title=f"Indicators of {name}")
    for line in lines:
        one = line.indicator
        said = line.reading.label if line.reading else "no register yet" if one.register else "published by others"
        table.add_row(one.id, one.operational, said, _said(line.live) or _newest(line), _said(line.frozen))
    return table


def bring_published(office: Office, file: Path, out: Console) -> None:
    """Commits. Raises FormRefused."""
    out.print(f"{bring_values(office, None, lambda: file.open('rb'))} values")


def _newest(line: Line) -> str:
    one = line.published[-1] if line.published else None
    return f"{one.value:.1f}% ({one.year})" if one else ""


def _said(figure: Figure | Frozen | None) -> str:
    match figure:
        case Figure():
            above, below = len(figure.numerator), len(figure.denominator)
        case Frozen():
            above, below = figure.numerator, figure.denominator
        case _:
            return ""
    return f"{above} / {below}" + (f" = {above / below:.1%}" if below else "")
