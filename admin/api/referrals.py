"""An agency's referrals over its own system: list, read, accept, return, ask, extend, answer, files.

The acts are the liaison's own functions with the liaison's own checks; nothing is possible here that is not there.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from admin.api.doors import AtDesk, Desk, Reader, Writer
from admin.api.once import Key, once
from admin.api.problems import Problem
from admin.api.shapes import AgencyShape, Answer, Ask, Extend, Return, Turn, TurnPage, Whole, turn_of, whole_of
from admin.paths import RowId
from admin.portal.answers import REASON_MIN, TEXT_MIN, is_hollow, tidy
from intake.answers.approving import answer_or_put_up
from intake.database import reading
from intake.errors import FormRefused, NotFound
from intake.systems.agency_turns import TurnsWish, get_turn, list_turns
from intake.systems.tokens import Caller
from intake.triage.asking import ask
from intake.triage.dossier import find_file, open_referral
from intake.triage.extending import extend
from intake.triage.referrals import accept, give_back

State = Literal["issued", "accepted", "answered", "returned"]
PAGE_MAX = 200
REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"description": "The token is missing, wrong, expired or revoked."},
    403: {"description": "The token has not this scope."},
    404: {"description": "There is no such thing, or it is another agency's."},
    429: {"description": "Too many calls; Retry-After says how long to wait."},
}
WRITES: dict[int | str, dict[str, Any]] = {
    **REFUSALS,
    400: {"description": "Idempotency-Key is missing."},
    409: {"description": "It is not possible any more, or the same call is still going on."},
    422: {"description": "What was sent lacks something; `detail` says what to do."},
}
router = APIRouter()


@router.get("/referrals", responses=REFUSALS)
def list_referrals(
    desk: AtDesk,
    caller: Reader,
    state: Annotated[State | None, Query(description="Only those.")] = None,
    updated_since: Annotated[datetime | None, Query(description="Only what changed then or later.")] = None,
    after: Annotated[int, Query(ge=0, le=2**63 - 1, description="`next_after` of the page before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> TurnPage:
    """Your agency's referrals, oldest first, a page at a time. Poll with `updated_since`, or be told by webhooks."""
    if updated_since is not None and updated_since.tzinfo is None:
        raise Problem("no_zone", 422)
    wish = TurnsWish(state, updated_since, after, limit)
    with reading(desk.office.sessions) as session:
        rows, onward = list_turns(session, desk.office, caller.member, wish)
    return TurnPage(referrals=[turn_of(row) for row in rows], next_after=onward)


@router.get("/referrals/{referral_id}", responses=REFUSALS)
def read_referral(desk: AtDesk, caller: Reader, referral_id: RowId) -> Whole:
    """One referral with its petition, as your liaison sees it. Reading a sensitive one is noted in its history."""
    get_turn(desk.office, caller.member, referral_id)
    view, dossier = open_referral(desk.office, caller.member, referral_id)
    return whole_of(get_turn(desk.office, caller.member, referral_id), view, dossier)


@router.post("/referrals/{referral_id}/accept", responses=WRITES, response_model=Turn)
def do_accept(request: Request, desk: AtDesk, caller: Writer, key: Key, referral_id: RowId) -> Response:
    """Take the matter. The citizen is told."""

    def act() -> None:
        accept(desk.office, caller.member, referral_id)

    return once(request, desk, caller, key, None, _then_turn(desk, caller, referral_id, act))


@router.post("/referrals/{referral_id}/return", responses=WRITES, response_model=Turn)
def do_return(request: Request, desk: AtDesk, caller: Writer, key: Key, referral_id: RowId, sent: Return) -> Response:
    """Give the matter back to the office, with the reason and, if you know it, whose it is."""

    def act() -> None:
        reason = _said(sent.reason, REASON_MIN)
        if sent.agency and desk.office.jurisdiction.find_agency(sent.agency) is None:
            raise Problem("unknown_agency", 422)
        give_back(desk.office, caller.member, referral_id, reason, sent.agency or None)

    return once(request, desk, caller, key, sent, _then_turn(desk, caller, referral_id, act))


@router.post("/referrals/{referral_id}/ask", responses=WRITES, response_model=Turn)
def do_ask(request: Request, desk: AtDesk, caller: Writer, key: Key, referral_id: RowId, sent: Ask) -> Response:
    """Ask the citizen for one datum. The term may stand still meanwhile."""

    def act() -> None:
        ask(desk.office, caller.member, referral_id, _said(sent.question, REASON_MIN))

    return once(request, desk, caller, key, sent, _then_turn(desk, caller, referral_id, act))


@router.post("/referrals/{referral_id}/extend", responses=WRITES, response_model=Turn)
def do_extend(request: Request, desk: AtDesk, caller: Writer, key: Key, referral_id: RowId, sent: Extend) -> Response:
    """Ask for the one extension of the term. The citizen is told the reason and the new day."""

    def act() -> None:
        extend(desk.office, caller.member, referral_id, _said(sent.reason, REASON_MIN))

    return once(request, desk, caller, key, sent, _then_turn(desk, caller, referral_id, act))


@router.post("/referrals/{referral_id}/answer", responses=WRITES, response_model=Turn)
def do_answer(request: Request, desk: AtDesk, caller: Writer, key: Key, referral_id: RowId, sent: Answer) -> Response:
    """Answer. It leaves at once for the citizen; where the agency wants it, it waits for the head and `state` stays
    as it was. One that says only that the paper moved is refused."""

    def act() -> None:
        text = _said(sent.text, TEXT_MIN)
        if is_hollow(text):
            raise Problem("hollow", 422)
        try:
            answer_or_put_up(desk.office, caller.member, referral_id, text)
        except FormRefused as error:
            raise Problem("blank", 422) from error

    return once(request, desk, caller, key, sent, _then_turn(desk, caller, referral_id, act))


@router.get("/files/{file_id}", responses=REFUSALS, response_class=StreamingResponse)
def read_file(desk: AtDesk, caller: Reader, file_id: RowId) -> Response:
    """A citizen's file of a petition that is with your agency, byte for byte, always as a download."""
    row = find_file(desk.office, caller.member, file_id)
    size = row.size_bytes or 0
    chunks = desk.office.files.chunks(row.storage_key or "", start=0, length=size)
    try:
        first = next(chunks, b"")
    except FileNotFoundError as error:
        raise NotFound(f"the file {file_id} is not in the store") from error
    headers = {"Content-Disposition": f"attachment; filename=archivo-{row.id}", "Content-Length": str(size)}
    return StreamingResponse(_joined(first, chunks), media_type="application/octet-stream", headers=headers)


@router.get("/agencies", responses=REFUSALS)
def list_agencies(desk: AtDesk, _caller: Reader) -> list[AgencyShape]:
    """The agencies that a referral can be given back for."""
    every = desk.office.jurisdiction.agencies.values()
    return [AgencyShape(key=one.key, name=one.name, order=one.order) for one in every]


def _then_turn(desk: Desk, caller: Caller, referral_id: int, act: Callable[[], None]) -> Callable[[], dict[str, Any]]:
    """The act, where the referral is the caller's to see; then the referral as it stands."""

    def whole() -> dict[str, Any]:
        get_turn(desk.office, caller.member, referral_id)
        act()
        return turn_of(get_turn(desk.office, caller.member, referral_id)).model_dump(mode="json")

    return whole


def _said(text: str, least: int) -> str:
    said = tidy(text)
    if len(said) < least:
        raise Problem("short", 422, at_least=least)
    return said


def _joined(first: bytes, rest: Any) -> Any:
    yield first
    yield from rest
