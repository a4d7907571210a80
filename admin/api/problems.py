"""What goes wrong, as RFC 9457 describes it: a `type` that stays, and a sentence in Spanish that says what to do."""

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from intake.errors import IntakeError, MoveRefused, NotAllowed, NotFound, Stale
from intake.staff_texts import Texts
from intake.systems.calls import KeyReused, StillGoing

MEDIA = "application/problem+json"
TYPE = "urn:canaliza:problem:"
KINDS: tuple[tuple[type[IntakeError], str], ...] = (
    (KeyReused, "key_reused"),
    (StillGoing, "still_going"),
    (NotFound, "not_found"),
    (NotAllowed, "not_allowed"),
    (MoveRefused, "not_possible"),
    (Stale, "stale"),
)
HTTP = {404: "not_found", 405: "no_method", 413: "too_large"}
log = structlog.get_logger()


class Problem(Exception):
    """`name`: of the catalogue's `api.<name>` and `api.<name>_do`; `values` fill them and stand in the answer too."""

    def __init__(
        self, name: str, status: int, *, headers: Mapping[str, str] | None = None, **values: str | int
    ) -> None:
        super().__init__(name)
        self.name, self.status, self.headers, self.values = name, status, headers, values


def describe(texts: Texts, problem: Problem, **more: Any) -> dict[str, Any]:
    """The body of the answer."""
    return {
        "type": f"{TYPE}{problem.name.replace('_', '-')}",
        "title": texts(f"api.{problem.name}", **problem.values),
        "status": problem.status,
        "detail": texts(f"api.{problem.name}_do", **problem.values),
        **problem.values,
        **more,
    }


def problem_of(error: IntakeError) -> Problem:
    name = next((name for kind, name in KINDS if isinstance(error, kind)), None)
    return Problem(name, error.status_code) if name else Problem("failed", max(error.status_code, 500))


def respond(texts: Texts, problem: Problem, **more: Any) -> Response:
    headers = dict(problem.headers or {})
    return JSONResponse(describe(texts, problem, **more), problem.status, headers, media_type=MEDIA)


def add_handlers(app: FastAPI, texts: Texts) -> None:
    def on_problem(_request: Request, error: Exception) -> Response:
        return respond(texts, error if isinstance(error, Problem) else Problem("failed", 500))

    def on_intake(_request: Request, error: Exception) -> Response:
        return respond(texts, problem_of(error) if isinstance(error, IntakeError) else Problem("failed", 500))

    def on_http(_request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return respond(texts, Problem(HTTP.get(status, "failed"), status))

    def on_invalid(_request: Request, error: Exception) -> Response:
        faults = error.errors() if isinstance(error, RequestValidationError) else []
        places = [{"at": ".".join(map(str, one["loc"])), "kind": str(one["type"])} for one in faults]
        if any(one["loc"][0] == "path" for one in faults):
            return respond(texts, Problem("not_found", 404))
        return respond(texts, Problem("invalid", 422), faults=places)

    def on_any(_request: Request, error: Exception) -> Response:
        log.error("api.failed", error=type(error).__name__)
        return respond(texts, Problem("failed", 500))

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(IntakeError, on_intake)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(Exception, on_any)
