"""The whole matrix for a period: each reading's figure as it is now, and what was frozen of it. Read only."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.indicators.catalogue import Indicator, Matrix, ReadingOf
from intake.indicators.ledger import read_ledger
from intake.indicators.measures import MEASURES, OF_AGENCIES, OF_REGISTERS, Figure, Key, Ledger
from intake.indicators.period import Period
from intake.indicators.published import Published, list_published
from intake.indicators.snapshots import Frozen, list_frozen
from intake.office import Office
from intake.tables.petitions import Petition

PAGE = 50
COLUMNS = (
    "period id level official operational formula reading numerator denominator value frozen_numerator "
    "frozen_denominator frozen_value frozen_at goal frequency confidence missing"
).split()


@dataclass(frozen=True)
class Line:
    """One reading of one indicator. `live`, `frozen` None: there is no figure; `reading` None: no register yet, or
    `published` by others, oldest year first."""

    indicator: Indicator
    reading: ReadingOf | None
    live: Figure | None
    frozen: Frozen | None
    published: Sequence[Published] = ()

    @property
    def is_of_petitions(self) -> bool:
        return self.reading is not None and not is_of_agencies(self.reading) and not is_of_registers(self.reading)

    @property
    def difference(self) -> float | None:
        """Percentage points that the rows of now are away from what was reported."""
        then = self.frozen.share if self.frozen else None
        now = self.live.share if self.live else None
        return None if then is None or now is None else 100 * (now - then)


@dataclass(frozen=True)
class Sizes:
    """How many are told of a figure: None where it could point at a person, and then there is no share either."""

    numerator: int | None
    denominator: int | None

    @property
    def share(self) -> float | None:
        """None: not told, or nothing to divide by."""
        if self.numerator is None or not self.denominator:
            return None
        return self.numerator / self.denominator


@dataclass(frozen=True)
class RowView:
    """A petition behind a figure. No word of it: those are read on its own page."""

    id: int
    folio: str
    opened_on: date
    due_on: date
    status: str
    place: str | None


def report(session: Session, office: Office, matrix: Matrix, period: Period, today: date) -> Sequence[Line]:
    """Every indicator in the matrix' order, a line for each reading."""
    ledger, frozen = read_ledger(session, office, period, today), list_frozen(session, period)
    published = list_published(session, period.last.year)
    lines: list[Line] = []
    for indicator in matrix.indicators:
        if not indicator.readings:
            lines.append(Line(indicator, None, None, None, published.get(indicator.series or "", ())))
        for reading in indicator.readings:
            figure = measure(ledger, matrix, reading)
            lines.append(Line(indicator, reading, figure, frozen.get((indicator.id, reading.key))))
    return lines


def measure(ledger: Ledger, matrix: Matrix, reading: ReadingOf) -> Figure:
    return MEASURES[reading.measure](ledger, matrix.values)


def told_of(figure: Figure, k: int) -> Sizes:
    """What eyes that see figures alone are told of petitions; `k` 0: all of it. What is left of the denominator is a
    count too."""
    part, whole = len(figure.numerator), len(figure.denominator)
    if not k:
        return Sizes(part, whole)
    told = None if 0 < part < k or 0 < len(figure.denominator - figure.numerator) < k else part
    return Sizes(None, None) if 0 < whole < k else Sizes(told, whole)


def is_of_agencies(reading: ReadingOf) -> bool:
    return reading.measure in OF_AGENCIES


def is_of_registers(reading: ReadingOf) -> bool:
    return reading.measure in OF_REGISTERS


def list_rows(
    session: Session, office: Office, ids: frozenset[Key], after: int
) -> tuple[Sequence[RowView], int | None]:
    """A page of petitions by their ids, oldest first; what the next page begins after."""
    wanted = sorted(key for key in ids if isinstance(key, int) and key > after)[: PAGE + 1]
    found = {row.id: row for row in session.scalars(select(Petition).where(Petition.id.in_(wanted[:PAGE])))}
    views = [_view(office, found[key]) for key in wanted[:PAGE] if key in found]
    return views, wanted[PAGE - 1] if len(wanted) > PAGE else None


def _view(office: Office, row: Petition) -> RowView:
    place = office.reader.find_municipality(row.municipality) if row.municipality else None
    opened_on = row.opened_at.astimezone(office.jurisdiction.zone).date()
    return RowView(row.id, row.folio, opened_on, row.due_on, row.status, place.nombre if place else None)


def as_csv(
    period: Period, lines: Sequence[Line], headings: Mapping[str, str] = MappingProxyType({}), *, k: int = 0
) -> str:
    """One flat row a line. What has no figure, or is not told, has empty cells, never 0. `headings`: what to call the
    columns; `k`: as in `told_of`."""
    rows = [{"period": period.name, **_row(line, period, k if line.is_of_petitions else 0)} for line in lines]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings.get(name, name) for name in rows[0])
    writer.writerows(row.values() for row in rows)
    return text.getvalue()


def _row(line: Line, period: Period, k: int) -> dict[str, object]:
    live, frozen, one = told_of(line.live, k) if line.live else None, line.frozen, line.indicator
    newest, goal = line.published[-1] if line.published else None, one.goal_in(period)
    return {
        "id": one.id,
        "level": one.level,
        "official": one.official,
        "operational": one.operational,
        "formula": one.formula,
        "reading": line.reading.label if line.reading else "",
        "numerator": live.numerator if live and live.numerator is not None else "",
        "denominator": live.denominator if live and live.denominator is not None else "",
        "value": f"{newest.value:.2f}" if newest else _percent(live.share if live else None),
        "frozen_numerator": frozen.numerator if frozen else "",
        "frozen_denominator": frozen.denominator if frozen else "",
        "frozen_value": _percent(frozen.share if frozen else None),
        "frozen_at": frozen.frozen_at.isoformat() if frozen else "",
        "goal": goal if goal is not None else "",
        "frequency": one.frequency,
        "confidence": one.confidence,
        "missing": one.register or (f"{one.external} {newest.year}: {newest.source}" if newest else one.external) or "",
    }


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.2f}"
