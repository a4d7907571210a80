"""Agreements: what a meeting agreed on, who answers for it, by which day, and how it ended. Each act commits.

An agency's own people see what it answers for and say with evidence that it is done; the office can open it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import ANSWERERS, Member
from intake.acting import DECIDERS, require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.errors import FormRefused, NotFound, Stale
from intake.meetings.kinds import AgreementState
from intake.meetings.planning import hold_held
from intake.office import Office
from intake.tables.meetings import Agreement, AgreementParty, MeetingItem

TEXT_MAX, PARTY_MAX, REASON_MAX = 4000, 200, 300
OTHERS_MAX = 5


@dataclass(frozen=True)
class NewAgreement:
    """`agencies`: keys; `others`: offices by their names, for who is in no catalogue."""

    text: str
    due_on: date | None
    agencies: Sequence[str] = ()
    others: Sequence[str] = ()
    item_id: int = 0


def agree(office: Office, member: Member, meeting_id: int, new: NewAgreement) -> int:
    """Its number. Raises NotAllowed, NotFound, Stale, FormRefused: not_held, no_text, no_due, early, no_party,
    many_parties."""
    require(member, DECIDERS)
    others = [name[:PARTY_MAX] for name in new.others if name]
    if len(others) > OTHERS_MAX:
        raise FormRefused("many_parties")
    agencies = [office.jurisdiction.get_agency(key).key for key in dict.fromkeys(new.agencies) if key]
    with office.sessions.begin() as session:
        meeting = hold_held(session, meeting_id)
        reached_on = (meeting.held_at or meeting.starts_at).astimezone(office.jurisdiction.zone).date()
        due_on = _check(new, reached_on, has_party=bool(agencies or others))
        if new.item_id:
            _require_item(session, meeting_id, new.item_id)
        row = Agreement(
            meeting_id=meeting_id,
            item_id=new.item_id or None,
            text=new.text[:TEXT_MAX],
            reached_on=reached_on,
            due_on=due_on,
            state=AgreementState.OPEN.value,
            made_at=utc_now(),
            made_by=member.id,
        )
        session.add(row)
        session.flush()
        session.add_all(AgreementParty(agreement_id=row.id, agency=key) for key in agencies)
        session.add_all(AgreementParty(agreement_id=row.id, name=name) for name in others)
        note_agreement(session, member, row.id, "made")
        return row.id


def fulfil(office: Office, member: Member, agreement_id: int, evidence: str) -> None:
    """Raises NotAllowed, NotFound (also for another agency's), Stale, FormRefused: no_evidence."""
    require(member, ANSWERERS)
    if not evidence:
        raise FormRefused("no_evidence")
    with office.sessions.begin() as session:
        row = _hold_open(session, member, agreement_id)
        row.state, row.evidence = AgreementState.FULFILLED.value, evidence[:TEXT_MAX]
        row.closed_at, row.closed_by = utc_now(), member.id
        note_agreement(session, member, agreement_id, "fulfilled")


def drop_agreement(office: Office, member: Member, agreement_id: int, reason: str) -> None:
    """It will not be done. Raises NotAllowed, NotFound, Stale, FormRefused: no_reason."""
    require(member, DECIDERS)
    if not reason:
        raise FormRefused("no_reason")
    with office.sessions.begin() as session:
        row = _hold_open(session, member, agreement_id)
        row.state, row.reason = AgreementState.DROPPED.value, reason[:REASON_MAX]
        row.closed_at, row.closed_by = utc_now(), member.id
        note_agreement(session, member, agreement_id, "dropped")


def reopen_agreement(office: Office, member: Member, agreement_id: int) -> None:
    """What was said to be its evidence stays to be read. Raises NotAllowed, NotFound, Stale when it is open."""
    require(member, DECIDERS)
    with office.sessions.begin() as session:
        row = session.get(Agreement, agreement_id, with_for_update=True)
        if row is None:
            raise NotFound(f"no agreement {agreement_id}")
        if row.state == AgreementState.OPEN:
            raise Stale(f"agreement {agreement_id} is open")
        row.state, row.closed_at, row.closed_by, row.reason = AgreementState.OPEN.value, None, None, None
        note_agreement(session, member, agreement_id, "reopened")


def move_due_day(office: Office, member: Member, agreement_id: int, due_on: date | None, reason: str) -> None:
    """The day before stays in the trail. Raises NotAllowed, NotFound, Stale, FormRefused: no_due, early, no_reason."""
    require(member, DECIDERS)
    if due_on is None:
        raise FormRefused("no_due")
    if not reason:
        raise FormRefused("no_reason")
    with office.sessions.begin() as session:
        row = _hold_open(session, member, agreement_id)
        if due_on < row.reached_on:
            raise FormRefused("early")
        told = {"was_due_on": row.due_on.isoformat(), "due_on": due_on.isoformat(), "reason": reason[:REASON_MAX]}
        row.due_on = due_on
        note_agreement(session, member, agreement_id, "moved", **told)


def get_agreement(session: Session, member: Member, agreement_id: int) -> Agreement:
    """Raises NotFound, also for one that is not the member's agency's."""
    row = session.get(Agreement, agreement_id)
    if row is None or not may_see(session, member, agreement_id):
        raise NotFound(f"no agreement {agreement_id}")
    return row


def may_see(session: Session, member: Member, agreement_id: int) -> bool:
    if not member.is_agencys:
        return True
    own = AgreementParty.agreement_id == agreement_id, AgreementParty.agency == member.agency
    return session.scalars(select(AgreementParty.id).where(*own)).first() is not None


def note_agreement(session: Session, member: Member, agreement_id: int, did: str, **more: str) -> None:
    note_act(session, staff_of(member.id), Act.AGREEMENT_CHANGED, {"agreement": agreement_id, "did": did, **more})


def _hold_open(session: Session, member: Member, agreement_id: int) -> Agreement:
    row = session.get(Agreement, agreement_id, with_for_update=True)
    if row is None or not may_see(session, member, agreement_id):
        raise NotFound(f"no agreement {agreement_id}")
    if row.state != AgreementState.OPEN:
        raise Stale(f"agreement {agreement_id} is closed")
    return row


def _check(new: NewAgreement, reached_on: date, *, has_party: bool) -> date:
    if not new.text:
        raise FormRefused("no_text")
    if new.due_on is None:
        raise FormRefused("no_due")
    if new.due_on < reached_on:
        raise FormRefused("early")
    if not has_party:
        raise FormRefused("no_party")
    return new.due_on


def _require_item(session: Session, meeting_id: int, item_id: int) -> None:
    row = session.get(MeetingItem, item_id)
    if row is None or row.meeting_id != meeting_id:
        raise NotFound(f"no point {item_id} in meeting {meeting_id}")
