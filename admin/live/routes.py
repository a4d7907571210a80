"""The stream of an open page (server-sent events): that something came, who else is there. Nothing of a petition goes
through it: the page asks for the rest, under the same guards as ever."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from admin.api.doors import Pace
from admin.guards import CaseReader
from admin.live.streams import Event, List, Stream, Streams, What
from admin.live.watching import Watcher
from admin.pages import Here, Pages
from bot.cleaning import clean
from intake.accounts.staff import Member, token_hash
from intake.database import reading
from intake.errors import NotAllowed, NotFound
from intake.triage.presence import find_looked_at

HEARTBEAT_S = 15.0  # below every proxy's patience (nginx: 60 s)
LASTS_S = 3600.0  # then the page opens another one
PER_MINUTE = 60  # streams that one member opens
AGAIN_MS = (3000, 9000)  # a browser whose stream broke comes again: not all at once after a restart
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # nginx passes each line on at once
router = APIRouter()


class Live:
    """What the app keeps for its streams."""

    def __init__(self, pages: Pages) -> None:
        self.streams = Streams()
        self.watcher = Watcher(pages, self.streams)
        self.pace = Pace(PER_MINUTE)


@router.get("/en-vivo")
async def show_stream(
    request: Request,
    pages: Here,
    member: CaseReader,
    lista: List | None = None,
    peticion: Annotated[str, Query(max_length=20)] = "",
    turno: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
) -> Response:
    """Raises NotFound for what the member may not see, and where there is nothing to listen to."""
    live: Live = request.app.state.live
    petition_id = await run_in_threadpool(_find_petition, pages, member, peticion, turno)
    _check_list(member, lista)
    if lista is None and petition_id is None:
        raise NotFound("nothing to listen to")
    token = request.cookies.get(pages.session_cookie, "")
    stream = Stream(member, token_hash(token), lista, petition_id)
    wait_s = live.pace.take(member.id)
    if wait_s or not live.streams.join(stream):
        return Response(status_code=429, headers={"Retry-After": str(int(wait_s) + 30)})
    live.watcher.begin()
    return StreamingResponse(_lines(live, stream), media_type="text/event-stream", headers=HEADERS)


def end_streams(app: FastAPI) -> None:
    """Before a server waits for its connections: an open stream would hold it up."""
    live: Live | None = getattr(app.state, "live", None)
    if live:
        live.streams.close()


async def _lines(live: Live, stream: Stream) -> AsyncIterator[str]:
    try:
        yield f"retry: {random.randint(*AGAIN_MS)}\n\n"  # noqa: S311 — nobody gains by guessing it
        until = asyncio.get_running_loop().time() + LASTS_S
        while asyncio.get_running_loop().time() < until:
            try:
                event = await asyncio.wait_for(stream.events.get(), HEARTBEAT_S)
            except TimeoutError:
                yield ":\n\n"
                continue
            yield _line(event)
            if event.what is What.OVER:
                return
    finally:
        live.streams.leave(stream)


def _line(event: Event) -> str:
    return f"event: {event.what}\ndata: {' '.join(event.text.split())}\n\n"


def _check_list(member: Member, name: List | None) -> None:
    if name is not None and (name is List.INBOX) != member.is_agencys:
        raise NotAllowed(f"{member.role} has no such list")


def _find_petition(pages: Pages, member: Member, folio: str, referral_id: int) -> int | None:
    if not folio and not referral_id:
        return None
    with reading(pages.office.sessions) as session:
        return find_looked_at(session, member, clean(folio), referral_id)
