"""`/bot{token}/{method}` and `/file/bot{token}/{path}`: Telegram's HTTP around the methods."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from canaliza.simulator.answering import Incoming, answer
from canaliza.simulator.faults import Fault
from canaliza.simulator.simulator import Simulator
from canaliza.simulator.telegram_methods import METHODS
from canaliza.simulator.telegram_params import Params, as_text, read_params, read_uploads
from canaliza.simulator.telegram_refusal import Refused

DESCRIPTIONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


def telegram_router(simulator: Simulator) -> APIRouter:
    router = APIRouter()

    @router.api_route("/bot{token}/{method}", methods=["GET", "POST"], response_model=None)
    async def call(token: str, method: str, request: Request) -> Response:
        try:
            _check_token(simulator, token)
            params = await read_params(request)
            uploads = await read_uploads(request)
        except Refused as refused:
            return _refusal(refused)
        incoming = Incoming(request, "telegram", method, params, as_text(params, "chat_id") or None)
        return await answer(
            simulator.world, incoming, lambda: _call(simulator, method, params | uploads), _ordered_refusal
        )

    @router.get("/file/bot{token}/{path:path}", response_model=None)
    async def download(token: str, path: str, request: Request) -> Response:
        async def content() -> Response:
            stored = simulator.world.files.find_by_path(path)
            if token != simulator.telegram.token or stored is None:
                return _refusal(Refused(404, "Not Found"))
            return Response(stored.upload.data, media_type="application/octet-stream")

        incoming = Incoming(request, "telegram", "file", {"path": path})
        return await answer(simulator.world, incoming, content, _ordered_refusal)

    return router


async def _call(simulator: Simulator, method: str, params: Params) -> Response:
    known = METHODS.get(method.lower())
    try:
        if known is None:
            raise Refused(404, "Not Found")
        done = await known(simulator, params)
    except Refused as refused:
        return _refusal(refused)
    described = {"description": done.description} if done.description else {}
    return JSONResponse({"ok": True, "result": done.result, **described})


def _check_token(simulator: Simulator, token: str) -> None:
    """A token of the right shape that is not the bot's is unauthorized; anything else is no address at all."""
    if token == simulator.telegram.token:
        return
    number, _, secret = token.partition(":")
    raise Refused(401, "Unauthorized") if number.isdigit() and secret else Refused(404, "Not Found")


def _ordered_refusal(fault: Fault) -> Response:
    status = fault.status or 500
    if status == 429:
        wait = fault.retry_after_s or 1
        return _refusal(Refused(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait}))
    return _refusal(Refused(status, DESCRIPTIONS.get(status, "Internal Server Error")))


def _refusal(refused: Refused) -> Response:
    return JSONResponse(refused.as_json(), refused.error_code)
