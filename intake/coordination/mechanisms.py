"""Mechanisms and agreements of coordination: proposed, approved, signed, each with its day. Each act commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS, require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.errors import FormRefused, NotFound
from intake.office import Office
from intake.tables.coordination import Mechanism

NAME_MAX, OTHERS_MAX = 200, 300  # the columns' lengths
SHOWN_AT_MOST = 300


class MechanismKind(StrEnum):
    MECHANISM = "mechanism"
    AGREEMENT = "agreement"


@dataclass(frozen=True)
class NewMechanism:
    """`others`: parties that are in no catalogue."""

    kind: MechanismKind
    name: str
    proposed_on: date | None
    agencies: Sequence[str] = ()
    others: str = ""


def propose(office: Office, member: Member, new: NewMechanism) -> int:
    """Raises NotAllowed, NotFound, FormRefused: no_name, no_day, no_party."""
    require(member, DECIDERS)
    agencies = [office.jurisdiction.get_agency(key).key for key in dict.fromkeys(new.agencies) if key]
    if not new.name:
        raise FormRefused("no_name")
    if new.proposed_on is None:
        raise FormRefused("no_day")
    if not agencies and not new.others:
        raise FormRefused("no_party")
    with office.sessions.begin() as session:
        row = Mechanism(
            kind=new.kind.value,
            name=new.name[:NAME_MAX],
            agencies=agencies,
            others=new.others[:OTHERS_MAX] or None,
            proposed_on=new.proposed_on,
            made_at=utc_now(),
            made_by=member.id,
        )
        session.add(row)
        session.flush()
        note_act(session, staff_of(member.id), Act.COORDINATION_CHANGED, {"mechanism": row.id, "did": "proposed"})
        return row.id


def set_days(
    office: Office, member: Member, mechanism_id: int, approved_on: date | None, signed_on: date | None
) -> None:
    """None takes a day back. Raises NotAllowed, NotFound, FormRefused: day_order, day_ahead."""
    require(member, DECIDERS)
    with office.sessions.begin() as session:
        row = session.get(Mechanism, mechanism_id, with_for_update=True)
        if row is None:
            raise NotFound(f"no mechanism {mechanism_id}")
        days = [day for day in (row.proposed_on, approved_on, signed_on) if day]
        if days != sorted(days):
            raise FormRefused("day_order")
        if max(days) > utc_now().astimezone(office.jurisdiction.zone).date():
            raise FormRefused("day_ahead")
        row.approved_on, row.signed_on = approved_on, signed_on
        told = {
            "mechanism": mechanism_id,
            "did": "days",
            "approved_on": approved_on.isoformat() if approved_on else None,
            "signed_on": signed_on.isoformat() if signed_on else None,
        }
        note_act(session, staff_of(member.id), Act.COORDINATION_CHANGED, told)


def list_mechanisms(session: Session) -> Sequence[Mechanism]:
    return session.scalars(
        select(Mechanism).order_by(Mechanism.proposed_on.desc(), Mechanism.id.desc()).limit(SHOWN_AT_MOST)
    ).all()
