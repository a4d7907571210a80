"""The fields of a form that a machine sends: UTF-8 everywhere, as GeoReport v2 requires."""

from urllib.parse import parse_qsl

from fastapi import Request
from starlette.datastructures import FormData

from admin.api.problems import Problem

FIELDS_MAX = 60


async def read_fields(request: Request) -> FormData:
    """Also letters that were not percent-encoded, as `curl -d` sends them: Starlette's reader takes those for Latin-1.
    Raises Problem for too many."""
    if request.headers.get("content-type", "").startswith("multipart/"):
        return await request.form(max_fields=FIELDS_MAX, max_files=0)
    body = (await request.body()).decode("utf-8", errors="replace")
    try:
        return FormData([*parse_qsl(body, keep_blank_values=True, max_num_fields=FIELDS_MAX)])
    except ValueError as error:
        raise Problem("report_fields", 400, most=FIELDS_MAX) from error
