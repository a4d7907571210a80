"""The register of correspondence: what came, when, from whom, to whom it was turned, whether it was answered. Reads."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, defer

from intake.accounts.staff import OVERSEERS, Member
from intake.acting import require
from intake.correspondence.page_files import Reading
from intake.correspondence.pieces import State
from intake.database import reading
from intake.errors import NotFound
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.correspondence import Piece, PieceFile
from intake.tables.petitions import Matter, Petition, Referral
from intake.triage.talk import note_readings

ON_A_PAGE = 50
AT_ONCE = 1_000  # of all of them
LIVE = ("issued", "accepted", "answered")


class Shown(StrEnum):
    ALL = "all"
    WAITING = "waiting"
    TURNED = "turned"
    UNANSWERED = "unanswered"
    ANSWERED = "answered"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Wanted:
    """Filters; empty: any."""

    shown: Shown = Shown.ALL
    since: date | None = None
    until: date | None = None
    sender: str = ""
    addressee: str = ""
    agency: str = ""


@dataclass(frozen=True)
class Row:
    """`is_hidden`: the person asked that nobody learns who they are, so sender and subject are empty."""

    piece_id: int
    came_at: datetime
    way: str
    sender: str
    sender_kind: str
    addressee: str
    their_number: str
    subject: str
    state: str
    folio: str | None
    agencies: tuple[str, ...]
    turned_at: datetime | None
    answered_at: datetime | None
    is_hidden: bool


@dataclass(frozen=True)
class FileView:
    id: int
    number: int
    role: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    sheets: int
    reading: str

    @property
    def is_photo(self) -> bool:
        return self.media_type in ("image/jpeg", "image/png")


@dataclass(frozen=True)
class PieceView:
    """`words`: what the program read, all pages; `text`: as a person corrected it, None: nobody has."""

    piece: Piece
    kept_by: str | None
    files: tuple[FileView, ...]
    words: str
    folio: str | None
    is_hidden: bool

    @property
    def reading(self) -> str:
        """waiting, away, failed, done or none: the first of its pages that is so."""
        states = {file.reading for file in self.files}
        order = (Reading.WAITING, Reading.AWAY, Reading.FAILED, Reading.DONE)
        return next((one.value for one in order if one in states), Reading.NONE.value)


def list_rows(session: Session, office: Office, wanted: Wanted, *, page: int = 1, size: int = ON_A_PAGE) -> list[Row]:
    """Newest first."""
    found = _filtered(office, wanted).options(defer(Piece.text, raiseload=True))
    found = found.order_by(Piece.came_at.desc(), Piece.id.desc())
    rows = session.execute(found.limit(size).offset((page - 1) * size)).all()
    turns = _turns(session, [petition.id for _, petition in rows if petition])
    return [_row(office, piece, petition, turns) for piece, petition in rows]


def list_all(office: Office, wanted: Wanted) -> Iterator[Row]:
    """Newest first, however many: some at a time. What comes meanwhile moves nobody into the file twice."""
    seen: set[int] = set()
    for page in count(1):
        with reading(office.sessions) as session:
            rows = list_rows(session, office, wanted, page=page, size=AT_ONCE)
        yield from (row for row in rows if row.piece_id not in seen)
        seen = {row.piece_id for row in rows}
        if len(rows) < AT_ONCE:
            return


def count_rows(session: Session, office: Office, wanted: Wanted) -> int:
    return session.scalar(select(func.count()).select_from(_filtered(office, wanted).subquery())) or 0


def count_waiting(session: Session) -> int:
    return session.scalar(select(func.count(Piece.id)).where(Piece.state == State.WAITING.value)) or 0


def open_piece(office: Office, member: Member, piece_id: int) -> PieceView:
    """Raises NotFound. Commits a note where its petition is sensitive."""
    require(member, OVERSEERS)
    with reading(office.sessions) as session:
        piece = session.get(Piece, piece_id)
        if piece is None:
            raise NotFound(f"no piece {piece_id}")
        petition = session.get(Petition, piece.petition_id) if piece.petition_id else None
        author = session.get(Staff, piece.kept_by) if piece.kept_by else None
        own = select(PieceFile).where(PieceFile.piece_id == piece_id).order_by(PieceFile.number)
        files = session.scalars(own).all()
        is_hidden = petition is not None and petition.hides_identity
        view = PieceView(
            piece=piece,
            kept_by=author.name if author else None,
            files=tuple(map(_file, files)),
            words="\n\n".join(file.words for file in files if file.words),
            folio=petition.folio if petition else None,
            is_hidden=is_hidden,
        )
    if view.folio:
        note_readings(office, member, {view.folio})
    return view


def find_piece_file(office: Office, member: Member, piece_id: int, file_id: int) -> PieceFile:
    """Raises NotFound, also for a file of somebody whose identity is kept: the petition's page asks for a reason."""
    view = open_piece(office, member, piece_id)
    with reading(office.sessions) as session:
        row = session.get(PieceFile, file_id)
        if row is None or row.piece_id != piece_id or view.is_hidden:
            raise NotFound(f"no file {file_id} of piece {piece_id}")
        return row


