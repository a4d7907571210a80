"""«Contingencia»: one switch, who and why, what people are told meanwhile, the damage they report, grouped by place."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from intake.clock import at, utc_now
from intake.office import Office
from intake.tables.mind import IncidentMember
from intake.tables.petitions import Contingency, Petition
from tests.staff import Browser
from tests.talk import Talk

ZONE = ZoneInfo("America/Mexico_City")
NOTICE = "Hubo un sismo. Revise su casa antes de volver a entrar."


def _local(hours: int) -> str:
    return f"{utc_now().astimezone(ZONE) + timedelta(hours=hours):%Y-%m-%dT%H:%M}"


def _form(**changed: str) -> dict[str, str]:
    form = {"motivo": "sismo del Istmo", "aviso": NOTICE, "fuente": "Protección Civil, boletín 1", "hora": _local(-1)}
    return form | changed


def _turns_on(officer: Browser, **changed: str) -> int:
    assert officer.sends("/contingencia", **_form(**changed)) == "/contingencia"
    return 1


def _reports(office: Office, address: str, where: str) -> Talk:
    talk = Talk(office, address)
    talk.says("no hay agua y la barda quedó cuarteada, es en Juchitán de Zaragoza")
    talk.says("la barda de la casa")
    talk.says("no, nadie")
    talk.says(where)
    return talk


def test_an_officer_turns_it_on_and_everybody_sees_it(office: Office, browser: Callable[[str], Browser]) -> None:
    officer = browser("oficial")
    _turns_on(officer)
    page = officer.opens("/contingencia")
    assert "Persona oficial" in page
    assert NOTICE in page
    for name in ("oficial", "audita", "enlace-soapa"):
        assert "Contingencia activa desde el" in browser(name).opens("/turnos" if "enlace" in name else "/triage")
    browser("administra").sends("/contingencia/1/terminar")
    assert "Contingencia activa" not in officer.opens("/triage")
    with office.sessions() as session:
        row = session.scalars(select(Contingency)).one()
        assert row.open_mark is None
        assert row.ended_at is not None
        assert row.ended_by != row.began_by
    assert "Persona administra" in officer.opens("/contingencia")


def test_there_is_one_at_a_time(browser: Callable[[str], Browser]) -> None:
    _turns_on(browser("oficial"))
    browser("administra").sends("/contingencia", 409, **_form())
    browser("administra").sends("/contingencia/2/terminar", 409)


def test_it_ends_by_itself_and_makes_room(office: Office, browser: Callable[[str], Browser]) -> None:
    officer = browser("oficial")
    _turns_on(officer, termina=_local(2))
    with at(utc_now() + timedelta(hours=3)):
        assert "sola, a la hora fijada" in officer.opens("/contingencia")
        _turns_on(officer)
    with office.sessions() as session:
        assert [row.open_mark for row in session.scalars(select(Contingency).order_by(Contingency.id))] == [None, 1]


def test_what_the_form_lacks_is_said(browser: Callable[[str], Browser]) -> None:
    officer = browser("oficial")
    assert "Escriba el motivo" in officer.sends("/contingencia", 422, **_form(fuente=" "))
    assert "a qué hora lo publicó" in officer.sends("/contingencia", 422, **_form(hora=_local(2)))
    assert "ya pasó" in officer.sends("/contingencia", 422, **_form(termina=_local(-2)))


def test_reports_of_one_place_stand_together_and_become_one_incident(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    officer = browser("oficial")
    number = _turns_on(officer)
    for address, where in (
        ("c1", "Calle Hidalgo, 2a sección"),
        ("c2", "calle hidalgo 2a seccion"),
        ("c3", "en el centro"),
    ):
        _reports(office, address, where)
    page = officer.opens("/contingencia")
    assert "Mismo lugar: 2 reportes" in page
    assert "la barda de la casa" in page
    with office.sessions() as session:
        rows = session.scalars(select(Petition).order_by(Petition.id)).all()
        assert {row.contingency_id for row in rows} == {number}
        assert rows[0].damage == {
            "words": "la barda de la casa",
            "is_hurt": False,
            "where": "Calle Hidalgo, 2a sección",
        }
        folios = [row.folio for row in rows[:2]]
    answer = officer.client.post(
        f"/contingencia/{number}/juntar", data={"csrf": officer.token(), "folio": folios}, follow_redirects=False
    )
    assert answer.status_code == 303
    with office.sessions() as session:
        assert len({row.incident_id for row in session.scalars(select(IncidentMember))}) == 1
    assert "Ya están en un foco" in officer.opens("/contingencia")


def test_the_damage_stands_on_the_petitions_page(office: Office, browser: Callable[[str], Browser]) -> None:
    officer = browser("oficial")
    _turns_on(officer)
    folio = _reports(office, "c1", "en el centro").petitions()[-1].folio
    page = officer.opens(f"/peticiones/{folio}")
    assert "Daños en la contingencia" in page
    assert "en el centro" in page
    assert "Contingencia" in page
    browser("audita").sends("/contingencia", 403, **_form())
