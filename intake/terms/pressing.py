"""Open terms that press or are over, all of one scope: an agency's, or the office's. For digests and their notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member, Role
from intake.clock import utc_now
from intake.office import Office
from intake.petitions.states import Status
from intake.tables.carrying import Imported
from intake.tables.petitions import Matter, Petition, Referral
from intake.terms.expiring import IN_TRIAGE, STATES, UNANSWERED, Entry, Wish, list_expiring, statuses_in
from intake.terms.steps import Colour, Level, Step

PAGES_MAX = 40  # of 25: whoever has a thousand pressing terms needs no list of them
WHOLE = "whole"
WORST = (Colour.LATE, Colour.RED, Colour.YELLOW, Colour.GREEN)
AGENCYS = (Step.ACCEPTANCE, Step.ANSWER)  # to tell the citizen is the office's


@dataclass(frozen=True)
class Pressing:
    """`step`: one of `Step`, or WHOLE: of the petition's term. `referral_id` None: the office itself has it. `level`:
    whom it has gone up to; HOLDER: nobody above who has it."""

    folio: str
    referral_id: int | None
    step: str
    due_on: date
    colour: Colour
    level: Level


def list_pressing(session: Session, office: Office, agency: str | None) -> Sequence[Pressing]:
    """One for each thing, by the worse of its two terms; the worst first. `agency` None: the office's."""
    found = [worst_of(entry) for entry in _entries(session, office, agency)]
    return sorted(found, key=lambda one: (WORST.index(one.colour), one.due_on, one.folio))


def list_with_agencies(session: Session, office: Office, agency: str | None) -> Sequence[Pressing]:
    """Referrals that an agency has, or (None) any agency: one for each, by the worse of its two terms."""
    return [worst_of(entry) for entry in _with_agencies(session, office, agency)]


def list_late(session: Session, office: Office, agency: str | None) -> Sequence[Pressing]:
    """Terms of an agency's referrals that are over: of steps and of petitions, each by itself."""
    entries = _with_agencies(session, office, agency)
    both = [one for entry in entries for one in (_own(entry), _whole(entry)) if one]
    return [one for one in both if one.colour == Colour.LATE]


def count_open(session: Session, agency: str | None) -> int:
    """Everything with a term that runs: what is pressing, and what is not yet."""
    runs = Petition.paused_left.is_(None)
    open_referrals = [Referral.state.in_([STATES[step] for step in AGENCYS]), Petition.status.in_(UNANSWERED), *_left()]
    if agency:
        return _count_referrals(session, runs, Referral.agency == agency, *open_referrals)
    may_wait = Petition.status.in_(statuses_in(Step.NOTICE))
    waits = may_wait, Referral.state == STATES[Step.NOTICE], Matter.status == Status.RESPONDIDA.value
    triage = select(func.count()).select_from(Petition).where(runs, Petition.status.in_(IN_TRIAGE))
    referred = _count_referrals(session, runs, *open_referrals) + _count_referrals(session, runs, *waits)
    return referred + (session.scalar(triage) or 0)


def worst_of(entry: Entry) -> Pressing:
    own, whole = _own(entry), _whole(entry)
    return own if own and WORST.index(own.colour) <= WORST.index(whole.colour) else whole


def _with_agencies(session: Session, office: Office, agency: str | None) -> Sequence[Entry]:
    return [entry for step in AGENCYS for entry in _entries(session, office, agency, step)]


def _entries(session: Session, office: Office, agency: str | None, step: Step | None = None) -> Sequence[Entry]:
    asker = Member(0, "", "", Role.LIAISON if agency else Role.OFFICER, agency, "")
    entries: list[Entry] = []
    after: str | None = ""
    for _ in range(PAGES_MAX):
        page, after = list_expiring(session, office, asker, Wish(step, after=after or ""))
        entries += page
        if not after:
            break
    old = _imported(session, [entry.folio for entry in entries])
    return [e for e in entries if e.folio not in old and (not agency or e.step in AGENCYS)]


def _imported(session: Session, folios: Sequence[str]) -> frozenset[str]:
    """Of an older register: they stand in «Vencimientos», nobody is written to for them."""
    wanted = select(Petition.folio).join(Imported, Imported.petition_id == Petition.id)
    return frozenset(session.scalars(wanted.where(Petition.folio.in_(folios)))) if folios else frozenset()


def _own(entry: Entry) -> Pressing | None:
    own = entry.own
    if own is None:
        return None
    return Pressing(entry.folio, entry.referral_id, entry.step.value, own.due_on, own.colour, _level(entry))


def _whole(entry: Entry) -> Pressing:
    whole = entry.whole
    return Pressing(entry.folio, entry.referral_id, WHOLE, whole.due_on, whole.colour, _level(entry))


def _level(entry: Entry) -> Level:
    return entry.level if entry.step in AGENCYS else Level.HOLDER


def _left() -> Sequence[ColumnElement[bool]]:
    return [or_(Referral.leaves_at.is_(None), Referral.leaves_at <= utc_now())]


def _count_referrals(session: Session, *which: ColumnElement[bool]) -> int:
    rows = select(func.count()).select_from(Referral).join(Matter, Matter.id == Referral.matter_id)
    return session.scalar(rows.join(Petition, Petition.id == Matter.petition_id).where(*which)) or 0
