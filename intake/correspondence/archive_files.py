"""A petition's file in the archive: put into a series, checked, closed with its index. Nothing is deleted here."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from intake.accounts.staff import OVERSEERS, Member
from intake.acting import DECIDERS, acting, actor_of, require
from intake.correspondence.completeness import Check, Part, Whole, check_whole, list_missing, read_whole
from intake.correspondence.numbering import next_number
from intake.database import reading
from intake.errors import FormRefused, NotFound
from intake.office import Office
from intake.petitions.case import get_petition, note
from intake.tables.accounts import Staff
from intake.tables.archive import ArchiveFile
from intake.tables.correspondence import OfficePaper, Piece
from intake.tables.petitions import Referral
from intake.triage.talk import note_readings

LOCATION_MAX, REASON_MIN = 200, 5


class NotComplete(FormRefused):
    """`missing`: what the file lacks."""

    def __init__(self, missing: Sequence[Part]) -> None:
        super().__init__("missing")
        self.missing = tuple(missing)


@dataclass(frozen=True)
class Filing:
    """As the form has it. `is_held`: kept whatever the terms say, for `held_reason`."""

    series: str
    location: str = ""
    is_held: bool = False
    held_reason: str = ""


@dataclass(frozen=True)
class Entry:
    """A line of the index. `kind`: of `index.KIND`; `sha256` empty: nothing that is a file."""

    kind: str
    name: str
    day: date
    sha256: str


@dataclass(frozen=True)
class FileView:
    """`holder`: who closed it; `entries`: the index, as it was closed or as it would be."""

    folio: str
    status: str
    piece_id: int | None
    is_of_chat: bool
    checks: tuple[Check, ...]
    missing: tuple[Part, ...]
    papers: Sequence[OfficePaper]
    referrals: Sequence[Referral]
    entries: tuple[Entry, ...]
    file: ArchiveFile | None
    closed_by: str | None
    has_acknowledgement: bool


def open_file(office: Office, member: Member, folio: str) -> FileView:
    """Raises NotFound. Commits a note where the petition is sensitive."""
    require(member, OVERSEERS)
    with reading(office.sessions) as session:
        petition = get_petition(session, folio)
        whole = read_whole(session, petition)
        file = whole.file
        closer = session.get(Staff, file.closed_by) if file and file.closed_by else None
        piece = session.query(Piece.id).filter(Piece.petition_id == petition.id).first()
        view = FileView(
            folio=folio,
            status=petition.status,
            piece_id=piece[0] if piece else None,
            is_of_chat=whole.is_of_chat,
            checks=check_whole(whole),
            missing=list_missing(whole),
            papers=whole.papers,
            referrals=whole.referrals,
            entries=tuple(_entries(office, whole)),
            file=file,
            closed_by=closer.name if closer else None,
            has_acknowledgement=any(one.kind == "acknowledgement" for one in whole.papers),
        )
    note_readings(office, member, {folio})
    return view


def put_in_series(office: Office, member: Member, folio: str, filing: Filing) -> None:
    """Commits. Raises NotAllowed, FormRefused: series, held_reason, closed (a closed file changes its hold alone)."""
    require(member, DECIDERS)
    known = office.jurisdiction.records.series.get(filing.series)
    if known is None:
        raise FormRefused("series")
    if filing.is_held and len(filing.held_reason) < REASON_MIN:
        raise FormRefused("held_reason")
    with acting(office, folio, only_notes=True) as (moment, petition):  # a hold is lifted after a blocking too
        file = moment.session.get(ArchiveFile, petition.id, with_for_update=True)
        if file is None:
            file = ArchiveFile(petition_id=petition.id, series="", opened_at=moment.now, opened_by=member.id)
            moment.session.add(file)
        elif file.closed_at and file.series != filing.series:
            raise FormRefused("closed")
        if file.series != filing.series and not known.is_open:
            raise FormRefused("series")
        file.series, file.location = filing.series, filing.location
        file.is_held, file.held_reason = filing.is_held, filing.held_reason if filing.is_held else None
        told = {"series": filing.series, "held": filing.is_held}
        note(moment.session, petition, moment.now, actor_of(member), "filed", told)


def close_file(office: Office, member: Member, folio: str) -> str:
    """Its own number in the series, with the index and the terms as they are now. Commits. Raises NotComplete, Stale,
    FormRefused: closed, series, broken (an original is not what was kept), OSError."""
    require(member, DECIDERS)
    with reading(office.sessions) as session:
        kept = read_whole(session, get_petition(session, folio))
    verify_originals(office, kept)
    with acting(office, folio) as (moment, petition):
        session = moment.session
        whole = read_whole(session, petition)
        if missing := list_missing(whole):
            raise NotComplete(missing)
        file = whole.file
        assert file is not None
        if file.closed_at:
            raise FormRefused("closed")
        records, year = office.jurisdiction.records, moment.now.astimezone(office.jurisdiction.zone).year
        if file.series not in records.series:  # the table was changed since
            raise FormRefused("series")
        number = next_number(session, f"file:{file.series}", year)
        file.label = records.numbering.label("file", number, year, file.series)
        file.terms = records.series[file.series].as_terms()
        file.contents = [_as_row(entry) for entry in _entries(office, whole)]
        file.closed_at, file.closed_by = moment.now, member.id
        note(session, petition, moment.now, actor_of(member), "file_closed", {"label": file.label})
        return file.label


def verify_originals(office: Office, whole: Whole) -> None:
    """Read each file and compare it with its hash. Raises FormRefused (broken)."""
    kept = [(one.storage_key, one.sha256) for one in whole.attachments if one.storage_key]
    kept += [(one.storage_key, one.sha256) for one in whole.papers if one.storage_key]
    for key, sha256 in kept:
        digest = hashlib.sha256()
        try:
            for chunk in office.files.chunks(key or ""):
                digest.update(chunk)
        except FileNotFoundError as error:
            raise FormRefused("broken") from error
        if digest.hexdigest() != sha256:
            raise FormRefused("broken")


def get_closed(session: Session, folio: str) -> ArchiveFile:
    """Raises NotFound."""
    file = session.get(ArchiveFile, get_petition(session, folio).id)
    if file is None or file.closed_at is None:
        raise NotFound(f"no closed file of {folio}")
    return file


def read_entry(row: Mapping[str, Any]) -> Entry:
    return Entry(row["kind"], row["name"], date.fromisoformat(row["day"]), row["sha256"])


def _as_row(entry: Entry) -> dict[str, str]:
    return {"kind": entry.kind, "name": entry.name, "day": entry.day.isoformat(), "sha256": entry.sha256}


def _entries(office: Office, whole: Whole) -> Iterator[Entry]:
    """In the order of their days; a name that may tell of the person is left out where their identity is kept."""
    if whole.file and whole.file.contents is not None:
        yield from map(read_entry, whole.file.contents)
        return
    zone, is_hidden = office.jurisdiction.zone, whole.petition.hides_identity
    yield Entry("petition", whole.petition.folio, whole.petition.opened_at.astimezone(zone).date(), "")
    for number, one in enumerate(whole.attachments, 1):
        name = f"{number}" if is_hidden else one.declared_name or f"{number}"
        yield Entry("original", name, whole.petition.opened_at.astimezone(zone).date(), one.sha256 or "")
    for paper in whole.papers:
        yield Entry(paper.kind, paper.label, paper.issued_at.astimezone(zone).date(), paper.digest)
    agencies = {one.id: office.jurisdiction.name_agency(one.agency) for one in whole.referrals}
    for answer in whole.answers:
        sha256 = hashlib.sha256(answer.text.encode()).hexdigest()
        yield Entry("answer", agencies[answer.referral_id], answer.created_at.astimezone(zone).date(), sha256)
