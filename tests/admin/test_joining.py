"""«Juntar»: two petitions that tell of the same are attended as one; each citizen keeps folio, chat and answer."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.office import Office
from intake.outgoing.notified import note_told
from intake.petitions.case import get_petition, move_if_allowed
from intake.petitions.joined import list_followers
from intake.petitions.states import Status
from intake.tables.answers import Answer
from intake.tables.outgoing import Reply
from intake.tables.petitions import Joining
from intake.triage.joining import part_from_ended
from intake.triage.referrals import answer
from intake.triage.undoing import UNDO_FOR
from tests.admin.conftest import Case, case_of, refers, says
from tests.staff import Browser
from tests.talk import Talk

WATER = "no hay agua en la colonia Reforma desde hace ocho días"
ANSWER = "La cuadrilla del sistema reparó la bomba el lunes 7 de diciembre."


@pytest.fixture
def officer(browser: Callable[[str], Browser]) -> Browser:
    return browser("oficial")


@pytest.fixture
def lead(office: Office) -> Case:
    """Of somebody else than the case."""
    return says(office, "c2", "seguimos sin agua en la Reforma, ya van ocho días")


def _joins(office: Office, officer: Browser, case: Case, lead: Case, expected: int = 303) -> str:
    version = case_of(office, case.folio).version
    return officer.sends(f"/peticiones/{case.folio}/juntar", expected, con=lead.folio, version=version)


def _status(office: Office, case: Case) -> str:
    with office.sessions() as session:
        return get_petition(session, case.folio).status


def _ten_seconds_later(talk: Talk) -> None:
    with at(utc_now() + UNDO_FOR):
        talk.works()


def test_the_answer_of_one_reaches_both_each_under_its_own_folio(
    office: Office, officer: Browser, members: dict[str, Member], case: Case, lead: Case
) -> None:
    talk, other = Talk(office, "c1"), Talk(office, "c2")
    _joins(office, officer, case, lead)
    _ten_seconds_later(talk)
    assert f"Atendemos su petición {case.folio} junto con la {lead.folio}." in talk.replies()[-1]
    assert _status(office, case) == Status.ACUMULADA
    referral = refers(office, members["oficial"], lead, "SOAPA")
    answer(office, members["enlace-soapa"], referral, ANSWER)
    talk.works()
    for person, folio in ((talk, case.folio), (other, lead.folio)):
        told, asked = person.replies()[-2:]
        assert told.startswith(f"Respuesta a su petición {folio}.")
        assert told.endswith(ANSWER)
        assert folio in asked
    assert talk.says("sí")
    assert (_status(office, case), _status(office, lead)) == (Status.CONCLUIDA, Status.NOTIFICADA)


def test_an_answer_that_does_not_solve_it_reopens_only_that_one(
    office: Office, officer: Browser, members: dict[str, Member], case: Case, lead: Case
) -> None:
    _joins(office, officer, case, lead)
    answer(office, members["enlace-soapa"], refers(office, members["oficial"], lead, "SOAPA"), ANSWER)
    talk = Talk(office, "c1")
    talk.works()
    talk.says("2")
    assert (_status(office, case), _status(office, lead)) == (Status.REABIERTA, Status.NOTIFICADA)
    with office.sessions() as session:
        assert list_followers(session, get_petition(session, lead.folio).id) == []


def test_undone_in_time_nobody_was_told_and_the_term_is_as_before(
    office: Office, officer: Browser, case: Case, lead: Case
) -> None:
    talk = Talk(office, "c1")
    said = len(talk.replies())
    with office.sessions.begin() as session:
        get_petition(session, case.folio).due_on = case_due = get_petition(session, lead.folio).due_on.replace(day=1)
        before = get_petition(session, lead.folio).due_on
    where = _joins(office, officer, case, lead)
    with office.sessions() as session:
        assert get_petition(session, lead.folio).due_on == case_due
    undo = f"/peticiones/{case.folio}/juntar/deshacer"
    assert f'action="{undo}"' in officer.opens(where)
    assert officer.sends(undo) == f"/peticiones/{case.folio}"
    _ten_seconds_later(talk)
    assert _status(office, case) == Status.CLASIFICADA
    with office.sessions() as session:
        assert get_petition(session, lead.folio).due_on == before
        states = session.scalars(select(Reply.state).where(Reply.purpose == "notice.joined_others")).all()
    assert states == ["undone"]
    assert len(talk.replies()) == said + 1
    officer.sends(undo, 409)


def test_too_late_to_undo_it_is_parted_and_the_citizen_knows(
    office: Office, officer: Browser, browser: Callable[[str], Browser], case: Case, lead: Case
) -> None:
    _joins(office, officer, case, lead)
    browser("administra").sends(f"/peticiones/{case.folio}/juntar/deshacer", 409)
    talk = Talk(office, "c1")
    _ten_seconds_later(talk)
    with at(utc_now() + UNDO_FOR):
        officer.sends(f"/peticiones/{case.folio}/juntar/deshacer", 409)
    assert "Separarla" in officer.opens(f"/peticiones/{case.folio}")
    officer.sends(f"/peticiones/{case.folio}/soltar")
    talk.works()
    assert "se atiende otra vez por separado" in talk.replies()[-1]
    assert _status(office, case) == Status.CLASIFICADA
    officer.sends(f"/peticiones/{case.folio}/soltar", 409)


def test_parted_before_it_was_told_nothing_is_told(office: Office, officer: Browser, case: Case, lead: Case) -> None:
    talk = Talk(office, "c1")
    _joins(office, officer, case, lead)
    said = len(talk.replies())
    officer.sends(f"/peticiones/{case.folio}/soltar")
    _ten_seconds_later(talk)
    assert len(talk.replies()) == said


def test_a_chain_is_answered_to_its_end(
    office: Office, officer: Browser, members: dict[str, Member], case: Case, lead: Case
) -> None:
    third = says(office, "c3", "la pipa de agua no ha llegado a la Reforma")
    _joins(office, officer, case, lead)
    _joins(office, officer, lead, third)
    with office.sessions() as session:
        followers = list_followers(session, get_petition(session, third.folio).id)
    assert {one.folio for one in followers} == {case.folio, lead.folio}
    answer(office, members["enlace-soapa"], refers(office, members["oficial"], third, "SOAPA"), ANSWER)
    Talk(office, "c1").works()
    assert all(ANSWER in Talk(office, name).replies()[-2] for name in ("c1", "c2", "c3"))


def test_an_own_second_petition_is_told_in_one_chat_and_answered_once(
    office: Office, officer: Browser, members: dict[str, Member], case: Case
) -> None:
    talk = Talk(office, "c1")
    talk.says("el camino a mi pueblo está lleno de hoyos y no pasa el camión de la escuela")
    second = case_of(office, talk.petitions()[-1].folio)
    _joins(office, officer, second, case)
    _ten_seconds_later(talk)
    assert f"Las atendemos juntas, con el folio {case.folio}." in talk.replies()[-1]
    answer(office, members["enlace-soapa"], refers(office, members["oficial"], case, "SOAPA"), ANSWER)
    talk.works()
    assert sum(ANSWER in text for text in talk.replies()) == 1


def test_what_leads_to_no_answer_or_hides_danger_is_refused_with_its_reason(
    office: Office, officer: Browser, members: dict[str, Member], case: Case, lead: Case
) -> None:
    danger = says(office, "c4", "mi marido me quiere matar")
    assert "Una emergencia no se junta" in _joins(office, officer, danger, lead, 409)
    assert "ya va junto" in _joins(office, officer, case, case, 409)
    answer(office, members["enlace-soapa"], refers(office, members["oficial"], lead, "SOAPA"), ANSWER)
    assert "ya tiene respuesta" in _joins(office, officer, case, lead, 409)
    with office.sessions() as session:
        assert session.scalars(select(Joining)).all() == []


def test_a_folio_as_people_write_it_is_found_and_seen_before_it_is_chosen(
    office: Office, officer: Browser, case: Case, lead: Case
) -> None:
    page = officer.opens(f"/peticiones/{case.folio}/juntar?otra={lead.folio.lower().replace('-', ' ')}")
    assert f"Juntar con {lead.folio}" in page
    assert "seguimos sin agua" in page
    assert "Ninguna otra petición" in officer.opens(f"/peticiones/{case.folio}/juntar?otra=nada")


def test_the_agency_reads_what_joined_and_no_other_agency_does(
    office: Office,
    officer: Browser,
    browser: Callable[[str], Browser],
    members: dict[str, Member],
    case: Case,
    lead: Case,
) -> None:
    _joins(office, officer, case, lead)
    referral = refers(office, members["oficial"], lead, "SOAPA")
    with at(utc_now() + UNDO_FOR):
        page = browser("enlace-soapa").opens(f"/turnos/{referral}")
    assert "Su respuesta llega también" in page
    assert "no hay agua en la colonia Reforma" in page
    browser("enlace-cabien").opens(f"/turnos/{referral}", 404)


def test_the_answers_arrival_in_one_chat_says_nothing_of_the_other(
    office: Office, officer: Browser, members: dict[str, Member], case: Case, lead: Case
) -> None:
    _joins(office, officer, case, lead)
    referral = refers(office, members["oficial"], lead, "SOAPA")
    answer(office, members["enlace-soapa"], referral, ANSWER)
    with office.sessions.begin() as session:
        joined = get_petition(session, case.folio)
        row = session.scalars(
            select(Reply).where(Reply.petition_id == joined.id, Reply.purpose == "notice.answered")
        ).one()
        note_told(session, row, utc_now(), "machine")
        assert session.scalars(select(Answer)).one()
    assert (_status(office, case), _status(office, lead)) == (Status.ACUMULADA, Status.RESPONDIDA)


def test_what_joined_a_petition_that_was_withdrawn_comes_back(
    office: Office, officer: Browser, case: Case, lead: Case
) -> None:
    _joins(office, officer, case, lead)
    with office.sessions.begin() as session:
        assert move_if_allowed(session, get_petition(session, lead.folio), [Status.DESISTIDA], utc_now(), "citizen")
    assert part_from_ended(office, utc_now()) == 1
    assert _status(office, case) == Status.CLASIFICADA
    assert part_from_ended(office, utc_now()) == 0
