"""Rows of a CSV or XLSX file as plain words, one at a time: a hundred thousand of them take no more memory than one."""

import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from intake.errors import FormRefused

ROWS_MAX, COLUMNS_MAX, CELL_MAX = 200_000, 60, 20_000
SHEET_ROWS = 1_048_576  # of a sheet, empty ones too (ECMA-376)
FILE_MAX_BYTES = 64 * 1024 * 1024
# What a workbook unpacks to; its shared words are read at once and stay in memory (openpyxl 3.1, read_only).
UNPACKED_MAX_BYTES, WORDS_MAX_BYTES = 400 * 1024 * 1024, 48 * 1024 * 1024
ZIP = b"PK\x03\x04"
SNIFFED = 64 * 1024  # bytes
SEPARATORS = ",;\t|"
SAYS_SEPARATOR = "sep="  # a first line for Excel
# What openpyxl and what it reads with raise for a workbook that is damaged, locked or another thing.
BROKEN = (
    KeyError,
    ValueError,
    IndexError,
    TypeError,
    AttributeError,
    OverflowError,
    EOFError,
    OSError,
    RuntimeError,
    SyntaxError,
    zipfile.BadZipFile,
    zlib.error,
)
Row = tuple[str, ...]
Open = Callable[[], BinaryIO]


def read_rows(opened: Open, *, after: int = 0) -> Iterator[tuple[int, Row]]:
    """Numbered from 1 without the heading; empty ones left out but counted. Raises FormRefused for what is no table."""
    with opened() as file, closing(_table(file)) as table:
        next(filter(any, table), None)
        for number, row in islice(enumerate(table, start=1), after, None):
            is_filled = any(row)
            if number > (ROWS_MAX if is_filled else SHEET_ROWS):
                raise FormRefused("rows")
            if is_filled:
                yield number, row


def read_heading(opened: Open, *, rows: int) -> tuple[Row, list[Row]]:
    """The columns' names, and the first rows. Raises FormRefused: no table, or one without rows."""
    with opened() as file, closing(_table(file)) as table:
        first = list(islice(filter(any, islice(table, SHEET_ROWS)), rows + 1))
    if len(first) < 2:
        raise FormRefused("empty")
    names = first[0]
    heading = tuple(
        f"{name} #{number}".strip() if not name or name in names[: number - 1] else name
        for number, name in enumerate(names, start=1)
    )
    if len(heading) > COLUMNS_MAX:
        raise FormRefused("columns")
    return heading, first[1:]


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _table(file: BinaryIO) -> Generator[Row, None, None]:
    is_workbook = file.read(4) == ZIP
    file.seek(0)
    return _workbook(file) if is_workbook else _lines(file)


def _workbook(file: BinaryIO) -> Generator[Row, None, None]:
    from openpyxl import load_workbook  # seldom needed, and heavy

    _check_size(file)
    try:
        book = load_workbook(file, read_only=True, data_only=True)
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()  # some programs write a size that is not the sheet's: all beyond it would be lost
        for cells in sheet.iter_rows(values_only=True):
            yield tuple(_words(cell) for cell in cells[:COLUMNS_MAX])
        book.close()
    except BROKEN as error:
        raise FormRefused("workbook") from error


def _check_size(file: BinaryIO) -> None:
    try:
        infos = zipfile.ZipFile(file).infolist()
    except zipfile.BadZipFile as error:
        raise FormRefused("workbook") from error
    words = sum(info.file_size for info in infos if info.filename.endswith("sharedStrings.xml"))
    if sum(info.file_size for info in infos) > UNPACKED_MAX_BYTES or words > WORDS_MAX_BYTES:
        raise FormRefused("workbook_large")
    file.seek(0)


def _words(cell: object) -> str:
    match cell:
        case None:
            return ""
        case datetime() | date():
            return cell.isoformat()
        case float() if cell.is_integer():
            return str(int(cell))
    return _tidy(str(cell))


def _lines(file: BinaryIO) -> Generator[Row, None, None]:
    beginning = file.read(SNIFFED)
    if b"\x00" in beginning:
        raise FormRefused("format")
    encoding = _encoding(file, beginning)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        for number, row in enumerate(csv.reader(text, delimiter=_separator(beginning.decode(encoding, "replace")))):
            if number == 0 and row and row[0].startswith(SAYS_SEPARATOR):
                continue
            yield tuple(_tidy(cell) for cell in row[:COLUMNS_MAX])
    except csv.Error as error:
        raise FormRefused("format") from error
    finally:
        text.detach()


def _encoding(file: BinaryIO, beginning: bytes) -> str:
    """What spreadsheets write: UTF-8 with or without a mark, or Windows' own."""
    if beginning.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    decoder = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        file.seek(0)
        while decoder.read(SNIFFED):
            pass
        return "utf-8"
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        decoder.detach()


def _separator(beginning: str) -> str:
    heading = next(filter(str.strip, beginning.splitlines()), "")
    return max(SEPARATORS, key=heading.count)


def _tidy(words: str) -> str:
    """Any other blank, as Excel's hard one, is a blank; what cannot be seen goes."""
    lines = words.strip()[:CELL_MAX].replace("\r\n", "\n").replace("\r", "\n")
    blank = (c if c == "\n" or not c.isspace() else " " for c in lines)
    return "".join(c for c in blank if c == "\n" or c.isprintable()).strip()
