"""The administrator's page of the mind: what serves, what is on trial, what was learnt; others do not see it."""

import json
from collections.abc import Callable

import pytest

from admin.office import models as page
from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.mind import curves
from intake.mind.lessons import lesson, note_step
from intake.mind.trials import begin_trial
from intake.office import Office
from intake.tables.mind import Lesson
from nlp.shelf import META
from tests.admin.conftest import Case, refers
from tests.staff import Browser


def test_an_office_without_a_model_or_decisions_says_so(browser: Callable[[str], Browser]) -> None:
    shown = browser("administra").opens("/modelo")
    assert "No hay modelo" in shown
    assert "Hay 0 asuntos decididos" in shown
    assert "Aún hay pocos casos" in shown
    assert "Volver al anterior" not in shown


def test_the_model_in_service_and_the_one_before_are_named(office: Office, browser: Callable[[str], Browser]) -> None:
    shelf = office.minds.shelf
    for folder, version, decisions in ((shelf.in_place, "2.2", 250), (shelf.previous, "2.1", 0)):
        folder.mkdir(parents=True)
        learnt = {"count": decisions, "until": "2026-11-01"}
        meta = {"name": "m", "version": version, "description": "d", "messages": 42_250, "decisions": learnt}
        (folder / META).write_text(json.dumps(meta))
    shown = browser("administra").opens("/modelo")
    assert "m-2.2" in shown
    assert "aprendió de 250 decisiones" in shown
    assert "42,000 mensajes" in shown
    assert "El anterior: m-2.1" in shown


def test_learning_is_started_once(
    office: Office, browser: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator, started = browser("administra"), []
    monkeypatch.setattr(page, "start_lesson", started.append)
    assert administrator.sends("/modelo/aprender") == "/modelo"
    assert started == [office]
    assert "Empezó a aprender" in administrator.opens("/modelo")
    monkeypatch.undo()
    with lesson(office):
        administrator.sends("/modelo/aprender")
        shown = administrator.opens("/modelo")
    assert "Ya está aprendiendo" in shown
    assert "Está aprendiendo desde" in shown
    assert "Aprender ahora" not in shown


def test_what_a_lesson_would_make_worse_is_listed(office: Office, browser: Callable[[str], Browser]) -> None:
    faults = [{"name": "precision SOAPA", "before": 0.96, "after": 0.9}]
    with office.sessions.begin() as session:
        session.add(Lesson(started_at=utc_now(), ended_at=utc_now(), outcome="worse", figures={"faults": faults}))
    shown = browser("administra").opens("/modelo")
    assert "empeoraría lo que sigue" in shown
    assert "precision SOAPA" in shown
    assert "Aprender ahora" in shown


def test_a_trial_is_shown_and_ended_by_hand(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    with office.sessions.begin() as session:
        begin_trial(session, "canaliza_petitions-2.1.1", 200, {}, utc_now())
    assert "Lleva 0 de 200 peticiones decididas." in administrator.opens("/modelo")
    administrator.sends("/modelo/descartar")
    shown = administrator.opens("/modelo")
    assert "se retiró" in shown
    assert "Ponerlo en servicio ya" not in shown
    for what in ("publicar", "descartar", "volver"):
        administrator.sends(f"/modelo/{what}", 404)


def test_only_administrators_see_it(browser: Callable[[str], Browser]) -> None:
    for name in ("oficial", "audita", "enlace-soapa"):
        browser(name).opens("/modelo", 403)


def test_the_page_draws_what_people_decided(
    office: Office,
    browser: Callable[[str], Browser],
    members: dict[str, Member],
    case: Case,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(curves, "CASES_MIN", 1)  # one petition instead of twenty
    refers(office, members["oficial"], case, "CABIEN")
    shown = browser("administra").opens("/modelo")
    assert '<polyline points="' in shown
    assert "no llega a 95 %" in shown
    assert f'<a href="/peticiones/{case.folio}">' in shown
    assert "Hay 1; en 1 una persona corrigió" in shown


def test_progress_is_shown_while_it_learns(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    with lesson(office) as row:
        note_step(office, row, 2, 4)
        assert "Paso 2 de 4." in administrator.opens("/modelo")
        assert "Examina al que aprendió" in administrator.opens("/modelo/avance")
        row.outcome = "few"
    assert "Terminó de aprender" in administrator.opens("/modelo/avance")
