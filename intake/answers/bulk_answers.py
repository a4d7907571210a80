"""One answer to many petitions of an incident: written once, sent to each citizen by the code of a single answer.

Called by the admin. Each petition is one transaction, in which its outcome is noted too: whoever sends again, or goes
on after an interruption, sends nothing twice and leaves nothing out.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake.accounts.staff import ANSWERERS, Member
from intake.acting import actor_of, require
from intake.answers.approvals import find_waiting
from intake.answers.approving import goes_to_head, put_up
from intake.answers.blanks import find_blanks
from intake.answers.bulk_members import gather
from intake.answers.drafts import keep_now
from intake.answers.templates import fill_text
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused, IntakeError, NotFound, Stale
from intake.office import Office
from intake.petitions.case import note
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.bulk import BulkAnswer, BulkMember
from intake.tables.petitions import Matter, Petition, Referral
from intake.triage.referrals import acting_on_referral, send_answer

BATCH = 20  # petitions a request: each takes some 30 ms, and nobody waits long for a page


class Outcome(StrEnum):
    SENT = "sent"
    PUT_UP = "put_up"  # it waits for the agency's head
    CLOSED = "closed"  # somebody answered it or gave it back meanwhile
    WAITS = "waits"  # another answer is at the head already
    BLANK = "blank"  # a blank of the text is not known of it any more
    REFUSED = "refused"  # the petition may not be moved so any more


@dataclass(frozen=True)
class Wish:
    """`key`: drawn with the form. `referral_ids`: those that were left ticked."""

    key: str
    agency: str
    text: str
    referral_ids: tuple[int, ...]


@dataclass(frozen=True)
class Progress:
    """`left_out`: folios that got nothing, with what became of them. `is_own`: the member may go on with it."""

    id: int
    incident_id: int
    agency: str
    text: str
    begun_at: datetime
    total: int
    counts: Mapping[str, int]
    left_out: tuple[tuple[str, str], ...]
    is_own: bool

    @property
    def done(self) -> int:
        return sum(self.counts.values())

    @property
    def is_over(self) -> bool:
        return self.done == self.total


def begin(office: Office, member: Member, incident_id: int, wish: Wish) -> int:
    """What is to be sent, kept whole before the first leaves; its id, the same one for the same key. Commits.

    Raises NotAllowed, NotFound, FormRefused: nobody (none is ticked), blank (`find_unfilled`).
    """
    require(member, ANSWERERS)
    open_ones = {one.referral_id for one in gather(office, member, incident_id, wish.agency).candidates}
    if (known := _find(office, member, wish.key)) is not None:
        return known
    chosen = sorted(open_ones & set(wish.referral_ids))
    if not chosen:
        raise FormRefused("nobody")
    if find_unfilled(office, member, wish.text, chosen):
        raise FormRefused("blank")
    try:
        return _keep(office, member, incident_id, wish, chosen)
    except IntegrityError:  # the same form, twice at the same moment
        if (known := _find(office, member, wish.key)) is None:
            raise
        return known


def find_unfilled(office: Office, member: Member, text: str, referral_ids: Sequence[int]) -> tuple[str, ...]:
    """Blanks that are not known of each of them."""
    if not find_blanks(text):
        return ()
    with reading(office.sessions) as session:
        texts = [fill_text(session, office, member, number, text) for number in referral_ids]
    return tuple(dict.fromkeys(blank for filled in texts for blank in find_blanks(filled)))


def fill_one(office: Office, member: Member, referral_id: int, text: str) -> str:
    """As that petition's citizen gets it. Raises NotFound."""
    with reading(office.sessions) as session:
        return fill_text(session, office, member, referral_id, text)


def send_next(office: Office, member: Member, bulk_id: int, *, at_most: int = BATCH) -> Progress:
    """The next ones leave, oldest petition first. Commits one by one. Raises NotFound for another's."""
    with reading(office.sessions) as session:
        bulk = _own(session, member, bulk_id)
        pending = select(BulkMember.referral_id).where(BulkMember.bulk_id == bulk_id, BulkMember.outcome.is_(None))
        numbers = session.scalars(pending.order_by(BulkMember.referral_id).limit(at_most)).all()
    for number in numbers:
        try:
            _settle(office, member, bulk, number)
        except (Stale, NotFound):
            _leave_out(office, member, bulk_id, number)
        except IntakeError:
            _leave_out(office, member, bulk_id, number, Outcome.REFUSED)
    progress = show_progress(office, member, bulk_id)
    if progress.is_over:
        with office.sessions.begin() as session:
            ended = update(BulkAnswer).where(BulkAnswer.id == bulk_id, BulkAnswer.ended_at.is_(None))
            session.execute(ended.values(ended_at=utc_now()))
    return progress


