"""What staff do with a petition: decide where it goes, accept, return, answer. Each is one transaction.

Called by the admin. The conversation's row is locked first, as the worker does, so that staff and citizen never
overwrite each other; a stale page is refused by the row's version.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.events import Accepted, Answered, Guided, Referred
from bot.messages import ChannelName
from intake.accounts.staff import Member, Role
from intake.acting import DECIDERS, acting, actor_of, require, tell
from intake.answers.approvals import overtake
from intake.answers.blanks import find_blanks
from intake.answers.evidence import drop_unsent, give_to_answer
from intake.answers.paper_links import last_day, paper_link
from intake.database import reading
from intake.errors import FormRefused, MoveRefused, NotFound, Stale
from intake.notices.mailing import mail_created, mail_returned
from intake.office import Office
from intake.outgoing.notified import key_of
from intake.petitions.case import list_matters, move, move_if_allowed, note
from intake.petitions.states import NEEDS_TRIAGE, OPEN_REFERRALS, Status
from intake.systems.announcing import Kind, announce
from intake.tables.answers import Answer, AnswerDraft
from intake.tables.mind import Decision
from intake.tables.petitions import Matter, Petition, Referral
from intake.thinking.effects import Moment
from intake.thinking.suggestions import find_suggestion, settle_sensitivity
from intake.triage.informing import send_copies
from intake.triage.joining import beside, tell_followers
from intake.triage.lists import has_left


@dataclass(frozen=True)
class Choice:
    """An officer's decision on one matter. `version`: the petition's, as the page showed it. `suggestion_id`: of what
    is followed; Stale when there is a newer one."""

    matter_id: int
    agency: str
    version: int
    reason: str | None = None
    suggestion_id: int | None = None


def decide(
    office: Office,
    member: Member,
    folio: str,
    choice: Choice,
    *,
    hold: timedelta = timedelta(0),
    is_machine: bool = False,
) -> int:
    """Confirm or correct the suggestion and issue the referral. Returns its id. Commits. `hold`: how long the citizen's
    notice waits, so that the decision can be taken back (`undoing`). `is_machine`: by a promise (`promises`).

    Raises NotAllowed, NotFound, Stale (somebody decided first), MoveRefused (not in triage any more).
    """
    require(member, DECIDERS)
    agency = office.jurisdiction.get_agency(choice.agency)
    if not agency.is_open:
        raise MoveRefused(f"{agency.key} is closed: it takes no petitions")
    with acting(office, folio, choice.version) as (moment, petition):
        matter = _matter(moment.session, petition, choice.matter_id)
        if Status(matter.status) not in NEEDS_TRIAGE:
            raise MoveRefused(f"{matter.status}: the matter is with an agency already")
        decision = _record_decision(moment, member, matter, choice)
        decision.is_machine = is_machine
        if is_machine:
            note(moment.session, petition, moment.now, "machine", "canalized_alone", {"agency": agency.key})
        matter.agency = agency.key
        settle_sensitivity(office, petition, matter, agency.key)
        if is_machine and petition.is_sensitive:
            raise MoveRefused(f"{folio} is reserved: a person sends it")
        if Status(matter.status) != Status.CLASIFICADA:
            move(
                moment.session,
                petition,
                [matter],
                Status.CLASIFICADA,
                moment.now,
                actor_of(member),
                agency=agency.key,
                rank=decision.rank,
            )
        referral = _issue(moment, member, matter, agency.key, is_outside=agency.is_outside)
        referral.leaves_at = moment.now + hold if hold else None
        announce(moment.session, Kind.CREATED, petition, referral, moment.now)
        mail_created(moment.session, office, petition, referral, moment.now)
        send_copies(moment, member, petition, referral)
        then = Status.REMITIDA if agency.is_outside else Status.TURNADA
        move(
            moment.session,
            petition,
            [matter],
            then,
            moment.now,
            actor_of(member),
            referral=referral.id,
            agency=agency.key,
        )
        told = Referred(folio, agency.name, petition.due_on, agency.is_outside, petition.is_sensitive)
        tell(moment, told, key_of_issue(referral.id), after=hold)
        return referral.id


def key_of_issue(referral_id: int) -> str:
    """What the keys of the notice begin with that tells of a referral."""
    return f"referral-{referral_id}-issued"


def guide(office: Office, member: Member, folio: str, text: str, version: int) -> None:
    """Answer without referral: orientation, ends in ORIENTADA. Commits."""
    require(member, DECIDERS)
    with reading(office.sessions) as session:
        followers = beside(session, folio)
    with acting(office, folio, version, beside=followers) as (moment, petition):
        matters = [m for m in list_matters(petition) if Status(m.status) in NEEDS_TRIAGE]
        if not matters:
            raise MoveRefused("nothing is in triage")
        move(moment.session, petition, matters, Status.ORIENTADA, moment.now, actor_of(member))
        petition.closing_reason = "orientación"
        told, key = Guided(folio, text, petition.is_sensitive), f"petition-{petition.id}-guided-{petition.version}"
        tell(moment, told, key)
        tell_followers(moment, petition, told, key)


def dismiss(office: Office, member: Member, folio: str, version: int) -> None:
    """Not a petition after all (test, advertising). The citizen is told nothing. Commits."""
    require(member, DECIDERS)
    with acting(office, folio, version) as (moment, petition):
        if not move_if_allowed(moment.session, petition, [Status.NO_PETICION], moment.now, actor_of(member)):
            raise MoveRefused(f"{petition.status} → NO_PETICION")
        petition.closing_reason = "no es petición"


def accept(office: Office, member: Member, referral_id: int) -> None:
    """The agency takes the matter. Commits. Raises NotFound for another agency's referral."""
    with acting_on_referral(office, member, referral_id, ("issued",)) as (moment, petition, referral):
        referral.state, referral.accepted_at = "accepted", moment.now
        matter = moment.session.get_one(Matter, referral.matter_id)
        move(moment.session, petition, [matter], Status.ACEPTADA, moment.now, actor_of(member), referral=referral.id)
        agency = office.jurisdiction.get_agency(referral.agency)
        tell(moment, Accepted(petition.folio, agency.name, petition.is_sensitive), f"referral-{referral.id}-accepted")


