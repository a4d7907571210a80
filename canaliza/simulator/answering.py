"""Answers one call of the program: written down, past the ordered faults, then as the provider would."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.responses import Response

from canaliza.simulator.connection import Cut, ResetAmid, Trickled, Truncated, connection_of
from canaliza.simulator.faults import Do, Fault
from canaliza.simulator.world import World

PROXY_PAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>"
LOOK_S = 0.2
Handle = Callable[[], Awaitable[Response]]
Refuse = Callable[[Fault], Response]


@dataclass(frozen=True)
class Incoming:
    """A call: `address` is the chat id or To that a fault may be meant for; `params` are kept in the journal."""

    request: Request
    provider: str
    method: str
    params: dict[str, Any]
    address: str | None = None


async def answer(world: World, incoming: Incoming, handle: Handle, refuse: Refuse) -> Response:
    """`refuse` builds the provider's own error for an ordered status."""
    fault = world.faults.take(incoming.provider, incoming.method, incoming.address)
    call = world.journal.add_call(incoming.provider, incoming.method, incoming.params, fault.do if fault else None)
    response = await (_faulty(incoming.request, fault, handle, refuse) if fault else handle())
    call.status = None if isinstance(response, Cut | Trickled) else response.status_code
    return response


async def _faulty(request: Request, fault: Fault, handle: Handle, refuse: Refuse) -> Response:
    match fault.do:
        case Do.STATUS:
            return _ordered(fault) if fault.body is not None else refuse(fault)
        case Do.HTML:
            return Response(PROXY_PAGE, fault.status or 502, media_type="text/html")
        case Do.DROP_BEFORE:
            return Cut()
        case Do.HANG:
            await _hold(request, fault.seconds)
            return Cut()
    response = await handle()
    match fault.do:
        case Do.TRUNCATE:
            return Truncated(response.body, response.status_code, media_type=response.media_type)
        case Do.RESET_AMID:
            return ResetAmid(response.body, response.status_code, media_type=response.media_type)
        case Do.TRICKLE:
            return Trickled(fault.seconds)
        case Do.HANG_AFTER:
            await _hold(request, fault.seconds)
    return Cut()


def _ordered(fault: Fault) -> Response:
    body = fault.body if isinstance(fault.body, str) else json.dumps(fault.body, ensure_ascii=False)
    headers = {"Retry-After": str(fault.retry_after_s)} if fault.retry_after_s else {}
    return Response(body, fault.status or 500, headers, media_type="application/json")


async def _hold(request: Request, seconds: float) -> None:
    """Until the time is over, the caller has given up or the server stops."""
    connection, loop = connection_of(request.scope), asyncio.get_running_loop()
    until = loop.time() + seconds
    while loop.time() < until and not connection.is_ending and not await request.is_disconnected():
        await asyncio.sleep(min(LOOK_S, seconds))
