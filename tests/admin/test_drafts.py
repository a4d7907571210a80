"""What a liaison types is kept by itself, comes back, is seen by colleagues, and goes when the answer leaves."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.answers.drafts import APART, KEPT_FOR, WRITING_FOR
from intake.clock import at, utc_now
from intake.office import Office
from intake.tables.answers import AnswerDraft
from tests.staff import Browser

BEGUN = "La cuadrilla va el jueves"
DONE = "La cuadrilla va el jueves 3 de diciembre a cambiar la válvula de la calle Hidalgo."


@pytest.fixture
def referral(referral_id: int) -> str:
    return f"/turnos/{referral_id}"


def _types(browser: Browser, referral: str, text: str) -> str:
    return unescape(browser.sends(f"{referral}/vista-previa", 200, texto=text))


def _kept(office: Office) -> dict[int, str]:
    with office.sessions() as session:
        return {row.staff_id: row.text for row in session.scalars(select(AnswerDraft))}


def test_what_is_typed_is_kept_and_comes_back(browser: Callable[[str], Browser], referral: str) -> None:
    liaison = browser("enlace-soapa")
    assert "Guardado a las" in _types(liaison, referral, BEGUN)
    page = unescape(liaison.opens(referral))
    assert f">{BEGUN}</textarea>" in page
    assert "Sigue aquí su borrador, guardado el" in page
    assert BEGUN in page.split('id="al-lado"')[1]


def test_it_is_written_at_most_every_few_seconds_and_the_last_words_follow(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    liaison, now = browser("enlace-soapa"), utc_now()
    with at(now):
        _types(liaison, referral, BEGUN)
    with at(now + APART / 2):
        soon = _types(liaison, referral, DONE)
        assert 'hx-trigger="load delay:3s"' in soon
        assert "Guardado a las" not in soon
    assert [*_kept(office).values()] == [BEGUN]
    with at(now + APART * 2):
        assert "Guardado a las" in _types(liaison, referral, DONE)
    assert [*_kept(office).values()] == [DONE]


def test_nothing_is_kept_of_nothing(office: Office, browser: Callable[[str], Browser], referral: str) -> None:
    liaison = browser("enlace-soapa")
    assert "Guardado" not in _types(liaison, referral, "  ")
    _types(liaison, referral, BEGUN)
    _types(liaison, referral, "")
    assert _kept(office) == {}


def test_it_is_gone_when_the_answer_leaves_and_cannot_come_back(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    liaison, officer = browser("enlace-soapa"), browser("oficial")
    _types(liaison, referral, BEGUN)
    _types(officer, referral, BEGUN)
    liaison.sends(f"{referral}/responder", texto=DONE)
    assert _kept(office) == {}
    assert "ya se respondió o se devolvió" in _types(officer, referral, DONE)
    assert _kept(office) == {}


def test_it_is_gone_when_the_referral_is_given_back(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    liaison = browser("enlace-soapa")
    _types(liaison, referral, BEGUN)
    liaison.sends(f"{referral}/devolver", motivo="La red es del municipio.")
    assert _kept(office) == {}


def test_a_refused_answer_stays_in_the_form_before_the_draft(browser: Callable[[str], Browser], referral: str) -> None:
    liaison = browser("enlace-soapa")
    _types(liaison, referral, BEGUN)
    assert ">Ya quedó.</textarea>" in liaison.sends(f"{referral}/responder", 422, texto="Ya quedó.")


def test_a_colleagues_draft_is_offered_with_name_and_hour(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    now, officer, liaison = utc_now(), browser("oficial"), browser("enlace-soapa")
    with at(now - WRITING_FOR * 2):
        _types(officer, referral, BEGUN)
    page = unescape(liaison.opens(referral))
    assert f">{BEGUN}</textarea>" in page
    assert "Este borrador es de Persona oficial, guardado el" in page
    assert "está escribiendo" not in page
    _types(liaison, referral, DONE)
    assert sorted(_kept(office).values()) == sorted([BEGUN, DONE])


def test_the_later_one_sees_that_a_colleague_is_writing(browser: Callable[[str], Browser], referral: str) -> None:
    officer, liaison = browser("oficial"), browser("enlace-soapa")
    _types(officer, referral, BEGUN)
    page = unescape(liaison.opens(referral))
    assert "Persona oficial está escribiendo una respuesta a este turno" in page
    assert f">{BEGUN}</textarea>" not in page
    assert "Persona oficial está escribiendo" in _types(liaison, referral, DONE)
    assert "Persona enlace-soapa está escribiendo" in _types(officer, referral, f"{BEGUN}.")


def test_a_colleagues_words_can_be_taken_and_given_back(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    officer, liaison = browser("oficial"), browser("enlace-soapa")
    _types(officer, referral, DONE)
    (colleague,) = _kept(office)
    assert liaison.sends(f"{referral}/borrador", texto=BEGUN, de=colleague) == f"{referral}#respuesta"
    page = unescape(liaison.opens(referral))
    assert f">{DONE}</textarea>" in page
    assert "Deshacer: volver a lo que había escrito" in page
    liaison.sends(f"{referral}/borrador/deshacer", texto=DONE)
    page = unescape(liaison.opens(referral))
    assert f">{BEGUN}</textarea>" in page
    assert "Deshacer: volver" not in page
    liaison.sends(f"{referral}/borrador/deshacer", 409)


def test_after_more_is_typed_there_is_nothing_to_take_back(
    browser: Callable[[str], Browser], members: dict[str, Member], referral: str
) -> None:
    officer, liaison, now = browser("oficial"), browser("enlace-soapa"), utc_now()
    with at(now):
        _types(officer, referral, BEGUN)
        liaison.sends(f"{referral}/borrador", texto="", de=members["oficial"].id)
    with at(now + APART * 2):
        assert "Deshacer" not in _types(liaison, referral, DONE)
    liaison.sends(f"{referral}/borrador/deshacer", 409)


def test_a_draft_that_nobody_wrote_is_not_found(browser: Callable[[str], Browser], referral: str) -> None:
    browser("enlace-soapa").sends(f"{referral}/borrador", 404, de=999)


def test_another_agency_learns_nothing_of_it(browser: Callable[[str], Browser], referral: str) -> None:
    _types(browser("enlace-soapa"), referral, BEGUN)
    other = browser("enlace-cabien")
    other.sends(f"{referral}/vista-previa", 404, texto=DONE)
    other.sends(f"{referral}/borrador", 404, de=1)
    other.sends(f"{referral}/borrador/deshacer", 404)


def test_an_auditor_sees_no_draft(browser: Callable[[str], Browser], referral: str) -> None:
    _types(browser("enlace-soapa"), referral, BEGUN)
    assert BEGUN not in browser("audita").opens(referral)


def test_drafts_of_what_ended_otherwise_do_not_stay_for_ever(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], referral_id: int
) -> None:
    old = utc_now() - KEPT_FOR - timedelta(days=1)
    with office.sessions.begin() as session:
        officer = members["oficial"].id
        session.add(AnswerDraft(referral_id=referral_id, staff_id=officer, text=BEGUN, saved_at=old))
    _types(browser("enlace-soapa"), f"/turnos/{referral_id}", DONE)
    assert [*_kept(office).values()] == [DONE]
