"""An account that sees figures alone: whole quarters, no parts of a map, no indicator of a few petitions."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date

from admin.figures.charting import Eyes
from admin.figures.charts import quality
from intake.accounts.staff import Member
from intake.boards.sums import Counted
from intake.clock import utc_now
from intake.indicators.period import quarter_of
from intake.office import Office
from intake.triage.referrals import accept
from tests.admin.conftest import refers, says
from tests.carrier import PlainTexts
from tests.staff import Browser

WATER = "no hay agua en la colonia Reforma de Santa Cruz Xoxocotlán desde hace ocho días"


def test_who_sees_figures_only_chooses_among_quarters_and_no_part_of_the_map(browser: Callable[[str], Browser]) -> None:
    counter, officer = browser("estadistica"), browser("oficial")
    month = f"{utc_now():%Y-%m}"
    for path in ("/tablero", "/mapa", "/indicadores"):
        page = counter.opens(f"{path}?periodo={month}&dependencia=SOAPA&estado=abiertas")
        assert "<optgroup" in page
        assert f'<option value="{month}"' not in page
        assert f'<option value="{quarter_of(utc_now().date()).name}" selected' in page
        assert 'name="dependencia"' not in page
        assert f'<option value="{month}"' in officer.opens(path)


def test_an_indicator_of_few_petitions_is_not_told_to_who_sees_figures_only(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser]
) -> None:
    cases = [says(office, f"c{number}", WATER) for number in range(6)]
    for case in cases[:2]:
        accept(office, members["enlace-soapa"], refers(office, members["oficial"], case, "SOAPA"))
    counter, officer = browser("estadistica"), browser("oficial")
    told, seen = _file(counter), _file(officer)
    assert (seen["C3"]["numerator"], seen["C3"]["denominator"]) == ("2", "6")
    assert (told["C3"]["numerator"], told["C3"]["denominator"], told["C3"]["value"]) == ("", "6", "")
    assert told["P.2"]["denominator"] == seen["P.2"]["denominator"] == "1"  # agencies are no persons
    page = counter.opens("/indicadores").split('id="C3"', 1)[1].split("</section>", 1)[0]
    assert "no se muestra" in page
    assert re.search(r"<td>2\b", page) is None
    assert "no los publique" in officer.opens("/indicadores")


def test_what_was_opened_again_is_no_place_to_hide_who_said_no() -> None:
    """The shares tell how many were asked: of the three that they are of two must hide, or none tells the third."""
    sums = {("solved", "yes"): 20, ("solved", "no"): 2, ("solved", "unsaid"): 30, ("reopened", ""): 10}
    chart = quality(Eyes(PlainTexts(), quarter_of(date(2027, 2, 1)), 5), Counted(sums, {}, None))
    assert [row.cells[0].value for row in chart.rows] == [None, None, 30, 10]
    sums |= {("reopened", ""): 3}
    chart = quality(Eyes(PlainTexts(), quarter_of(date(2027, 2, 1)), 5), Counted(sums, {}, None))
    assert chart.rows[3].cells[0].value is None


def _file(browser: Browser) -> dict[str, dict[str, str]]:
    """By indicator, the first reading's row; columns by the program's own names."""
    names = "period id level official operational formula reading numerator denominator value".split()
    content = browser.client.get("/indicadores.csv").content.decode("utf-8-sig")
    rows = [dict(zip(names, row, strict=False)) for row in csv.reader(io.StringIO(content))][1:]
    return {row["id"]: row for row in reversed(rows)}
