"""«Días inhábiles»: what an administrator writes there moves open terms, with the old date, the reason and the name."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from intake.clock import at, business_day_after, utc_now
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.calendar import CalendarChange
from intake.tables.petitions import HistoryEntry, Petition
from tests.admin.conftest import Case, says
from tests.staff import Browser
from tests.talk import Talk

SOURCE = "Acuerdo publicado en el Periódico Oficial el 3 de marzo"
PAGE = "/dias-inhabiles"


def _due_on(office: Office, folio: str) -> date:
    with office.sessions() as session:
        return get_petition(session, folio).due_on


def _recounts(office: Office) -> list[tuple[str, dict[str, Any]]]:
    with office.sessions() as session:
        rows = session.scalars(select(HistoryEntry).where(HistoryEntry.name == "due_recounted")).all()
        return [(row.actor, row.data) for row in rows]


def _closes(browser: Browser, day: date, kind: str = "closed", **more: str) -> str:
    fields = {"clase": kind, "desde": day.isoformat(), "motivo": "Duelo estatal", "fundamento": SOURCE}
    return browser.sends(PAGE, **(fields | more))


def test_a_closed_day_moves_open_terms_and_leaves_the_old_date(
    office: Office, browser: Callable[[str], Browser], case: Case
) -> None:
    administrator, was_due_on = browser("administra"), _due_on(office, case.folio)
    assert _closes(administrator, was_due_on) == PAGE
    due_on = _due_on(office, case.folio)
    assert due_on == business_day_after(was_due_on, 1, office.jurisdiction.closed)
    assert "Cambió la fecha de 1 petición abierta." in administrator.opens(PAGE)
    ((actor, data),) = _recounts(office)
    assert actor.startswith("staff:")
    assert (data["was_due_on"], data["due_on"]) == (was_due_on.isoformat(), due_on.isoformat())
    assert (data["reason"], data["source"]) == ("Duelo estatal", SOURCE)
    page = browser("oficial").opens(f"/peticiones/{case.folio}")
    assert "cambió la fecha límite por el calendario" in page
    assert "«Duelo estatal»" in page


def test_what_is_withdrawn_counts_no_more_and_stays_to_be_read(
    office: Office, browser: Callable[[str], Browser], case: Case
) -> None:
    administrator, was_due_on = browser("administra"), _due_on(office, case.folio)
    _closes(administrator, was_due_on)
    assert administrator.sends(f"{PAGE}/1/retirar", fundamento="Fe de erratas del 5 de marzo") == PAGE
    assert _due_on(office, case.folio) == was_due_on
    page = browser("audita").opens(PAGE)
    assert "Se retiró: Fe de erratas del 5 de marzo" in page
    assert f'action="{PAGE}' not in page
    administrator.sends(f"{PAGE}/1/retirar", 409, fundamento="Fe de erratas del 5 de marzo")
    assert len(_recounts(office)) == 2


def test_a_day_that_opens_again_lets_no_term_end_in_the_past(
    office: Office, browser: Callable[[str], Browser], case: Case
) -> None:
    administrator, was_due_on = browser("administra"), _due_on(office, case.folio)
    _closes(administrator, was_due_on)
    today = _due_on(office, case.folio)
    with at(utc_now() + (today - utc_now().astimezone(office.jurisdiction.zone).date())):
        administrator = browser("administra")
        administrator.sends(f"{PAGE}/1/retirar", fundamento="Fe de erratas del 5 de marzo")
    assert _due_on(office, case.folio) == today


def test_terms_stand_still_only_in_the_municipalities_named(office: Office, browser: Callable[[str], Browser]) -> None:
    here = says(office, "c1", "no hay agua en Santa Cruz Xoxocotlán desde hace ocho días").folio
    talk = Talk(office, "c2")
    talk.says("el camino está lleno de hoyos y no se puede pasar")
    there, was_due_on = talk.petitions()[-1].folio, _due_on(office, here)
    with office.sessions() as session:
        assert get_petition(session, here).municipality
        assert get_petition(session, there).municipality is None
    more = {"hasta": (was_due_on + timedelta(days=13)).isoformat(), "municipios": "santa cruz xoxocotlan"}
    _closes(browser("administra"), was_due_on, "suspended", **more)
    assert _due_on(office, here) > was_due_on + timedelta(days=13)
    assert _due_on(office, there) == was_due_on
    talk.says("Santa Cruz Xoxocotlán")
    with office.sessions() as session:
        assert get_petition(session, there).municipality
    assert _due_on(office, there) > was_due_on + timedelta(days=13)


def test_a_petition_of_later_is_counted_with_the_day(office: Office, browser: Callable[[str], Browser]) -> None:
    first = says(office, "c1", "no hay agua en la colonia Reforma").folio
    _closes(browser("administra"), _due_on(office, first))
    second = says(office, "c2", "el camino a mi pueblo está lleno de hoyos").folio
    assert _due_on(office, second) == _due_on(office, first)
    with office.sessions() as session:
        assert session.scalars(select(Petition.calendar)).all() == [1, 1]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"fundamento": "P.O."}, "Escriba el fundamento legal, al menos 10 caracteres."),
        ({"motivo": ""}, "Escriba el motivo."),
        ({"desde": ""}, "Escriba desde qué día."),
        ({"hasta": "2020-01-01"}, "Revise las fechas"),
        ({"clase": "suspended", "municipios": "Macondo"}, "Revise los municipios"),
        ({"clase": "suspended", "municipios": "San Juan Mixtepec"}, "la clave del INEGI si dos se llaman igual"),
        ({"municipios": "Santa Cruz Xoxocotlán"}, "solo para plazos suspendidos"),
    ],
)
def test_what_lacks_something_changes_nothing(
    office: Office, browser: Callable[[str], Browser], fields: dict[str, str], sentence: str
) -> None:
    whole = {"clase": "closed", "desde": "2027-03-22", "motivo": "Semana Santa", "fundamento": SOURCE}
    assert sentence in browser("administra").sends(PAGE, 422, **(whole | fields))
    with office.sessions() as session:
        assert session.scalars(select(CalendarChange)).all() == []


def test_only_an_administrator_changes_the_calendar(browser: Callable[[str], Browser]) -> None:
    for name in ("oficial", "audita", "enlace-soapa"):
        browser(name).sends(PAGE, 403, clase="closed")
    page = browser("oficial").opens(PAGE)
    assert "Día de Muertos" in page
    assert "Navidad" in page
    assert 'href="/plazos"' in page
    assert "por confirmar" in page
