"""The quarter's report: its figures beside SQL of their own, frozen ones that stay, a workbook without formulas."""

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from admin.app import staff_texts
from canaliza.reporting import write_quarter
from intake.errors import NotFound
from intake.indicators.period import get_period
from intake.indicators.snapshots import freeze
from intake.office import Office
from intake.reports.quarter import QuarterReport, read_quarter
from intake.reports.quarter_forms import quarter_sheets
from intake.reports.workbook import Sheet, as_values, as_workbook
from intake.tables.petitions import Petition
from intake.triage.referrals import accept
from tests.intake.test_indicators import EXPECTED, MARCH, WORDS, Life, by_sql, lived_march

QUARTER, CUT = get_period("2027-T1"), date(2027, 4, 8)


@pytest.fixture
def march(office: Office) -> Life:
    return lived_march(office)


def _sizes(report: QuarterReport) -> Mapping[tuple[str, str], tuple[int, int]]:
    return {
        (line.indicator.id, line.reading.key): (len(line.figure.numerator), len(line.figure.denominator))
        for line in report.lines
        if line.reading and line.figure
    }


def test_the_reports_figures_are_those_that_sql_counts(march: Life) -> None:
    report = read_quarter(march.office, QUARTER, CUT)
    measures = {(line.indicator.id, line.reading.key): line.reading.measure for line in report.lines if line.reading}
    assert _sizes(report) == EXPECTED
    assert {by: by_sql(march.office, measure) for by, measure in measures.items()} == EXPECTED


def test_what_comes_late_changes_no_figure_whose_months_are_frozen(march: Life) -> None:
    office = march.office
    assert not any(line.frozen_on for line in read_quarter(office, QUARTER, CUT).lines)
    freeze(office, MARCH, march.on(8, 4))
    march.acts(8, lambda: accept(office, march.member, march.decides("f", 8, "SOAPA")), month=4)
    report = read_quarter(office, QUARTER, CUT)
    live = {line.indicator.id for line in report.lines if line.figure and line.frozen_on is None}
    assert live == {"P.2", "C1.A1"}  # shares of agencies and of programmes do not add up
    assert {by: size for by, size in _sizes(report).items() if by[0] not in {"P.2", "C1.A1"}} == {
        by: size for by, size in EXPECTED.items() if by[0] not in {"P.2", "C1.A1"}
    }


def test_a_quarter_with_a_month_that_is_not_frozen_is_as_it_is_at_the_cut(march: Life) -> None:
    freeze(march.office, MARCH, march.on(8, 4))
    with march.office.sessions.begin() as session:  # one came in February, which nobody has frozen
        in_february = {"opened_at": march.on(20, 2)}
        session.execute(update(Petition).where(Petition.folio == march.folios["f"]).values(**in_february))
    report = read_quarter(march.office, QUARTER, CUT)
    assert not any(line.frozen_on for line in report.lines)
    assert _sizes(report)["C3", "A"] == EXPECTED["C3", "A"]


def test_each_figure_of_the_workbook_is_as_many_folios_and_no_word_of_a_citizen(march: Life) -> None:
    report = read_quarter(march.office, QUARTER, CUT)
    content = as_workbook(quarter_sheets(report, staff_texts(march.office)))
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Matriz", "Dependencias", "Folios", "Parámetros"]
    matrix = [row for row in book["Matriz"].iter_rows(min_row=2, values_only=True) if row[6] is not None]
    folios = list(book["Folios"].iter_rows(min_row=2, values_only=True))
    assert len(matrix) == len(EXPECTED)
    for row in matrix:
        for part, size in (("Numerador", row[6]), ("Denominador", row[7])):
            assert len([one for one in folios if one[:3] == (row[0], row[5], part)]) == size
    cells = {str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row}
    assert set(march.folios.values()) & cells
    assert not any(WORDS[:12] in cell for cell in cells)
    without = [row for row in book["Matriz"].iter_rows(min_row=2, values_only=True) if row[0] == "FIN"]
    assert (without[0][6], without[0][8]) == (None, None)


@pytest.mark.parametrize("word", ["=1+1", "+52951", "-1", "@SUM(A1)"])
def test_a_cell_that_looks_like_a_formula_is_text(word: str) -> None:
    book = load_workbook(io.BytesIO(as_workbook([Sheet("Hoja", ["A"], [[word]], [10])])))
    cell = book["Hoja"]["A2"]
    assert (cell.data_type, cell.value) == ("s", word)
    assert as_values(["A"], [[word]]).splitlines()[1] == f"'{word}"


def test_a_letter_that_no_workbook_takes_is_left_out() -> None:
    book = load_workbook(io.BytesIO(as_workbook([Sheet("Hoja", ["A"], [["de\x0bWord"]], [10])])))
    assert book["Hoja"]["A2"].value == "deWord"


def test_the_command_writes_both_files(march: Life, tmp_path: Path) -> None:
    write_quarter(march.office, "2027-1", tmp_path / "q.pdf", tmp_path / "q.xlsx")
    assert (tmp_path / "q.pdf").read_bytes().startswith(b"%PDF-")
    assert (tmp_path / "q.xlsx").read_bytes().startswith(b"PK")
    for name in ("2027-5", "2027-03", "ayer"):
        with pytest.raises(NotFound):
            write_quarter(march.office, name, tmp_path / "x.pdf", None)
