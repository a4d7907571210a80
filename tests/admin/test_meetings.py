"""Meetings and agreements through their pages: planned, attended, written down, agreed on, fulfilled."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.database import reading
from intake.errors import FormRefused, NotAllowed, NotFound, Stale
from intake.meetings import check_in_pages
from intake.meetings.agreeing import NewAgreement, agree, fulfil
from intake.meetings.attending import Arrived, check_in_link, sign_in
from intake.meetings.bringing import bring_petition
from intake.meetings.inviting import invite, remind_people, tell_change
from intake.meetings.kinds import Kind, Sector
from intake.meetings.planning import Plan, change_meeting, hold_meeting, plan_meeting
from intake.office import Office
from intake.outgoing.reaching import find_chat
from intake.petitions.case import get_petition
from intake.tables.audit import AuditWaiting
from intake.tables.meetings import Attendee, Meeting
from intake.tables.outgoing import Reply
from intake.tables.petitions import HistoryEntry, Petition
from tests.admin.conftest import Case, says
from tests.files import PDF
from tests.staff import Browser

CAME = {"nombre": "Rosa Pérez", "representa": "Comisariado de San Felipe", "sector": "comunidad", "acepto": "1"}
NEW = {"tipo": "table", "nombre": "Mesa del agua", "lugar": "Casa del pueblo", "municipio": "20385"}


@pytest.fixture
def noon(office: Office) -> datetime:
    return datetime(2027, 3, 1, 12, tzinfo=office.jurisdiction.zone)


@pytest.fixture
def guest(office: Office) -> TestClient:
    """A visitor's telephone at the app that faces the internet."""
    app = FastAPI()
    for method, path, handler in check_in_pages.routes(office):
        app.add_route(path, handler, methods=[method])
    return TestClient(app)


@pytest.fixture
def held(office: Office, members: dict[str, Member], noon: datetime) -> int:
    """A table that was held at noon."""
    with at(noon):
        number = plan_meeting(office, members["oficial"], Plan(Kind.TABLE, "Mesa del agua", noon, "Casa del pueblo"))
        hold_meeting(office, members["oficial"], number)
    return number


def _token(office: Office, number: int) -> str:
    return check_in_link(office, number).rpartition("/asistencia/")[2]


def _people(office: Office) -> list[tuple[str, str, str]]:
    with reading(office.sessions) as session:
        rows = session.execute(select(Attendee.name, Attendee.represents, Attendee.way).order_by(Attendee.id))
        return [(row[0], row[1], row[2]) for row in rows]


def test_a_meeting_is_planned_and_everything_about_it_is_written_down(
    browser: Callable[[str], Browser], case: Case, noon: datetime, office: Office
) -> None:
    with at(noon - timedelta(days=3)):
        officer = browser("oficial")
        assert "No hay reuniones" in officer.opens("/reuniones")
        onward = officer.sends(
            "/reuniones", **NEW, cuando="2027-03-01T12:00", lengua="zapoteco", agenda="El agua\nEl camino"
        )
        assert onward == "/reuniones/1"
        assert "todavía no empieza" in officer.sends("/reuniones/1/realizada", 422)
        assert "Casa del pueblo" in officer.opens("/reuniones?tipo=table&municipio=20385&lengua=zapoteco")
        assert "No hay reuniones" in officer.opens("/reuniones?tipo=political")
        officer.opens("/reuniones?municipio=%00&lengua=%00")
        officer.sends("/reuniones/1/peticiones/quitar", 404, folio="\x00")
    with at(noon + timedelta(hours=3)):
        officer = browser("oficial")
        assert "diga si se realizó" in officer.opens("/reuniones")
        officer.sends("/reuniones/1/realizada")
        officer.sends("/reuniones/1/asistentes", persona="", representa="Comité del agua", sector="comunidad")
        officer.sends("/reuniones/1/peticiones", folio=case.folio.lower(), acepta="true")
        assert "No hay petición con ese folio" in officer.sends("/reuniones/1/peticiones", 422, folio="JG-2026-000000")
        officer.sends("/reuniones/1/opiniones", texto="Piden que se avise antes.", quien="La asamblea")
        officer.sends("/reuniones/1/minuta", texto="Se reunieron en la casa del pueblo.")
        officer.sends("/reuniones/1/respuesta", texto="Se leyó la respuesta en zapoteco.")
        page = officer.opens("/reuniones/1")
    for words in ("1. El agua", "2. El camino", "Sin nombre", "Comité del agua", "Piden que se avise", case.folio):
        assert words in page
    with reading(office.sessions) as session:
        named = session.scalars(select(HistoryEntry.name)).all()
        acts = session.scalars(select(AuditWaiting.data).where(AuditWaiting.act == "meeting_changed")).all()
    assert "brought_to_meeting" in named
    assert [data["did"] for data in acts][:2] == ["planned", "held"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"nombre": ""}, "Escriba el nombre"),
        ({"lugar": ""}, "Escriba el lugar"),
        ({"cuando": ""}, "Escriba el día y la hora"),
        ({"cuando": "9999-12-31T23:00"}, "Escriba el día y la hora"),
        ({"agenda": "El agua\n" * 40 + "El agua"}, "40 puntos"),
        ({"municipio": "99999"}, "no está en el catálogo"),
        ({"lengua": "klingon"}, "no está en el catálogo"),
    ],
)
def test_what_is_no_plan_is_refused_and_kept(
    browser: Callable[[str], Browser], changed: dict[str, str], said: str
) -> None:
    fields = {**NEW, "cuando": "2027-03-01T12:00", "agenda": "El agua", **changed}
    page = browser("oficial").sends("/reuniones", 422, **fields)
    assert said in page
    assert "El agua</textarea>" in page