def show_progress(office: Office, member: Member, bulk_id: int) -> Progress:
    """Raises NotFound for another agency's."""
    with reading(office.sessions) as session:
        bulk = session.get(BulkAnswer, bulk_id)
        if bulk is None or (member.is_agencys and bulk.agency != member.agency):
            raise NotFound(f"no bulk answer {bulk_id}")
        wanted = (
            select(Petition.folio, BulkMember.outcome)
            .join(Matter, Matter.petition_id == Petition.id)
            .join(Referral, Referral.matter_id == Matter.id)
            .join(BulkMember, BulkMember.referral_id == Referral.id)
            .where(BulkMember.bulk_id == bulk_id)
            .order_by(Petition.id)
        )
        rows = [(folio, outcome) for folio, outcome in session.execute(wanted)]
    lost = tuple((folio, outcome) for folio, outcome in rows if outcome not in (None, Outcome.SENT, Outcome.PUT_UP))
    return Progress(
        bulk.id,
        bulk.incident_id,
        bulk.agency,
        bulk.text,
        bulk.begun_at,
        len(rows),
        Counter(outcome for _, outcome in rows if outcome is not None),
        lost,
        is_own=bulk.staff_id == member.id,
    )


def find_unfinished(office: Office, member: Member, incident_id: int) -> int | None:
    """The member's own answer to that incident that was interrupted."""
    own = BulkAnswer.incident_id == incident_id, BulkAnswer.staff_id == member.id, BulkAnswer.ended_at.is_(None)
    with reading(office.sessions) as session:
        return session.scalar(select(BulkAnswer.id).where(*own).order_by(BulkAnswer.id.desc()).limit(1))


def _settle(office: Office, member: Member, bulk: BulkAnswer, referral_id: int) -> None:
    """Raises Stale, NotFound as `acting_on_referral`."""
    is_to_head = goes_to_head(office, member, bulk.agency)
    with reading(office.sessions) as session:
        text = fill_text(session, office, member, referral_id, bulk.text)
        outcome = _obstacle(session, referral_id, text, is_to_head=is_to_head)
    if is_to_head and outcome is None:
        keep_now(office, member, referral_id, text)  # for the case that it comes back
    with acting_on_referral(office, member, referral_id, OPEN_REFERRALS) as (moment, petition, referral):
        key = bulk.id, referral_id
        row = moment.session.get_one(BulkMember, key, with_for_update=True, populate_existing=True)
        if row.outcome is not None:
            return
        if outcome is None:
            if is_to_head:
                put_up(moment, petition, referral, member, text)
            else:
                send_answer(moment, petition, referral, member, text)
            outcome = Outcome.PUT_UP if is_to_head else Outcome.SENT
            data = {"bulk": bulk.id, "incident": bulk.incident_id}
            note(moment.session, petition, moment.now, actor_of(member), "bulk_answered", data)
        row.outcome, row.settled_at = outcome.value, moment.now


def _obstacle(session: Session, referral_id: int, text: str, *, is_to_head: bool) -> Outcome | None:
    if find_blanks(text):
        return Outcome.BLANK
    return Outcome.WAITS if is_to_head and find_waiting(session, referral_id) else None


def _leave_out(
    office: Office, member: Member, bulk_id: int, referral_id: int, outcome: Outcome = Outcome.CLOSED
) -> None:
    """Unless it was only changed at the same moment: then its turn comes again."""
    with office.sessions.begin() as session:
        referral = session.get_one(Referral, referral_id)
        is_theirs = not member.is_agencys or referral.agency == member.agency
        if outcome == Outcome.CLOSED and referral.state in OPEN_REFERRALS and is_theirs:
            return
        pending = BulkMember.bulk_id == bulk_id, BulkMember.referral_id == referral_id, BulkMember.outcome.is_(None)
        session.execute(update(BulkMember).where(*pending).values(outcome=outcome.value, settled_at=utc_now()))


def _keep(office: Office, member: Member, incident_id: int, wish: Wish, chosen: Sequence[int]) -> int:
    with office.sessions.begin() as session:
        row = BulkAnswer(
            key=wish.key,
            incident_id=incident_id,
            agency=session.get_one(Referral, chosen[0]).agency,
            staff_id=member.id,
            text=wish.text,
            begun_at=utc_now(),
        )
        session.add(row)
        session.flush()
        session.add_all(BulkMember(bulk_id=row.id, referral_id=number) for number in chosen)
        return row.id


def _find(office: Office, member: Member, key: str) -> int | None:
    own = BulkAnswer.key == key, BulkAnswer.staff_id == member.id
    with reading(office.sessions) as session:
        return session.scalar(select(BulkAnswer.id).where(*own))


def _own(session: Session, member: Member, bulk_id: int) -> BulkAnswer:
    bulk = session.get(BulkAnswer, bulk_id)
    if bulk is None or bulk.staff_id != member.id:
        raise NotFound(f"no bulk answer {bulk_id} of {member.id}")
    return bulk
