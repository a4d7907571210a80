"""The stamped acknowledgement of what came by no chat: what came, when, how many sheets, where to follow it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS, acting, require
from intake.answers.paper_seal import digest_of
from intake.correspondence.issuing import Kind, issue, list_papers, written_moment
from intake.correspondence.page_files import Role
from intake.errors import MoveRefused
from intake.office import Office
from intake.tables.correspondence import OfficePaper, Piece, PieceFile
from intake.tables.petitions import Capture, Petition


def acknowledge(
    session: Session, office: Office, member: Member, petition: Petition, piece: Piece | None
) -> OfficePaper:
    """Does not commit. `piece` None: told at a window, nothing was left there."""
    capture = session.get_one(Capture, petition.id)
    files = _files(session, piece)
    pages = [file for file in files if file.role == Role.PAGE]
    is_hidden = petition.hides_identity
    facts = [
        ("folio", petition.folio),
        ("came", written_moment(office, capture.came_at)),
        ("way", office.texts(f"office_paper.way_{piece.way if piece else capture.way}")),
        ("sender", piece.sender if piece and not is_hidden else ""),
        ("addressee", piece.addressee if piece else ""),
        ("their_number", piece.their_number if piece and not is_hidden else ""),
        ("subject", piece.subject if piece and not is_hidden else ""),
        ("sheets", str(sum(file.sheets for file in pages)) if pages else ""),
        ("enclosures", str(piece.enclosures) if piece and piece.enclosures else ""),
    ]
    told = {
        "facts": facts,
        "came_on": written_moment(office, capture.came_at),
        "sections": [("follow", _ways(office, petition.folio))],
        "files": [{"name": _name(file, is_hidden), "sha256": file.sha256} for file in files],
        "copies": [],
        "document": digest_of({"files": [file.sha256 for file in files]}) if files else "",
    }
    return issue(session, office, member, petition, Kind.ACKNOWLEDGEMENT, told)


def acknowledge_captured(office: Office, member: Member, folio: str) -> int:
    """For a petition that was written down at a window; its paper's id, the earlier one's when there is one. Commits.

    Raises MoveRefused for what a chat brought: it was acknowledged there.
    """
    require(member, DECIDERS)
    with acting(office, folio) as (moment, petition):
        session = moment.session
        if session.get(Capture, petition.id) is None:
            raise MoveRefused("a chat's petition was acknowledged in its chat")
        earlier = [one for one in list_papers(session, petition.id) if one.kind == Kind.ACKNOWLEDGEMENT]
        if earlier:
            return earlier[0].id
        piece = session.scalars(select(Piece).where(Piece.petition_id == petition.id)).first()
        return acknowledge(session, office, member, petition, piece).id


def _name(file: PieceFile, is_hidden: bool) -> str:
    """A file's name may tell whose it is."""
    return f"{file.number}." if is_hidden else f"{file.number}. {file.name}"


def _files(session: Session, piece: Piece | None) -> list[PieceFile]:
    if piece is None:
        return []
    own = select(PieceFile).where(PieceFile.piece_id == piece.id).order_by(PieceFile.number)
    return list(session.scalars(own))


def _ways(office: Office, folio: str) -> list[str]:
    settings = office.settings
    chats = [("telegram", settings.has_telegram), ("whatsapp", settings.has_whatsapp)]
    told = [office.texts(f"office_paper.follow_{name}", folio=folio) for name, is_on in chats if is_on]
    return [*told, office.texts("office_paper.follow_here", folio=folio)]
