"""Hands out a citizen's file, after the access check, so that nothing in it can run in the staff's browser."""

import itertools
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path
from starlette.responses import Response, StreamingResponse

from admin.guards import Anyone
from admin.pages import Here
from intake.dossier import find_file
from intake.errors import NotFound
from intake.speech import SHOWN_AS

SANDBOX = "default-src 'none'; sandbox"
router = APIRouter()


@router.get("/archivos/{attachment_id}")
def get_file(pages: Here, member: Anyone, attachment_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> Response:
    """The original, streamed. Shown in place only for raster images and sound, by what the bytes are, not by what the
    sender called them; everything else is a download without a type."""
    row = find_file(pages.office, member, attachment_id)
    shown = row.detected_type if row.detected_type in SHOWN_AS else None
    try:
        first, rest = _begin(pages.office.files.chunks(row.storage_key or ""))
    except FileNotFoundError as error:
        raise NotFound(f"the file {attachment_id} is not in the store") from error
    headers = {
        "Content-Disposition": _disposition(row.declared_name or "", row.id, is_shown=shown is not None),
        "Content-Length": str(row.size_bytes),
        "Content-Security-Policy": SANDBOX,
    }
    return StreamingResponse(
        itertools.chain([first], rest), media_type=shown or "application/octet-stream", headers=headers
    )


def _begin(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first chunk is read before the answer begins: a file that is missing is a 404, not a broken stream."""
    return next(chunks, b""), chunks


def _disposition(name: str, attachment_id: int, *, is_shown: bool) -> str:
    """RFC 6266 with RFC 5987 encoding: the sender's name cannot leave its place in the header."""
    kind, plain = "inline" if is_shown else "attachment", f"archivo-{attachment_id}"
    encoded = quote(name.replace("/", "_").replace("\\", "_") or plain, safe="")
    return f"{kind}; filename={plain}; filename*=UTF-8''{encoded}"
