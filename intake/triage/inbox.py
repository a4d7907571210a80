"""An agency's inbox: its referrals by what is due first. Read only; for the admin."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.office import Office
from intake.petitions.inquiries import CAME
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.petitions import Matter, Petition, Referral
from intake.terms.expiring import Term, step_term
from intake.terms.steps import Step
from intake.thinking.facts import place_name
from intake.triage.lists import PAGE, Page, Wish, has_left, words_of
from intake.triage.marks import days_left_of, flags_of
from intake.triage.walking import EPOCH, age_of

INBOXES: dict[str, tuple[str, ...]] = {
    "open": OPEN_REFERRALS,
    "came": OPEN_REFERRALS,
    "issued": ("issued",),
    "accepted": ("accepted",),
    "answered": ("answered",),
    "returned": ("returned",),
}


@dataclass(frozen=True)
class InboxRow:
    key: str
    referral_id: int
    folio: str
    state: str
    issued_at: datetime
    due_on: date
    days_left: int
    place: str | None
    words: str | None
    flags: tuple[str, ...]
    datum: str | None
    step: Step | None
    own: Term | None


def list_inbox(session: Session, office: Office, member: Member, wish: Wish) -> Page[InboxRow]:
    """A page of the member's own agency's referrals: what is due first stands first; of what is done, the newest."""
    states = INBOXES.get(wish.queue, INBOXES["open"])
    is_open = set(states) <= set(OPEN_REFERRALS)
    wanted = (
        select(Referral, Petition, Matter.text)
        .join(Matter, Matter.id == Referral.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
        .where(Referral.agency == member.agency, Referral.state.in_(states), has_left())
        .limit(PAGE + 1)
    )
    if wish.queue == "came":
        wanted = wanted.where(Referral.datum == CAME)
    if is_open:
        wanted = wanted.where(*_after_due(wish.after)).order_by(Petition.due_on, Referral.id)
    else:  # what is done grows for ever: along the index, no farther than the page
        wanted = wanted.where(*_before_issue(wish.after)).order_by(Referral.issued_at.desc(), Referral.id.desc())
    found = session.execute(wanted).all()
    rows = [_inbox_row(office, referral, petition, text) for referral, petition, text in found[:PAGE]]
    return Page(tuple(rows), rows[-1].key if len(found) > PAGE else None)


def count_inbox(session: Session, member: Member) -> dict[str, int]:
    """Open referrals of the member's agency, by inbox. What is done is not counted: it is no work, and grows."""
    open_ones = select(Referral.state, Referral.datum, func.count())
    own = open_ones.where(Referral.agency == member.agency, Referral.state.in_(OPEN_REFERRALS), has_left())
    rows = session.execute(own.group_by(Referral.state, Referral.datum)).all()
    counts = {state: sum(count for found, _, count in rows if found == state) for state in OPEN_REFERRALS}
    return counts | {"open": sum(counts.values()), "came": sum(count for _, datum, count in rows if datum == CAME)}


def _inbox_key(referral: Referral, petition: Petition) -> str:
    place = petition.due_on.toordinal() if referral.state in OPEN_REFERRALS else age_of(referral.issued_at)
    return f"{place}.{referral.id}"


def _after_due(key: str) -> list[ColumnElement[bool]]:
    try:
        day, referral_id = (int(part) for part in key.split("."))
        due_on = date.fromordinal(day)
    except (ValueError, OverflowError):
        return []
    return [tuple_(Petition.due_on, Referral.id) > tuple_(due_on, min(referral_id, 2**63 - 1))]


def _before_issue(key: str) -> list[ColumnElement[bool]]:
    try:
        age, referral_id = (int(part) for part in key.split("."))
        issued_at = EPOCH + timedelta(microseconds=age)
    except (ValueError, OverflowError):
        return []
    return [tuple_(Referral.issued_at, Referral.id) < tuple_(issued_at, min(referral_id, 2**63 - 1))]


def _inbox_row(office: Office, referral: Referral, petition: Petition, text: str) -> InboxRow:
    step = {"issued": Step.ACCEPTANCE, "accepted": Step.ANSWER}.get(referral.state)
    since = referral.accepted_at or referral.issued_at
    return InboxRow(
        key=_inbox_key(referral, petition),
        referral_id=referral.id,
        folio=petition.folio,
        state=referral.state,
        issued_at=referral.issued_at,
        due_on=petition.due_on,
        days_left=days_left_of(office, petition),
        place=place_name(office, petition),
        words=None if referral.state == "returned" else words_of(petition, text),
        flags=tuple(flag for flag in flags_of(petition) if flag not in ("returned", "reopened")),
        datum=referral.datum if referral.state in OPEN_REFERRALS else None,
        step=step,
        own=step_term(office, petition, step, since) if step else None,
    )
