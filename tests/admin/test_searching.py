"""«Buscar»: who finds what, by which filter, and nothing of what a citizen wrote runs in the page."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.office import Office
from tests.admin.conftest import refers, says
from tests.staff import Browser

WATER = "no hay agua en la colonia Reforma desde hace ocho días"
ROAD = "el camino a mi pueblo está lleno de hoyos"


def _finds(browser: Browser, **wish: str) -> str:
    answer = browser.client.get("/buscar", params=wish)
    assert answer.status_code == 200, wish
    return answer.text


def test_an_officer_finds_by_words_and_sees_why(office: Office, browser: Callable[[str], Browser]) -> None:
    water, road = says(office, "c1", WATER), says(office, "c2", ROAD)
    for name in ("oficial", "audita", "administra"):
        page = _finds(browser(name), palabras="colonias reformas")
        assert water.folio in page
        assert road.folio not in page
        assert "<mark>colonia</mark> <mark>Reforma</mark>" in page
        assert "Coinciden las palabras" in page
    page = _finds(browser("oficial"), palabras="camnio")
    assert road.folio in page
    assert "esto se escribe parecido" in page
    assert "<mark>camino</mark>" in page
    assert "Ninguna petición coincide" in _finds(browser("oficial"), palabras="zanahoria")
    assert "<mark>" + water.folio in _finds(browser("oficial"), palabras=water.folio[8:])


@pytest.mark.parametrize(
    ("wish", "finds"),
    [
        ({"estado": "TURNADA"}, True),
        ({"estado": "CONCLUIDA"}, False),
        ({"estado": "nada"}, False),
        ({"dependencia": "SOAPA"}, True),
        ({"dependencia": "CABIEN"}, False),
        ({"canal": "desk"}, False),
        ({"municipio": "oaxaca de juarez"}, True),
        ({"municipio": "Tlaxiaco"}, False),
        ({"del_dia": "2020-01-01", "al_dia": "9999-12-31"}, True),
        ({"al_dia": "2020-01-01"}, False),
        ({"del_dia": "9999-12-31"}, False),
        ({"palabras": "agua", "estado": "TURNADA", "dependencia": "SOAPA"}, True),
        ({"palabras": "agua", "desde": "p1"}, False),
    ],
)
def test_filters_narrow_it(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], wish: dict[str, str], finds: bool
) -> None:
    case = says(office, "c1", f"{WATER}, Oaxaca de Juárez")
    refers(office, members["oficial"], case, "SOAPA")
    assert (case.folio in _finds(browser("oficial"), **wish)) == finds


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"municipio": "Guadalajara de las Flores"}, "No encontramos ese municipio"),
        ({"municipio": "San Juan"}, "Puede ser más de un municipio"),
        ({"del_dia": "2026-02-31"}, "Esa fecha no existe"),
    ],
)
def test_a_wrong_filter_is_said(browser: Callable[[str], Browser], wish: dict[str, str], said: str) -> None:
    answer = browser("oficial").client.get("/buscar", params={"palabras": "agua", **wish})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="agua"' in answer.text


def test_a_liaison_finds_the_own_agencys_referrals_only(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    with at(utc_now() - timedelta(minutes=5)):
        water, road = says(office, "c1", WATER), says(office, "c2", "no hay agua por el camino lleno de hoyos")
        referral = refers(office, members["oficial"], water, "SOAPA")
        refers(office, members["oficial"], road, "CABIEN")
    liaison = browser("enlace-soapa")
    for wish in ({"palabras": "agua"}, {"palabras": "JG-20"}, {"estado": "TURNADA"}):
        page = _finds(liaison, **wish)
        assert water.folio in page, wish
        assert f'href="/turnos/{referral}"' in page
        assert road.folio not in page, wish
    assert "Ninguna petición coincide" in _finds(liaison, palabras=road.folio)
    assert water.folio not in _finds(browser("enlace-sego"), palabras="agua")
    liaison.sends(f"/turnos/{referral}/devolver", motivo="Le corresponde al municipio.")
    assert water.folio not in _finds(liaison, palabras="agua")


def test_a_sensitive_matter_is_found_and_not_shown(office: Office, browser: Callable[[str], Browser]) -> None:
    case = says(office, "c1", "mi marido me quiere matar")
    page = _finds(browser("oficial"), palabras="marido")
    assert case.folio in page
    assert "me quiere matar" not in page
    assert "Asunto reservado" in page
    assert case.folio not in _finds(browser("enlace-sego"), palabras="marido")


def test_nothing_that_is_found_or_asked_runs(office: Office, browser: Callable[[str], Browser]) -> None:
    says(office, "c1", 'no hay agua <script>alert(1)</script> <img src=x onerror=alert(2)> " onfocus=x {{ 7*7 }}')
    for asked in ("agua", "script", "alert", '"><script>alert(3)</script>', "onerror 7"):
        page = _finds(browser("oficial"), palabras=asked)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<mark><" not in page


def test_the_queues_search_leads_here(browser: Callable[[str], Browser]) -> None:
    page = browser("oficial").opens("/triage")
    assert 'action="/buscar" role="search"' in page
    assert "data-search" in page
