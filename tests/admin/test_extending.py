"""«Pedir más plazo»: once, with a reason, before the term ends; citizen and officers know the new date."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.errors import MoveRefused
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.outgoing import Reply
from intake.triage.extending import extend
from tests.admin.conftest import Case, refers, says
from tests.staff import Browser

CAUSE = "La bomba que hace falta llega en dos semanas."


def _due_on(office: Office, case: Case) -> date:
    with office.sessions() as session:
        return get_petition(session, case.folio).due_on


def test_the_new_date_is_told_and_seen(
    office: Office, browser: Callable[[str], Browser], case: Case, referral_id: int
) -> None:
    liaison, page, before = browser("enlace-soapa"), f"/turnos/{referral_id}", _due_on(office, case)
    assert "por confirmar" in liaison.opens(page)
    assert liaison.sends(f"{page}/plazo", causa=CAUSE) == page
    assert _due_on(office, case) > before
    with office.sessions() as session:
        told = session.scalars(select(Reply).where(Reply.purpose == "notice.extended")).one()
    assert CAUSE in told.text
    assert told.fields
    assert told.fields["due"] in told.text
    for shown in (liaison.opens(page), browser("oficial").opens(f"/peticiones/{case.folio}")):
        assert "pidió más plazo el" in shown
        assert f"Motivo: {CAUSE}" in shown
    assert "pidió más plazo</span>" not in liaison.opens(page)
    assert "<span>pidió más plazo" in browser("oficial").opens(f"/peticiones/{case.folio}")


def test_it_is_given_once_and_with_a_reason(
    office: Office, browser: Callable[[str], Browser], case: Case, referral_id: int
) -> None:
    liaison, page = browser("enlace-soapa"), f"/turnos/{referral_id}"
    assert "Escriba el motivo para pedir más plazo" in liaison.sends(f"{page}/plazo", 422, causa="no")
    liaison.sends(f"{page}/plazo", causa=CAUSE)
    due_on = _due_on(office, case)
    liaison.sends(f"{page}/plazo", 409, causa=CAUSE)
    assert "/plazo" not in liaison.opens(page)
    assert _due_on(office, case) == due_on


def test_on_the_last_day_it_may_be_asked_for_and_on_the_next_no_more(
    office: Office, members: dict[str, Member], case: Case, referral_id: int
) -> None:
    left = _due_on(office, case) - utc_now().astimezone(office.jurisdiction.zone).date()
    with at(utc_now() + left + timedelta(days=1)), pytest.raises(MoveRefused):
        extend(office, members["enlace-soapa"], referral_id, CAUSE)
    with at(utc_now() + left):
        assert extend(office, members["enlace-soapa"], referral_id, CAUSE) == _due_on(office, case)


def test_the_reason_of_a_sensitive_matter_is_not_in_the_notice(office: Office, members: dict[str, Member]) -> None:
    case = says(office, "c9", "hay que pasar mordida a los topes del camino, quítenlos")
    extend(office, members["oficial"], refers(office, members["oficial"], case, "SHTFP"), CAUSE)
    with office.sessions() as session:
        told = session.scalars(select(Reply.text).order_by(Reply.id.desc())).first()
    assert told
    assert CAUSE not in told


def test_where_it_comes_from_is_shown_beside_the_term(browser: Callable[[str], Browser]) -> None:
    page = browser("administra").opens("/plazos")
    assert "Ampliación" in page
    assert "lo confirma la Consejería Jurídica" in page.split("Ampliación", 1)[1]
