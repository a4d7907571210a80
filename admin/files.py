"""Hands out a citizen's file, after the access check, so that nothing in it can run in the staff's browser."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from subprocess import SubprocessError
from threading import BoundedSemaphore
from typing import Annotated, Protocol
from urllib.parse import quote

from fastapi import APIRouter, Header
from starlette.responses import Response, StreamingResponse

from admin.guards import CaseReader
from admin.pages import Here
from admin.paths import RowId
from intake.answers.clean_copies import PDF
from intake.errors import NotFound
from intake.files import Files
from intake.sheets import can_draw, draw_sheet
from intake.triage.dossier import find_file
from intake.triage.speech import SHOWN_AS

RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
PICTURES = frozenset({"image/jpeg", "image/png"})  # the only ones that the office keeps of its own
SHEET_SIDE = 1200  # pixels: a letter of one page is read on a telephone
SHEET_S = 5  # an A4 page of 300 dpi, noise of 4.4 MB, took 0.6 to 0.8 s (poppler, two busy cores, measured)
DRAWING = BoundedSemaphore(2)  # of a process: documents of citizens must not take its cores
SANDBOX = "default-src 'none'; sandbox"
router = APIRouter()


@dataclass(frozen=True)
class Stretch:
    """What of a file is asked for: bytes `first` to `last`, both counted. `is_part`: by the browser's wish."""

    first: int
    last: int
    is_part: bool

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class KeptFile(Protocol):
    """A row of a file of the office's: what agencies, meetings and the front desk keep."""

    id: int
    name: str
    media_type: str
    size_bytes: int
    storage_key: str


@router.get("/archivos/{attachment_id}")
def get_file(
    pages: Here,
    member: CaseReader,
    attachment_id: RowId,
    wanted: Annotated[str, Header(alias="Range")] = "",
) -> Response:
    """The original, streamed. Shown in place only for raster images and sound, by what the bytes are, not by what the
    sender called them; everything else is a download without a type. A player may ask for a stretch of it."""
    row = find_file(pages.office, member, attachment_id)
    shown = row.detected_type if row.detected_type in SHOWN_AS else None
    size = row.size_bytes or 0
    stretch = find_stretch(wanted, size)
    if stretch is None:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    try:
        chunks = pages.office.files.chunks(row.storage_key or "", start=stretch.first, length=stretch.length)
        content = begin(chunks)
    except FileNotFoundError as error:
        raise NotFound(f"the file {attachment_id} is not in the store") from error
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition(row.declared_name or "", row.id, is_shown=shown is not None),
        "Content-Length": str(stretch.length),
        "Content-Security-Policy": SANDBOX,
    }
    if stretch.is_part:
        headers["Content-Range"] = f"bytes {stretch.first}-{stretch.last}/{size}"
    return StreamingResponse(
        content,
        status_code=206 if stretch.is_part else 200,
        media_type=shown or "application/octet-stream",
        headers=headers,
    )


@router.get("/archivos/{attachment_id}/hoja")
def get_sheet(pages: Here, member: CaseReader, attachment_id: RowId) -> Response:
    """The first page of a PDF as a picture: it is seen without being downloaded and opened. Drawn each time, two at
    once at most; 404 for one that cannot be drawn."""
    row = find_file(pages.office, member, attachment_id)
    if row.detected_type != PDF or not can_draw():
        raise NotFound(f"the file {attachment_id} has no page to be shown")
    try:
        content = b"".join(pages.office.files.chunks(row.storage_key or ""))
        with DRAWING:
            sheet = draw_sheet(content, 1, side_max=SHEET_SIDE, timeout_s=SHEET_S)
    except (OSError, SubprocessError) as error:
        raise NotFound(f"the file {attachment_id} cannot be drawn") from error
    return Response(sheet, media_type="image/png", headers={"Content-Security-Policy": SANDBOX})


def find_stretch(wanted: str, size: int) -> Stretch | None:
    """The stretch that a Range header asks for (RFC 9110 §14.2); the whole file for a header of another form, or one
    that asks for several. None: there is no such stretch."""
    asked = RANGE.fullmatch(wanted)
    if not asked or not size or not any(asked.groups()):
        return Stretch(0, size - 1, is_part=False)
    first, last = asked.groups()
    if not first:
        return Stretch(max(0, size - int(last)), size - 1, is_part=True) if int(last) else None
    end = min(int(last), size - 1) if last else size - 1
    return Stretch(int(first), end, is_part=True) if int(first) <= end else None


def send_kept(files: Files, row: KeptFile) -> Response:
    """Streamed; only a picture is shown in place, everything else is a download without a type. Raises NotFound."""
    is_shown = row.media_type in PICTURES
    try:
        chunks = begin(files.chunks(row.storage_key))
    except FileNotFoundError as error:
        raise NotFound(f"the file {row.id} is not in the store") from error
    headers = {
        "Content-Disposition": disposition(row.name, row.id, is_shown=is_shown),
        "Content-Length": str(row.size_bytes),
        "Content-Security-Policy": SANDBOX,
    }
    media_type = row.media_type if is_shown else "application/octet-stream"
    return StreamingResponse(chunks, media_type=media_type, headers=headers)


def send_pdf(content: bytes, name: str, number: int) -> Response:
    named = {"Content-Disposition": disposition(name, number, is_shown=False)}
    return Response(content, media_type="application/pdf", headers=named)


def begin(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The first chunk is read before the answer begins: a file that is missing is a 404, not a broken stream."""
    return itertools.chain([next(chunks, b"")], chunks)


def disposition(name: str, attachment_id: int, *, is_shown: bool) -> str:
    """RFC 6266 with RFC 5987 encoding: the sender's name cannot leave its place in the header."""
    kind, plain = "inline" if is_shown else "attachment", f"archivo-{attachment_id}"
    encoded = quote(name.replace("/", "_").replace("\\", "_") or plain, safe="")
    return f"{kind}; filename={plain}; filename*=UTF-8''{encoded}"
