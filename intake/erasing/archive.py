"""How long what was blocked is kept: by the archive's series of each of the person's petitions.

A file that was closed has its series' terms as they were then, if the archive had confirmed them: a guess binds nobody,
today's counts. A petition in no file has those of the catalogue's default series. A file that is held
(`archive_files.is_held`) holds up the suppression whatever the terms say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.erasing.rows import find_person
from intake.office import Office
from intake.tables.archive import ArchiveFile
from intake.tables.erasing import Erasure
from intake.tables.petitions import Petition


@dataclass(frozen=True)
class Keeping:
    """`until`: the first day after the longest term, None while somebody's years are not known. `is_confirmed`: the
    archive has confirmed all of those terms. `held`: folios whose file is held."""

    until: date | None
    is_confirmed: bool
    held: tuple[str, ...]


def find_keeping(session: Session, office: Office, erasure: Erasure) -> Keeping:
    person = find_person(session, erasure.citizens)
    rows = (
        select(Petition.folio, ArchiveFile)
        .outerjoin(ArchiveFile, ArchiveFile.petition_id == Petition.id)
        .where(Petition.citizen_id.in_(person.citizens))
        .order_by(Petition.id)
    )
    files = [(row[0], row[1]) for row in session.execute(rows)]
    zone = office.jurisdiction.zone
    blocked_on = erasure.blocked_at.astimezone(zone).date()
    kept: list[ArchiveFile | None] = [file for _, file in files] or [None]
    ends = [_ends_on(office, file, blocked_on) for file in kept]
    is_confirmed = all(_terms(office, file).get("is_confirmed", False) for file in kept)
    held = tuple(folio for folio, file in files if file is not None and file.is_held)
    return Keeping(_latest(ends), is_confirmed, held)


def after_years(begins: date, years: int) -> date:
    """The first day after a term that began then."""
    year = begins.year + years
    is_leap_day = begins.month == 2 and begins.day == 29
    return date(year, 3, 1) if is_leap_day else begins.replace(year=year)


def _ends_on(office: Office, file: ArchiveFile | None, blocked_on: date) -> date | None:
    """From the blocking on, or from when the file was closed, whichever came later."""
    terms = _terms(office, file)
    years = terms.get("active_years"), terms.get("resting_years")
    if years[0] is None or years[1] is None:
        return None
    closed = file.closed_at.astimezone(office.jurisdiction.zone).date() if file and file.closed_at else blocked_on
    return after_years(max(blocked_on, closed), years[0] + years[1])


def _terms(office: Office, file: ArchiveFile | None) -> Mapping[str, Any]:
    records = office.jurisdiction.records
    if file is not None and file.terms and file.terms.get("is_confirmed"):
        return file.terms
    series = records.series.get(file.series) if file is not None else records.series[records.default]
    return series.as_terms() if series else {}


def _latest(ends: Iterable[date | None]) -> date | None:
    known = list(ends)
    whole = [end for end in known if end is not None]
    return max(whole) if len(whole) == len(known) else None
