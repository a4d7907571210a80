"""«Deshacer»: for ten seconds a decision is only the officer's; taken back, nobody was told of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.clock import at, utc_now
from intake.mind.decided import newest_decisions
from intake.office import Office
from intake.petitions.case import get_petition
from intake.petitions.states import Status
from intake.tables.mind import Decision
from intake.tables.outgoing import Reply
from intake.tables.petitions import Referral
from intake.triage.undoing import UNDO_FOR
from tests.admin.conftest import Case, case_of, says
from tests.staff import Browser
from tests.talk import Talk


@pytest.fixture
def officer(browser: Callable[[str], Browser]) -> Browser:
    return browser("oficial")


def _decides(office: Office, officer: Browser, case: Case, agency: str = "SOAPA") -> int:
    fields = {"agencia": agency, "asunto": case.matter_id, "version": case_of(office, case.folio).version}
    officer.sends(f"/peticiones/{case.folio}/turnar", **fields)
    with office.sessions() as session:
        return session.scalars(select(Referral.id).order_by(Referral.id.desc())).first() or 0


def _undoes(office: Office, officer: Browser) -> None:
    with office.sessions() as session:
        referral = session.scalars(select(Referral.id).order_by(Referral.id.desc())).first()
    officer.sends(f"/turnos/{referral}/deshacer")


def _status(office: Office, case: Case) -> str:
    with office.sessions() as session:
        return get_petition(session, case.folio).status


def test_what_is_undone_is_in_triage_again_and_nobody_was_told(
    office: Office, officer: Browser, case: Case, browser: Callable[[str], Browser]
) -> None:
    talk = Talk(office, "c1")
    said = len(talk.replies())
    referral = _decides(office, officer, case)
    assert f'action="/turnos/{referral}/deshacer"' in officer.opens("/triage")
    browser("enlace-soapa").opens(f"/turnos/{referral}", 404)
    browser("enlace-soapa").sends(f"/turnos/{referral}/aceptar", 404)
    assert officer.sends(f"/turnos/{referral}/deshacer") == f"/peticiones/{case.folio}"
    with at(utc_now() + UNDO_FOR):
        talk.works()
    page = officer.opens(f"/peticiones/{case.folio}")
    assert "volvió a triage" in page
    assert "No salió: se deshizo" in page
    assert "la clasificó · Sistema Operador" in page
    assert 'data-choice="1"' in page
    assert _status(office, case) == Status.CLASIFICADA
    with office.sessions() as session:
        sent = select(Decision.id).where(Decision.id.in_(newest_decisions()))
        assert session.scalars(sent).all() == []
        assert len(session.scalars(select(Decision.id)).all()) == 1
    browser("enlace-soapa").opens(f"/turnos/{referral}", 404)
    _decides(office, officer, case, "CABIEN")
    with at(utc_now() + UNDO_FOR):
        talk.works()
    assert "Caminos Bienestar" in talk.replies()[-1]
    assert len(talk.replies()) == said + 2
    assert "Sistema Operador" in talk.replies()[-2]  # kept, never sent


def test_what_a_slip_took_the_reserve_from_is_reserved_again(office: Office, officer: Browser) -> None:
    case = says(office, "c9", "me pidieron mordida en la oficina de San Pablo Etla")
    seen = []
    for act in (lambda: None, lambda: _decides(office, officer, case), lambda: _undoes(office, officer)):
        act()
        with office.sessions() as session:
            seen.append(get_petition(session, case.folio).is_sensitive)
    assert seen == [True, False, True]


def test_the_referral_and_its_notice_leave_after_ten_seconds(
    office: Office, officer: Browser, browser: Callable[[str], Browser], case: Case
) -> None:
    referral, liaison = _decides(office, officer, case), browser("enlace-soapa")
    assert case.folio not in liaison.opens("/turnos")
    Talk(office, "c1").works()
    assert "En camino" in officer.opens(f"/peticiones/{case.folio}")
    with at(utc_now() + UNDO_FOR):
        assert case.folio in liaison.opens("/turnos")
        assert "Alguien la movió antes" in officer.sends(f"/turnos/{referral}/deshacer", 409)
        Talk(office, "c1").works()
    assert "En camino" not in officer.opens(f"/peticiones/{case.folio}")
    assert _status(office, case) == Status.TURNADA


def test_only_who_decided_takes_it_back_and_only_once(
    office: Office, officer: Browser, browser: Callable[[str], Browser], case: Case
) -> None:
    referral = _decides(office, officer, case)
    browser("administra").sends(f"/turnos/{referral}/deshacer", 409)
    browser("enlace-soapa").sends(f"/turnos/{referral}/deshacer", 403)
    officer.sends(f"/turnos/{referral}/deshacer")
    officer.sends(f"/turnos/{referral}/deshacer", 409)


def test_who_writes_meanwhile_is_answered_at_once(office: Office, officer: Browser, case: Case) -> None:
    talk = Talk(office, "c1")
    _decides(office, officer, case)
    with at(utc_now() + timedelta(seconds=2)):
        talk.says("mi marido me quiere matar")
    with office.sessions() as session:
        waiting = session.scalars(select(Reply.purpose).where(Reply.state == "queued")).all()
    assert waiting == ["notice.referred"]
    with at(utc_now() + UNDO_FOR):
        talk.works()
    assert "En camino" not in officer.opens(f"/peticiones/{case.folio}")