def _filtered(office: Office, wanted: Wanted) -> Select[Piece, Petition]:
    found = select(Piece, Petition).outerjoin(Petition, Petition.id == Piece.petition_id)
    return found.where(*_conditions(office, wanted))


def _conditions(office: Office, wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    zone = office.jurisdiction.zone
    if wanted.since:
        yield Piece.came_at >= datetime.combine(wanted.since, time(), zone)
    if wanted.until and wanted.until < date.max:
        yield Piece.came_at < datetime.combine(wanted.until + timedelta(days=1), time(), zone)
    if wanted.sender:
        is_open = or_(Petition.id.is_(None), ~(Petition.is_anonymous | Petition.is_minor))
        yield Piece.sender.icontains(wanted.sender, autoescape=True) & is_open
    if wanted.addressee:
        yield Piece.addressee.icontains(wanted.addressee, autoescape=True)
    if wanted.agency:
        yield _has_turn(Referral.agency == wanted.agency)
    match wanted.shown:
        case Shown.WAITING:
            yield Piece.state == State.WAITING.value
        case Shown.DISCARDED:
            yield Piece.state == State.DISCARDED.value
        case Shown.TURNED:
            yield _has_turn()
        case Shown.ANSWERED:
            yield _has_turn()
            yield ~_has_turn(Referral.answered_at.is_(None))
        case Shown.UNANSWERED:
            yield Piece.state == State.REGISTERED.value
            yield or_(~_has_turn(), _has_turn(Referral.answered_at.is_(None)))


def _has_turn(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    own = (
        select(Referral.id).join(Matter, Matter.id == Referral.matter_id).where(Matter.petition_id == Piece.petition_id)
    )
    return exists(own.where(Referral.state.in_(LIVE), *which).correlate(Piece))


def _turns(session: Session, petition_ids: Sequence[int]) -> dict[int, list[Referral]]:
    turns: dict[int, list[Referral]] = defaultdict(list)
    if not petition_ids:
        return turns
    own = select(Matter.petition_id, Referral).join(Matter, Matter.id == Referral.matter_id)
    own = own.where(Matter.petition_id.in_(petition_ids), Referral.state.in_(LIVE)).order_by(Referral.id)
    for petition_id, referral in session.execute(own):
        turns[petition_id].append(referral)
    return turns


def _row(office: Office, piece: Piece, petition: Petition | None, turns: dict[int, list[Referral]]) -> Row:
    own = turns.get(petition.id, []) if petition else []
    is_hidden = petition is not None and petition.hides_identity
    answered = [one.answered_at for one in own]
    return Row(
        piece_id=piece.id,
        came_at=piece.came_at,
        way=piece.way,
        sender="" if is_hidden else piece.sender,
        sender_kind=piece.sender_kind,
        addressee=piece.addressee,
        their_number="" if is_hidden else piece.their_number,
        subject="" if is_hidden or (petition and petition.is_sensitive) else piece.subject,
        state=piece.state,
        folio=petition.folio if petition else None,
        agencies=tuple(dict.fromkeys(office.jurisdiction.name_agency(one.agency) for one in own)),
        turned_at=min((one.issued_at for one in own), default=None),
        answered_at=max((at for at in answered if at), default=None) if own and all(answered) else None,
        is_hidden=is_hidden,
    )


def _file(row: PieceFile) -> FileView:
    return FileView(
        row.id, row.number, row.role, row.name, row.media_type, row.size_bytes, row.sha256, row.sheets, row.reading
    )
