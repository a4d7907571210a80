"""`/2010-04-01/Accounts/…`: Twilio's HTTP around the message resources, and the store that media redirect to."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, RedirectResponse, Response

from canaliza.simulator.answering import Incoming, answer
from canaliza.simulator.faults import Fault
from canaliza.simulator.simulator import Simulator
from canaliza.simulator.twilio_checks import Form, Refused, check_message
from canaliza.simulator.twilio_listing import list_page
from canaliza.simulator.twilio_resource import API_VERSION, MessageResource, rfc2822

ACCOUNT = f"/{API_VERSION}/Accounts/{{account}}"
MESSAGE = f"{ACCOUNT}/Messages/{{sid}}"
CODES = {401: 20003, 403: 20003, 404: 20404, 429: 20429, 500: 20500, 503: 20503}
WORDS = {401: "Authenticate", 404: "The requested resource was not found", 429: "Too Many Requests"}
CONTENT_LIFE_S = 3600
Handle = Callable[[], Response]


def twilio_router(simulator: Simulator) -> APIRouter:
    router = APIRouter()
    add = router.add_api_route

    def route(path: str, http_method: str, method: str, make: "Make") -> None:
        async def take(request: Request) -> Response:
            form = await _read_form(request)
            incoming = Incoming(request, "twilio", method, form, form.get("To"))
            return await answer(simulator.world, incoming, lambda: _handle(simulator, request, form, make), _refused)

        add(path, take, methods=[http_method], response_model=None)

    route(f"{ACCOUNT}/Messages.json", "POST", "Messages.create", _create)
    route(f"{ACCOUNT}/Messages.json", "GET", "Messages.list", _list)
    route(f"{MESSAGE}.json", "GET", "Messages.get", _get)
    route(f"{MESSAGE}.json", "DELETE", "Messages.delete", _delete)
    route(f"{MESSAGE}/Media.json", "GET", "Media.list", _list_media)
    route(f"{MESSAGE}/Media/{{media}}.json", "DELETE", "Media.delete", _delete_media)
    route(f"{MESSAGE}/Media/{{media}}", "DELETE", "Media.delete", _delete_media)
    route(f"{MESSAGE}/Media/{{media}}.json", "GET", "Media.get", _get_media)
    route(f"{MESSAGE}/Media/{{media}}", "GET", "Media.get", _redirect_to_content)
    route(f"/{API_VERSION}/Accounts/{{account}}.json", "GET", "Account.get", _account)

    @router.get("/content/{media}", response_model=None)
    async def content(media: str, request: Request) -> Response:
        async def send() -> Response:
            return _content(simulator, request, media)

        return await answer(simulator.world, Incoming(request, "twilio", "content", {"media": media}), send, _refused)

    return router


Make = Callable[[Simulator, Request, Form], Response]


async def _handle(simulator: Simulator, request: Request, form: Form, make: Make) -> Response:
    try:
        _check_credentials(simulator, request)
        return make(simulator, request, form)
    except Refused as refused:
        return JSONResponse(refused.as_json(), refused.status)


def _check_credentials(simulator: Simulator, request: Request) -> None:
    config, given = simulator.config, request.headers.get("Authorization", "")
    expected = f"{config.twilio_account_sid}:{config.twilio_auth_token}".encode()
    try:
        pair = base64.b64decode(given.removeprefix("Basic "), validate=True)
    except (binascii.Error, ValueError):
        pair = b""
    if not secrets.compare_digest(pair, expected):
        raise Refused(20003, "Authenticate", 401)
    if request.path_params["account"] != config.twilio_account_sid:
        raise _not_found(request)


async def _read_form(request: Request) -> Form:
    """The form, else the query; a repeated parameter keeps its last value."""
    if request.method != "POST":
        return dict(request.query_params)
    form = await request.form()
    return {name: value for name, value in form.items() if not isinstance(value, UploadFile)}


def _create(simulator: Simulator, request: Request, form: Form) -> Response:
    check_message(form, simulator.config.whatsapp_sender)
    return JSONResponse(simulator.twilio.accept(form).as_json(), 201)


def _list(simulator: Simulator, request: Request, form: Form) -> Response:
    return JSONResponse(list_page(list(simulator.twilio.messages.values()), request.url.path, form))


def _get(simulator: Simulator, request: Request, form: Form) -> Response:
    return JSONResponse(_message(simulator, request).as_json())


def _delete(simulator: Simulator, request: Request, form: Form) -> Response:
    del simulator.twilio.messages[_message(simulator, request).sid]
    return Response(status_code=204)


def _list_media(simulator: Simulator, request: Request, form: Form) -> Response:
    message = _message(simulator, request)
    files = [(media, simulator.world.files.find(media)) for media in message.media]
    rows = [message.media_json(media, stored.upload.mime_type) for media, stored in files if stored]
    return JSONResponse(_one_page(request.url.path, "media_list", rows))


def _get_media(simulator: Simulator, request: Request, form: Form) -> Response:
    message, media = _message(simulator, request), request.path_params["media"]
    stored = simulator.world.files.find(media)
    if media not in message.media or stored is None:
        raise _not_found(request)
    return JSONResponse(message.media_json(media, stored.upload.mime_type))


def _delete_media(simulator: Simulator, request: Request, form: Form) -> Response:
    message, media = _message(simulator, request), request.path_params["media"]
    if media not in message.media:
        raise _not_found(request)
    message.media.remove(media)
    simulator.world.files.remove(media)
    return Response(status_code=204)


def _redirect_to_content(simulator: Simulator, request: Request, form: Form) -> Response:
    """307 to an address that opens the file for a while without credentials, as Twilio does to its store."""
    message, media = _message(simulator, request), request.path_params["media"]
    if media not in message.media or simulator.world.files.find(media) is None:
        raise _not_found(request)
    expires = int(simulator.world.now().timestamp()) + CONTENT_LIFE_S
    query = urlencode({"Expires": expires, "Signature": _sign(simulator, media, str(expires))})
    return RedirectResponse(f"{simulator.config.public_url}/content/{media}?{query}", 307)


def _content(simulator: Simulator, request: Request, media: str) -> Response:
    """The signed address is enough. S3 would refuse credentials beside it, but here it is the API's own origin."""
    expires, given = request.query_params.get("Expires", ""), request.query_params.get("Signature", "")
    is_signed = hmac.compare_digest(_sign(simulator, media, expires).encode(), given.encode())
    if not is_signed or int(expires) < simulator.world.now().timestamp():
        return Response("<Error><Code>AccessDenied</Code></Error>", 403, media_type="application/xml")
    stored = simulator.world.files.find(media)
    if stored is None:
        return Response("<Error><Code>NoSuchKey</Code></Error>", 404, media_type="application/xml")
    return Response(stored.upload.data, media_type=stored.upload.mime_type)


