"""«Alertas» and «Estudios y diagnósticos»: what a member reads and does there; figures that their rows make."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text

from intake.accounts.staff import Member
from intake.clock import at
from intake.database import reading
from intake.indicators.period import get_period
from intake.indicators.report import report
from intake.office import Office
from intake.studies.programmes import Risk, add_programme, end_watch, grade
from intake.studies.register import Draft, Kind, State, add_study, move_study
from intake.tables.alerts import Alert, MatterTopic
from intake.tables.audit import AuditWaiting
from intake.triage.marks import today_at
from tests.admin.alarming import alarm
from tests.admin.conftest import Case
from tests.staff import Browser

MARCH = get_period("2027-03")


@pytest.fixture
def alert_id(office: Office, members: dict[str, Member], case: Case) -> int:
    with office.sessions.begin() as session:
        now = datetime.fromisoformat("2027-03-01T12:00:00+00:00")
        session.add(MatterTopic(matter_id=case.matter_id, topic="agua", named_at=now))
    return alarm(office, members["oficial"])


def test_a_card_says_what_where_and_how_much_with_examples(
    browser: Callable[[str], Browser], case: Case, alert_id: int
) -> None:
    page = browser("oficial").opens("/alertas")
    assert "Agua potable · " in page
    assert "Santa Cruz Xoxocotlán" in page
    assert "señal clara" in page
    assert "en 2 días" in page
    assert case.folio in page
    assert "Palabras de bloqueo o toma" in page
    assert "por confirmar" in page


def test_a_petitions_page_says_its_topic_and_a_person_corrects_it_there(
    office: Office, browser: Callable[[str], Browser], case: Case
) -> None:
    officer = browser("oficial")
    assert "<p>Agua potable</p>" in officer.opens(f"/peticiones/{case.folio}")
    fields = {"asunto": case.matter_id, "tema": "drenaje", "desde": "peticion"}
    page = officer.opens(officer.sends(f"/peticiones/{case.folio}/tema", **fields))
    assert "Drenaje y aguas negras" in page
    assert "(lo eligió una persona)" in page
    assert f'action="/peticiones/{case.folio}/tema"' not in browser("audita").opens(f"/peticiones/{case.folio}")


def test_a_topic_of_the_whole_state_says_so(
    office: Office, browser: Callable[[str], Browser], case: Case, alert_id: int
) -> None:
    with office.sessions.begin() as session:
        row = session.get_one(Alert, alert_id)
        row.level, row.territory = "state", "*"
    page = browser("oficial").opens("/alertas")
    assert "Agua potable · todo el estado" in page
    assert case.folio in page


def test_who_sees_figures_only_gets_no_small_count_no_folio_and_no_form(
    browser: Callable[[str], Browser], case: Case, alert_id: int
) -> None:
    page = browser("estadistica").opens("/alertas")
    assert "Agua potable" in page
    assert case.folio not in page
    assert "no hay agua" not in page
    assert "<b>4</b>" not in page
    assert 'action="/alertas/' not in page
    browser("enlace-soapa").opens("/alertas", 403)


def test_a_decision_needs_a_reason_is_in_the_trail_and_can_be_taken_back(
    office: Office, browser: Callable[[str], Browser], alert_id: int
) -> None:
    officer = browser("oficial")
    assert "al menos 10 letras" in officer.sends(f"/alertas/{alert_id}", 422, decision="attention", motivo="ya")
    assert "elija cuál" in officer.sends(f"/alertas/{alert_id}", 422, decision="studied", motivo="Se estudió el caso.")
    onward = officer.sends(f"/alertas/{alert_id}", decision="studied", motivo="Se estudió el caso.", estudio="1")
    assert "quedó con su estudio" in officer.opens(onward)
    decided = officer.opens("/alertas?decididas=1")
    assert "Persona oficial decidió" in decided
    assert "Estudio: Diagnóstico del agua" in decided
    officer.sends(f"/alertas/{alert_id}/reabrir")
    with office.sessions() as session:
        assert session.get_one(Alert, alert_id).open_mark == 1
        acts = session.scalars(select(AuditWaiting.act).where(AuditWaiting.act == "alert_decided")).all()
    assert len(acts) == 3


def test_a_topic_is_corrected_from_the_card(
    office: Office, browser: Callable[[str], Browser], case: Case, alert_id: int
) -> None:
    onward = browser("oficial").sends(f"/peticiones/{case.folio}/tema", asunto=case.matter_id, tema="drenaje")
    assert onward == "/alertas"
    with office.sessions() as session:
        assert session.get_one(MatterTopic, case.matter_id).topic == "drenaje"
    browser("oficial").sends(f"/peticiones/{case.folio}/tema", 404, asunto=case.matter_id, tema="nada")
    browser("oficial").sends(f"/peticiones/{case.folio}/tema", 404, asunto=case.matter_id + 1, tema="agua")


def test_a_study_is_planned_leans_on_petitions_and_is_delivered(
    office: Office, browser: Callable[[str], Browser], case: Case
) -> None:
    officer, today = browser("oficial"), today_at(office)
    fields = {
        "tipo": "analysis",
        "titulo": "Temas del trimestre\x00",
        "resumen": "\x00",
        "programado": today.isoformat(),
    }
    assert "no existe" in officer.sends("/estudios", 422, **fields, folios="JG-2027-AAAAAA-A")
    officer.sends("/estudios", **fields, folios=f" {case.folio.lower()},\n")
    page = officer.opens("/estudios")
    assert "Temas del trimestre" in page
    assert case.folio in page
    officer.sends("/estudios/1/peticiones", 422, folios="JG\x00")
    assert "diga qué día" in officer.sends("/estudios/1", 422, estado="delivered")
    tomorrow = (today + timedelta(days=1)).isoformat()
    officer.sends("/estudios/1", 422, estado="delivered", entregado=tomorrow)
    officer.sends("/estudios/1", estado="delivered", entregado=today.isoformat())
    assert "Temas del trimestre" in officer.opens("/estudios?tipo=analysis&estado=delivered")
    assert "Temas del trimestre" not in officer.opens("/estudios?tipo=study")
    book = load_workbook(io.BytesIO(officer.client.get("/estudios.xlsx").content))
    assert [cell.value for cell in book.worksheets[0][2]][:3] == ["Análisis", "Temas del trimestre", "Entregado"]


def test_a_programme_is_watched_and_graded_by_a_person(browser: Callable[[str], Browser]) -> None:
    officer = browser("oficial")
    officer.sends("/programas", nombre="Abasto de medicinas", dependencia="SALUD", desde="2026-01-01")
    assert "sin valorar" in officer.opens("/estudios")
    assert "motivo" in officer.sends("/programas/1/riesgo", 422, riesgo="high", motivo="sí")
    officer.sends("/programas/1/riesgo", riesgo="high", motivo="Peticiones de seis municipios.")
    assert "riesgo alto" in officer.opens("/estudios")
    officer.sends("/programas/1/terminar")
    officer.sends("/programas/1/terminar", 409)
    assert "dejó de vigilarse" in officer.opens("/estudios")


@pytest.fixture
def registered(office: Office, members: dict[str, Member]) -> None:
    """March 2027: of three studies planned for it one was delivered, and an older one; two programmes watched."""
    member = members["oficial"]
    with at(datetime.fromisoformat("2027-04-08T18:00:00+00:00")):
        plans = [
            (Kind.STUDY, 3, 5),
            (Kind.STUDY, 3, 20),
            (Kind.STUDY, 3, 31),
            (Kind.STUDY, 2, 26),
            (Kind.ANALYSIS, 3, 1),
        ]
        ids = [
            add_study(office, member, Draft(kind, f"Estudio {n}", "", date(2027, month, day)))
            for n, (kind, month, day) in enumerate(plans)
        ]
        move_study(office, member, ids[0], State.DELIVERED, date(2027, 3, 9))
        move_study(office, member, ids[1], State.DELIVERED, date(2027, 4, 2))
        move_study(office, member, ids[2], State.CANCELLED, None)
        move_study(office, member, ids[3], State.DELIVERED, date(2027, 3, 1))
        for n, (since, risks) in enumerate(
            [
                (date(2027, 1, 1), "high"),
                (date(2027, 3, 20), "low"),
                (date(2027, 4, 1), "high"),
                (date(2026, 1, 1), "high"),
            ]
        ):
            number = add_programme(office, member, f"Programa {n}", "SALUD", since)
            grade(office, member, number, Risk(risks), "Lo dice la persona.", on=since)
        grade(office, member, 1, Risk.LOW, "Se atendió en abril.", on=date(2027, 4, 3))
        end_watch(office, member, 4, date(2027, 2, 28))


RECOUNT = {
    "C1": (
        "SELECT count(*) FROM studies WHERE kind = 'study' AND state = 'delivered'"
        " AND delivered_on >= '2027-03-01' AND delivered_on < '2027-04-01'",
        "SELECT count(*) FROM studies WHERE kind = 'study' AND state <> 'cancelled'"
        " AND planned_on >= '2027-03-01' AND planned_on < '2027-04-01'",
    ),
    "C1.A1": (
        "SELECT count(*) FROM programmes p WHERE since < '2027-04-01' AND (until IS NULL OR until >= '2027-03-01')"
        " AND 'high' = (SELECT risk FROM programme_risks r WHERE r.programme_id = p.id AND assessed_on < '2027-04-01'"
        " ORDER BY assessed_on DESC, id DESC LIMIT 1)",
        "SELECT count(*) FROM programmes WHERE since < '2027-04-01' AND (until IS NULL OR until >= '2027-03-01')",
    ),
    "C1.A2": (
        "SELECT count(*) FROM studies WHERE kind = 'analysis' AND delivered_on BETWEEN '2027-03-01' AND '2027-03-31'",
        "SELECT count(*) FROM studies WHERE kind = 'analysis' AND planned_on BETWEEN '2027-03-01' AND '2027-03-31'",
    ),
}


@pytest.mark.usefixtures("registered")
def test_the_registers_make_the_figures_of_component_1(office: Office, browser: Callable[[str], Browser]) -> None:
    with reading(office.sessions) as session:
        lines = report(session, office, office.matrix, MARCH, date(2027, 4, 8))
        live = {line.indicator.id: line.live for line in lines if line.live}
        counted = {one: tuple(session.scalar(text(way)) for way in ways) for one, ways in RECOUNT.items()}
    sizes = {one: (len(live[one].numerator), len(live[one].denominator)) for one in RECOUNT}
    assert sizes == counted == {"C1": (2, 2), "C1.A1": (1, 2), "C1.A2": (0, 1)}
    page = browser("oficial").opens("/indicadores/C1/A/numerador?periodo=2027-03")
    assert "Estudio 0" in page
    assert "Estudio 3" in page
    assert "Estudio 1" not in page
    assert "Programa 0" in browser("oficial").opens("/indicadores/C1.A1/A/numerador?periodo=2027-03")
