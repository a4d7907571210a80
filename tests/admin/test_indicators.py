"""«Indicadores» and «Tablero»: every number opens the rows that it counts; what has no register is never zero."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from intake.accounts.staff import Member
from intake.alerts.watching import watch
from intake.clock import at, utc_now
from intake.indicators.period import month_of, quarter_of
from intake.indicators.snapshots import freeze
from intake.office import Office
from intake.triage.referrals import accept
from tests.admin.conftest import Case, refers, says
from tests.staff import Browser

WATER = "no hay agua en la colonia Reforma desde hace ocho días"


def _card(page: str, id: str) -> str:  # noqa: A002
    return page.split(f'<section class="card" id="{id}"', 1)[1].split("</section>", 1)[0]


def _links(page: str) -> list[str]:
    found = re.findall(r'href="(/(?:indicadores|tablero)/[^"]+)">\s*(?:<b>)?([\d,]+)<', page)
    return [path.replace("&amp;", "&") for path, _ in found]


def _number(page: str, path: str) -> int:
    shown = re.search(re.escape(path.replace("&", "&amp;")) + r'">\s*(?:<b>)?([\d,]+)<', page)
    assert shown, path
    return int(shown[1].replace(",", ""))


@pytest.fixture
def life(office: Office, members: dict[str, Member]) -> list[str]:
    """A petition that its agency took, one that the municipality has, one in triage."""
    cases = [says(office, f"c{n}", WATER) for n in range(3)]
    accept(office, members["enlace-soapa"], refers(office, members["oficial"], cases[0], "SOAPA"))
    refers(office, members["oficial"], cases[1], "MUNICIPIO")
    return [case.folio for case in cases]


@pytest.mark.parametrize("path", ["/indicadores", "/tablero"])
def test_every_number_opens_as_many_rows(browser: Callable[[str], Browser], life: list[str], path: str) -> None:
    auditor = browser("audita")
    page = auditor.opens(path)
    links = _links(page)
    assert len(links) >= 12
    for link in links:
        rows = auditor.opens(link)
        folios = set(re.findall(r'class="folio" href="/peticiones/([^"]+)"', rows))
        size = len(folios) if "P.2" not in link else rows.count("<li>") - rows.split("<main")[0].count("<li>")
        if "/charts/sent" in link:  # messages: the petitions that they are of
            assert 0 < size <= _number(page, link), link
        else:
            assert size == _number(page, link), link
        assert folios <= set(life)


def test_official_and_operational_names_stand_side_by_side(browser: Callable[[str], Browser], life: list[str]) -> None:
    card = _card(browser("oficial").opens("/indicadores"), "C3.A2")
    assert "Correspondencia clasificada" in card
    assert "Peticiones canalizadas" in card
    assert "Por el sentido: canalizada" in card
    assert "Por la letra: clasificada" in card
    assert "sin meta registrada" in card


def test_what_has_no_register_is_said_and_not_zero(browser: Callable[[str], Browser]) -> None:
    page = browser("administra").opens("/indicadores")
    card = _card(page, "FIN")
    assert "ENCIG" in card
    assert "<td" not in card
    assert "sin casos" in _card(page, "C3")


def test_a_frozen_month_is_shown_beside_what_the_rows_say_now(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    with at(utc_now().replace(year=2026, month=3, day=3)):
        case = says(office, "c1", WATER)
    freeze(office, month_of(utc_now().replace(year=2026, month=3, day=3).date()), utc_now())
    refers(office, members["oficial"], case, "SOAPA")
    officer = browser("oficial")
    card = _card(officer.opens("/indicadores?periodo=2026-03"), "C3")
    assert "hoy serían +100.0 puntos de diferencia" in card
    frozen = "/indicadores/C3/A/numerador?periodo=2026-03&congelado=1"
    assert case.folio not in officer.opens(frozen)
    assert "como se reportó" in officer.opens(frozen)
    assert case.folio in officer.opens("/indicadores/C3/A/numerador?periodo=2026-03")
    officer.opens("/indicadores/C3/A/numerador?periodo=2026-02&congelado=1", 404)


def test_the_file_has_every_line_and_empty_cells(browser: Callable[[str], Browser], life: list[str]) -> None:
    answer = browser("audita").client.get("/indicadores.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    by_id = {(row["clave"], row["lectura"]): row for row in rows}
    assert by_id["C3", "Confirmada al corte"]["numerador"] == "2"
    assert by_id["C3", "Confirmada al corte"]["valor (%)"] == "66.67"
    assert by_id["FIN", ""]["numerador"] == by_id["FIN", ""]["valor (%)"] == ""


def test_pages_of_rows_follow_one_another(office: Office, browser: Callable[[str], Browser]) -> None:
    folios = {says(office, f"c{number}", WATER).folio for number in range(52)}
    officer, seen = browser("oficial"), set()
    page = officer.opens("/tablero/hoy/in_triage")
    assert "52 filas" in page
    for _ in range(2):
        rows = set(re.findall(r'class="folio" href="/peticiones/([^"]+)"', page))
        assert not rows & seen
        seen |= rows
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        page = officer.opens(onward[1].replace("&amp;", "&")) if onward else ""
    assert seen == folios


def test_a_period_that_there_is_not_and_a_stranger_get_nothing(browser: Callable[[str], Browser], case: Case) -> None:
    officer = browser("oficial")
    for path in ("/indicadores?periodo=ayer", "/tablero?periodo=2026-T9", "/indicadores/C9/A/numerador"):
        officer.opens(path, 404)
    for path in ("/indicadores", "/indicadores.csv", "/tablero", "/tablero/hoy/in_triage"):
        browser("enlace-soapa").opens(path, 403)
    assert case.folio not in officer.opens("/tablero/agencies/issued?de=NADIE")


def test_the_quarters_report_is_a_button_and_folios_are_for_who_may_open_them(
    browser: Callable[[str], Browser], case: Case
) -> None:
    officer, counter = browser("oficial"), browser("estadistica")
    quarter = quarter_of(utc_now().date()).name
    assert f'href="/informes/trimestre.pdf?periodo={quarter}"' in officer.opens("/indicadores")
    assert "trimestre.xlsx" in officer.opens("/indicadores")
    assert "trimestre.xlsx" not in counter.opens("/indicadores")
    assert counter.client.get("/informes/trimestre.pdf").content.startswith(b"%PDF-")
    counter.opens("/informes/trimestre.xlsx", 403)
    content = officer.client.get("/informes/trimestre.xlsx").content
    folios = load_workbook(io.BytesIO(content))["Folios"]
    assert case.folio in {row[3] for row in folios.iter_rows(values_only=True)}
    officer.opens("/informes/trimestre.pdf?periodo=2026-10", 404)


def test_the_weeks_note_is_a_button_of_who_sees_petitions(browser: Callable[[str], Browser], case: Case) -> None:
    officer, counter = browser("oficial"), browser("estadistica")
    assert 'href="/informes/semana.pdf"' in officer.opens("/tablero")
    assert 'href="/informes/semana.pdf"' not in counter.opens("/tablero")
    assert officer.client.get("/informes/semana.pdf").content.startswith(b"%PDF-")
    assert officer.client.get("/informes/semana.pdf?semana=2026-11-04").headers["content-type"] == "application/pdf"
    counter.opens("/informes/semana.pdf", 403)


def test_a_chart_is_a_table_and_a_file_too(browser: Callable[[str], Browser], life: list[str]) -> None:
    officer = browser("oficial")
    page = officer.opens("/tablero")
    assert page.count("data-chart=") >= 5
    assert "La mitad: el mismo día, o antes" in page
    content = officer.client.get("/graficas/agencies.csv").content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(content)))
    assert sorted(int(float(line[1])) for line in lines[1:]) == [1, 1]
    book = load_workbook(io.BytesIO(officer.client.get("/graficas/funnel.xlsx").content))
    assert [row[1] for row in book.worksheets[0].iter_rows(values_only=True)][1:] == [3, 2, 2, 1, 0, 0]
    assert "Dijo que no se resolvió: lo que dijo de la respuesta" in officer.opens("/tablero/charts/solved?de=no")
    officer.opens("/tablero/charts/language?de=zapoteco%3B%20%C2%ABdel%20Valle%C2%BB")
    for odd, status in {
        "charts/right_agency?de=%C2%B2-%C2%B3": 200,
        "charts/right_agency?de=9-": 200,
        "charts/came?de=%00": 422,
        "funnel/received?desde=99999999999999999999999": 422,
        "hoy/nada": 404,
        "agencies/late?de=NADIE&periodo=9999-T9": 404,
    }.items():
        officer.opens(f"/tablero/{odd}", status)
    officer.opens("/tablero/charts/received?dia=1999-01-01", 404)  # not in the period
    officer.opens("/tablero/charts/received?dia=ayer", 422)
    officer.opens("/graficas/nada.csv", 404)
    officer.opens("/tablero/charts/nada", 404)
    browser("enlace-soapa").opens("/graficas/funnel.csv", 403)


def test_every_chart_with_numbers_opens_rows(
    office: Office, browser: Callable[[str], Browser], life: list[str]
) -> None:
    watch(office, utc_now(), anew=True)
    page = browser("oficial").opens("/tablero")
    closed = [
        name
        for name, card in re.findall(r'<section class="card chart-card" id="(\w+)"(.*?)</section>', page, re.DOTALL)
        if re.search(r"<td>\d", card) and '<td><a href="/tablero/' not in card
    ]
    assert closed == []
    today = utc_now().astimezone(office.jurisdiction.zone).date()
    rows = browser("oficial").opens(f"/tablero/charts/received?periodo={today:%Y-%m}&dia={today}")
    assert all(folio in rows for folio in life)


def test_who_sees_figures_only_sees_no_small_ones(browser: Callable[[str], Browser], life: list[str]) -> None:
    counter = browser("estadistica")
    page = counter.opens("/tablero")
    assert "Las cifras menores que 5 no se muestran" in page
    assert re.findall(r"<td>([1-4])<", page) == []
    assert re.findall(r"<b>([1-4])</b>", page) == []
    assert counter.client.get("/graficas/funnel.csv").content.decode("utf-8-sig").splitlines()[1].endswith(",,")
