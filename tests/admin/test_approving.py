"""An agency's head sees the answer before it leaves, where the agency wants it; the term goes on meanwhile."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.answers.approving import set_wish
from intake.answers.leaving import send_approved
from intake.clock import at, utc_now
from intake.office import Office
from intake.petitions.case import get_petition, list_matters, move_if_allowed
from intake.petitions.states import Status
from intake.tables.answers import Answer, Approval, Evidence
from intake.tables.outgoing import Reply
from intake.tables.petitions import HistoryEntry, Petition
from intake.triage.undoing import UNDO_FOR
from tests.admin.conftest import Case
from tests.files import PDF
from tests.staff import PASSWORD, Browser

TEXT = "La cuadrilla cambió la válvula de la calle Hidalgo el jueves 3 de diciembre; el agua volvió ese día."
REASON = "Falta decir a qué hora volvió el agua."


@pytest.fixture
def referral(office: Office, members: dict[str, Member], referral_id: int) -> str:
    """With the water board, whose head wants to see what leaves."""
    set_wish(office, members["administra"], "SOAPA", wants=True)
    return f"/turnos/{referral_id}"


def _leaves(office: Office) -> None:
    """When it can be taken back no more."""
    with at(utc_now() + UNDO_FOR):
        send_approved(office, utc_now())


def _is_taken_back(office: Office) -> None:
    """By its citizen."""
    with office.sessions.begin() as session:
        petition = get_petition(session, _folio(office))
        assert move_if_allowed(session, petition, [Status.DESISTIDA], utc_now(), "citizen")


def _folio(office: Office) -> str:
    with office.sessions() as session:
        return session.scalars(select(Petition.folio)).one()


def _answers(office: Office) -> list[str]:
    with office.sessions() as session:
        return [*session.scalars(select(Answer.text))]


def _said(office: Office) -> list[str]:
    with office.sessions() as session:
        sent = select(Reply.purpose).where(Reply.purpose.in_(("notice.answered", "answer.file", "ask.solved")))
        return [*session.scalars(sent.order_by(Reply.id))]


def _approval(office: Office) -> Approval:
    with office.sessions() as session:
        return session.scalars(select(Approval).order_by(Approval.id.desc()).limit(1)).one()


def _puts_up(browser: Browser, referral: str, text: str = TEXT) -> None:
    files = {"archivos": ("minuta.pdf", PDF, "application/pdf")}
    data = {"csrf": browser.token(), "texto": text}
    assert browser.client.post(f"{referral}/responder", data=data, files=files).status_code == 303


def test_it_waits_is_seen_by_the_head_and_leaves_as_it_is_when_approved(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], referral: str, case: Case
) -> None:
    liaison, head = browser("enlace-soapa"), browser("titular-soapa")
    assert "Poner a aprobación" in liaison.opens(referral)
    _puts_up(liaison, referral)
    assert "La respuesta espera la aprobación del titular" in liaison.opens("/turnos")
    assert _said(office) == []
    page = unescape(head.opens("/por-aprobar"))
    assert [TEXT in page, "minuta.pdf" in page, case.folio in page] == [True, True, True]
    with office.sessions() as session:
        head.opens(f"/evidencias/{session.scalars(select(Evidence.id)).one()}")
    head.sends(f"/por-aprobar/{_approval(office).id}/aprobar")
    assert f"{case.folio}: respuesta aprobada. Sale en diez segundos." in head.opens("/por-aprobar")
    assert _said(office) == []
    _leaves(office)
    assert _said(office) == ["notice.answered", "answer.file", "ask.solved"]
    with office.sessions() as session:
        assert session.scalars(select(Answer.staff_id)).one() == members["enlace-soapa"].id
        acts = {entry.name: entry.actor for entry in session.scalars(select(HistoryEntry))}
    assert acts["put_up"] == acts["RESPONDIDA"] == f"staff:{members['enlace-soapa'].id}"
    assert acts["approved"] == f"staff:{members['titular-soapa'].id}"
    head.sends(f"/por-aprobar/{_approval(office).id}/aprobar", 409)
    assert len(_answers(office)) == 1


def test_while_it_waits_nobody_of_the_agency_changes_it(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    liaison = browser("enlace-soapa")
    _puts_up(liaison, referral)
    page = unescape(liaison.opens(referral))
    assert "la puso a aprobación" in page
    assert "textarea" not in page.split('id="por-aprobar"')[1].split("</article>")[0]
    assert f'action="{referral}/responder"' not in page
    liaison.sends(f"{referral}/responder", 409, texto=f"{TEXT} Otra.")
    with office.sessions() as session:
        evidence = session.scalars(select(Evidence.id)).one()
    liaison.sends(f"{referral}/archivos/{evidence}/quitar", 409)
    data, other = {"csrf": liaison.token()}, {"archivos": ("otra.pdf", PDF + b"2", "application/pdf")}
    assert liaison.client.post(f"{referral}/archivos", data=data, files=other).status_code == 409


def test_it_comes_back_with_a_reason_as_the_writers_draft(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    liaison, head = browser("enlace-soapa"), browser("titular-soapa")
    _puts_up(liaison, referral)
    path = f"/por-aprobar/{_approval(office).id}/devolver"
    page = head.sends(path, 422, motivo="mal")
    assert "Escriba qué hay que corregir" in page
    assert ">mal</textarea>" in page
    head.sends(path, motivo=REASON)
    assert _said(office) == []
    assert "No hay respuestas por aprobar" in head.opens("/por-aprobar")
    assert "La devolvió su titular" in liaison.opens("/turnos")
    page = unescape(liaison.opens(referral))
    assert f"Persona titular-soapa devolvió la respuesta para corregir: {REASON}" in page
    assert f">{TEXT}</textarea>" in page
    assert "Quitar minuta.pdf" in page
    liaison.sends(f"{referral}/responder", texto=f"{TEXT} A las 15:30.")
    head.sends(f"/por-aprobar/{_approval(office).id}/aprobar")
    _leaves(office)
    assert _answers(office) == [f"{TEXT} A las 15:30."]


def test_for_ten_seconds_an_approval_is_taken_back_and_nothing_has_happened(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    liaison, head = browser("enlace-soapa"), browser("titular-soapa")
    _puts_up(liaison, referral)
    path = f"/por-aprobar/{_approval(office).id}"
    head.sends(f"{path}/aprobar")
    assert f'action="{path}/deshacer" data-undo="10"' in head.opens("/por-aprobar")
    assert "Persona titular-soapa la aprobó. Sale en unos segundos." in liaison.opens(referral)
    liaison.sends(f"{path}/deshacer", 403)
    head.sends(f"{path}/aprobar", 409)
    head.sends(f"{path}/devolver", 409, motivo=REASON)
    head.sends(f"{path}/deshacer")
    _leaves(office)
    assert _said(office) == _answers(office) == []
    assert TEXT in unescape(head.opens("/por-aprobar"))
    head.sends(f"{path}/deshacer", 409)
    head.sends(f"{path}/aprobar")
    _leaves(office)
    assert _answers(office) == [TEXT]
    head.sends(f"{path}/deshacer", 409)
    with office.sessions() as session:
        names = [*session.scalars(select(HistoryEntry.name).order_by(HistoryEntry.id))]
    assert names[names.index("put_up") :][:4] == ["put_up", "approved", "approval_undone", "approved"]
    assert "deshizo la aprobación" in browser("oficial").opens(f"/peticiones/{_folio(office)}")


def test_the_agencys_other_head_takes_back_only_what_is_their_own(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    with office.sessions.begin() as session:
        add_account(session, office.jurisdiction, NewAccount("suplente", "Suplente", Role.HEAD, PASSWORD, "SOAPA"))
    _puts_up(browser("enlace-soapa"), referral)
    first, other = browser("titular-soapa"), browser("suplente")
    path = f"/por-aprobar/{_approval(office).id}"
    assert TEXT in unescape(other.opens("/por-aprobar"))
    other.sends(f"{path}/deshacer", 409)  # nobody has approved it
    first.sends(f"{path}/aprobar")
    other.sends(f"{path}/aprobar", 409)
    other.sends(f"{path}/deshacer", 409)
    assert _approval(office).leaves_at is not None
    first.sends(f"{path}/deshacer")
    other.sends(f"{path}/aprobar")
    first.sends(f"{path}/deshacer", 409)
    other.sends(f"{path}/deshacer")
    _leaves(office)
    assert _answers(office) == []
    other.sends(f"{path}/aprobar")
    _leaves(office)
    assert _answers(office) == [TEXT]


def test_what_was_approved_and_is_blocked_in_that_moment_waits_again(
    office: Office, browser: Callable[[str], Browser], referral: str, case: Case
) -> None:
    _puts_up(browser("enlace-soapa"), referral)
    browser("titular-soapa").sends(f"/por-aprobar/{_approval(office).id}/aprobar")
    with office.sessions.begin() as session:
        get_petition(session, case.folio).is_blocked = True
    _leaves(office)
    row = _approval(office)
    assert (row.outcome, row.leaves_at, row.decided_by) == (None, None, None)
    assert _answers(office) == []


def test_what_the_person_took_back_is_not_said_to_leave(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    liaison, head = browser("enlace-soapa"), browser("titular-soapa")
    _puts_up(liaison, referral)
    path = f"/por-aprobar/{_approval(office).id}"
    _is_taken_back(office)
    head.sends(f"{path}/aprobar", 409)
    assert "Sale en diez segundos" not in head.opens("/por-aprobar")
    assert _approval(office).leaves_at is None
    _leaves(office)
    assert _answers(office) == []


def test_what_the_person_takes_back_in_those_seconds_waits_again_and_that_is_noted(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    head = browser("titular-soapa")
    _puts_up(browser("enlace-soapa"), referral)
    head.sends(f"/por-aprobar/{_approval(office).id}/aprobar")
    _is_taken_back(office)
    _leaves(office)
    row = _approval(office)
    assert (row.outcome, row.leaves_at, row.decided_by, _answers(office)) == (None, None, None, [])
    assert TEXT in unescape(head.opens("/por-aprobar"))
    page = unescape(browser("oficial").opens(f"/peticiones/{_folio(office)}"))
    assert "la respuesta aprobada no pudo salir y espera otra vez al titular" in page


def test_an_officer_who_answers_in_those_seconds_comes_first(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    _puts_up(browser("enlace-soapa"), referral)
    browser("titular-soapa").sends(f"/por-aprobar/{_approval(office).id}/aprobar")
    browser("oficial").sends(f"{referral}/responder", texto=f"{TEXT} Lo dice la oficina.")
    _leaves(office)
    assert _approval(office).outcome == "overtaken"
    assert _answers(office) == [f"{TEXT} Lo dice la oficina."]


def test_an_officers_answer_does_not_wait_and_overtakes_what_does(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    _puts_up(browser("enlace-soapa"), referral)
    browser("oficial").sends(f"{referral}/responder", texto=f"{TEXT} Lo dice la oficina.")
    assert _approval(office).outcome == "overtaken"
    browser("titular-soapa").sends(f"/por-aprobar/{_approval(office).id}/aprobar", 409)
    assert _answers(office) == [f"{TEXT} Lo dice la oficina."]


def test_the_term_goes_on_and_the_list_of_what_expires_says_where_it_is(
    browser: Callable[[str], Browser], referral: str, case: Case
) -> None:
    liaison = browser("enlace-soapa")
    liaison.sends(f"{referral}/aceptar")
    _puts_up(liaison, referral)
    with at(utc_now() + timedelta(days=9)):
        for name in ("oficial", "titular-soapa"):
            row = browser(name).opens("/vencimientos").split(f">{case.folio}<")[1].split("</tr>")[0]
            assert "Por aprobar" in row


def test_another_agencys_head_and_everybody_else_approve_nothing(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    with office.sessions.begin() as session:
        account = NewAccount("titular-cabien", "Titular", Role.HEAD, PASSWORD, "CABIEN")
        add_account(session, office.jurisdiction, account)
    _puts_up(browser("enlace-soapa"), referral)
    path = f"/por-aprobar/{_approval(office).id}"
    assert TEXT not in unescape(browser("titular-cabien").opens("/por-aprobar"))
    browser("titular-cabien").sends(f"{path}/aprobar", 404)
    browser("titular-cabien").sends(f"{path}/devolver", 404, motivo=REASON)
    for name in ("enlace-soapa", "oficial", "administra", "audita"):
        browser(name).sends(f"{path}/aprobar", 403)
    assert _approval(office).outcome is None


def test_a_reserved_answer_is_read_where_reading_is_noted(
    office: Office, browser: Callable[[str], Browser], referral: str, case: Case
) -> None:
    with office.sessions.begin() as session:
        get_petition(session, case.folio).is_sensitive = True
    _puts_up(browser("enlace-soapa"), referral)
    head = browser("titular-soapa")
    page = unescape(head.opens("/por-aprobar"))
    assert [case.folio in page, TEXT in page, "no hay agua" in page] == [True, False, False]
    assert TEXT in unescape(head.opens(referral))


def test_who_asked_is_hidden_from_the_head_too(
    office: Office, browser: Callable[[str], Browser], referral: str, case: Case
) -> None:
    with office.sessions.begin() as session:
        petition = get_petition(session, case.folio)
        petition.is_anonymous = True
        list_matters(petition)[0].text = "no hay agua, mi teléfono es 951 123 4567"
    _puts_up(browser("enlace-soapa"), referral)
    page = unescape(browser("titular-soapa").opens("/por-aprobar"))
    assert ["no hay agua" in page, "951 123 4567" in page] == [True, False]


def test_without_the_wish_an_answer_leaves_at_once(
    office: Office, browser: Callable[[str], Browser], referral_id: int
) -> None:
    browser("enlace-soapa").sends(f"/turnos/{referral_id}/responder", texto=TEXT)
    assert _answers(office) == [TEXT]


def test_the_administrator_sets_the_wish_where_there_is_a_head(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    administrator = browser("administra")
    administrator.sends("/agencias/CABIEN/aprobacion", aprueba="true")
    page = administrator.opens("/agencias")
    assert "no tiene todavía una cuenta de titular" in page
    assert "El titular aprueba cada respuesta" not in page
    administrator.sends("/agencias/SOAPA/aprobacion", aprueba="true")
    assert administrator.opens("/agencias").count("El titular aprueba cada respuesta") == 1
    administrator.sends("/agencias/SOAPA/aprobacion")
    assert "El titular aprueba cada respuesta" not in administrator.opens("/agencias")
    administrator.sends("/agencias/NADIE/aprobacion", 404, aprueba="true")
    browser("oficial").sends("/agencias/SOAPA/aprobacion", 403, aprueba="true")
