"""Reports as files: the quarter's, the week's. What bears folios is for who may open every petition."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from admin.figures.periods import PeriodName, hidden_under, read_period
from admin.guards import FigureReader, Overseer
from admin.pages import Here, Pages
from intake.accounts.staff import Member
from intake.audit.trail import Act, note_alone, staff_of
from intake.errors import NotFound
from intake.indicators.period import Period
from intake.reports.paper import draw_paper
from intake.reports.quarter import read_quarter
from intake.reports.quarter_forms import quarter_paper, quarter_sheets
from intake.reports.week import last_week, read_week, week_of
from intake.reports.week_form import week_paper
from intake.reports.workbook import as_workbook
from intake.triage.marks import today_at

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
router = APIRouter()


class FileKind(StrEnum):
    """As which a chart's table, or the map's, is taken away."""

    CSV = "csv"
    XLSX = "xlsx"


@router.get("/informes/trimestre.pdf")
def send_quarter_paper(pages: Here, member: FigureReader, periodo: PeriodName = "") -> Response:
    office, quarter = pages.office, _quarter(pages, periodo)
    report = read_quarter(office, quarter, today_at(office), with_rows=False, hidden_under=hidden_under(pages, member))
    content = draw_paper(quarter_paper(report, pages.texts, office.jurisdiction.office))
    return send_file(pages, member, content, f"informe-{quarter.name}.pdf")


@router.get("/informes/trimestre.xlsx")
def send_quarter_workbook(pages: Here, member: Overseer, periodo: PeriodName = "") -> Response:
    quarter = _quarter(pages, periodo)
    report = read_quarter(pages.office, quarter, today_at(pages.office))
    return send_file(pages, member, as_workbook(quarter_sheets(report, pages.texts)), f"informe-{quarter.name}.xlsx")


@router.get("/informes/semana.pdf")
def send_week(pages: Here, member: Overseer, semana: Annotated[date | None, Query()] = None) -> Response:
    """`semana`: any day of it; the last one that is over when there is none."""
    office, today = pages.office, today_at(pages.office)
    note = read_week(office, week_of(semana) if semana else last_week(today), today)
    content = draw_paper(week_paper(note, pages.texts, office.jurisdiction.office))
    return send_file(pages, member, content, f"nota-{note.week.name}.pdf")


def send_file(pages: Pages, member: Member, content: bytes, name: str) -> Response:
    """And the trail knows who took it away. Commits."""
    note_alone(pages.office, staff_of(member.id), Act.FIGURES_EXPORTED, {"file": name})
    media_type = {"pdf": "application/pdf", "xlsx": XLSX, "csv": "text/csv"}[name.rpartition(".")[2]]
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _quarter(pages: Pages, name: str) -> Period:
    """Raises NotFound."""
    period = read_period(name, today_at(pages.office))
    if "T" not in period.name:
        raise NotFound(f"{period.name} is no quarter")
    return period
