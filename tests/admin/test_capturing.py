"""«Capturar petición»: what comes by no chat has a folio, a term, a mind and a trace like what does."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from intake.accounts.staff import Member
from intake.clock import at, due_date, utc_now
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.petitions.history import find_break, list_entries
from intake.petitions.states import Status
from intake.tables.citizens import Alias, Citizen, Conversation
from intake.tables.incoming import InboundEvent, Message
from intake.tables.outgoing import Reply, Task
from intake.tables.petitions import Capture, Petition
from intake.thinking.suggestions import find_suggestion
from intake.triage.referrals import answer
from intake.triage.tasks import review
from tests.admin.conftest import case_of, refers, says
from tests.staff import Browser
from tests.talk import Talk

WATER = "Doña Lupe dice que no hay agua en la colonia Reforma desde hace ocho días."
SLIP = re.compile(r'name="papeleta" value="([0-9a-f]{32})"')
REPAIRED = "La cuadrilla repara la fuga el jueves por la mañana."


@dataclass
class Desk:
    """An officer at the form."""

    office: Office
    officer: Browser

    def slip(self, page: str | None = None) -> str:
        found = SLIP.search(page or self.officer.opens("/captura"))
        assert found
        return found[1]

    def local(self, ago: timedelta = timedelta(0)) -> str:
        return (utc_now() - ago).astimezone(self.office.jurisdiction.zone).strftime("%Y-%m-%dT%H:%M")

    def sends(self, expected: int = 303, **fields: str) -> str:
        form = {"papeleta": self.slip(), "via": "window", "llego": self.local(), "texto": WATER} | fields
        return self.officer.sends("/captura", expected, **form)

    def captures(self, **fields: str) -> str:
        """The new folio."""
        return self.sends(**fields).removeprefix("/peticiones/")


@pytest.fixture
def desk(office: Office, browser: Callable[[str], Browser]) -> Desk:
    return Desk(office, browser("oficial"))


def _count(office: Office) -> int:
    with office.sessions() as session:
        return session.scalar(select(func.count()).select_from(Petition)) or 0


def _fails_back(page: str) -> None:
    """All that was written is in the form still."""
    for kept in (
        WATER,
        'value="Guadalupe Ruiz"',
        'value="Calle 5, junto al pozo"',
        'name="menor" value="true" checked',
    ):
        assert kept in page


def test_what_comes_to_a_window_is_a_petition_like_others(office: Office, desk: Desk) -> None:
    came = timedelta(days=9)
    expected = (utc_now() - came).replace(second=0, microsecond=0)
    fields = {"municipio": "xoxo", "detalle": "Calle 5", "nombre": "Guadalupe Ruiz", "telefono": "951 123 4567"}
    folio = desk.captures(via="paper", llego=desk.local(came), **fields)
    assert re.fullmatch(r"JG-\d{4}-[0-9A-Z]{6}-[0-9A-Z]", folio)
    jurisdiction = office.jurisdiction
    with office.sessions() as session:
        petition = get_petition(session, folio)
        (matter,) = list_matters(petition)
        suggestion = find_suggestion(session, matter.id)
        assert petition.opened_at == expected
        assert petition.due_on == due_date(
            expected, jurisdiction.terms, zone=jurisdiction.zone, closed=jurisdiction.closed
        )
        assert (petition.municipality, petition.place_text) == ("20385", "Calle 5")
        assert matter.text == WATER
        assert suggestion
        assert suggestion.ranking[0]["agency"] == "SOAPA"
        capture = session.get_one(Capture, petition.id)
        assert (capture.way, capture.phone, capture.came_at) == ("paper", "9511234567", expected)
        assert session.get_one(Citizen, petition.citizen_id).name == "Guadalupe Ruiz"
        entries = list_entries(session, petition.id)
        assert [entries[0].name, entries[-1].name] == ["opened", "captured"]
        assert find_break(entries) is None
        event = session.scalars(select(InboundEvent).where(InboundEvent.channel == "desk")).one()
        assert (event.state, event.conversation_id) == ("processed", petition.conversation_id)
    page = desk.officer.opens(f"/peticiones/{folio}")
    assert f"{folio}: registrada" in page
    assert "Papel u oficio" in page
    assert "capturó Persona oficial" in page
    assert "•••• 4567" in page
    assert "951123" not in page
    assert "la capturó: no llegó por un chat" in page
    assert 'action="/peticiones/' + folio + '/turnar"' in page
    assert "platica/entrar" not in page
    assert folio in desk.officer.opens("/triage")


def test_a_form_that_is_sent_twice_makes_one_petition(office: Office, desk: Desk) -> None:
    slip, when = desk.slip(), desk.local()
    first, second = (desk.sends(papeleta=slip, llego=when) for _ in range(2))
    assert first == second
    assert _count(office) == 1
    page = desk.sends(422, papeleta=slip, llego=when, texto="Ahora pide una beca para su hija.")
    assert "Este formulario ya se registró con otros datos" in page
    assert first.removeprefix("/peticiones/") in page
    assert "Ahora pide una beca" in page
    assert _count(office) == 1
    assert desk.sends(papeleta=desk.slip(page), texto="Ahora pide una beca para su hija.") != first
    assert _count(office) == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"llego": ""}, "Escriba cuándo llegó"),
        ({"llego": "2026-02-31T10:00"}, "Escriba cuándo llegó"),
        ({"llego": "tomorrow"}, "no puede ser futura"),
        ({"llego": "long ago"}, "de hace más de 60 días"),
        ({"texto": "  agua "}, "al menos 10 letras"),
        ({"municipio": "Guadalajara de las Flores"}, "No encontramos ese municipio"),
        ({"telefono": "12345"}, "10 dígitos"),
        ({"lengua": "élfico"}, "Elija la lengua"),
        ({"emergencia": "ninguna"}, "Elija la emergencia"),
    ],
)
def test_a_wrong_field_is_said_and_nothing_that_was_written_is_lost(
    office: Office, desk: Desk, wrong: dict[str, str], said: str
) -> None:
    days = {"tomorrow": timedelta(days=-1), "long ago": timedelta(days=61)}
    wrong = {name: desk.local(days[value]) if value in days else value for name, value in wrong.items()}
    good = {"nombre": "Guadalupe Ruiz", "detalle": "Calle 5, junto al pozo", "menor": "true"}
    page = desk.sends(422, **good, **wrong)
    assert said in page
    assert 'role="alert"' in page
    if "texto" not in wrong:
        _fails_back(page)
    assert _count(office) == 0


def test_a_place_that_may_be_several_is_asked_for_and_chosen(office: Office, desk: Desk) -> None:
    page = desk.sends(422, municipio="San Juan")
    claves = re.findall(r'name="clave" value="(\d+)"', page)
    assert len(claves) > 1
    folio = desk.captures(municipio="San Juan", clave=claves[1])
    with office.sessions() as session:
        assert get_petition(session, folio).municipality == claves[1]
    desk.sends(422, municipio="San Juan", clave="99999")


def test_an_emergency_is_seen_by_the_officer_or_by_the_mind(office: Office, desk: Desk) -> None:
    seen = desk.captures(emergencia="incendio")
    read = desk.captures(texto="Dice que su marido la quiere matar.")
    with office.sessions() as session:
        for folio, kind in ((seen, "incendio"), (read, "violencia")):
            petition = get_petition(session, folio)
            assert (petition.emergency, petition.is_urgent, petition.wants_person) == (kind, True, True)
    assert "Hay 2 emergencias" in desk.officer.opens("/triage")


def test_flags_are_those_of_the_chat(office: Office, desk: Desk) -> None:
    language = office.jurisdiction.languages.names["mixe"]
    folio = desk.captures(lengua=language, menor="true", reserva="true", nombre="Guadalupe Ruiz")
    with office.sessions() as session:
        petition = get_petition(session, folio)
        assert (petition.needs_interpreter, petition.is_minor, petition.is_anonymous) == (True, True, True)
    assert language in desk.officer.opens("/interpretes")
    assert "Guadalupe Ruiz" not in desk.officer.opens(f"/peticiones/{folio}")


def test_what_is_decided_becomes_tasks_with_the_words_to_be_said(
    office: Office, desk: Desk, members: dict[str, Member]
) -> None:
    folio = desk.captures(telefono="9511234567")
    later = utc_now() + timedelta(minutes=1)
    referral = refers(office, members["oficial"], case_of(office, folio), "SOAPA")
    assert review(office, later) == 1
    page = desk.officer.opens("/avisos")
    assert f"Su petición {folio} ya está con Sistema Operador" in page
    assert "Llame al 9511234567" in page
    answer(office, members["oficial"], referral, REPAIRED)
    assert review(office, later) == 1
    assert review(office, later) == 0
    page = desk.officer.opens("/avisos")
    assert REPAIRED in page
    assert "ya está con Sistema Operador" not in page  # the answer says more
    assert "951123" in desk.officer.opens(f"/peticiones/{folio}")
    with office.sessions() as session:
        task = session.scalars(select(Task.id).where(Task.closed_at.is_(None))).one()
    desk.officer.sends(f"/avisos/{task}/cerrar", resultado="told", medio="visit", nota="")
    with office.sessions() as session:
        assert get_petition(session, folio).status == Status.NOTIFICADA
        assert {state for (state,) in session.execute(select(Reply.state))} == {"in_person"}
    assert "Avisada por una persona de la oficina" in desk.officer.opens(f"/peticiones/{folio}")


def test_its_answer_is_previewed_as_words_to_be_said(
    office: Office, desk: Desk, members: dict[str, Member], browser: Callable[[str], Browser]
) -> None:
    referral = refers(office, members["oficial"], case_of(office, desk.captures()), "SOAPA")
    shown = browser("enlace-soapa").sends(f"/turnos/{referral}/vista-previa", 200, texto=REPAIRED)
    assert "No tiene chat" in shown
    assert REPAIRED in shown


def test_a_decision_is_taken_back_before_it_is_a_task(office: Office, desk: Desk) -> None:
    folio = desk.captures()
    case = case_of(office, folio)
    fields: dict[str, str | int] = {"agencia": "SOAPA", "asunto": case.matter_id, "version": case.version}
    desk.officer.sends(f"/peticiones/{folio}/turnar", **fields)
    assert review(office, utc_now()) == 0
    assert desk.officer.sends("/turnos/1/deshacer") == f"/peticiones/{folio}"
    assert review(office, utc_now() + timedelta(minutes=1)) == 0


def test_a_sensitive_answer_is_not_in_the_list(office: Office, desk: Desk, members: dict[str, Member]) -> None:
    folio = desk.captures(texto="Dice que le pidieron mordida en la oficina.", telefono="9511234567")
    referral = refers(office, members["oficial"], case_of(office, folio), "SHTFP")
    answer(office, members["oficial"], referral, REPAIRED)
    assert review(office, utc_now() + timedelta(minutes=1)) == 2
    page = desk.officer.opens("/avisos")
    assert folio in page
    assert REPAIRED not in page
    assert "9511234567" not in page
    assert "Asunto reservado: qué decirle se lee en la petición" in page
    assert REPAIRED in desk.officer.opens(f"/peticiones/{folio}")


def test_a_telephone_that_writes_in_a_chat_is_not_joined(office: Office, desk: Desk) -> None:
    talk = Talk(office, "whatsapp:+5219511234567")
    talk.says("el camino a mi pueblo está lleno de hoyos")
    writer = talk.petitions()[0].citizen_id
    folio = desk.captures(telefono="951 123 4567", nombre="Guadalupe Ruiz")
    with office.sessions() as session:
        petition = get_petition(session, folio)
        assert petition.citizen_id != writer
        assert session.scalars(select(Alias).where(Alias.citizen_id == petition.citizen_id)).all() == []
        assert session.get_one(Conversation, petition.conversation_id).channel == "desk"
    assert folio not in "\n".join(talk.says("estado"))


def test_the_stamped_page_has_what_the_person_takes_along(office: Office, desk: Desk) -> None:
    folio = desk.captures(municipio="xoxo", detalle="Calle 5")
    page = desk.officer.opens(f"/peticiones/{folio}/acuse")
    for word in (
        "Acuse de recibo",
        folio,
        WATER,
        "Santa Cruz Xoxocotlán",
        "a más tardar el",
        "Ventanilla",
        "data-print",
    ):
        assert word in page, word
    assert ("por confirmar" in page) != office.jurisdiction.terms.is_confirmed
    chat = says(office, "c1", "el camino a mi pueblo está lleno de hoyos")
    desk.officer.opens(f"/peticiones/{chat.folio}/acuse", 404)


def test_what_is_written_into_the_form_stays_text(desk: Desk) -> None:
    bad = "<script>alert(1)</script> no hay agua {{ 7*7 }}"
    page = desk.sends(422, texto=bad, nombre='"><img src=x>', telefono="1")
    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page
    folio = desk.captures(texto=bad, detalle="<b>aquí</b>")
    for path in (f"/peticiones/{folio}", f"/peticiones/{folio}/acuse", "/triage"):
        shown = desk.officer.opens(path)
        assert "<script>alert(1)" not in shown
        assert "<b>aquí" not in shown


def test_only_who_decides_captures(browser: Callable[[str], Browser], office: Office) -> None:
    for name in ("audita", "enlace-soapa"):
        browser(name).opens("/captura", 403)
        browser(name).sends("/captura", 403, papeleta="0" * 32, via="window", texto=WATER)
    assert _count(office) == 0


def test_the_term_of_what_came_long_ago_may_be_over(office: Office, desk: Desk) -> None:
    with at(utc_now()):
        folio = desk.captures(llego=desk.local(timedelta(days=59)))
    assert "Venció" in desk.officer.opens(f"/peticiones/{folio}") or "hábiles" in desk.officer.opens("/triage")
    with office.sessions() as session:
        assert session.scalars(select(Message.kind)).one() == "petition"
