"""What a citizen says of how they were attended: on the petition's page, by agency, and in their own data."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.citizens.own_data import collect
from intake.office import Office
from intake.tables.citizens import Rating
from intake.tables.petitions import Petition
from intake.triage.referrals import answer
from tests.admin.conftest import Case
from tests.staff import Browser
from tests.talk import Talk

TITLE = "Atención, según la persona"


@pytest.fixture
def talk(office: Office, members: dict[str, Member], case: Case, referral_id: int) -> Talk:
    """It was answered, and the citizen says that it is solved."""
    answer(office, members["enlace-soapa"], referral_id, "Se reparó la fuga de su calle el martes.")
    talk = Talk(office, "c1")
    talk.works()
    assert "¿cómo fue la atención que recibió?" in talk.says("1")[-1]
    return talk


def test_it_is_shown_with_its_comment(
    office: Office, browser: Callable[[str], Browser], case: Case, talk: Talk
) -> None:
    page = f"/peticiones/{case.folio}"
    assert "Se le preguntó; no ha contestado" in browser("oficial").opens(page)
    talk.says("2")
    talk.says("tardaron pero ya hay agua")
    shown = browser("oficial").opens(page)
    assert "Regular" in shown.split(TITLE, 1)[1].split("</div>", 1)[0]
    assert "«tardaron pero ya hay agua»" in shown
    agencies = browser("administra").opens("/agencias")
    assert "Contestaron 1 de 1" in agencies
    assert agencies.count("Contestaron") == 1
    with office.sessions() as session:
        petition = session.scalars(select(Petition).where(Petition.folio == case.folio)).one()
        own = collect(session, office, petition.citizen_id)
    (told,) = [one for one in own["peticiones"] if one["folio"] == case.folio]
    assert told["cómo calificó la atención"] == "Regular"
    assert "tardaron pero ya hay agua" in [message["texto"] for message in told["mensajes"]]


def test_the_agency_does_not_see_it(browser: Callable[[str], Browser], talk: Talk, referral_id: int) -> None:
    talk.says("3")
    assert TITLE not in browser("enlace-soapa").opens(f"/turnos/{referral_id}")


def test_the_first_answer_counts(office: Office, talk: Talk, case: Case) -> None:
    talk.says("3")
    talk.says(button=f"rate:{case.folio}:good")
    with office.sessions() as session:
        assert session.scalars(select(Rating.mark)).all() == ["bad"]
