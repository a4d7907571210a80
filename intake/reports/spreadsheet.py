"""Sheets written as Excel's file with openpyxl, row by row. Called by `workbook`."""

import io
from collections.abc import Sequence
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from intake.reports.workbook import FORMULAS, Sheet, Value

NAME_MAX = 31  # of a sheet, Excel's limit
DATES = "yyyy-mm-dd"


def write_book(sheets: Sequence[Sheet]) -> bytes:
    book = Workbook(write_only=True)
    for sheet in sheets:
        _write(book.create_sheet(sheet.name[:NAME_MAX]), sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


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
