"""Invented visits to the window with a question that waits and one that was answered, and answers that wait for a head.
Called by `seed`."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from intake.accounts.staff import Member
from intake.answers.approving import answer_or_put_up, set_wish
from intake.clock import at, utc_now
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.petitions import Matter, Petition, Referral
from intake.triage.asking import ask
from intake.triage.capturing import CameBy, Statement, capture
from intake.triage.hearing import Heard, HeardBy, write_down
from intake.triage.referrals import Choice, accept, decide

WAITING = 3
TURNED, ASKED, ANSWERED = timedelta(hours=2), timedelta(hours=5), timedelta(hours=26)


def fill_desk(office: Office, members: Mapping[str, Member], values: Mapping[str, Any]) -> None:
    """After the petitions: the head's answers are of referrals that are open then."""
    for number, visit in enumerate(values["desk"]):
        _visit(office, members, visit, f"{number:032x}")
    _put_up(office, members, values["approves"], values["answers"]["obra"])


def _visit(office: Office, members: Mapping[str, Member], visit: Mapping[str, Any], key: str) -> None:
    officer, came = members["oficial"], utc_now() - timedelta(days=visit["days"])
    liaison = members[f"enlace-{visit['agency'].lower()}"]
    with at(came):
        said = Statement(CameBy.WINDOW, came, visit["text"], town=visit["town"], name=visit["name"])
        folio = capture(office, officer, said, key)
    with at(came + TURNED):
        with office.sessions() as session:
            petition = get_petition(session, folio)
            choice = Choice(list_matters(petition)[0].id, visit["agency"], petition.version)
        referral = decide(office, officer, folio, choice)
    with at(came + ASKED):
        accept(office, liaison, referral)
        ask(office, liaison, referral, visit["question"])
    if "heard" in visit:
        now = came + ANSWERED
        with at(now):
            write_down(office, officer, referral, Heard(HeardBy.PHONE, now, visit["heard"]), f"heard-{key}"[:32])


def _put_up(office: Office, members: Mapping[str, Member], agency: str, answers: Sequence[str]) -> None:
    set_wish(office, members["administra"], agency, wants=True)
    open_ones = (
        select(Referral.id)
        .join(Matter, Matter.id == Referral.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
        .where(Referral.agency == agency, Referral.state.in_(OPEN_REFERRALS), Petition.is_sensitive.is_(False))
        .where(Petition.is_blocked.is_(False), Referral.datum.is_(None))
        .order_by(Petition.opened_at.desc(), Referral.id)
        .limit(WAITING)
    )
    with office.sessions() as session:
        ids = session.scalars(open_ones).all()
    for referral, text in zip(ids, answers, strict=False):
        answer_or_put_up(office, members[f"enlace-{agency.lower()}"], referral, text)
