"""The quarter's report: each reading's figure, frozen where its months are, the agencies' annex, the rows behind.

Read only, of one reading of the database: a figure and its folios cannot differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.database import reading
from intake.indicators.board import Group, list_agency_groups
from intake.indicators.catalogue import Indicator, Matrix, ReadingOf
from intake.indicators.ledger import read_ledger
from intake.indicators.measures import OF_AGENCIES, OF_REGISTERS, Figure, Key
from intake.indicators.period import Period
from intake.indicators.published import Published, list_published
from intake.indicators.quarters import sum_months
from intake.indicators.report import measure
from intake.office import Office
from intake.tables.petitions import Petition

AT_ONCE = 500  # ids in one statement


@dataclass(frozen=True)
class Reported:
    """`figure` None: there is none, for want of a register or because others publish it (`published`, oldest year
    first). `frozen_on` None: it is as the rows are at the cut."""

    indicator: Indicator
    reading: ReadingOf | None
    figure: Figure | None
    frozen_on: date | None
    published: Sequence[Published] = ()

    @property
    def is_of_others(self) -> bool:
        return self.reading is not None and self.reading.measure in OF_AGENCIES | OF_REGISTERS


@dataclass(frozen=True)
class Row:
    """A petition behind a figure. No word of it, no person."""

    folio: str
    opened_on: date
    due_on: date
    place: str | None
    status: str


@dataclass(frozen=True)
class QuarterReport:
    """`cut`: the day on which it was made; `rows`: by id of the petition; `k`: counts of petitions under it are not
    told, 0: all are."""

    period: Period
    cut: date
    matrix: Matrix
    lines: tuple[Reported, ...]
    agencies: tuple[Group, ...]
    rows: Mapping[Key, Row]
    k: int = 0


def read_quarter(
    office: Office, period: Period, cut: date, *, with_rows: bool = True, hidden_under: int = 0
) -> QuarterReport:
    with reading(office.sessions) as session:
        ledger, frozen = read_ledger(session, office, period, cut), sum_months(session, office, period)
        published = list_published(session, period.last.year)
        lines: list[Reported] = []
        for one in office.matrix.indicators:
            if not one.readings:
                lines.append(Reported(one, None, None, None, published.get(one.series or "", ())))
            for way in one.readings:
                kept = frozen.get((one.id, way.key))
                figure = kept.figure if kept else measure(ledger, office.matrix, way)
                lines.append(Reported(one, way, figure, ledger.day(kept.frozen_at) if kept else None))
        rows = _rows(session, office, lines) if with_rows else {}
        agencies = list_agency_groups(office, ledger)
    return QuarterReport(period, cut, office.matrix, tuple(lines), agencies, rows, hidden_under)


def _rows(session: Session, office: Office, lines: Sequence[Reported]) -> dict[Key, Row]:
    figures = [line.figure for line in lines if line.figure and not line.is_of_others]
    ids = sorted({key for one in figures for key in one.numerator | one.denominator if isinstance(key, int)})
    return dict(_read(session, office, ids))


def _read(session: Session, office: Office, ids: Sequence[int]) -> Iterator[tuple[int, Row]]:
    columns = Petition.id, Petition.folio, Petition.opened_at, Petition.due_on, Petition.municipality, Petition.status
    for start in range(0, len(ids), AT_ONCE):
        wanted = select(*columns).where(Petition.id.in_(ids[start : start + AT_ONCE]))
        for id_, folio, opened_at, due_on, municipality, status in session.execute(wanted):
            place = office.reader.find_municipality(municipality) if municipality else None
            opened_on = opened_at.astimezone(office.jurisdiction.zone).date()
            yield id_, Row(folio, opened_on, due_on, place.nombre if place else None, status)
