"""«Canalizar sola»: off until it is switched on, sure and plain petitions alone, and nothing is learnt from it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from intake.accounts.staff import Member
from intake.mind import curves
from intake.mind.curves import list_cases
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.mind import Decision, SuggestionRow
from intake.triage import promises
from intake.triage.promises import look
from tests.admin.conftest import refers, says
from tests.staff import Browser

WATER = "no hay agua en la colonia Reforma desde hace ocho días"
REASON = "Acuerdo de la coordinación"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "CASES_MIN", 1)  # one decision instead of twenty,
    monkeypatch.setattr(curves, "DOUBT", 0)
    monkeypatch.setattr(promises, "WAITS", -timedelta(minutes=1))  # and nobody waits


def _sure(office: Office, *, is_sure: bool = True) -> None:
    with office.sessions.begin() as session:
        for row in session.query(SuggestionRow):
            row.is_sure = is_sure


def _status(office: Office, folio: str) -> str:
    with office.sessions() as session:
        return get_petition(session, folio).status


def test_it_is_off_until_an_administrator_switches_it_on(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    refers(office, members["oficial"], says(office, "c1", WATER), "SOAPA")
    folio = says(office, "c2", WATER).folio
    _sure(office)
    assert look(office) == 0
    administrator = browser("administra")
    administrator.sends("/modelo/promesas/SOAPA", precision="0.95", encendida="true", motivo=REASON, vigente=0)
    assert "Encendida: canaliza sola" in administrator.opens("/modelo")
    assert look(office) == 1
    assert _status(office, folio) == "TURNADA"
    assert "la canalizó por la promesa" in browser("oficial").opens(f"/peticiones/{folio}")
    with office.sessions() as session:
        assert [row.is_machine for row in session.query(Decision).order_by(Decision.id)] == [False, True]
        assert len(list_cases(session)) == 1
    administrator.sends("/modelo/promesas/SOAPA", precision="0.95", motivo=REASON, vigente=1)
    other = says(office, "c3", WATER).folio
    _sure(office)
    assert look(office) == 0
    assert _status(office, other) == "RECIBIDA"


def test_what_is_unsure_or_pressing_waits_for_a_person(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    refers(office, members["oficial"], says(office, "c1", WATER), "SOAPA")
    browser("administra").sends("/modelo/promesas/SOAPA", precision="0.95", encendida="true", motivo=REASON, vigente=0)
    folio = says(office, "c2", WATER).folio
    _sure(office, is_sure=False)
    assert look(office) == 0
    _sure(office)
    for mark in ("is_urgent", "is_sensitive", "is_blocked"):
        with office.sessions.begin() as session:
            setattr(get_petition(session, folio), mark, True)
        assert look(office) == 0, mark
        with office.sessions.begin() as session:
            setattr(get_petition(session, folio), mark, False)
    assert look(office) == 1


def test_a_promise_that_was_not_kept_cannot_be_made(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    refers(office, members["oficial"], says(office, "c1", WATER), "CABIEN")
    administrator = browser("administra")
    administrator.sends("/modelo/promesas/SOAPA", precision="0.95", encendida="true", motivo=REASON, vigente=0)
    assert "todavía no muestran esa precisión" in administrator.opens("/modelo")
    assert promises.list_promises(office) == {}
