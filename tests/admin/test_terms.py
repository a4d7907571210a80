"""«Plazos»: changed from a day on, tried first, gone back from; open petitions follow and the old dates stay."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from intake.accounts.staff import Member
from intake.clock import at, business_day_after, utc_now
from intake.configuration.in_force import Subject
from intake.configuration.versions import Change, publish
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.audit import AuditWaiting
from intake.tables.configuration import ConfigVersion
from intake.tables.outgoing import Reply
from intake.tables.petitions import HistoryEntry, Petition
from intake.terms.catching_up import catch_up, count_anew
from intake.terms.expiring import step_term
from intake.terms.steps import Step
from intake.terms.timing import ALWAYS, Kind, read_entries, write_entries
from tests.admin.conftest import Case, says
from tests.staff import Browser

Field = str | int | Sequence[str]
SOURCE = "Ley del Procedimiento, artículo 12"
REASON = "Se publicó la reforma"
PAGE = "/plazos/answer"


def _today(office: Office) -> date:
    return office.jurisdiction.day_of(utc_now())


def _form(office: Office, *figures: object, **other: Field) -> dict[str, Field]:
    own = {"desde": _today(office).isoformat(), "cifras": [str(one) for one in figures], "fundamento": SOURCE}
    return {**own, "motivo": REASON, "vigente": 0, **other}


def _petition(office: Office, folio: str) -> Petition:
    with office.sessions() as session:
        return get_petition(session, folio)


def _recounts(office: Office) -> list[tuple[str, dict[str, Any]]]:
    with office.sessions() as session:
        rows = session.scalars(select(HistoryEntry).where(HistoryEntry.name == "due_recounted")).all()
        return [(row.actor, row.data) for row in rows]


def _later(office: Office, day: date, count: int) -> date:
    return business_day_after(day, count, office.jurisdiction.closed)


def test_a_longer_term_is_tried_published_and_gone_back_from(
    office: Office, browser: Callable[[str], Browser], case: Case, members: dict[str, Member]
) -> None:
    administrator, was_due_on = browser("administra"), _petition(office, case.folio).due_on
    form = _form(office, 12, habiles="true", confirmado="true")
    shown = administrator.sends(PAGE, 200, **form, probar="true")
    assert "de 1 peticiones abiertas tendrían otra fecha límite" in shown.replace("1 de 1", "de 1")
    assert f'href="/peticiones/{case.folio}"' in shown
    assert _petition(office, case.folio).due_on == was_due_on
    assert office.jurisdiction.terms.answer_days == 10

    assert administrator.sends(PAGE, **form) == PAGE
    due_on = _petition(office, case.folio).due_on
    assert due_on == _later(office, was_due_on, 2)
    assert "Cambió la fecha de 1 petición abierta." in administrator.opens(PAGE)
    ((actor, data),) = _recounts(office)
    assert actor == f"staff:{members['administra'].id}"
    assert (data["was_due_on"], data["due_on"]) == (was_due_on.isoformat(), due_on.isoformat())
    assert (data["reason"], data["source"]) == (REASON, SOURCE)
    assert office.jurisdiction.terms.is_confirmed
    page = browser("oficial").opens(f"/peticiones/{case.folio}")
    assert "cambió la fecha límite por el calendario o el plazo" in page
    assert f"«{REASON}»" in page
    assert count_anew(office, utc_now()) == 0

    administrator.sends(f"{PAGE}/volver/0", motivo=REASON, vigente=1)
    assert _petition(office, case.folio).due_on == was_due_on
    assert office.jurisdiction.terms.answer_days == 10
    assert len(_recounts(office)) == 2
    with office.sessions() as session:
        assert session.scalar(select(func.count()).where(AuditWaiting.act == "config_published")) == 2


def test_what_was_received_before_keeps_its_term(office: Office, browser: Callable[[str], Browser], case: Case) -> None:
    was_due_on, tomorrow = _petition(office, case.folio).due_on, _today(office) + timedelta(days=1)
    browser("administra").sends(PAGE, **_form(office, 3, desde=tomorrow.isoformat(), habiles="true"))
    assert count_anew(office, utc_now()) == 0
    assert _petition(office, case.folio).due_on == was_due_on
    assert office.jurisdiction.terms.answer_days == 10
    assert office.jurisdiction.terms_at(utc_now() + timedelta(days=2)).answer_days == 3
    page = browser("audita").opens(PAGE)
    assert "10 días hábiles" in page
    assert "3 días hábiles" in page
    assert f'action="{PAGE}' not in page


def test_a_shorter_term_lets_nothing_end_in_the_past(
    office: Office, browser: Callable[[str], Browser], case: Case
) -> None:
    received = _today(office)
    with at(utc_now() + timedelta(days=6)):
        browser("administra").sends(PAGE, **_form(office, 1, desde=received.isoformat(), habiles="true"))
        assert _petition(office, case.folio).due_on == _later(office, _today(office), 0)


def test_gone_back_from_a_term_that_was_over_it_ends_as_it_had_and_each_change_is_told(
    office: Office, browser: Callable[[str], Browser], case: Case
) -> None:
    received, was_due_on = _today(office), _petition(office, case.folio).due_on
    with at(utc_now() + timedelta(days=6)):
        administrator = browser("administra")
        administrator.sends(PAGE, **_form(office, 1, desde=received.isoformat(), habiles="true"))
        assert _petition(office, case.folio).due_on < was_due_on
        administrator.sends(f"{PAGE}/volver/0", motivo=REASON, vigente=1)
        assert _petition(office, case.folio).due_on == was_due_on
    with office.sessions() as session:
        assert len(session.scalars(select(Reply).where(Reply.purpose == "notice.recounted")).all()) == 2


def test_what_another_one_joined_has_its_own_date_again_by_the_new_term(
    office: Office, browser: Callable[[str], Browser], case: Case
) -> None:
    officer, lead = browser("oficial"), says(office, "c2", "seguimos sin agua en la Reforma, ya van ocho días")
    was_due_on = _petition(office, lead.folio).due_on
    officer.sends(f"/peticiones/{case.folio}/juntar", con=lead.folio, version=_petition(office, case.folio).version)
    browser("administra").sends(PAGE, **_form(office, 12, habiles="true"))
    officer.sends(f"/peticiones/{case.folio}/juntar/deshacer")
    assert _petition(office, lead.folio).due_on == _later(office, was_due_on, 2)
    assert count_anew(office, utc_now()) == 0


def test_natural_days_are_counted_as_such(office: Office, browser: Callable[[str], Browser], case: Case) -> None:
    browser("administra").sends(PAGE, **_form(office, 20))
    terms = office.jurisdiction.terms
    assert not terms.counts_business_days
    assert _petition(office, case.folio).due_on == _later(office, _today(office) + timedelta(days=20), 0)


def test_what_stands_still_follows_when_it_goes_on_and_a_date_of_its_own_stays(
    office: Office, browser: Callable[[str], Browser], case: Case
) -> None:
    was_due_on = _petition(office, case.folio).due_on
    with office.sessions.begin() as session:
        get_petition(session, case.folio).paused_left = 4
    browser("administra").sends(PAGE, **_form(office, 12, habiles="true"))
    assert _petition(office, case.folio).due_on == was_due_on
    with office.sessions.begin() as session:
        get_petition(session, case.folio).paused_left = None
    assert count_anew(office, utc_now()) == 1
    with office.sessions.begin() as session:
        petition = get_petition(session, case.folio)
        petition.due_on, petition.term_days = was_due_on, None
    assert catch_up(office, utc_now()) == 0
    assert _petition(office, case.folio).due_on == was_due_on


def test_steps_and_colours_hold_from_their_day(office: Office, browser: Callable[[str], Browser], case: Case) -> None:
    administrator, petition = browser("administra"), _petition(office, case.folio)
    before = step_term(office, petition, Step.TRIAGE, petition.opened_at)
    assert before
    assert before.due_on == _later(office, _today(office), 2)
    shown = administrator.sends("/plazos/steps", 200, **_form(office, 3, 2, 5, 1), probar="true")
    assert "1 de 1 pasos abiertos tendrían otro último día" in shown
    administrator.sends("/plazos/steps", **_form(office, 3, 2, 5, 1))
    after = step_term(office, petition, Step.TRIAGE, petition.opened_at)
    assert after
    assert after.due_on == _later(office, _today(office), 3)
    assert [one.since for one in office.jurisdiction.steps] == [date(2022, 12, 1), _today(office)]

    assert f"/peticiones/{case.folio}" not in administrator.sends(
        "/plazos/colours", 200, **_form(office, 4, 1, 1, 0, 2, 0), probar="true"
    )
    shown = administrator.sends("/plazos/colours", 200, **_form(office, 30, 20, 1, 0, 25, 0), probar="true")
    assert "0 de 1 peticiones abiertas tendrían otra fecha límite; 1, otro color o responsable." in shown
    assert "Hoy le toca a: Quien la tiene; le tocaría a: Titular de la dependencia" in shown
    administrator.sends("/plazos/colours", **_form(office, 30, 20, 1, 0, 25, 0))
    assert office.jurisdiction.colours.petition.yellow == 30


@pytest.mark.parametrize(
    ("kind", "figures", "other", "said"),
    [
        ("answer", ("0",), {}, "un número de días dentro de su límite"),
        ("answer", ("diez",), {}, "un número de días dentro de su límite"),
        ("answer", (), {}, "Falta un dato"),
        ("answer", ("9",), {"desde": ""}, "desde qué día rige"),
        ("answer", ("9",), {"desde": "1026-12-01"}, "desde qué día rige"),
        ("answer", ("9",), {"fundamento": "la ley"}, "Escriba el fundamento"),
        ("answer", ("9",), {"motivo": "x"}, "Escriba el motivo"),
        ("colours", ("1", "4", "1", "0", "2", "0"), {}, "El rojo no puede empezar antes"),
    ],
)
def test_what_is_wrong_is_named(
    office: Office,
    browser: Callable[[str], Browser],
    kind: str,
    figures: tuple[str, ...],
    other: dict[str, Field],
    said: str,
) -> None:
    assert said in browser("administra").sends(f"/plazos/{kind}", 422, **_form(office, *figures, **other))
    with office.sessions() as session:
        assert session.scalars(select(ConfigVersion)).all() == []


def test_nobody_else_changes_a_term(office: Office, browser: Callable[[str], Browser]) -> None:
    for name in ("oficial", "audita"):
        browser(name).sends(PAGE, 403, **_form(office, 12))
        assert "Rige hoy" in browser(name).opens("/plazos")
    browser("administra").sends("/plazos/ninguno", 404, **_form(office, 12))


def test_the_page_that_came_second_is_told(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    administrator.sends("/plazos/silence", **_form(office, 20))
    assert office.jurisdiction.silence.figures == {"days": 20}
    administrator.sends("/plazos/silence", 422, **_form(office, 25))
    assert office.jurisdiction.silence.figures == {"days": 20}


def test_a_version_that_cannot_be_followed_leaves_the_folders_own(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    publish(office, members["administra"], Change(Subject.TERM, "answer", {"entries": []}), REASON, 0)
    assert office.jurisdiction.terms.answer_days == 10


def test_a_table_is_the_same_when_it_is_written_and_read_again(office: Office) -> None:
    for kind in Kind:
        own = office.jurisdiction.timing.table[kind]
        assert read_entries(kind, write_entries(own), None) == own
    assert office.jurisdiction.timing.table["answer"][0].since == ALWAYS
