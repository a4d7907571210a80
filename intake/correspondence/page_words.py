"""Reads what is printed on a page, in Spanish, with Debian's tesseract: a process of its own, bounded in time, threads
and priority. Never called while somebody waits for a page. Pure but for the processes.
"""

import re
import shutil
import subprocess
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageOps

from intake.answers.clean_copies import PDF
from intake.sheets import draw_sheet, run_behind

LANGUAGE = "spa"
# A full page of a telephone's photo took 4 s of one core, a scan at 200 dpi 3 s (tesseract 5.3, measured).
PAGE_S, PDF_S = 60, 30
SHEETS_READ = 15  # of one PDF; what comes behind is seldom the letter
SIDE_MAX = 3200  # pixels: beyond it reading takes longer and finds no more
WORDS_MAX = 20_000
GAPS = re.compile(r"\n{3,}")
ONE_THREAD = {"OMP_THREAD_LIMIT": "1"}


class NoReader(Exception):
    """tesseract or its Spanish is not installed here."""


class Unreadable(Exception):
    """The page cannot be opened, or took too long."""


def read_words(content: bytes, media_type: str) -> str:
    """What stands on it, at most WORDS_MAX characters; empty where nothing was found. Raises NoReader, Unreadable."""
    require_reader()
    try:
        words = _of_pdf(content) if media_type == PDF else _of_photo(content)
    except (OSError, ValueError, SyntaxError, subprocess.SubprocessError, Image.DecompressionBombError) as error:
        raise Unreadable(type(error).__name__) from error
    return tidy_words(words)[:WORDS_MAX]


def require_reader() -> None:
    """Raises NoReader."""
    program = shutil.which("tesseract")
    if program is None or not _knows_spanish(program):
        raise NoReader


def tidy_words(words: str) -> str:
    """Line ends and gaps as a form has them; what cannot be printed is left out."""
    plain = "".join(c for c in words.replace("\f", "\n") if c.isprintable() or c == "\n")
    return GAPS.sub("\n\n", "\n".join(line.strip() for line in plain.split("\n"))).strip()


@lru_cache
def _knows_spanish(program: str) -> bool:
    try:
        told = run_behind([program, "--list-langs"], b"", 10)
    except (OSError, subprocess.SubprocessError):
        return False
    return LANGUAGE.encode() in told.split()


def _of_photo(content: bytes) -> str:
    with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as source:
        page = ImageOps.exif_transpose(source).convert("L")
    page.thumbnail((SIDE_MAX, SIDE_MAX))
    target = BytesIO()
    page.save(target, "PNG")
    return _read(target.getvalue())


def _of_pdf(content: bytes) -> str:
    """Its own words where it has them; else its pages are drawn and read one after the other."""
    own = run_behind(["pdftotext", "-l", str(SHEETS_READ), "-layout", "-", "-"], content, PDF_S).decode(
        errors="replace"
    )
    if len(own.split()) >= 10:  # a stamp of a scanner is no letter
        return own
    return "\n\n".join(_read(page) for page in _draw(content))


def _draw(content: bytes) -> list[bytes]:
    pages = []
    for number in range(1, SHEETS_READ + 1):
        try:
            page = draw_sheet(content, number, side_max=SIDE_MAX, timeout_s=PDF_S, is_gray=True)
        except subprocess.CalledProcessError:
            break  # behind the last page
        if not page:
            break
        pages.append(page)
    return pages


def _read(picture: bytes) -> str:
    asked = ["tesseract", "stdin", "stdout", "-l", LANGUAGE, "--psm", "3"]
    return run_behind(asked, picture, PAGE_S, ONE_THREAD).decode(errors="replace")