def give_back(office: Office, member: Member, referral_id: int, reason: str, agency: str | None = None) -> None:
    """The agency returns the matter to triage with its reason; `agency`: whose it is by its liaison. Commits.

    Raises NotFound (also for an agency that there is not), Stale, MoveRefused for the agency itself.
    """
    proposed = office.jurisdiction.get_agency(agency).key if agency else None
    with acting_on_referral(office, member, referral_id, OPEN_REFERRALS) as (moment, petition, referral):
        if proposed == referral.agency:
            raise MoveRefused("an agency gives nothing back to itself")
        referral.state, referral.returned_at = "returned", moment.now
        referral.return_reason, referral.return_agency = reason, proposed
        announce(moment.session, Kind.RETURNED, petition, referral, moment.now)
        mail_returned(moment.session, office, petition, referral, moment.now, member.id)
        drop_drafts(moment.session, referral)
        matter = moment.session.get_one(Matter, referral.matter_id)
        move(moment.session, petition, [matter], Status.DEVUELTA, moment.now, actor_of(member), referral=referral.id)
        if proposed:
            note(moment.session, petition, moment.now, actor_of(member), "agency_proposed", {"agency": proposed})


def answer(office: Office, member: Member, referral_id: int, text: str) -> int:
    """The agency's written answer with the files of the member's draft, queued at once to the citizen and to those
    whose petitions joined this one.

    Returns the answer's id. Commits. Raises NotFound, Stale, FormRefused: a blank of a template is not filled.
    """
    if find_blanks(text):
        raise FormRefused("blank")
    with acting_on_referral(office, member, referral_id, OPEN_REFERRALS) as (moment, petition, referral):
        return send_answer(moment, petition, referral, member, text)


def send_answer(moment: Moment, petition: Petition, referral: Referral, author: Member, text: str) -> int:
    """The one way in which an answer leaves; its id. Does not commit."""
    row = Answer(referral_id=referral.id, staff_id=author.id, text=text, created_at=moment.now)
    moment.session.add(row)
    moment.session.flush()
    files = give_to_answer(moment.session, row)
    referral.state, referral.answered_at = "answered", moment.now
    announce(moment.session, Kind.ANSWERED, petition, referral, moment.now)
    matter = moment.session.get_one(Matter, referral.matter_id)
    drop_drafts(moment.session, referral)
    move(moment.session, petition, [matter], Status.RESPONDIDA, moment.now, actor_of(author), answer=row.id)
    agency = moment.office.jurisdiction.get_agency(referral.agency)
    told = Answered(petition.folio, agency.name, text, petition.is_sensitive, files)
    tell(moment, _with_paper(moment, told, row.id), key_of(row.id))
    tell_followers(moment, petition, told, key_of(row.id))
    return row.id


