"""One answer to an incident in Debian's Chromium: written, looked at, sent; an interrupted one goes on by itself."""

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.answers.bulk_answers import Wish, begin
from intake.office import Office
from intake.petitions.incidents import join
from intake.tables.answers import Answer
from intake.tables.mind import IncidentMember
from intake.tables.petitions import Referral
from tests.admin import test_browser as shared
from tests.admin.conftest import refers

pytestmark = pytest.mark.browser
address, width, tab = shared.address, shared.width, shared.tab  # fixtures
TEXT = "La cuadrilla cambió la válvula de la calle Hidalgo el 3 de diciembre. Su folio es {folio}."


@pytest.fixture
def referrals(office: Office, members: dict[str, Member]) -> list[int]:
    """Of an incident of three, all with the water board."""
    cases = [shared._says(office, f"c{number}", shared.WATER) for number in range(3)]
    for other in cases[1:]:
        join(office, members["oficial"], cases[0].folio, other.folio)
    return [refers(office, members["oficial"], case, "SOAPA") for case in cases]


def _looks(tab: Page) -> None:
    """As it stands: no serious finding, nothing wider than the window."""
    assert shared._findings(tab, tab.url) == []


def test_it_is_written_once_looked_at_and_sent(office: Office, referrals: list[int], tab: Page) -> None:
    shared._logs_in(tab, "enlace-soapa")
    tab.goto(f"/turnos/{referrals[0]}")
    tab.get_by_role("link", name="Responder a todos juntos").click()
    tab.locator("#respuesta").fill(TEXT)
    tab.get_by_role("checkbox").last.uncheck()
    _looks(tab)
    tab.get_by_role("button", name="Ver cómo queda").click()
    tab.get_by_role("heading", name="Revise antes de enviar").wait_for()
    _looks(tab)
    tab.get_by_role("button", name="Enviar a 2 peticiones").click()
    tab.get_by_role("heading", name="Envío terminado").wait_for()
    _looks(tab)
    with office.sessions() as session:
        assert sorted(session.scalars(select(Answer.referral_id))) == referrals[:2]


def test_what_was_interrupted_goes_on_by_itself_when_its_page_is_opened(
    office: Office, members: dict[str, Member], referrals: list[int], tab: Page
) -> None:
    with office.sessions() as session:
        incident = session.scalars(select(IncidentMember.incident_id).distinct()).one()
    wish = Wish("a" * 32, "SOAPA", TEXT, tuple(referrals))
    bulk = begin(office, members["enlace-soapa"], incident, wish)
    shared._logs_in(tab, "enlace-soapa")
    tab.goto(f"/focos/respuestas/{bulk}")
    tab.get_by_role("heading", name="Envío terminado").wait_for()
    assert "3 de 3" in tab.locator("#avance").inner_text()
    _looks(tab)
    with office.sessions() as session:
        assert {*session.scalars(select(Referral.state))} == {"answered"}
