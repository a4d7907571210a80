"""«Correspondencia»: a document is kept with its pages, corrected by a person, and becomes a petition with its folio.

A form or a mail is kept once by its key. Nothing here opens a petition without a person. Called by the admin.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS, actor_of, require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.correspondence.acknowledging import acknowledge
from intake.correspondence.page_files import Original, Role, as_row, store_originals
from intake.database import insert_all, insert_once, reading
from intake.errors import FormRefused, NotAllowed, NotFound, Stale
from intake.office import Office
from intake.petitions.case import note
from intake.tables.correspondence import Piece, PieceFile
from intake.tables.incoming import Attachment, Message
from intake.tables.petitions import Petition
from intake.triage.capturing import AHEAD, CameBy, Statement, keep_statement

SENDER_MIN, REASON_MIN = 2, 5
ENCLOSURES_MAX = 999


class Way(StrEnum):
    COUNTER = "counter"
    COURIER = "courier"
    MAIL = "mail"


class SenderKind(StrEnum):
    PERSON = "person"
    AUTHORITY = "authority"
    ORGANIZATION = "organization"


class State(StrEnum):
    WAITING = "waiting"
    REGISTERED = "registered"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Cover:
    """What the front desk writes down of a document. `came_at` None: no such time."""

    way: Way
    came_at: datetime | None
    sender: str
    sender_kind: SenderKind
    addressee: str = ""
    their_number: str = ""
    their_date: date | None = None
    subject: str = ""
    enclosures: int = 0


@dataclass(frozen=True)
class Opening:
    """What is needed for its folio besides; as `Statement` has it."""

    text: str
    town: str = ""
    clave: str = ""
    detail: str = ""
    phone: str = ""
    language: str = ""
    emergency: str = ""
    is_minor: bool = False
    is_anonymous: bool = False


def keep_piece(office: Office, member: Member, cover: Cover, pages: Sequence[Original], key: str) -> int:
    """Its number; the earlier one's where the form was sent before. Commits. Raises FormRefused, OSError."""
    require(member, DECIDERS)
    check_cover(cover)
    store_originals(office, pages)
    return keep_row(office, cover, pages, f"form-{key}", member.id)


def keep_row(
    office: Office,
    cover: Cover,
    originals: Sequence[Original],
    key: str,
    staff_id: int | None,
    *,
    address: str | None = None,
    text: str | None = None,
) -> int:
    """The originals are in the store already. `staff_id` None: the mailbox. Commits."""
    now = utc_now()
    row = {
        **columns_of(cover),
        "key": key,
        "kept_at": now,
        "kept_by": staff_id,
        "address": address,
        "text": text,
        "state": State.WAITING.value,
    }
    with office.sessions.begin() as session:
        kept = insert_once(session, Piece, [row], Piece.id)
        if not kept:
            return session.scalars(select(Piece.id).where(Piece.key == key)).one()
        piece_id = int(kept[0][0])
        insert_all(session, PieceFile, [as_row(piece_id, n, one, now) for n, one in enumerate(originals, 1)])
        if staff_id:
            note_act(session, staff_of(staff_id), Act.PIECE_KEPT, {"piece": piece_id, "files": len(originals)})
        return piece_id


def correct(office: Office, member: Member, piece_id: int, cover: Cover, text: str) -> None:
    """What the program read, or a slip of the form, as a person puts it; before the folio and afterwards. Commits.

    The petition's own words stay as they were told; what stands on the paper is the piece's.
    """
    require(member, DECIDERS)
    check_cover(cover)
    with office.sessions.begin() as session:
        piece = _locked(session, piece_id)
        if piece.petition_id and session.get_one(Petition, piece.petition_id).is_blocked:
            raise NotAllowed(f"the data of the petition of piece {piece_id} are blocked")
        if piece.state == State.REGISTERED:
            cover = replace(cover, came_at=piece.came_at, way=Way(piece.way))  # the term counts from it
        for name, value in columns_of(cover).items():
            setattr(piece, name, value)
        piece.text = text or None
        note_act(session, staff_of(member.id), Act.PIECE_CORRECTED, {"piece": piece_id}, petition_id=piece.petition_id)


def register(office: Office, member: Member, piece_id: int, opening: Opening) -> str:
    """Open the petition and acknowledge it; its folio. Commits. Raises NotAllowed, CaptureRefused, Stale, NotFound."""
    require(member, DECIDERS)
    with reading(office.sessions) as session:
        piece = _get(session, piece_id)
        if piece.state == State.DISCARDED:
            raise Stale(f"piece {piece_id} was put aside")
    said = Statement(
        way=CameBy.MAIL if piece.way == Way.MAIL else CameBy.PAPER,
        came_at=piece.came_at,
        text=opening.text,
        town=opening.town,
        clave=opening.clave,
        detail=opening.detail,
        name=piece.sender,
        phone=opening.phone,
        language=opening.language,
        emergency=opening.emergency,
        is_minor=opening.is_minor,
        is_anonymous=opening.is_anonymous,
    )

    def beside(session: Session, petition: Petition) -> None:
        _settle(session, office, member, petition, piece_id)

    return keep_statement(office, member, said, f"piece-{piece_id}", beside)


