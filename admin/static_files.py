"""The pages' styles and scripts; what `setup-vendor` has packed goes out packed to browsers that take it so."""

import mimetypes
import os

from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse
from starlette.types import Scope


class PackedFiles(StaticFiles):
    """`FILE.gz` beside `FILE` is the same, a sixth as long: on a slow line it is what a page waits for.

    Files only, which hold nothing secret: a packed page would tell by its length what stands in it.
    """

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        packed = f"{os.fspath(full_path)}.gz"
        headers = Headers(scope=scope)
        if "gzip" not in headers.get("accept-encoding", "") or not os.path.isfile(packed):
            response = super().file_response(full_path, stat_result, scope, status_code)
            response.headers.append("Vary", "Accept-Encoding")
            return response
        response = FileResponse(
            packed,
            status_code,
            {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"},
            media_type=mimetypes.guess_type(full_path)[0],
            stat_result=os.stat(packed),
        )
        is_known = self.is_not_modified(response.headers, headers)
        return NotModifiedResponse(response.headers) if is_known else response
