"""«Escribir lo que contestó»: the words of a person without a chat, in answer to an agency's question."""

import secrets
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Decider
from admin.local_times import LocalTime, read_local_time
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.errors import FormRefused
from intake.triage.hearing import TEXT_MAX, TEXT_MIN, Heard, HeardBy, get_question, write_down

MINUTE = "%Y-%m-%dT%H:%M"
router = APIRouter()


@router.get("/turnos/{referral_id}/contestado")
def show_form(request: Request, pages: Here, member: Decider, referral_id: RowId) -> Response:
    return _page(request, pages, member, referral_id, Heard(HeardBy.PHONE, None, ""), _written(pages, utc_now()))


@router.post("/turnos/{referral_id}/contestado")
def do_write_down(
    request: Request,
    pages: Here,
    member: Decider,
    referral_id: RowId,
    papeleta: Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")],
    via: Annotated[HeardBy, Form()],
    llego: LocalTime = "",
    texto: Annotated[str, Form(max_length=TEXT_MAX)] = "",
) -> Response:
    heard = Heard(via, read_local_time(pages, llego), tidy(texto))
    try:
        folio = write_down(pages.office, member, referral_id, heard, papeleta)
    except FormRefused as error:
        return _page(request, pages, member, referral_id, heard, llego, fault=error.fault, slip=papeleta)
    return pages.send_on(f"/peticiones/{folio}", "done.heard", folio=folio)


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    referral_id: int,
    heard: Heard,
    came: str,
    *,
    fault: str | None = None,
    slip: str | None = None,
) -> Response:
    question = get_question(pages.office, member, referral_id)
    return pages.show(
        request,
        "heard.html",
        member,
        422 if fault else 200,
        question=question,
        way=heard.way,
        text=heard.text,
        came=came,
        earliest=_written(pages, question.asked_at),
        latest=_written(pages, utc_now()),
        ways=list(HeardBy),
        text_min=TEXT_MIN,
        text_max=TEXT_MAX,
        fault=fault,
        slip=slip or secrets.token_hex(16),
    )


def _written(pages: Pages, moment: datetime) -> str:
    return moment.astimezone(pages.office.jurisdiction.zone).strftime(MINUTE)
