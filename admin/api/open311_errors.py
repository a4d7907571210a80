"""Open311's errors: a list of code and description, in the format that was asked for; 403, 404, else 400."""

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from admin.api.formats import Format, respond
from admin.api.problems import HTTP, Problem, describe, problem_of
from intake.errors import FormRefused, IntakeError
from intake.staff_texts import Texts

# As GeoReport v2 wants them: «403 for errors because of wrong or missing api_key and basically 400 for any other».
STATUS = {401: 403, 405: 400, 409: 400, 413: 400, 422: 400}
log = structlog.get_logger()


def add_handlers(app: FastAPI, texts: Texts) -> None:
    def on_problem(request: Request, error: Exception) -> Response:
        return _say(request, texts, error if isinstance(error, Problem) else Problem("failed", 500))

    def on_intake(request: Request, error: Exception) -> Response:
        if isinstance(error, FormRefused):
            return _say(request, texts, Problem(f"report_{error.fault}", 400))
        return _say(request, texts, problem_of(error) if isinstance(error, IntakeError) else Problem("failed", 500))

    def on_http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return _say(request, texts, Problem(HTTP.get(status, "failed"), status))

    def on_invalid(request: Request, error: Exception) -> Response:
        faults = error.errors() if isinstance(error, RequestValidationError) else []
        if any(one["loc"][0] == "path" for one in faults):
            return _say(request, texts, Problem("not_found", 404))
        fields = ", ".join(sorted({str(one["loc"][-1]) for one in faults}))
        return _say(request, texts, Problem("report_invalid", 400, fields=fields))

    def on_any(request: Request, error: Exception) -> Response:
        log.error("open311.failed", error=type(error).__name__)
        return _say(request, texts, Problem("failed", 500))

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(IntakeError, on_intake)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(Exception, on_any)


def _say(request: Request, texts: Texts, problem: Problem) -> Response:
    said, status = describe(texts, problem), STATUS.get(problem.status, problem.status)
    kind = Format.XML if request.url.path.endswith(".xml") else Format.JSON
    headers = {name: value for name, value in (problem.headers or {}).items() if name != "WWW-Authenticate"}
    error = {"code": status, "description": f"{said['title']}. {said['detail']}"}
    return respond(kind, "errors", [error], status, headers)
