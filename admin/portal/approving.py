"""«Por aprobar»: an agency's head reads the answers that wait, lets them leave or gives them back with a reason."""

from collections.abc import Sequence
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Form, Path, Request
from pydantic import Field
from starlette.responses import Response

from admin.guards import Administrator, Head
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import REASON_MIN, tidy
from admin.portal.inbox import Text
from intake.accounts.staff import Member
from intake.answers.approving import approve, list_waiting, return_to_writer, set_wish, undo_approval
from intake.answers.approving_many import AT_ONCE, approve_many, list_chosen, undo_many
from intake.errors import FormRefused

ChosenId = Annotated[int, Field(ge=1, le=2**63 - 1)]
AgencyKey = Annotated[str, Path(max_length=24)]
Chosen = Annotated[Sequence[ChosenId], Form(max_length=AT_ONCE)]
router = APIRouter()
log = structlog.get_logger()


@router.get("/por-aprobar")
def show_waiting(request: Request, pages: Here, member: Head) -> Response:
    return _show(request, pages, member)


@router.post("/por-aprobar/varias")
def do_approve_many(
    request: Request,
    pages: Here,
    member: Head,
    cual: Chosen = (),
    seguro: Annotated[bool, Form()] = False,
) -> Response:
    """First the chosen ones once more, to be read; then, with that page's word, they leave; how it went with each."""
    if not cual:
        return _show(request, pages, member, fault="approval.none_chosen")
    if not seguro:
        chosen = list_chosen(pages.office, member, cual)
        return pages.show(request, "approving_many.html", member, chosen=chosen, outcomes=None)
    outcomes = approve_many(pages.office, member, cual)
    log.info("answers.approved", count=sum(one.is_done for one in outcomes), by=member.id)
    return pages.show(request, "approving_many.html", member, chosen=(), outcomes=outcomes, is_undone=False)


@router.post("/por-aprobar/deshacer")
def do_undo_many(request: Request, pages: Here, member: Head, cual: Chosen = ()) -> Response:
    outcomes = undo_many(pages.office, member, cual)
    return pages.show(request, "approving_many.html", member, chosen=(), outcomes=outcomes, is_undone=True)


@router.post("/por-aprobar/{approval_id}/aprobar")
def do_approve(pages: Here, member: Head, approval_id: RowId) -> Response:
    folio = approve(pages.office, member, approval_id)
    return pages.send_on("/por-aprobar", "done.approved", undo=f"/por-aprobar/{approval_id}/deshacer", folio=folio)


@router.post("/por-aprobar/{approval_id}/deshacer")
def do_undo(pages: Here, member: Head, approval_id: RowId) -> Response:
    return pages.send_on("/por-aprobar", "done.approval_undone", folio=undo_approval(pages.office, member, approval_id))


@router.post("/por-aprobar/{approval_id}/devolver")
def do_return(request: Request, pages: Here, member: Head, approval_id: RowId, motivo: Text = "") -> Response:
    reason = tidy(motivo)
    if len(reason) < REASON_MIN:
        return _show(request, pages, member, fault="approval.short", fault_at=approval_id, reason=reason)
    folio = return_to_writer(pages.office, member, approval_id, reason)
    return pages.send_on("/por-aprobar", "done.approval_returned", folio=folio)


@router.post("/agencias/{agency_key}/aprobacion")
def do_wish(
    pages: Here, member: Administrator, agency_key: AgencyKey, aprueba: Annotated[bool, Form()] = False
) -> Response:
    name = pages.office.jurisdiction.name_agency(agency_key)
    try:
        set_wish(pages.office, member, agency_key, wants=aprueba)
    except FormRefused:
        return pages.send_on(f"/agencias#{agency_key}", "approval.no_head", name=name)
    key = "done.approval_on" if aprueba else "done.approval_off"
    return pages.send_on(f"/agencias#{agency_key}", key, name=name)


def _show(
    request: Request, pages: Pages, member: Member, *, fault: str | None = None, fault_at: int = 0, reason: str = ""
) -> Response:
    waiting = list_waiting(pages.office, member)
    values: dict[str, Any] = {"fault": fault, "fault_at": fault_at, "reason": reason, "reason_min": REASON_MIN}
    return pages.show(request, "approving.html", member, 422 if fault else 200, waiting=waiting, **values)
