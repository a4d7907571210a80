"""An open list says that something has come: the queue to officers, the inbox to its own agency."""

import re
from collections.abc import Callable
from html import unescape

from intake.accounts.staff import Member
from intake.office import Office
from intake.triage.referrals import give_back
from tests.admin.conftest import refers, says
from tests.staff import Browser

WATER = "no hay agua en la colonia Reforma desde hace ocho días"


def _asked(page: str) -> str:
    """The address that the page asks for now and then."""
    found = re.search(r'id="novedades" role="status" hx-get="([^"]+)"', page)
    assert found
    return unescape(found[1])


def test_the_queue_tells_of_what_came_and_of_what_came_back(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    officer, first = browser("oficial"), says(office, "c1", WATER)
    referral = refers(office, members["oficial"], first, "SOAPA")
    asked = _asked(officer.opens("/triage"))
    officer.opens(asked, 204)
    give_back(office, members["enlace-soapa"], referral, "Le corresponde al municipio.")
    assert "Llegó una petición" in officer.opens(asked)
    says(office, "c2", WATER)
    says(office, "c3", WATER)
    assert "Llegaron 3 peticiones" in officer.opens(asked)
    officer.opens(_asked(officer.opens("/triage")), 204)


def test_a_new_one_is_told_though_a_colleague_decided_another(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    officer, first = browser("oficial"), says(office, "c1", WATER)
    asked = _asked(officer.opens("/triage"))
    refers(office, members["administra"], first, "SOAPA")
    officer.opens(asked, 204)
    says(office, "c2", WATER)
    assert "Llegó una petición" in officer.opens(asked)


def test_an_inbox_tells_of_the_own_agencys_alone(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    own, stranger = browser("enlace-soapa"), browser("enlace-cabien")
    asked, strangers = _asked(own.opens("/turnos")), _asked(stranger.opens("/turnos"))
    refers(office, members["oficial"], says(office, "c1", WATER), "SOAPA")
    assert 'href="/turnos"' in own.opens(asked)
    stranger.opens(strangers, 204)
    own.opens("/novedades/triage", 403)
