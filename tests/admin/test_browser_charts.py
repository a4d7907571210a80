"""«Tablero»'s buttons, each pressed: a picture that opens and shows something, the table as CSV and XLSX, the sheet."""

import csv
import io
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Page, expect

from intake.accounts.staff import Member
from intake.office import Office
from intake.triage.referrals import accept, answer
from tests.admin.conftest import refers, says
from tests.admin.test_browser import WIDTHS, _logs_in, address, tab, width  # noqa: F401 — fixtures

pytestmark = pytest.mark.browser
WATER = "no hay agua en la colonia Reforma de Santa Cruz Xoxocotlán desde hace ocho días"


@pytest.fixture
def life(office: Office, members: dict[str, Member]) -> None:
    """Petitions at each step of their way."""
    with ThreadPoolExecutor(1) as pool:  # Playwright keeps an event loop in this thread, and the sender starts another
        cases = list(pool.map(lambda number: says(office, f"c{number}", WATER), range(6)))
    for place, case in enumerate(cases[:4]):
        referral = refers(office, members["oficial"], case, "SOAPA")
        if place < 3:
            accept(office, members["enlace-soapa"], referral)
        if place < 2:
            answer(office, members["enlace-soapa"], referral, "Se reparó la bomba y ya hay agua en la colonia.")


def test_every_chart_is_a_picture_a_table_and_a_sheet(
    life: None,
    tab: Page,  # noqa: F811
    tmp_path: Path,
) -> None:
    _logs_in(tab, "oficial")
    tab.goto("/tablero")
    cards = tab.locator("section:has([data-picture])")
    expect(cards.first.locator("canvas").first).to_be_visible()
    assert cards.count() >= 6
    for place in range(cards.count()):
        card = cards.nth(place)
        picture = _taken(tab, card.locator("[data-picture]"), tmp_path)
        assert picture.suffix == ".png"
        with Image.open(picture) as image:
            image.load()
            assert min(image.size) > 200
            colours = image.convert("RGB").getcolors(maxcolors=1 << 24) or []
            assert 1 - max(count for count, _ in colours) / (image.width * image.height) > 0.005  # it is not blank
            assert len(colours) > 10
        lines = list(csv.reader(io.StringIO(_taken(tab, card.get_by_text("CSV"), tmp_path).read_text("utf-8-sig"))))
        sheet = load_workbook(_taken(tab, card.get_by_text("XLSX"), tmp_path)).worksheets[0]
        rows = list(sheet.iter_rows(values_only=True))
        assert len(rows) == len(lines) >= 2
        assert [str(row[0]) for row in rows[1:]] == [line[0] for line in lines[1:]]


@pytest.mark.parametrize("width", WIDTHS)  # the narrow one is in the dark scheme
def test_the_map_is_a_picture_with_its_colours(
    life: None,
    tab: Page,  # noqa: F811
    tmp_path: Path,
) -> None:
    _logs_in(tab, "oficial")
    tab.goto("/mapa")
    picture = _taken(tab, tab.locator("[data-picture]"), tmp_path)
    if folder := os.environ.get("CANALIZA_TEST_PICTURES"):
        (Path(folder) / f"mapa-{tab.evaluate('innerWidth')}.png").write_bytes(picture.read_bytes())
    shape = tab.locator("svg.map").evaluate("map => [map.viewBox.baseVal.width, map.viewBox.baseVal.height]")
    with Image.open(picture) as image:
        image.load()
        assert [round(one / 2) for one in image.size] == [round(one) for one in shape]
        colours = image.convert("RGB").getcolors(maxcolors=1 << 24) or []
    assert len(colours) > 20  # a drawing without its style sheet is black on one ground
    black = sum(count for count, colour in colours if max(colour) < 12)
    assert black < sum(count for count, _ in colours) / 20


@pytest.mark.parametrize("width", WIDTHS)  # the narrow one is in the dark scheme
def test_on_paper_every_chart_has_its_table_and_nothing_that_is_pressed(
    life: None,
    tab: Page,  # noqa: F811
    tmp_path: Path,
) -> None:
    _logs_in(tab, "oficial")
    tab.goto("/tablero")
    expect(tab.locator("canvas").first).to_be_visible()
    titles = tab.locator(".chart-card h3").all_inner_texts()
    path = tmp_path / "tablero.pdf"
    tab.pdf(path=path, format="Letter", print_background=True)
    if folder := os.environ.get("CANALIZA_TEST_PICTURES"):
        (Path(folder) / f"tablero-{tab.evaluate('innerWidth')}.pdf").write_bytes(path.read_bytes())
    told = subprocess.run(
        [shutil.which("pdftotext") or "", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    said = " ".join(told.split())
    assert titles
    for title in titles:
        assert title in said
    assert _is_dark_on_white(path)
    assert "Devuelt" in said  # the fifth column of a table is on the sheet
    assert "Sistema Operador" in said  # a row of the agencies' table, which is closed on the screen
    for pressed in ("Cerrar sesión", "Ver el periodo", "PNG"):
        assert pressed not in said


def _taken(tab: Page, button: object, folder: Path) -> Path:  # noqa: F811
    with tab.expect_download() as waiting:
        button.click()  # type: ignore[attr-defined]
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def _is_dark_on_white(path: Path) -> bool:
    """What is printed of the first sheet can be read: black enough, wherever the screen was dark."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = [shutil.which("pdftoppm") or "", "-r", "60", "-l", "2", "-gray", path, f"{folder}/sheet"]
        subprocess.run(drawn, check=True)
        pages = [Image.open(one) for one in sorted(Path(folder).iterdir())]
        shades = [sum(page.histogram()[shade] for page in pages) for shade in range(256)]
    return shades[255] > sum(shades) / 2 and sum(shades[:110]) > sum(shades[110:200]) / 4
