"""An agency's inbox: accept, give back, answer, and how the answer is on its way."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import select

from admin.portal.answers import is_hollow
from intake.accounts.staff import Member
from intake.office import Office
from intake.petitions.case import get_petition
from intake.petitions.states import Status
from intake.tables.outgoing import Reply
from intake.triage.lists import PAGE
from intake.triage.referrals import answer
from tests.admin.conftest import Case, case_of, refers, says
from tests.staff import Browser
from tests.talk import Talk

WATER = "no hay agua en la colonia Reforma desde hace ocho días"
ANSWER = "La cuadrilla reparó la fuga el martes; el agua vuelve mañana por la tarde."


@pytest.fixture
def case(office: Office) -> Case:
    return says(office, "c1", WATER)


@pytest.fixture
def referral(office: Office, members: dict[str, Member], case: Case) -> str:
    return f"/turnos/{refers(office, members['oficial'], case, 'SOAPA')}"


def _status(office: Office, case: Case) -> str:
    with office.sessions() as session:
        return get_petition(session, case.folio).status


def test_the_inbox_shows_what_is_to_be_answered(browser: Callable[[str], Browser], case: Case, referral: str) -> None:
    page = browser("enlace-soapa").opens("/turnos")
    assert case.folio in page
    assert "quedan 10 días hábiles" in page
    assert "emergencia" not in page


def test_accepting_tells_the_citizen(
    office: Office, browser: Callable[[str], Browser], case: Case, referral: str
) -> None:
    liaison = browser("enlace-soapa")
    assert liaison.sends(f"{referral}/aceptar") == referral
    assert "Turno aceptado" in liaison.opens(referral)
    assert _status(office, case) == Status.ACEPTADA
    assert "Alguien la movió antes" in liaison.sends(f"{referral}/aceptar", 409)


def test_giving_back_needs_a_reason_and_leads_to_triage(
    office: Office, browser: Callable[[str], Browser], case: Case, referral: str
) -> None:
    liaison = browser("enlace-soapa")
    assert "al menos 10 caracteres" in liaison.sends(f"{referral}/devolver", 422, motivo="no")
    liaison.sends(f"{referral}/devolver", motivo="La red es del municipio.")
    assert _status(office, case) == Status.DEVUELTA
    page = browser("oficial").opens(f"/peticiones/{case.folio}")
    assert "Motivo de la devolución: La red es del municipio." in page
    assert "Alcantarillado la devolvió: «La red es del municipio.»" in page
    assert page.count("La devolvió") == 1  # at its name among the suggestions


def test_whose_it_is_by_the_liaison_stands_first_in_triage(
    office: Office, browser: Callable[[str], Browser], case: Case, referral: str
) -> None:
    officer, page = browser("oficial"), f"/peticiones/{case.folio}"
    browser("enlace-soapa").sends(f"{referral}/devolver", motivo="Es una obra del camino.", agencia="CABIEN")
    assert "Caminos Bienestar" in officer.opens("/triage")
    offered = re.findall(r'value="(\w+)" data-choice="(\d)"', officer.opens(page))
    assert offered[0] == ("CABIEN", "1")
    assert "SOAPA" not in dict(offered)
    assert "Lo sugiere Sistema Operador" in officer.opens(page)
    assert "Motivo de la devolución: Es una obra del camino. Sugiere: Caminos Bienestar" in officer.opens(page)
    fields = {"agencia": "CABIEN", "asunto": case.matter_id, "version": case_of(office, case.folio).version}
    officer.sends(f"{page}/turnar", **fields)
    assert "Lo sugiere Sistema" not in officer.opens(page)


def test_whose_it_is_must_be_another_agency_that_there_is(browser: Callable[[str], Browser], referral: str) -> None:
    liaison = browser("enlace-soapa")
    liaison.sends(f"{referral}/devolver", 404, motivo="No nos corresponde.", agencia="NADIE")
    liaison.sends(f"{referral}/devolver", 409, motivo="No nos corresponde.", agencia="SOAPA")
    short = liaison.sends(f"{referral}/devolver", 422, motivo="no", agencia="CABIEN")
    assert '<option value="CABIEN" selected>' in short
    liaison.sends(f"{referral}/devolver", motivo="No nos corresponde.")


def test_the_answer_reaches_the_citizen_and_its_way_is_shown(
    office: Office, browser: Callable[[str], Browser], case: Case, referral: str
) -> None:
    liaison = browser("enlace-soapa")
    liaison.sends(f"{referral}/responder", texto=ANSWER)
    assert "En camino" in liaison.opens(referral)
    talk = Talk(office, "c1")
    talk.works()
    assert ANSWER in talk.replies()[-2]
    assert "Enviada ✓" in liaison.opens(referral)
    assert _status(office, case) == Status.NOTIFICADA
    assert "Alguien la movió antes" in liaison.sends(f"{referral}/responder", 409, texto=ANSWER)


@pytest.mark.parametrize(
    ("state", "delivery", "words"),
    [
        ("held", None, "Retenida hasta que la persona escriba"),
        ("failed", None, "Falló la entrega"),
        ("accepted", "delivered", "Entregada ✓✓"),
        ("accepted", "read", "Leída ✓✓"),
        ("ambiguous", None, "No se sabe si llegó"),
    ],
)
def test_every_state_of_delivery_has_its_words(
    office: Office,
    browser: Callable[[str], Browser],
    referral: str,
    state: str,
    delivery: str | None,
    words: str,
) -> None:
    liaison = browser("enlace-soapa")
    liaison.sends(f"{referral}/responder", texto=ANSWER)
    with office.sessions.begin() as session:
        reply = session.scalars(select(Reply).where(Reply.purpose == "notice.answered")).one()
        reply.state, reply.delivery = state, delivery
    assert words in liaison.opens(referral)


def test_a_short_answer_is_refused_and_kept_in_the_form(browser: Callable[[str], Browser], referral: str) -> None:
    page = browser("enlace-soapa").sends(f"{referral}/responder", 422, texto="Ya quedó.")
    assert "al menos 20 caracteres" in page
    assert ">Ya quedó.</textarea>" in page


def test_an_answer_that_says_nothing_must_be_confirmed(
    office: Office, browser: Callable[[str], Browser], case: Case, referral: str
) -> None:
    liaison, hollow = browser("enlace-soapa"), "Su petición ya se turnó al área correspondiente."
    assert "La quiero enviar así." in liaison.sends(f"{referral}/responder", 422, texto=hollow)
    assert _status(office, case) == Status.TURNADA
    liaison.sends(f"{referral}/responder", texto=hollow, confirmada="true")
    assert _status(office, case) == Status.RESPONDIDA


def test_the_preview_is_what_the_citizen_will_get(
    office: Office, browser: Callable[[str], Browser], case: Case, referral: str
) -> None:
    liaison = browser("enlace-soapa")
    shown = liaison.sends(f"{referral}/vista-previa", 200, texto=ANSWER)
    liaison.sends(f"{referral}/responder", texto=ANSWER)
    Talk(office, "c1").works()
    with office.sessions() as session:
        sent = session.scalars(select(Reply.text).where(Reply.purpose == "notice.answered")).one()
    assert "Así la verá la persona en" in shown
    assert "Le llega enseguida" in shown
    assert sent in shown
    assert f"{len(sent)} de 4,000 caracteres" in shown
    assert f"¿Esta respuesta resuelve su petición {case.folio}?" in shown


def test_an_office_text_is_advised_while_it_is_written_and_leaves_all_the_same(
    office: Office, browser: Callable[[str], Browser], case: Case, referral: str
) -> None:
    liaison, text = browser("enlace-soapa"), "Se reparará la luminaria a la brevedad posible en virtud de su petición."
    shown = unescape(liaison.sends(f"{referral}/vista-previa", 200, texto=text))
    assert "«a la brevedad posible»: diga el día o el plazo." in shown
    assert "En lugar de «en virtud de», pruebe «porque»." in shown
    assert "Diga cuándo: un día o un plazo" in shown
    liaison.sends(f"{referral}/responder", texto=text)
    assert _status(office, case) == Status.RESPONDIDA


def test_advice_stands_beside_a_text_that_was_refused(browser: Callable[[str], Browser], referral: str) -> None:
    page = browser("enlace-soapa").sends(f"{referral}/responder", 422, texto="Se turnó para lo conducente.")
    assert "«lo conducente»: diga qué se va a hacer." in page


def test_a_plain_answer_gets_no_advice(browser: Callable[[str], Browser], referral: str) -> None:
    shown = browser("enlace-soapa").sends(f"{referral}/vista-previa", 200, texto=ANSWER)
    assert "Se entiende" in shown
    assert "Son consejos" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "Se turnó.",
        "Atendido",
        "En proceso.",
        "Buen día, su petición está en proceso. Saludos.",
        "Se canalizó al área correspondiente para su debida atención.",
        "Recibido, se le dará seguimiento.",
        "SU SOLICITUD FUE ATENDIDA, GRACIAS",
    ],
)
def test_office_formulas_alone_are_hollow(text: str) -> None:
    assert is_hollow(text)


@pytest.mark.parametrize(
    "text",
    [
        ANSWER,
        "Su reporte está en proceso: la brigada va el jueves 3 a la calle Hidalgo y cambia la válvula.",
        "Se turnó a la cuadrilla norte, que visita su colonia el lunes por la mañana.",
        "No es posible reparar este año porque no hay recurso autorizado; puede pedirlo en enero.",
    ],
)
def test_what_says_when_or_where_is_not_hollow(text: str) -> None:
    assert not is_hollow(text)


def test_an_officer_may_answer_for_an_agency_without_an_account(
    office: Office, browser: Callable[[str], Browser], case: Case, referral: str
) -> None:
    assert browser("oficial").sends(f"{referral}/responder", texto=ANSWER) == referral
    assert _status(office, case) == Status.RESPONDIDA


def test_what_is_answered_stands_newest_first_page_by_page(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    cases = [says(office, f"c{number}", WATER) for number in range(PAGE + 2)]
    for case in cases:
        answer(office, members["enlace-soapa"], refers(office, members["oficial"], case, "SOAPA"), ANSWER)
    liaison = browser("enlace-soapa")
    first = liaison.opens("/turnos?estado=answered")
    assert _folios(first) == [case.folio for case in reversed(cases[2:])]
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    assert _folios(liaison.opens(unescape(following[1]))) == [cases[1].folio, cases[0].folio]


def test_only_what_is_to_be_done_is_counted(browser: Callable[[str], Browser], case: Case, referral: str) -> None:
    liaison = browser("enlace-soapa")
    assert re.findall(r'class="count">(\d+)<', liaison.opens("/turnos")) == ["1", "0", "1", "0"]
    liaison.sends(f"{referral}/responder", texto=ANSWER)
    assert re.findall(r'class="count">(\d+)<', liaison.opens("/turnos")) == ["0", "0", "0", "0"]


def _folios(page: str) -> list[str]:
    return re.findall(r'class="folio">([^<]+)<', page)
