"""«Consultas»: an agency asks another one before it answers; the other reads what is asked and writes back."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import AgencyMember, Answerer, Liaison
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import QUESTION_MAX, REASON_MIN, TEXT_MAX, tidy
from admin.portal.inbox import Text, send_back, show_page
from intake.accounts.staff import Member, Role
from intake.database import reading
from intake.errors import FormRefused
from intake.triage.consulting import consult, list_consultations, open_consultation, reply

FAULTS = {"agency": "consult.agency_fault", "reserved": "consult.reserved"}
router = APIRouter()


@router.post("/turnos/{referral_id}/consultar")
def do_consult(
    request: Request,
    pages: Here,
    member: Answerer,
    referral_id: RowId,
    consulta: Annotated[str, Form(max_length=QUESTION_MAX)] = "",
    agencia: Annotated[str, Form(max_length=24)] = "",
) -> Response:
    question, fault = tidy(consulta), None
    if len(question) < REASON_MIN:
        fault = "consult.short"
    else:
        try:
            consult(pages.office, member, referral_id, agencia, question)
        except FormRefused as refused:
            fault = FAULTS[refused.fault]
    if fault:
        return show_page(request, pages, member, referral_id, fault=fault, consultation=(question, agencia))
    return send_back(pages, member, referral_id, "done.consulted")


@router.get("/consultas")
def show_consultations(request: Request, pages: Here, member: AgencyMember) -> Response:
    with reading(pages.office.sessions) as session:
        rows = list_consultations(session, pages.office, member)
    return pages.show(request, "consultations.html", member, rows=rows)


@router.get("/consultas/{consultation_id}")
def show_consultation(request: Request, pages: Here, member: AgencyMember, consultation_id: RowId) -> Response:
    return _page(request, pages, member, consultation_id)


@router.post("/consultas/{consultation_id}/contestar")
def do_reply(request: Request, pages: Here, member: Liaison, consultation_id: RowId, texto: Text = "") -> Response:
    text = tidy(texto)
    if len(text) < REASON_MIN:
        return _page(request, pages, member, consultation_id, fault="consult.reply_short", text=text)
    reply(pages.office, member, consultation_id, text)
    return pages.send_on("/consultas", "done.consultation_replied")


def _page(
    request: Request, pages: Pages, member: Member, consultation_id: int, *, fault: str | None = None, text: str = ""
) -> Response:
    values: dict[str, Any] = {"fault": fault, "text": text, "reason_min": REASON_MIN, "text_max": TEXT_MAX}
    values |= {"one": open_consultation(pages.office, member, consultation_id), "may_act": member.role == Role.LIAISON}
    return pages.show(request, "consultation.html", member, 422 if fault else 200, **values)
