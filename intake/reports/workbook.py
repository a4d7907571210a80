"""A report as a workbook. Pure. What looks like a formula is text, in workbooks and in files of values alike."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

Value = str | int | float | date | None
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # OWASP, CSV injection: what spreadsheets take for the start of a formula


@dataclass(frozen=True)
class Sheet:
    """`widths`: of the columns, in characters."""

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[Value]]
    widths: Sequence[int]


def as_workbook(sheets: Sequence[Sheet]) -> bytes:
    from intake.reports.spreadsheet import write_book  # 8 MB that a server holds only after the first workbook

    return write_book(sheets)


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
