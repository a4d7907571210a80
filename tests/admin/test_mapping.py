"""«Mapa»: who is counted where, what is too few for whom, and that the drawing is on the drawing."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

from openpyxl import load_workbook

from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.office import Office
from intake.reports.map import STEPS, colour_step
from tests.admin.conftest import refers, says
from tests.staff import Browser

XOXO, ZAACHILA = "20385", "20565"
WATER = "no hay agua en la calle Pinos de Santa Cruz Xoxocotlán desde hace ocho días"


def _file(browser: Browser, query: str = "") -> dict[str, dict[str, str]]:
    text = browser.client.get(f"/mapa.csv{query}").content.decode("utf-8-sig")
    return {row["Clave del INEGI"]: row for row in csv.DictReader(io.StringIO(text))}


def test_a_bubble_leads_to_its_municipality_and_says_its_figure(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    for number in range(3):
        says(office, f"c{number}", WATER)
    page = browser("oficial").opens("/mapa")
    bubble = re.search(rf'<a href="/municipios/{XOXO}" aria-label="([^"]+)">', page)
    assert bubble
    assert "Santa Cruz Xoxocotlán: 3 peticiones" in bubble[1]
    assert page.count('class="map-empty"') == 569
    width, height = (float(size) for size in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', page)[0])
    places = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', page)
    assert len(places) == 570 * 2  # each with the colour of its region around it
    assert all(0 < float(x) < width and 0 < float(y) < height for x, y in places)


def test_the_most_has_the_darkest_colour_of_all() -> None:
    rates = [count / people for count in range(1, 40) for people in (177_079, 477_389, 594_088, 642_979)]
    assert any(STEPS * rate / rate > STEPS for rate in rates)
    assert {colour_step(rate, rate) for rate in rates} == {STEPS}


def test_filters_count_less(office: Office, browser: Callable[[str], Browser], members: dict[str, Member]) -> None:
    sent, _ = says(office, "c1", WATER), says(office, "c2", WATER)
    refers(office, members["oficial"], sent, "SOAPA")
    officer = browser("oficial")
    assert _file(officer)[XOXO]["Peticiones"] == "2"
    assert _file(officer, "?dependencia=SOAPA")[XOXO]["Peticiones"] == "1"
    assert _file(officer, "?estado=respondidas") == _file(officer, "?estado=vencidas") == {}
    assert _file(officer, "?periodo=2020") == {}
    with at(utc_now() + timedelta(days=40)):
        late = browser("oficial")
        assert _file(late, f"?estado=vencidas&periodo={(utc_now() - timedelta(days=40)):%Y}")[XOXO]["Peticiones"] == "2"


def test_who_sees_figures_only_does_not_see_those_that_name_people(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    for number in range(4):
        says(office, f"c{number}", WATER)
    counter = browser("estadistica")
    page = counter.opens("/mapa")
    assert "Santa Cruz Xoxocotlán: la cifra no se muestra" in page
    assert "4 peticiones" not in page
    assert 'href="/municipios/' not in page
    assert _file(counter)[XOXO]["Peticiones"] == ""
    says(office, "c9", WATER)
    assert _file(counter)[XOXO]["Peticiones"] == "5"
    assert "Santa Cruz Xoxocotlán: 5 peticiones" in counter.opens("/mapa?por=cuenta")


def test_the_drawing_has_north_above_and_east_to_the_right(office: Office, browser: Callable[[str], Browser]) -> None:
    page = browser("oficial").opens("/mapa")
    places = {
        name: (float(x), float(y))
        for x, y, name in re.findall(r'class="map-region" x="([\d.]+)" y="([\d.]+)">([^<]+)<', page)
    }
    assert places["Istmo"][0] > places["Mixteca"][0]
    assert places["Papaloapan"][1] < places["Costa"][1]


def test_the_workbook_has_towns_and_regions_and_hides_what_the_page_hides(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    for number in range(3):
        says(office, f"c{number}", WATER)
    rows = _sheets(browser("oficial"))
    assert [row[:2] + row[4:5] for row in rows[0][1:]] == [(XOXO, "Santa Cruz Xoxocotlán", 3)]
    assert {row[0]: row[2] for row in rows[1][1:]}["Valles Centrales"] == 3
    hidden = _sheets(browser("estadistica"))
    assert [row[4:] for row in hidden[0][1:]] == [(None, None)]
    assert {row[2] for row in hidden[1][1:]} <= {0, None}


def _sheets(member: Browser) -> list[list[tuple[object, ...]]]:
    book = load_workbook(io.BytesIO(member.client.get("/mapa.xlsx").content))
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
