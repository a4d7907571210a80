"""Counts and hands over: indicators, boards, alerts, reports, what the folder holds."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from canaliza import indicating, reporting
from canaliza.commands.shared import out
from intake.alerts.watching import watch
from intake.boards.keeping import recount, refresh
from intake.clock import utc_now
from intake.jurisdiction import read_jurisdiction
from intake.settings import read_settings
from intake.wiring import build_office

app = typer.Typer()
reports = typer.Typer(no_args_is_help=True, help="What the office hands over, as PDF and workbook")
app.add_typer(reports, name="report")


@app.command()
def indicators(
    quarter: Annotated[str, typer.Option(help="2026-T4; default: the current one")] = "",
    month: Annotated[str, typer.Option(help="2026-10, with what was frozen of it")] = "",
    freeze: Annotated[str, typer.Option(help="Freeze a month that is over; what is frozen already stays")] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="For programs, as the page's file")] = False,
    published: Annotated[
        Path | None, typer.Option(help="First bring in figures of others: CSV or XLSX with serie, año, valor, fuente")
    ] = None,
) -> None:
    """The matrix of indicators for a period, each with numerator and denominator."""
    office = build_office(read_settings())
    if published:
        indicating.bring_published(office, published, out)
    indicating.show(office, indicating.Wish(month or quarter, freeze, as_csv), Console())


@app.command()
def boards(
    anew: Annotated[bool, typer.Option(help="Count every day once more, whatever is known of it")] = False,
) -> None:
    """Count now what the boards show, as the workers do each minute; how many days were counted."""
    office, now = build_office(read_settings()), utc_now()
    out.print(f"{recount(office, now) if anew else refresh(office, now, budget_s=float('inf'))} days")


@app.command()
def alerts(
    anew: Annotated[bool, typer.Option(help="Name and count all days once more: topics.yaml changed")] = False,
) -> None:
    """Look for alerts now, as the office does each hour; how many cards are new."""
    new = watch(build_office(read_settings()), utc_now(), anew=anew)
    out.print(f"{new} new")


@app.command()
def agencies() -> None:
    """The jurisdiction's agencies, one JSON object a line."""
    for agency in read_jurisdiction(read_settings().jurisdiction_dir).agencies.values():
        sys.stdout.write(json.dumps({"key": agency.key, "name": agency.name, "order": agency.order}) + "\n")


@reports.command("quarter")
def report_quarter(
    quarter: Annotated[str, typer.Argument(help="2026-3 or 2026-T3")],
    pdf: Annotated[Path | None, typer.Option(help="Where to write the document")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Where to write the workbook, with the folios behind")] = None,
) -> None:
    """The matrix of programme 104 for a quarter; frozen where its months are."""
    reporting.write_quarter(build_office(read_settings()), quarter, pdf, xlsx)


@reports.command("municipality")
def report_municipality(
    clave: Annotated[str, typer.Argument(help="INEGI's key, such as 20198")],
    pdf: Annotated[Path, typer.Option(help="Where to write the document")],
) -> None:
    """What a municipality asked for in two years, what was answered, what is due."""
    reporting.write_town(build_office(read_settings()), clave, pdf)


@reports.command("week")
def report_week(
    pdf: Annotated[Path, typer.Option(help="Where to write the document")],
    day: Annotated[
        str, typer.Option(help="Any day of the week, as 2026-11-23; default: the last week that is over")
    ] = "",
) -> None:
    """The week's note for the head of the office."""
    reporting.write_week(build_office(read_settings()), day, pdf)