def test_a_guest_signs_in_by_the_code_once_and_only_with_consent(
    office: Office, guest: TestClient, held: int, noon: datetime
) -> None:
    link = f"/asistencia/{_token(office, held)}"
    with at(noon - timedelta(hours=1)):
        front = guest.get(link)
        assert "Mesa del agua" in front.text
        assert front.headers["x-robots-tag"] == "noindex"
        assert "hace falta su permiso" in guest.post(link, data={**CAME, "acepto": ""}).text
        assert "Escriba su nombre" in guest.post(link, data={**CAME, "nombre": " "}).text
        assert "quedó registrada" in guest.post(link, data=CAME).text
        assert "ya está en la lista" in guest.post(link, data={**CAME, "nombre": "ROSA  PÉREZ"}).text
        assert guest.post(link, data={**CAME, **{f"x{number}": "1" for number in range(9)}}).status_code == 422
        accented = {**CAME, "nombre": "Ángel Ñáñez"}
        assert "quedó registrada" in guest.post(link, data=accented).text
        assert "ya está en la lista" in guest.post(link, data=accented).text
        assert guest.post(link, content=b"nombre=" + b"x" * 5000).status_code == 413
        assert "&lt;b&gt;" in guest.post(link, data={**CAME, "nombre": "<b>", "acepto": ""}).text
    place = CAME["representa"]
    assert _people(office) == [("Rosa Pérez", place, "qr"), ("Ángel Ñáñez", place, "qr")]


def test_a_link_that_is_forged_early_late_or_of_a_cancelled_meeting_is_over(
    office: Office, guest: TestClient, held: int, noon: datetime
) -> None:
    token = _token(office, held)
    for moment in (noon - timedelta(hours=3), noon + timedelta(hours=13)):
        with at(moment):
            assert guest.get(f"/asistencia/{token}").status_code == 404
            assert guest.post(f"/asistencia/{token}", data=CAME).status_code == 404
    with at(noon):
        assert guest.get("/asistencia/1").status_code == 404
        assert guest.get(f"/asistencia/{token[:-3]}aaa").status_code == 404
        with office.sessions.begin() as session:
            session.get_one(Meeting, held).state = "cancelled"
        with pytest.raises(NotFound):
            sign_in(office, token, Arrived("Rosa", "Comunidad", Sector.COMMUNITY, consents=True))


def test_an_agreement_needs_a_party_and_a_day_that_is_not_before_the_meeting(
    office: Office, members: dict[str, Member], held: int, noon: datetime
) -> None:
    for new, fault in (
        (NewAgreement("", noon.date(), ["SOAPA"]), "no_text"),
        (NewAgreement("Reparar la bomba", None, ["SOAPA"]), "no_due"),
        (NewAgreement("Reparar la bomba", noon.date() - timedelta(days=1), ["SOAPA"]), "early"),
        (NewAgreement("Reparar la bomba", noon.date()), "no_party"),
        (NewAgreement("Reparar la bomba", noon.date(), others=["Comité"] * 6), "many_parties"),
    ):
        with pytest.raises(FormRefused, match=fault):
            agree(office, members["oficial"], held, new)
    with pytest.raises(NotFound):
        agree(office, members["oficial"], held, NewAgreement("Reparar", noon.date(), ["SOAPA"], item_id=7))


