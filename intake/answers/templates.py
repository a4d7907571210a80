"""An agency's own templates for answers: made, changed and retired by its liaisons; every version stays.

Called by the admin. Whoever answers for an agency picks from them; what they name of a petition is filled in.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.texts import written
from intake.accounts.staff import Member, Role
from intake.acting import require
from intake.answers.blanks import fill
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused, NotFound, Stale
from intake.office import Office
from intake.petitions.case import find_place
from intake.tables.accounts import Staff
from intake.tables.answers import AnswerTemplate, AnswerTemplateVersion
from intake.tables.citizens import Citizen
from intake.tables.petitions import Petition, Referral
from intake.triage.dossier import find_referral
from intake.triage.veil import veil_of

TITLE_MAX, TEXT_MIN, TEXT_MAX = 120, 20, 6000  # the column's length; an answer's own limits (admin/portal/answers.py)
KEEPERS = frozenset({Role.LIAISON})


class Variable(StrEnum):
    """What is filled by itself, as it stands between the braces."""

    FOLIO = "folio"
    PLACE = "municipio"
    AGENCY = "dependencia"
    DUE = "fecha_limite"
    NAME = "nombre"


@dataclass(frozen=True)
class Version:
    number: int
    title: str
    text: str
    author: str
    saved_at: datetime


@dataclass(frozen=True)
class TemplateView:
    """`versions`: newest first, none missing."""

    id: int
    retired_at: datetime | None
    versions: tuple[Version, ...]

    @property
    def newest(self) -> Version:
        return self.versions[0]


def list_templates(office: Office, agency: str | None) -> Sequence[TemplateView]:
    """Those in use by title, then the retired ones."""
    wanted = (
        select(AnswerTemplate, AnswerTemplateVersion, Staff.name)
        .join(AnswerTemplateVersion, AnswerTemplateVersion.template_id == AnswerTemplate.id)
        .join(Staff, Staff.id == AnswerTemplateVersion.staff_id)
        .where(AnswerTemplate.agency == agency)
        .order_by(AnswerTemplate.id, AnswerTemplateVersion.number.desc())
    )
    versions, retired = defaultdict[int, list[Version]](list), dict[int, datetime | None]()
    with reading(office.sessions) as session:
        for row, version, author in session.execute(wanted):
            retired[row.id] = row.retired_at
            versions[row.id].append(_version(version, author))
    views = [TemplateView(id_, retired[id_], tuple(own)) for id_, own in versions.items()]
    return sorted(views, key=lambda view: (view.retired_at is not None, view.newest.title.lower()))


def save_template(
    office: Office, member: Member, title: str, text: str, *, template_id: int | None = None, was: int = 0
) -> int:
    """A new one, or the next version of the agency's own; its id. `was`: the version that the page showed.

    Commits. Raises NotAllowed, NotFound, FormRefused (no_title, short), Stale: changed or retired meanwhile.
    """
    require(member, KEEPERS)
    with office.sessions.begin() as session:
        row = _own(session, member, template_id) if template_id is not None else None
        if not title.strip():
            raise FormRefused("no_title")
        if len(text) < TEXT_MIN:
            raise FormRefused("short")
        if row is None:
            row = AnswerTemplate(agency=member.agency)
            session.add(row)
            session.flush()
        number = _number(session, row)
        if row.retired_at is not None or number != was:
            raise Stale(f"template {row.id} was changed meanwhile")
        version = AnswerTemplateVersion(
            template_id=row.id,
            number=number + 1,
            title=title.strip()[:TITLE_MAX],
            text=text[:TEXT_MAX],
            staff_id=member.id,
            saved_at=utc_now(),
        )
        session.add(version)
        told = {"template": row.id, "version": number + 1}
        note_act(session, staff_of(member.id), Act.TEMPLATE_SAVED, told)
        return row.id


def retire_template(office: Office, member: Member, template_id: int) -> str:
    """It is offered no more; nothing of it is deleted. Its title. Commits. Raises NotAllowed, NotFound, Stale."""
    require(member, KEEPERS)
    with office.sessions.begin() as session:
        row = _own(session, member, template_id)
        if row.retired_at is not None:
            raise Stale(f"template {template_id} is retired already")
        row.retired_at, row.retired_by = utc_now(), member.id
        note_act(session, staff_of(member.id), Act.TEMPLATE_RETIRED, {"template": row.id})
        newest = session.get_one(AnswerTemplateVersion, (row.id, _number(session, row)))
        return newest.title


def list_usable(office: Office, member: Member, referral_id: int) -> Sequence[TemplateView]:
    """Of the agency that answers the referral. Raises NotFound for another agency's referral."""
    with reading(office.sessions) as session:
        _, referral = find_referral(session, member, referral_id)
    return [view for view in list_templates(office, referral.agency) if view.retired_at is None]


def fill_template(office: Office, member: Member, referral_id: int, template_id: int) -> str:
    """Its newest words with what they name of the referral's petition. What is not known, and what the member may not
    see, stays in braces. Raises NotFound, also for a template of another agency or one that is retired."""
    usable = list_usable(office, member, referral_id)
    text = next((view.newest.text for view in usable if view.id == template_id), None)
    if text is None:
        raise NotFound(f"no template {template_id} for referral {referral_id}")
    with reading(office.sessions) as session:
        return fill_text(session, office, member, referral_id, text)


def fill_text(session: Session, office: Office, member: Member, referral_id: int, text: str) -> str:
    """The words with what they name of the referral's petition, as `fill_template`. Raises NotFound."""
    petition, referral = find_referral(session, member, referral_id)
    return fill(text, _values(session, office, member, petition, referral))


def _values(
    session: Session, office: Office, member: Member, petition: Petition, referral: Referral
) -> Mapping[str, str]:
    place = find_place(office, petition)
    return {
        Variable.FOLIO: petition.folio,
        Variable.PLACE: place.nombre if place else "",
        Variable.AGENCY: office.jurisdiction.name_agency(referral.agency),
        Variable.DUE: str(written(petition.due_on)),
        Variable.NAME: _name(session, member, petition),
    }


def _name(session: Session, member: Member, petition: Petition) -> str:
    """As on the petition's page: no agency learns it (`dossier`), nor whoever the writer is hidden from (`veil`)."""
    if member.is_agencys or veil_of(session, petition, member).hides_writer:
        return ""
    return session.get_one(Citizen, petition.citizen_id).name or ""


def _own(session: Session, member: Member, template_id: int) -> AnswerTemplate:
    """Locked, so that two changes of one template get two numbers."""
    wanted = select(AnswerTemplate).where(AnswerTemplate.id == template_id, AnswerTemplate.agency == member.agency)
    row = session.scalars(wanted.with_for_update()).first()
    if row is None:
        raise NotFound(f"no template {template_id} of {member.agency}")
    return row


def _number(session: Session, row: AnswerTemplate) -> int:
    """Of its newest version; 0 for one that is just being made."""
    own = select(AnswerTemplateVersion.number).where(AnswerTemplateVersion.template_id == row.id)
    return session.scalar(own.order_by(AnswerTemplateVersion.number.desc()).limit(1)) or 0


def _version(row: AnswerTemplateVersion, author: str) -> Version:
    return Version(row.number, row.title, row.text, author, row.saved_at)
