"""A Bot API call's parameters, out of query, form, multipart or JSON; in forms, objects are JSON inside of text."""

import json
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile

from canaliza.simulator.files import Upload
from canaliza.simulator.telegram_refusal import Refused

Params = dict[str, Any]


async def read_params(request: Request) -> Params:
    """Raises Refused for a body that cannot be read."""
    params: Params = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        body = await request.body()
        return params | (_parse(body.decode("utf-8", "replace"), dict) if body else {})
    form = await request.form()
    return params | {name: value for name, value in form.items() if not isinstance(value, UploadFile)}


async def read_uploads(request: Request) -> dict[str, Upload]:
    """The files of a multipart form, by the parameter's name."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return {}
    async with request.form() as form:
        given = [(name, item) for name, item in form.items() if isinstance(item, UploadFile)]
        return {name: Upload(one.filename or "", one.content_type or "", await one.read()) for name, one in given}


def as_text(params: Params, name: str) -> str:
    value = params.get(name)
    return "" if value is None else str(value)


def as_int(params: Params, name: str) -> int | None:
    value = as_text(params, name)
    return int(value) if value.lstrip("-").isdigit() else None


def as_bool(params: Params, name: str) -> bool:
    return as_text(params, name).lower() in ("true", "1", "yes")


def as_list(params: Params, name: str) -> list[Any]:
    value = params.get(name)
    parsed: list[Any] = _parse(value, list) if value else []
    return parsed


def as_object(params: Params, name: str) -> Params:
    value = params.get(name)
    parsed: Params = _parse(value, dict) if value else {}
    return parsed


def _parse(value: Any, wanted: type) -> Any:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise Refused(400, f"Bad Request: can't parse JSON: {error}") from error
    if not isinstance(value, wanted):
        raise Refused(400, f"Bad Request: {wanted.__name__} expected")
    return value
