"""«Conservación»: a series' terms are changed, tried and gone back from; nothing unconfirmed makes anything ready."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.correspondence.archive_files import Filing, put_in_series
from intake.correspondence.inventories import Kind, list_due
from intake.correspondence.records import write_series
from intake.correspondence.retention import try_series
from intake.errors import FormRefused
from intake.office import Office
from intake.tables.archive import ArchiveFile
from intake.triage.marks import today_at
from tests.admin.conftest import Case
from tests.staff import Browser

Field = str | int | Sequence[str]
REASON = "El archivo entregó su catálogo"
PAGE = "/conservacion/SERIE-A"


def _form(**other: Field) -> dict[str, Field]:
    own: dict[str, Field] = {
        "nombre": "Peticiones ciudadanas",
        "valores": ["administrativo"],
        "tramite": "2",
        "concentracion": "3",
        "personales": "true",
        "fundamento": "CADIDO 2026, oficio AG/12",
        "abierta": "true",
        "motivo": REASON,
        "vigente": 0,
    }
    return {**own, **other}


def test_a_series_is_confirmed_by_somebody_who_is_named(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    assert not office.jurisdiction.records.series["SERIE-A"].is_confirmed
    said = "Para confirmarla hacen falta"
    assert said in administrator.sends(PAGE, 422, **_form(confirmado="true", destino="baja"))
    assert said in administrator.sends(PAGE, 422, **_form(confirmado="true", confirmo="Archivo General"))
    form = _form(confirmado="true", destino="baja", confirmo="Archivo General", tramite="4")
    administrator.sends(PAGE, **form)
    series = office.jurisdiction.records.series["SERIE-A"]
    assert (series.active_years, series.is_confirmed, series.confirmed_by) == (4, True, "Archivo General")
    assert not office.jurisdiction.records.is_confirmed  # the other series is not
    assert "Confirmó: Archivo General." in browser("audita").opens("/conservacion")
    administrator.sends(f"{PAGE}/volver/0", motivo=REASON, vigente=1)
    assert office.jurisdiction.records.series["SERIE-A"].active_years == 2


def test_a_trial_says_how_many_files_would_change_and_changes_none(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case
) -> None:
    administrator = browser("administra")
    assert "Hoy no cambiaría ningún expediente." in administrator.sends(PAGE, 200, **_form(tramite="1"), probar="true")
    put_in_series(office, members["oficial"], case.folio, Filing("SERIE-A"))
    shown = administrator.sends(PAGE, 200, **_form(tramite="1"), probar="true")
    assert "Expedientes abiertos que se cerrarían con estos plazos: 1" in shown
    assert office.jurisdiction.records.series["SERIE-A"].active_years == 2
    with office.sessions.begin() as session:
        file = session.scalars(select(ArchiveFile)).one()
        file.closed_at, file.terms = file.opened_at, {}
    shown = administrator.sends(PAGE, 200, **_form(tramite="0", concentracion="0"), probar="true")
    assert "Para baja hoy: 0 → 1" in " ".join(shown.split())
    assert f'href="/expedientes/{case.folio}"' in shown
    assert "Nada se borra con este cambio." in shown


def test_a_closed_file_is_due_by_the_confirmed_terms_that_it_was_closed_with(
    office: Office, members: dict[str, Member], case: Case
) -> None:
    put_in_series(office, members["oficial"], case.folio, Filing("SERIE-A"))
    series, today = office.jurisdiction.records.series["SERIE-A"], today_at(office)
    shorter = {**write_series(series), "active_years": 1, "resting_years": 1}
    for is_confirmed, count in ((True, 0), (False, 1)):
        with office.sessions.begin() as session:
            file = session.scalars(select(ArchiveFile)).one()
            file.closed_at = utc_now() - timedelta(days=3 * 366)
            file.terms = replace(series, active_years=5, resting_years=5, is_confirmed=is_confirmed).as_terms()
        trial = try_series(office, "SERIE-A", shorter)
        assert (trial.after.transfer, trial.after.disposal, len(trial.folios)) == (count, count, count)
    with office.sessions.begin() as session:
        file = session.scalars(select(ArchiveFile)).one()
        file.terms = replace(series, active_years=1, resting_years=1, is_confirmed=True).as_terms()
    with office.sessions() as session:
        for kind in (Kind.TRANSFER, Kind.DISPOSAL):
            assert len(list_due(session, office, kind, "SERIE-A", today) or ()) == 1


def test_a_new_series_takes_files_and_a_retired_one_takes_no_more(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case
) -> None:
    administrator = browser("administra")
    assert "Ya hay una serie" in administrator.sends("/conservacion/nueva", 422, **_form(codigo="SERIE-A"))
    assert "Escriba código" in administrator.sends("/conservacion/nueva", 422, **_form(codigo="1S/3"))
    assert administrator.sends("/conservacion/nueva", **_form(codigo="1S.3")) == "/conservacion/1S.3"
    put_in_series(office, members["oficial"], case.folio, Filing("1S.3"))
    administrator.sends("/conservacion/1S.3", **_form(abierta="", vigente=1))
    put_in_series(office, members["oficial"], case.folio, Filing("1S.3", "caja 4"))  # stays where it is
    put_in_series(office, members["oficial"], case.folio, Filing("SERIE-A"))
    with pytest.raises(FormRefused, match="series"):
        put_in_series(office, members["oficial"], case.folio, Filing("1S.3"))
    administrator.sends("/conservacion/1S.3/volver/1", motivo=REASON, vigente=2)
    assert office.jurisdiction.records.series["1S.3"].is_open
    administrator.sends("/conservacion/1S.3/volver/0", 404, motivo=REASON, vigente=3)


def test_what_is_wrong_is_named_and_nobody_else_changes_it(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    for other, said in (
        ({"tramite": "101"}, "Los años van de 0 a 100."),
        ({"tramite": "dos"}, "Los años van de 0 a 100."),
        ({"destino": "hoguera"}, "Elija un destino"),
        ({"fundamento": " "}, "Escriba código, nombre y fundamento."),
        ({"abierta": ""}, "no se puede retirar"),
        ({"nombre": "n" * 161}, "demasiado largo"),
        ({"motivo": "x", "tramite": "5"}, "Escriba el motivo"),
    ):
        assert said in administrator.sends(PAGE, 422, **_form(**other))
    administrator.sends("/conservacion/SERIE-Z", 404, **_form())
    for name in ("oficial", "audita"):
        browser(name).sends(PAGE, 403, **_form())
        assert "Plazos de la serie" in browser(name).opens(PAGE)
