"""The office's papers on a petition: numbered and sealed in the transaction of the act, drawn when first opened."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from babel.dates import format_datetime
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import OVERSEERS, Member
from intake.acting import actor_of
from intake.answers.paper_links import checking_link
from intake.answers.paper_seal import CODE_HEX, digest_of, is_sealed, seal_of
from intake.clock import utc_now
from intake.correspondence.numbering import next_number
from intake.correspondence.office_drawing import draw
from intake.database import reading
from intake.errors import NotFound
from intake.files import key_of
from intake.office import Office
from intake.petitions.case import note
from intake.tables.correspondence import OfficePaper
from intake.tables.petitions import Petition
from intake.triage.dossier import find_referral
from intake.triage.talk import note_readings
from intake.triage.veil import veil_of

CODE = re.compile(r"k([0-9a-f]{1,15})-([0-9a-f]{20})")  # «k» tells it from an answer's paper


class Kind(StrEnum):
    ACKNOWLEDGEMENT = "acknowledgement"
    SLIP = "slip"
    LETTER = "letter"


@dataclass(frozen=True)
class CheckedPaper:
    """`is_whole`: what is kept of it bears the seal still."""

    kind: str
    label: str
    folio: str
    issued_on: str
    digest: str
    made_at: datetime
    is_whole: bool


def issue(
    session: Session,
    office: Office,
    member: Member,
    petition: Petition,
    kind: Kind,
    told: Mapping[str, Any],
    referral_id: int | None = None,
) -> OfficePaper:
    """With the next number of its kind. `told`: what stands on it besides. Does not commit."""
    now = utc_now()
    year = now.astimezone(office.jurisdiction.zone).year
    number = next_number(session, kind.value, year)
    numbering = office.jurisdiction.records.numbering
    label = numbering.label(kind.value, number, year)
    content = {
        **told,
        "kind": kind.value,
        "label": label,
        "office": office.jurisdiction.office,
        "folio": petition.folio,
        "issued_on": written_moment(office, now),
        "is_confirmed": numbering.is_confirmed,
    }
    digest = digest_of(content)
    paper = OfficePaper(
        petition_id=petition.id,
        referral_id=referral_id,
        kind=kind.value,
        year=year,
        number=number,
        label=label,
        content=content,
        digest=digest,
        seal=seal_of(office.settings.secret_key, digest),
        issued_at=now,
        issued_by=member.id,
    )
    session.add(paper)
    session.flush()
    note(session, petition, now, actor_of(member), f"paper_{kind}", {"paper": paper.id, "label": label})
    return paper


def list_papers(session: Session, petition_id: int) -> Sequence[OfficePaper]:
    own = select(OfficePaper).where(OfficePaper.petition_id == petition_id)
    return session.scalars(own.order_by(OfficePaper.id)).all()


def list_of_referral(office: Office, member: Member, referral_id: int) -> Sequence[OfficePaper]:
    """What goes with a referral that the member may see. Raises NotFound."""
    with reading(office.sessions) as session:
        find_referral(session, member, referral_id)
        own = select(OfficePaper).where(OfficePaper.referral_id == referral_id)
        return session.scalars(own.order_by(OfficePaper.id)).all()


def open_office_paper(office: Office, member: Member, paper_id: int) -> tuple[OfficePaper, bytes]:
    """The paper and its file, drawn when it is asked for first: commits then. Raises OSError, NotFound, also where
    the data are blocked, and where it names somebody whose identity is kept by now: a reason on the petition opens it.

    Commits a note where the petition is sensitive."""
    with reading(office.sessions) as session:
        paper = session.get(OfficePaper, paper_id)
        if paper is None:
            raise NotFound(f"no paper {paper_id}")
        if member.role not in OVERSEERS:
            find_referral(session, member, _referral_of(paper))
        _require_open(session, paper)
        petition = session.get_one(Petition, paper.petition_id)
        if _names_sender(paper) and veil_of(session, petition, member).hides_writer:
            raise NotFound(f"paper {paper_id} names somebody whose identity is kept")
    note_readings(office, member, {petition.folio})
    if paper.storage_key is None:
        paper = _draw(office, paper)
    assert paper.storage_key is not None
    with office.files.open(paper.storage_key) as file:
        return paper, file.read()


def check_office_code(office: Office, text: str) -> CheckedPaper | None:
    """By the code that stands on the paper; None: there is no such."""
    found = CODE.fullmatch("".join(text.lower().split()))
    if found is None:
        return None
    with reading(office.sessions) as session:
        paper = session.get(OfficePaper, int(found[1], 16))
        if paper is None or not hmac.compare_digest(paper.seal[: len(found[2])], found[2]):
            return None
        return _checked(session, office, paper)


def check_office_file(office: Office, content: bytes) -> CheckedPaper | None:
    """Byte for byte one that was drawn here; None: there is no such."""
    drawn = select(OfficePaper).where(OfficePaper.sha256 == hashlib.sha256(content).hexdigest())
    with reading(office.sessions) as session:
        paper = session.scalars(drawn).first()
        return _checked(session, office, paper) if paper else None


def code_of_paper(paper: OfficePaper) -> str:
    return f"k{paper.id:x}-{paper.seal[:CODE_HEX]}"


def written_moment(office: Office, at: datetime) -> str:
    """«viernes 27 de noviembre de 2026, 11:55 horas»."""
    local = at.astimezone(office.jurisdiction.zone)
    return format_datetime(local, "EEEE d 'de' MMMM 'de' y, HH:mm 'horas'", locale="es_MX")


def _checked(session: Session, office: Office, paper: OfficePaper) -> CheckedPaper:
    told = paper.content
    is_known = not _is_blocked(session, paper)  # else the office has the digest and the seal of it, and no more
    is_whole = is_sealed(office.settings.secret_key, told if is_known else None, paper.digest, paper.seal)
    return CheckedPaper(
        paper.kind, paper.label, told["folio"], told["issued_on"], paper.digest, paper.issued_at, is_whole
    )


def _is_blocked(session: Session, paper: OfficePaper) -> bool:
    return session.get_one(Petition, paper.petition_id).is_blocked


def _names_sender(paper: OfficePaper) -> bool:
    return any(name == "sender" and value for name, value in paper.content["facts"])


def _require_open(session: Session, paper: OfficePaper) -> None:
    if _is_blocked(session, paper):
        raise NotFound(f"the data of the petition of paper {paper.id} are blocked")


def _referral_of(paper: OfficePaper) -> int:
    """An agency sees what goes with its own referral, never the acknowledgement. Raises NotFound."""
    if paper.referral_id is None:
        raise NotFound(f"paper {paper.id} is the office's")
    return paper.referral_id


def _draw(office: Office, paper: OfficePaper) -> OfficePaper:
    """Two that open it at once draw the same file."""
    code = code_of_paper(paper)
    drawn = draw(paper.content, paper.digest, code, checking_link(office, code), office.texts)
    sha256 = office.files.keep(drawn)
    with office.sessions.begin() as session:
        row = session.get_one(OfficePaper, paper.id, with_for_update=True)
        _require_open(session, row)
        if row.storage_key is None:
            row.sha256, row.storage_key = sha256, key_of(sha256)
        return row
