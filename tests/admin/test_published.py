"""Figures that others publish, on «Indicadores»: the administrator writes them down, who sees figures reads them."""

from collections.abc import Callable

import pytest

from intake.clock import utc_now
from tests.staff import Browser

SERIES, ACTION = "encig_coordinacion", "/indicadores/publicados"


def _card(page: str, name: str) -> str:
    return page.split(f'<section class="card" id="{name}"', 1)[1].split("</section>", 1)[0]


def test_what_the_administrator_writes_down_stands_on_both_cards_with_its_source(
    browser: Callable[[str], Browser],
) -> None:
    admin, year = browser("administra"), str(utc_now().year - 1)
    assert "Todavía nadie ha anotado el dato publicado." in _card(admin.opens("/indicadores"), "FIN")
    assert admin.sends(ACTION, serie=SERIES, anio=year, valor="29,8", fuente="Tabulado <b>2.1</b>") == "/indicadores"
    page = browser("audita").opens("/indicadores")
    for name in ("FIN", "P.1"):
        card = _card(page, name)
        assert f'<th scope="row">{year}</th><td>29.8 %</td><td>Tabulado &lt;b&gt;2.1&lt;/b&gt;</td>' in card
        assert "<form" not in card  # it is the administrator's to write down


def test_a_slip_is_said_and_what_was_typed_stays(browser: Callable[[str], Browser]) -> None:
    admin = browser("administra")
    page = admin.sends(ACTION, 422, serie=SERIES, anio="3000", valor="29", fuente="ENCIG 2023, tabulado")
    assert "Escriba un año entre 1990 y el actual." in page
    assert 'value="ENCIG 2023, tabulado"' in page


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Elija un archivo."),
        (b"serie,ano\nx,1\n", "A la tabla le falta una columna"),
        (b"PK\x03\x04 nada", "No pudimos leer la tabla"),
        ("serie,año,valor,fuente\notra,2023,29,ENCIG\n".encode(), "Esa serie no está en la matriz"),
    ],
)
def test_a_table_that_cannot_be_taken_is_told_why(browser: Callable[[str], Browser], content: bytes, said: str) -> None:
    admin = browser("administra")
    files = {"archivo": ("encig.csv", content)}
    answer = admin.client.post(f"{ACTION}/archivo", data={"csrf": admin.token()}, files=files)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_table_brings_all_its_years(browser: Callable[[str], Browser]) -> None:
    admin = browser("administra")
    content = f"serie,año,valor,fuente\n{SERIES},2019,38.1,ENCIG 2019\n{SERIES},2021,31.4,ENCIG 2021\n".encode()
    files = {"archivo": ("encig.csv", content)}
    answer = admin.client.post(f"{ACTION}/archivo", data={"csrf": admin.token()}, files=files, follow_redirects=True)
    assert "Datos anotados: 2." in answer.text
    assert _card(answer.text, "P.1").index("2021") < _card(answer.text, "P.1").index("2019")
