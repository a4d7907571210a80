"""The pages' styles and scripts; what `setup-vendor` has packed goes out packed to browsers that take it so."""

import os

from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope


class PackedFiles(StaticFiles):
    """`FILE.gz` beside `FILE` is the same, a sixth as long: on a slow line it is what a page waits for.

    Files only, which hold nothing secret: a packed page would tell by its length what stands in it.
    """

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        packed = f"{os.fspath(full_path)}.gz"
        is_packed = "gzip" in Headers(scope=scope).get("accept-encoding", "") and os.path.isfile(packed)
        sent = (packed, os.stat(packed)) if is_packed else (full_path, stat_result)
        response = super().file_response(*sent, scope, status_code)
        response.headers["Vary"] = "Accept-Encoding"
        if is_packed:
            response.headers["Content-Encoding"] = "gzip"
        return response
