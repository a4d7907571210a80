"""A page as it was photographed or scanned: checked by its bytes, counted, kept as it is under its hash.

Unlike what leaves the office nothing is drawn anew: an original is proof.
"""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO

import filetype
from PIL import Image

from intake.answers.attaching import FileRefused, Given
from intake.answers.clean_copies import FILE_MAX_BYTES, PDF, PIXELS_MAX
from intake.clock import utc_now
from intake.errors import FormRefused
from intake.files import key_of, printable_name
from intake.office import Office

PAGES_MAX = 20  # files of one document at one time
ALL_MAX_BYTES = 40 * 1024 * 1024  # of one document: twenty photos of a telephone
NAME_MAX = 120
PHOTOS = {"image/jpeg": "jpg", "image/png": "png"}
COUNT_S = 5  # pdfinfo took 20 ms for forty pages
PAGES_LINE = re.compile(rb"^Pages:\s+(\d+)", re.MULTILINE)
PAGE_OBJECT = re.compile(rb"/Type\s*/Page[^s]")


class Role(StrEnum):
    PAGE = "page"
    ENCLOSURE = "enclosure"
    MAIL = "mail"


class Reading(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    AWAY = "away"
    NONE = "none"


@dataclass(frozen=True)
class Original:
    """`sheets`: pages of a PDF; 1 of a photo, 0 of what has none."""

    role: Role
    name: str
    media_type: str
    content: bytes
    sheets: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def is_legible(self) -> bool:
        return self.media_type == PDF or self.media_type in PHOTOS


def check_pages(given: Sequence[Given]) -> tuple[Original, ...]:
    """Raises FormRefused (no_pages, too_many), FileRefused: too_big, type, unreadable."""
    if not given:
        raise FormRefused("no_pages")
    if len(given) > PAGES_MAX:
        raise FormRefused("too_many")
    if sum(len(one.content) for one in given) > ALL_MAX_BYTES:
        raise FileRefused("too_big", given[-1].name[:NAME_MAX])
    return tuple(check_page(one, Role.PAGE) for one in given)


def check_page(given: Given, role: Role) -> Original:
    """Raises FileRefused."""
    name = tidy_name(given.name)
    if len(given.content) > FILE_MAX_BYTES:
        raise FileRefused("too_big", name)
    found = filetype.guess(given.content)
    media_type = found.mime if found else ""
    if media_type == PDF:
        return Original(role, name, PDF, given.content, count_sheets(given.content))
    if media_type not in PHOTOS:
        raise FileRefused("type", name)
    _require_photo(given.content, name)
    return Original(role, name, media_type, given.content, 1)


def store_originals(office: Office, originals: Sequence[Original]) -> None:
    """Before any transaction. Raises OSError when the store is away."""
    for one in originals:
        office.files.keep(one.content)


def as_row(piece_id: int, number: int, one: Original, now: datetime | None = None) -> dict[str, object]:
    return {
        "piece_id": piece_id,
        "number": number,
        "role": one.role.value,
        "name": one.name,
        "media_type": one.media_type,
        "size_bytes": len(one.content),
        "sha256": one.sha256,
        "storage_key": key_of(one.sha256),
        "sheets": one.sheets,
        "reading": (Reading.WAITING if one.is_legible else Reading.NONE).value,
        "attempts": 0,
        "next_attempt_at": now or utc_now(),
    }


def tidy_name(name: str) -> str:
    return printable_name(name)[-NAME_MAX:] or "archivo"


def count_sheets(content: bytes) -> int:
    """Of a PDF; at least 1."""
    program = shutil.which("pdfinfo")
    if program:
        try:
            told = subprocess.run([program, "-"], input=content, capture_output=True, timeout=COUNT_S, check=True)  # noqa: S603 — no word of the file is an argument
            found = PAGES_LINE.search(told.stdout)
            return max(1, int(found[1])) if found else 1
        except (OSError, subprocess.SubprocessError):
            pass
    return max(1, len(PAGE_OBJECT.findall(content)))


def _require_photo(content: bytes, name: str) -> None:
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as photo:
            if photo.width * photo.height > PIXELS_MAX:
                raise FileRefused("unreadable", name)
            photo.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise FileRefused("unreadable", name) from error