def _with_paper(moment: Moment, told: Answered, answer_id: int) -> Answered:
    """Its own citizen's alone: it tells what they asked. Who has no chat gets it printed."""
    if moment.conversation.channel == ChannelName.DESK:
        return told
    return replace(told, paper=paper_link(moment.office, answer_id), paper_until=last_day(moment.office))


def drop_drafts(session: Session, referral: Referral) -> None:
    """What was being written, or waited for the head, for a referral that has just ended. Its change goes to the
    database first: whoever saves a draft at this moment waits for it, and finds the referral closed. Does not
    commit."""
    session.flush()
    session.execute(delete(AnswerDraft).where(AnswerDraft.referral_id == referral.id))
    drop_unsent(session, referral.id)
    overtake(session, referral.id)


def note_read(office: Office, member: Member, folio: str) -> None:
    """A sensitive petition was opened by a person: every reading is noted (facts/domain §2.4). Commits."""
    with acting(office, folio, only_notes=True) as (moment, petition):
        note(moment.session, petition, moment.now, actor_of(member), "read", {})


@contextmanager
def acting_on_referral(
    office: Office, member: Member, referral_id: int, states: tuple[str, ...]
) -> Iterator[tuple[Moment, Petition, Referral]]:
    """One transaction on a referral in one of `states`; commits. Raises NotFound for another agency's, Stale."""
    with reading(office.sessions) as session:
        folio = _referral_folio(session, member, referral_id)
        followers = beside(session, folio)
    with acting(office, folio, beside=followers) as (moment, petition):
        referral = moment.session.get_one(Referral, referral_id)
        if referral.state not in states:
            raise Stale(f"the referral is {referral.state} already")
        yield moment, petition, referral


def _referral_folio(session: Session, member: Member, referral_id: int) -> str:
    """A liaison reaches only the own agency's referrals; of others they learn nothing, not even that they exist."""
    wanted = (
        select(Petition.folio, Referral.agency, has_left().label("has_left"))
        .join(Matter, Matter.petition_id == Petition.id)
        .join(Referral, Referral.matter_id == Matter.id)
        .where(Referral.id == referral_id)
    )
    found = session.execute(wanted).first()
    is_own = found is not None and found.has_left and member.role == Role.LIAISON and member.agency == found.agency
    if found is None or not (is_own or member.role in DECIDERS):
        raise NotFound(f"no referral {referral_id}")
    return str(found.folio)


def _record_decision(moment: Moment, member: Member, matter: Matter, choice: Choice) -> Decision:
    suggestion = find_suggestion(moment.session, matter.id)
    if choice.suggestion_id and (suggestion is None or suggestion.id != choice.suggestion_id):
        raise Stale("the matter was read anew meanwhile")
    ranked = [item["agency"] for item in suggestion.ranking] if suggestion else []
    decision = Decision(
        matter_id=matter.id,
        suggestion_id=suggestion.id if suggestion else None,
        staff_id=member.id,
        agency=choice.agency,
        rank=ranked.index(choice.agency) + 1 if choice.agency in ranked else None,
        reason=choice.reason,
        decided_at=moment.now,
    )
    moment.session.add(decision)
    return decision


def _issue(moment: Moment, member: Member, matter: Matter, agency: str, *, is_outside: bool) -> Referral:
    referral = Referral(
        matter_id=matter.id,
        agency=agency,
        kind="remision" if is_outside else "canalizacion",
        state="issued",
        issued_at=moment.now,
        issued_by=member.id,
    )
    moment.session.add(referral)
    moment.session.flush()
    return referral


def _matter(session: Session, petition: Petition, matter_id: int) -> Matter:
    matter = session.get(Matter, matter_id)
    if matter is None or matter.petition_id != petition.id:
        raise NotFound(f"no matter {matter_id} in {petition.folio}")
    return matter