def _account(simulator: Simulator, request: Request, form: Form) -> Response:
    sid, path = simulator.config.twilio_account_sid, request.url.path
    return JSONResponse(
        {
            "sid": sid,
            "friendly_name": simulator.config.scene.contact,
            "status": "active",
            "type": "Full",
            "auth_token": None,
            "owner_account_sid": sid,
            "date_created": rfc2822(simulator.world.now()),
            "date_updated": rfc2822(simulator.world.now()),
            "uri": path,
            "subresource_uris": {"messages": f"{path.removesuffix('.json')}/Messages.json"},
        }
    )


def _message(simulator: Simulator, request: Request) -> MessageResource:
    message = simulator.twilio.messages.get(request.path_params["sid"])
    if message is None:
        raise _not_found(request)
    return message


def _not_found(request: Request) -> Refused:
    return Refused(20404, f"The requested resource {request.url.path} was not found", 404)


def _one_page(path: str, key: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    first = f"{path}?PageSize=50&Page=0"
    ends = {"first_page_uri": first, "next_page_uri": None, "previous_page_uri": None, "uri": first}
    return {**ends, key: rows, "page": 0, "page_size": 50, "start": 0, "end": max(0, len(rows) - 1)}


def _sign(simulator: Simulator, media: str, expires: str) -> str:
    key = simulator.config.twilio_auth_token.encode()
    return hmac.new(key, f"{media}:{expires}".encode(), hashlib.sha256).hexdigest()


def _refused(fault: Fault) -> Response:
    status = fault.status or 500
    code = fault.code or CODES.get(status, 20500)
    headers = {"Retry-After": str(fault.retry_after_s)} if fault.retry_after_s else None
    return JSONResponse(Refused(code, WORDS.get(status, "Internal Server Error"), status).as_json(), status, headers)
