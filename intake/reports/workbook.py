"""A report as a workbook. Pure. What looks like a formula is text, in workbooks and in files of values alike."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Value = str | int | float | date | None
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # OWASP, CSV injection: what spreadsheets take for the start of a formula
NAME_MAX = 31  # of a sheet, Excel's limit
DATES = "yyyy-mm-dd"


@dataclass(frozen=True)
class Sheet:
    """`widths`: of the columns, in characters."""

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[Value]]
    widths: Sequence[int]


def as_workbook(sheets: Sequence[Sheet]) -> bytes:
    book = Workbook(write_only=True)
    for sheet in sheets:
        _write(book.create_sheet(sheet.name[:NAME_MAX]), sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def as_values(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """A CSV file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return text.getvalue()


def harmless(value: Value) -> Value:
    """In a file of values only a mark before it keeps a word from being a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value


def _write(target: WriteOnlyWorksheet, sheet: Sheet) -> None:
    for number, width in enumerate(sheet.widths):
        target.column_dimensions[chr(ord("A") + number)].width = width
    target.freeze_panes = "A2"
    target.append([_cell(target, name, is_head=True) for name in sheet.head])
    for row in sheet.rows:
        target.append([_cell(target, value) for value in row])


def _cell(target: WriteOnlyWorksheet, value: Value, *, is_head: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(target, value=ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl would make «=…» a formula
        cell.quotePrefix = value.startswith(FORMULAS)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    elif isinstance(value, date) and not isinstance(value, datetime):
        cell.number_format = DATES
    if is_head:
        cell.font = Font(bold=True)
    return cell
