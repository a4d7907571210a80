"""`Idempotency-Key`: a write that is sent twice, because the first answer did not arrive, is carried out once."""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from admin.api.doors import Desk
from admin.api.problems import MEDIA, Problem, describe, problem_of
from intake.errors import IntakeError
from intake.systems.calls import KEY_MAX, Done, begin_call, drop_call, end_call
from intake.systems.tokens import Caller

REPLAYED = {"Idempotency-Replayed": "true"}


def get_key(
    idempotency_key: Annotated[
        str,
        Header(description="Yours, new for each write; the same one when you send it again.", max_length=KEY_MAX),
    ] = "",
) -> str:
    if not idempotency_key.strip():
        raise Problem("no_key", 400)
    return idempotency_key.strip()


Key = Annotated[str, Depends(get_key)]


def once(
    request: Request, desk: Desk, caller: Caller, key: str, sent: BaseModel | None, act: Callable[[], dict[str, Any]]
) -> Response:
    """What `act` returns, or what it was refused with; both are kept under the key and answered again."""
    said = f"{request.method} {request.url.path}\n{sent.model_dump_json() if sent else ''}"
    earlier = begin_call(desk.office, caller.system_id, key, hashlib.sha256(said.encode()).hexdigest())
    if earlier is not None:
        return _respond(earlier, REPLAYED)
    try:
        done = _carry_out(desk, act)
    except BaseException:
        drop_call(desk.office, caller.system_id, key)
        raise
    end_call(desk.office, caller.system_id, key, done)
    return _respond(done, {})


def _carry_out(desk: Desk, act: Callable[[], dict[str, Any]]) -> Done:
    try:
        return Done(200, act())
    except Problem as problem:
        return Done(problem.status, describe(desk.texts, problem))
    except IntakeError as error:
        refusal = problem_of(error)
        if refusal.status >= 500:
            raise
        return Done(refusal.status, describe(desk.texts, refusal))


def _respond(done: Done, headers: dict[str, str]) -> Response:
    media = MEDIA if done.status >= 400 else "application/json"
    return JSONResponse(done.body, done.status, headers, media_type=media)
