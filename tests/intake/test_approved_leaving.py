"""What a head approved leaves once, on both databases, whichever process dies and however many look."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from canaliza.backlog import list_backlog
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.answers import leaving
from intake.answers.approving import answer_or_put_up, approve, set_wish
from intake.answers.leaving import send_approved
from intake.clock import at, utc_now
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.tables.answers import Answer, Approval
from intake.tables.outgoing import Reply
from intake.triage.referrals import Choice, decide
from intake.triage.undoing import UNDO_FOR
from intake.upkeep.metrics import render
from tests.carrier import dies_at
from tests.staff import PASSWORD
from tests.talk import Talk

TEXT = "La cuadrilla cambió la válvula de la calle Hidalgo el jueves; el agua volvió ese día."
AGENCY = "SOAPA"


@pytest.fixture
def approved(office: Office, talk: Talk) -> Office:
    """With an answer that its head approved a moment ago."""
    talk.says("no hay agua en la colonia Reforma desde hace ocho días")
    folio = talk.petitions()[-1].folio
    administrator = _member(office, "administra", Role.ADMINISTRATOR)
    officer = _member(office, "oficial", Role.OFFICER)
    liaison, head = (_member(office, role.value, role, AGENCY) for role in (Role.LIAISON, Role.HEAD))
    set_wish(office, administrator, AGENCY, wants=True)
    with office.sessions() as session:
        petition = get_petition(session, folio)
        choice = Choice(list_matters(petition)[0].id, AGENCY, petition.version)
    assert answer_or_put_up(office, liaison, decide(office, officer, folio, choice), TEXT)
    with office.sessions() as session:
        number = session.scalars(select(Approval.id)).one()
    approve(office, head, number)
    return office


def test_before_its_time_nothing_leaves(approved: Office) -> None:
    assert send_approved(approved, utc_now()) == 0
    assert _left(approved) == ([], 0)


def test_workers_that_look_at_once_let_it_leave_once(approved: Office) -> None:
    together = Barrier(3)

    def look() -> int:
        together.wait(30)
        return send_approved(approved, utc_now())

    with at(utc_now() + UNDO_FOR), ThreadPoolExecutor(3) as pool:
        looks = [pool.submit(copy_context().run, look) for _ in range(3)]
        assert sorted(one.result() for one in looks) == [0, 0, 1]
    assert _left(approved) == ([TEXT], 1)


@pytest.mark.parametrize(("point", "left_by_it"), [("office.written", 0), ("office.committed", 1)])
def test_a_worker_that_is_killed_on_its_way_leaves_all_or_nothing(
    approved: Office, point: str, left_by_it: int
) -> None:
    with approved.sessions.begin() as session:
        session.scalars(select(Approval)).one().leaves_at = utc_now() - UNDO_FOR
    dies_at(approved, "approved", point)
    assert _left(approved) == ([TEXT] * left_by_it, left_by_it)
    assert send_approved(approved, utc_now()) == 1 - left_by_it
    assert _left(approved) == ([TEXT], 1)


def test_one_that_does_not_leave_is_found_though_it_is_tried_again_each_minute(
    approved: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _is_found(approved) == (False, False)
    with monkeypatch.context() as broken:  # a fault of the program that nobody foresaw
        broken.setattr(leaving, "send_answer", None)
        for minutes in (1, 3, 5):
            with at(utc_now() + timedelta(minutes=minutes)):
                assert send_approved(approved, utc_now()) == 0
    with at(utc_now() + timedelta(minutes=5, seconds=30)):
        assert _is_found(approved) == (True, True)
    with at(utc_now() + timedelta(minutes=7)):
        assert send_approved(approved, utc_now()) == 1
        assert _is_found(approved) == (False, False)


def _is_found(office: Office) -> tuple[bool, bool]:
    """By `canaliza doctor`, by the alert's expression."""
    broken = [finding.part for finding in list_backlog(office) if finding.is_broken]
    age = re.search(r'waiting_seconds{table="approvals"} (\S+)', asyncio.run(render(office)).decode())
    assert age
    return "approved answers" in broken, float(age[1]) > 60


def _left(office: Office) -> tuple[list[str], int]:
    """The answers, and how many messages tell them."""
    with office.sessions() as session:
        told = session.scalars(select(Reply.id).where(Reply.purpose == "notice.answered")).all()
        return [*session.scalars(select(Answer.text))], len(told)


def _member(office: Office, name: str, role: Role, agency: str | None = None) -> Member:
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, NewAccount(name, name, role, PASSWORD, agency))
        return Member(row.id, name, row.name, role, agency, "")
