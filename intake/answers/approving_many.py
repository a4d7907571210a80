"""A head approves several answers with one word, and takes it back with one: each as if it were approved alone, and
what became of each is told. What is reserved is not among them: it is read on its own page, where that is noted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from intake.accounts.staff import Member
from intake.acting import require
from intake.answers.approving import HEADS, SHOWN_AT_MOST, WaitingAnswer, approve, list_waiting, undo_approval
from intake.database import reading
from intake.errors import IntakeError
from intake.office import Office
from intake.tables.answers import Approval
from intake.tables.petitions import Matter, Petition, Referral

AT_ONCE = SHOWN_AT_MOST


@dataclass(frozen=True)
class Outcome:
    """`is_done` False: it was decided meanwhile, it has left, the referral ended, or it is to be read alone first."""

    approval_id: int
    folio: str
    is_done: bool


def list_chosen(office: Office, head: Member, approval_ids: Sequence[int]) -> Sequence[WaitingAnswer]:
    """Those of them that wait and can be read in a list, as it orders them."""
    wanted = set(approval_ids)
    return [one for one in list_waiting(office, head) if one.approval.id in wanted and one.words is not None]


def approve_many(office: Office, head: Member, approval_ids: Sequence[int]) -> Sequence[Outcome]:
    """In the order given; commits each by itself, so that one that fails holds up no other. Raises NotAllowed."""
    require(head, HEADS)
    ids = list(dict.fromkeys(approval_ids))[:AT_ONCE]
    can_leave = {one.approval.id for one in list_chosen(office, head, ids)}
    folios = _folios(office, head, ids)
    done = {one: one in can_leave and _does(approve, office, head, one) for one in ids if one in folios}
    return [Outcome(one, folios[one], is_done) for one, is_done in done.items()]


def undo_many(office: Office, head: Member, approval_ids: Sequence[int]) -> Sequence[Outcome]:
    """As `approve_many`."""
    require(head, HEADS)
    ids = list(dict.fromkeys(approval_ids))[:AT_ONCE]
    folios = _folios(office, head, ids)
    return [Outcome(one, folios[one], _does(undo_approval, office, head, one)) for one in ids if one in folios]


def _does(act: Callable[[Office, Member, int], str], office: Office, head: Member, approval_id: int) -> bool:
    try:
        act(office, head, approval_id)
    except IntakeError:  # decided by another hand a moment ago, or blocked: that one stays, the next goes
        return False
    return True


def _folios(office: Office, head: Member, ids: Sequence[int]) -> dict[int, str]:
    """Of the head's own agency alone."""
    joined = select(Approval.id, Petition.folio).join(Referral, Referral.id == Approval.referral_id)
    own = joined.join(Matter, Matter.id == Referral.matter_id).join(Petition, Petition.id == Matter.petition_id)
    with reading(office.sessions) as session:
        rows = session.execute(own.where(Approval.id.in_(ids), Referral.agency == head.agency))
        return {row[0]: row[1] for row in rows}
