"""`canaliza report …`: what the office hands over, written to files; the same bytes as the staff's buttons give."""

import re
from datetime import date
from pathlib import Path

from admin.app import staff_texts
from intake.errors import NotFound
from intake.indicators.period import get_period
from intake.office import Office
from intake.reports.paper import draw_paper
from intake.reports.quarter import read_quarter
from intake.reports.quarter_forms import quarter_paper, quarter_sheets
from intake.reports.town import read_town
from intake.reports.town_form import town_paper
from intake.reports.week import last_week, read_week, week_of
from intake.reports.week_form import week_paper
from intake.reports.workbook import as_workbook
from intake.triage.marks import today_at

QUARTER = re.compile(r"^(\d{4})-T?([1-4])$")


def write_quarter(office: Office, name: str, pdf: Path | None, xlsx: Path | None) -> None:
    """Raises NotFound for what names no quarter, and when neither file is asked for."""
    found = QUARTER.match(name)
    if found is None or not (pdf or xlsx):
        raise NotFound(f"no report of {name}: name a quarter as 2026-3, and --pdf or --xlsx with a file")
    texts = staff_texts(office)
    report = read_quarter(office, get_period(f"{found[1]}-T{found[2]}"), today_at(office), with_rows=xlsx is not None)
    if pdf:
        pdf.write_bytes(draw_paper(quarter_paper(report, texts, office.jurisdiction.office)))
    if xlsx:
        xlsx.write_bytes(as_workbook(quarter_sheets(report, texts)))


def write_town(office: Office, clave: str, pdf: Path) -> None:
    """Raises NotFound."""
    sheet = read_town(office, clave, today_at(office))
    pdf.write_bytes(draw_paper(town_paper(sheet, staff_texts(office), office.jurisdiction.office)))


def write_week(office: Office, day: str, pdf: Path) -> None:
    """`day`: any one of the week; empty: the last week that is over. Raises NotFound for what is no day."""
    today = today_at(office)
    try:
        week = week_of(date.fromisoformat(day)) if day else last_week(today)
    except ValueError as error:
        raise NotFound(f"{day} is no day: write it as 2026-11-23") from error
    note = read_week(office, week, today)
    pdf.write_bytes(draw_paper(week_paper(note, staff_texts(office), office.jurisdiction.office)))
