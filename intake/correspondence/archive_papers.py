"""A file's cover with its index, and an inventory with room for signatures: as PDF, and as a workbook. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo
from typing import Any

from babel.dates import format_date

from intake.correspondence.archive_files import read_entry
from intake.correspondence.records import Records
from intake.reports.paper import Grid, Paper, Section
from intake.reports.workbook import Sheet
from intake.staff_texts import Texts
from intake.tables.archive import ArchiveFile, Inventory

COLUMNS = "label folio opened closed papers location active resting destination".split()
SIGNERS = "made checked received".split()
WIDTHS = (2.8, 2.5, 1.9, 1.9, 0.9, 2.2, 1.3, 2.2, 1.7)


def cover_paper(file: ArchiveFile, folio: str, records: Records, office: str, zone: tzinfo, texts: Texts) -> Paper:
    """`zone`: whose days they are."""
    terms = file.terms or {}
    facts = [
        ("fund", _known(records.fund, texts)),
        ("section", _known(records.section, texts)),
        ("series", f"{file.series} · {terms.get('name', '')}"),
        ("values", ", ".join(terms.get("values", []))),
        ("active", _years(terms.get("active_years"), texts)),
        ("resting", _years(terms.get("resting_years"), texts)),
        ("destination", _destination(terms.get("destination"), texts)),
        ("technique", _known(terms.get("technique"), texts)),
        ("personal", texts("archive.yes" if terms.get("has_personal_data") else "archive.no")),
        ("location", file.location or "—"),
        ("opened", _day(file.opened_at.astimezone(zone).date())),
        ("closed", _day(file.closed_at.astimezone(zone).date()) if file.closed_at else "—"),
        ("papers", str(len(file.contents or []))),
    ]
    rows = [[texts(f"archive.{name}"), value] for name, value in facts]
    entries = [read_entry(row) for row in file.contents or []]
    index = [
        [str(number), texts(f"archive.entry_{entry.kind}"), entry.name, _day(entry.day), _in_two(entry.sha256)]
        for number, entry in enumerate(entries, 1)
    ]
    head = [texts(f"archive.index_{name}") for name in ("number", "kind", "name", "day", "hash")]
    notes = [] if terms.get("is_confirmed") else [texts("archive.unconfirmed")]
    return Paper(
        office=office,
        title=texts("archive.cover_title", label=file.label or ""),
        lines=[texts("archive.cover_folio", folio=folio), *notes],
        sections=[
            Section(texts("archive.terms"), table=Grid([texts("archive.field"), texts("archive.value")], rows, (1, 2))),
            Section(texts("archive.index"), table=Grid(head, index, (0.6, 2, 2.8, 1.8, 3.8))),
        ],
        footer=texts("archive.footer", label=file.label or "", folio=folio),
    )


def inventory_paper(inventory: Inventory, series: str, office: str, texts: Texts) -> Paper:
    head = [texts(f"archive.column_{name}") for name in COLUMNS]
    rows = [_cells(row, texts) for row in inventory.rows]
    lines = [texts(f"archive.inventory_{inventory.kind}_note"), texts("archive.series_line", series=series)]
    if not inventory.is_confirmed:
        lines.append(texts("archive.unconfirmed"))
    signatures = [[texts(f"archive.signs_{name}"), "\n\n______________________________", ""] for name in SIGNERS]
    names = [texts("archive.signs"), texts("archive.signs_name"), texts("archive.signs_day")]
    return Paper(
        office=office,
        title=texts(f"archive.inventory_{inventory.kind}", label=inventory.label),
        lines=lines,
        sections=[
            Section(texts("archive.files"), table=Grid(head, rows, WIDTHS, numbers=(4,))),
            Section(texts("archive.signatures"), table=Grid(names, signatures, (2, 4, 2))),
        ],
        footer=f"{inventory.label} · SHA-256 {inventory.digest}",
    )


def inventory_sheet(inventory: Inventory, texts: Texts) -> Sheet:
    head = [texts(f"archive.column_{name}") for name in COLUMNS]
    name = inventory.label.replace("/", "-")
    return Sheet(name, head, [_cells(row, texts) for row in inventory.rows], (24, 18, 18, 18, 8, 24, 14, 16, 18))


def _cells(row: Mapping[str, Any], texts: Texts) -> Sequence[str]:
    return [
        row["label"],
        row["folio"],
        _day(date.fromisoformat(row["opened"])),
        _day(date.fromisoformat(row["closed"])),
        str(row["papers"]),
        row["location"] or "—",
        _years(row["active_years"], texts),
        _years(row["resting_years"], texts),
        _destination(row["destination"], texts),
    ]


def _years(years: int | None, texts: Texts) -> str:
    return texts("archive.unknown") if years is None else texts("archive.years", count=years)


def _destination(word: str | None, texts: Texts) -> str:
    return texts(f"archive.destination_{word}") if word else texts("archive.unknown")


def _known(word: str | None, texts: Texts) -> str:
    return word or texts("archive.unknown")


def _in_two(sha256: str) -> str:
    """On two lines, so that it fits its column."""
    return f"{sha256[:32]}\n{sha256[32:]}" if sha256 else "—"


def _day(day: date) -> str:
    return format_date(day, "EEE d MMM y", locale="es_MX")