def test_a_refused_agreement_keeps_all_who_answer_for_it(browser: Callable[[str], Browser], held: int) -> None:
    officer = browser("oficial")
    fields = {"csrf": officer.token(), "fecha": "2027-04-01", "dependencias": ["SOAPA", "CABIEN", ""]}
    page = officer.client.post(f"/reuniones/{held}/acuerdos", data=fields).text
    assert 'value="SOAPA" selected' in page
    assert 'value="CABIEN" selected' in page


def test_a_meeting_that_was_held_is_not_moved_to_a_day_to_come(
    office: Office, members: dict[str, Member], held: int, noon: datetime
) -> None:
    officer = members["oficial"]
    with at(noon + timedelta(hours=1)):
        with pytest.raises(FormRefused, match="not_yet"):
            change_meeting(office, officer, held, Plan(Kind.TABLE, "Mesa", noon + timedelta(days=9), "Casa"))
        change_meeting(office, officer, held, Plan(Kind.TABLE, "Mesa", noon - timedelta(days=1), "Casa"))
    with reading(office.sessions) as session:
        assert session.get_one(Meeting, held).held_at == noon - timedelta(days=1)


def test_agreements_are_sorted_by_what_presses_and_fulfilled_with_evidence(
    office: Office, browser: Callable[[str], Browser], held: int, noon: datetime
) -> None:
    with at(noon):
        officer, liaison = browser("oficial"), browser("enlace-soapa")
        later = {"texto": "Pintar el tanque", "fecha": "2027-04-01", "dependencias": "CABIEN"}
        sooner = {"texto": "Reparar la bomba", "fecha": "2027-03-05", "dependencias": "SOAPA", "otras": "Comité"}
        officer.sends(f"/reuniones/{held}/acuerdos", **later)
        officer.sends(f"/reuniones/{held}/acuerdos", **sooner)
        page = officer.opens("/acuerdos")
        assert page.index("Reparar la bomba") < page.index("Pintar el tanque")
        assert "Vence pronto" in page
        assert "Pintar el tanque" not in liaison.opens("/acuerdos?dependencia=CABIEN")
        liaison.opens("/acuerdos/1", 404)
        liaison.sends("/acuerdos/1/cumplido", 404, evidencia="No es nuestro.")
        assert "Escriba qué se hizo" in liaison.sends("/acuerdos/2/cumplido", 422, evidencia=" ")
        liaison.client.post(
            "/acuerdos/2/archivos",
            data={"csrf": liaison.token()},
            files={"archivo": ("acta.pdf", PDF, "application/pdf")},
        )
        liaison.sends("/acuerdos/2/cumplido", evidencia="La bomba trabaja desde el jueves; consta en el acta.")
        assert "acta.pdf" in officer.opens("/acuerdos/2")
        assert liaison.client.get("/documentos-de-reunion/1").content == PDF
        browser("enlace-cabien").opens("/documentos-de-reunion/1", 404)
        assert "Reparar la bomba" in officer.opens("/acuerdos?estado=fulfilled")
        officer.sends("/acuerdos/2/reabrir")
        officer.sends("/acuerdos/2/fecha", fecha="2027-03-20", motivo="Falta la refacción")
        officer.sends("/acuerdos/1/sin-efecto", motivo="El tanque se cambió")
    with at(noon + timedelta(days=30)):
        officer = browser("oficial")
        assert "Vencido" in officer.opens("/acuerdos")
        book = load_workbook(io.BytesIO(officer.client.get("/acuerdos.xlsx").content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert [row[1] for row in rows] == ["Acuerdo", "Reparar la bomba", "Pintar el tanque"]
    assert rows[1][2] == "Sistema Operador de los Servicios de Agua Potable y Alcantarillado; Comité"


def test_who_may_not_act_does_not(office: Office, members: dict[str, Member], held: int, noon: datetime) -> None:
    with pytest.raises(NotAllowed):
        plan_meeting(office, members["audita"], Plan(Kind.SOCIAL, "x", noon, "y"))
    number = agree(office, members["oficial"], held, NewAgreement("Reparar", noon.date(), ["SOAPA"]))
    fulfil(office, members["enlace-soapa"], number, "Quedó reparada.")
    with pytest.raises(Stale):
        fulfil(office, members["enlace-soapa"], number, "Otra vez.")
    with pytest.raises(NotFound):
        fulfil(office, members["enlace-cabien"], number, "Quedó reparada.")


def test_the_code_is_a_picture_of_the_address(browser: Callable[[str], Browser], held: int, office: Office) -> None:
    page = browser("oficial").opens(f"/reuniones/{held}")
    assert re.search(r'<div class="qr"[^>]*><svg', page)
    assert check_in_link(office, held) in page


def _told(office: Office) -> list[str]:
    with reading(office.sessions) as session:
        purposes = "notice.meeting_invited", "notice.agreement_due"
        return list(session.scalars(select(Reply.purpose).where(Reply.purpose.in_(purposes)).order_by(Reply.id)))


def test_who_agreed_is_invited_by_day_and_told_of_an_agreements_day_once(
    office: Office, members: dict[str, Member], case: Case
) -> None:
    officer = members["oficial"]
    zone = office.jurisdiction.zone
    noon = datetime.combine(utc_now().astimezone(zone).date() + timedelta(days=1), time(12), zone)
    number = plan_meeting(office, officer, Plan(Kind.TABLE, "Mesa", noon + timedelta(hours=5), "Casa del pueblo"))
    bring_petition(office, officer, number, case.folio, consents=False)
    with at(noon), pytest.raises(FormRefused, match="nobody"):
        invite(office, officer, number)
    bring_petition(office, officer, number, case.folio, consents=True)
    with at(noon - timedelta(hours=8)), pytest.raises(FormRefused, match="night"):
        invite(office, officer, number)
    with at(noon):
        assert invite(office, officer, number) == 1
        with pytest.raises(FormRefused, match="nobody"):
            invite(office, officer, number)
    with at(noon + timedelta(hours=6)):
        hold_meeting(office, officer, number)
        due_on = noon.date() + timedelta(days=3)
        agree(office, officer, number, NewAgreement("Reparar la bomba", due_on, ["SOAPA"]))
    for moment, count in ((noon, 0), (noon + timedelta(days=1, hours=10), 0), (noon + timedelta(days=2), 1)):
        with at(moment):
            assert remind_people(office, moment) == count
    with at(noon + timedelta(days=2, hours=1)):
        assert remind_people(office, noon + timedelta(days=2, hours=1)) == 0
    assert _told(office) == ["notice.meeting_invited", "notice.agreement_due"]


def test_who_is_blocked_or_said_alto_is_not_written_to_and_stops_nobody(
    office: Office, members: dict[str, Member], case: Case
) -> None:
    officer, zone = members["oficial"], office.jurisdiction.zone
    noon = datetime.combine(utc_now().astimezone(zone).date() + timedelta(days=1), time(12), zone)
    number = plan_meeting(office, officer, Plan(Kind.TABLE, "Mesa", noon - timedelta(hours=1), "Casa del pueblo"))
    silent, blocked = (says(office, f"c-{one}", "no hay agua en la colonia Reforma") for one in "ab")
    for folio in (blocked.folio, silent.folio, case.folio):
        bring_petition(office, officer, number, folio, consents=True)
    with office.sessions.begin() as session:
        session.scalars(select(Petition).where(Petition.folio == blocked.folio)).one().is_blocked = True
        chat = find_chat(session, get_petition(session, silent.folio))
        chat.state = chat.state | {"is_muted": True}
    with at(noon - timedelta(hours=3)):
        assert invite(office, officer, number) == 1
    with at(noon):
        hold_meeting(office, officer, number)
        agree(office, officer, number, NewAgreement("Reparar la bomba", noon.date(), ["SOAPA"]))
        remind_people(office, noon)
    assert _told(office) == ["notice.meeting_invited", "notice.agreement_due"]


def test_who_was_invited_hears_that_it_moved_and_that_it_is_not_held(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser], case: Case
) -> None:
    officer, zone = members["oficial"], office.jurisdiction.zone
    noon = datetime.combine(utc_now().astimezone(zone).date() + timedelta(days=3), time(12), zone)
    plan = Plan(Kind.TABLE, "Mesa", noon, "Casa del pueblo")
    number = plan_meeting(office, officer, plan)
    bring_petition(office, officer, number, case.folio, consents=True)
    with at(noon - timedelta(days=2)):
        assert tell_change(office, number) == 0  # nobody was invited yet
        invite(office, officer, number)
    assert change_meeting(office, officer, number, replace(plan, title="Mesa del agua")) is False
    assert change_meeting(office, officer, number, replace(plan, starts_at=noon + timedelta(hours=2)))
    with at(noon - timedelta(days=1)):
        assert tell_change(office, number) == 1
        tell_change(office, number)  # the same change is told once
    with at(noon - timedelta(days=1, hours=-10)):
        browser("oficial").sends(f"/reuniones/{number}/cancelar", motivo="Se cerró el camino")
    with reading(office.sessions) as session:
        said = session.scalars(select(Reply).where(Reply.purpose.like("notice.meeting_%")).order_by(Reply.id)).all()
    purposes = [row.purpose.removeprefix("notice.meeting_") for row in said]
    assert purposes == ["invited", "moved", "cancelled"]
    assert "14:00" in said[1].text
