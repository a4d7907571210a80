"""The slip that travels with a turned document and the letter of referral, each for one referral, with copies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS, acting, require
from intake.correspondence.issuing import Kind, issue
from intake.errors import FormRefused, NotFound, Stale
from intake.office import Office
from intake.tables.archive import ArchiveFile
from intake.tables.citizens import Citizen
from intake.tables.correspondence import Piece
from intake.tables.petitions import Matter, Petition, Referral
from intake.thinking.facts import shorten
from nlp.masks import hide_writer, mask

EXTRACT_MAX = 1500
COPIES_MAX, COPY_MAX = 10, 200
GONE = frozenset({"returned", "undone"})


@dataclass(frozen=True)
class Errand:
    """`instruction`: one of the office's list; `copies`: who gets one; `remark`: of the officer, may be empty."""

    kind: Kind
    referral_id: int
    instruction: str
    copies: Sequence[str] = ()
    remark: str = ""


def issue_errand(office: Office, member: Member, folio: str, errand: Errand) -> int:
    """Its paper's id. Commits. Raises NotAllowed, NotFound, Stale (the referral is over), FormRefused: instruction,
    copies, soon (it can still be taken back: a number is not given for that), closed (its index changes no more)."""
    require(member, DECIDERS)
    if errand.kind == Kind.ACKNOWLEDGEMENT:
        raise NotFound("no errand")
    if errand.instruction not in office.jurisdiction.records.instructions:
        raise FormRefused("instruction")
    if len(errand.copies) > COPIES_MAX or any(len(one) > COPY_MAX for one in errand.copies):
        raise FormRefused("copies")
    with acting(office, folio) as (moment, petition):
        file = moment.session.get(ArchiveFile, petition.id)
        if file and file.closed_at:
            raise FormRefused("closed")
        referral, matter = _own(moment.session, petition, errand.referral_id, moment.now)
        told = _content(moment.session, office, petition, matter, referral, errand)
        return issue(moment.session, office, member, petition, errand.kind, told, referral.id).id


def _own(session: Session, petition: Petition, referral_id: int, now: datetime) -> tuple[Referral, Matter]:
    referral = session.get(Referral, referral_id)
    matter = session.get(Matter, referral.matter_id) if referral else None
    if referral is None or matter is None or matter.petition_id != petition.id:
        raise NotFound(f"no referral {referral_id} of {petition.folio}")
    if referral.state in GONE:
        raise Stale(f"the referral is {referral.state}")
    if referral.leaves_at and referral.leaves_at > now:
        raise FormRefused("soon")
    return referral, matter


def _content(
    session: Session, office: Office, petition: Petition, matter: Matter, referral: Referral, errand: Errand
) -> dict[str, Any]:
    piece = session.scalars(select(Piece).where(Piece.petition_id == petition.id)).first()
    name = session.get_one(Citizen, petition.citizen_id).name
    is_hidden = petition.hides_identity or petition.is_sensitive
    facts = [
        ("folio", petition.folio),
        ("to", office.jurisdiction.name_agency(referral.agency)),
        ("sender", "" if is_hidden else (piece.sender if piece else name) or ""),
        ("their_number", "" if is_hidden or not piece else piece.their_number),
        ("instruction", errand.instruction),
        ("due", format_date(petition.due_on, "EEEE d 'de' MMMM 'de' y", locale="es_MX")),
    ]
    extract = "" if petition.is_sensitive else shorten(mask(hide_writer(matter.text, name)), EXTRACT_MAX)
    sections = [("extract", [extract] if extract else [office.texts("office_paper.extract_kept")])]
    if errand.kind == Kind.LETTER:
        agency = office.jurisdiction.name_agency(referral.agency)
        key = "office_paper.body_outside" if referral.kind == "remision" else "office_paper.body"
        sections.insert(0, ("matter", [office.texts(key, folio=petition.folio, agency=agency)]))
    if errand.remark:
        sections.append(("remark", [errand.remark]))
    return {"facts": facts, "sections": sections, "files": [], "copies": list(errand.copies), "came_on": ""}