def discard(office: Office, member: Member, piece_id: int, reason: str) -> None:
    """No petition (advertising, sent twice): it stays in the register with the reason. Commits. Raises Stale."""
    require(member, DECIDERS)
    if len(reason) < REASON_MIN:
        raise FormRefused("reason")
    with office.sessions.begin() as session:
        piece = _locked(session, piece_id)
        if piece.state != State.WAITING:
            raise Stale(f"piece {piece_id} is {piece.state}")
        piece.state, piece.reason = State.DISCARDED.value, reason
        piece.settled_at, piece.settled_by = utc_now(), member.id
        note_act(session, staff_of(member.id), Act.PIECE_DISCARDED, {"piece": piece_id})


def bring_back(office: Office, member: Member, piece_id: int) -> None:
    """One that was put aside waits again. Commits. Raises Stale."""
    require(member, DECIDERS)
    with office.sessions.begin() as session:
        piece = _locked(session, piece_id)
        if piece.state != State.DISCARDED:
            raise Stale(f"piece {piece_id} is {piece.state}")
        piece.state, piece.reason, piece.settled_at, piece.settled_by = State.WAITING.value, None, None, None
        note_act(session, staff_of(member.id), Act.PIECE_BROUGHT_BACK, {"piece": piece_id})


def check_cover(cover: Cover) -> None:
    """Raises FormRefused: when, future, sender, enclosures, their_date."""
    if cover.came_at is None:
        raise FormRefused("when")
    if cover.came_at > utc_now() + AHEAD:
        raise FormRefused("future")
    if len(cover.sender) < SENDER_MIN:
        raise FormRefused("sender")
    if not 0 <= cover.enclosures <= ENCLOSURES_MAX:
        raise FormRefused("enclosures")
    if cover.their_date and cover.their_date > cover.came_at.date():
        raise FormRefused("their_date")


def columns_of(cover: Cover) -> dict[str, object]:
    return {
        "way": cover.way.value,
        "came_at": cover.came_at,
        "sender": cover.sender,
        "sender_kind": cover.sender_kind.value,
        "addressee": cover.addressee,
        "their_number": cover.their_number,
        "their_date": cover.their_date,
        "subject": cover.subject,
        "enclosures": cover.enclosures,
    }


def list_files(session: Session, piece_id: int) -> Sequence[PieceFile]:
    return session.scalars(select(PieceFile).where(PieceFile.piece_id == piece_id).order_by(PieceFile.number)).all()


def _settle(session: Session, office: Office, member: Member, petition: Petition, piece_id: int) -> None:
    """In the transaction that opens the petition: its files are the petition's, and it is acknowledged."""
    piece = _locked(session, piece_id)
    if piece.state != State.WAITING:
        raise Stale(f"piece {piece_id} is {piece.state}")
    now = utc_now()
    piece.state, piece.petition_id = State.REGISTERED.value, petition.id
    piece.settled_at, piece.settled_by = now, member.id
    message_id = session.scalars(select(Message.id).where(Message.petition_id == petition.id)).one()
    files = list_files(session, piece_id)
    session.add_all(_as_attachment(petition, message_id, file, now) for file in files)
    told = {"piece": piece_id, "files": [file.sha256 for file in files]}
    note(session, petition, now, actor_of(member), "piece_registered", told)
    acknowledge(session, office, member, petition, piece)


def _as_attachment(petition: Petition, message_id: int, file: PieceFile, now: datetime) -> Attachment:
    return Attachment(
        message_id=message_id,
        petition_id=petition.id,
        channel="desk",
        kind="photo" if file.media_type.startswith("image/") else "document",
        external_id=f"piece-file-{file.id}",
        unique_id=f"piece-file-{file.id}",
        declared_name=file.name,
        declared_type=file.media_type,
        state="stored",
        next_attempt_at=now,
        storage_key=file.storage_key,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        detected_type=file.media_type,
        is_restricted=file.role == Role.MAIL,  # its head tells addresses and ways
    )


def _get(session: Session, piece_id: int) -> Piece:
    piece = session.get(Piece, piece_id)
    if piece is None:
        raise NotFound(f"no piece {piece_id}")
    return piece


def _locked(session: Session, piece_id: int) -> Piece:
    piece = session.get(Piece, piece_id, with_for_update=True, populate_existing=True)
    if piece is None:
        raise NotFound(f"no piece {piece_id}")
    return piece
