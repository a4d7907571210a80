"""«Entrar a la plática»: an officer in a petition's conversation, and the conversation as it goes on meanwhile."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Decider, Overseer
from admin.pages import Here
from admin.portal.answers import TEXT_MAX, tidy
from admin.triage.triage import FolioPath, petition_page
from intake.accounts.staff import Role
from intake.triage.takeovers import NotIn, enter, leave, write
from intake.triage.talk import open_talk

Slip = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]
router = APIRouter()


@router.get("/peticiones/{folio}/platica")
def show_talk(pages: Here, member: Overseer, folio: FolioPath, visto: str = "") -> Response:
    """The conversation alone, asked for every few seconds; nothing while it is as the page shows it already."""
    talk = open_talk(pages.office, member, folio)
    if talk.mark == visto:
        return Response(status_code=204)
    may_act = member.role != Role.AUDITOR
    return pages.fragment("talk.html", talk=talk, member=member, may_act=may_act, is_polled=True)


@router.post("/peticiones/{folio}/platica/entrar")
def do_enter(
    pages: Here, member: Decider, folio: FolioPath, en_lugar_de: Annotated[int, Form(ge=0, le=2**63 - 1)] = 0
) -> Response:
    enter(pages.office, member, folio, en_lugar_de)
    return pages.send_on(f"/peticiones/{folio}#escribir", "done.came")


@router.post("/peticiones/{folio}/platica/escribir")
def do_write(
    request: Request,
    pages: Here,
    member: Decider,
    folio: FolioPath,
    papeleta: Slip,
    texto: Annotated[str, Form(max_length=TEXT_MAX)] = "",
) -> Response:
    """What cannot leave stays in the page: it was written for somebody."""
    text = tidy(texto)
    if not text:
        return petition_page(request, pages, member, folio, fault="takeover.empty")
    try:
        write(pages.office, member, folio, text, papeleta)
    except NotIn:
        return petition_page(request, pages, member, folio, fault="takeover.not_in", said=text)
    return pages.send_on(f"/peticiones/{folio}#escribir", "done.wrote")


@router.post("/peticiones/{folio}/platica/salir")
def do_leave(pages: Here, member: Decider, folio: FolioPath) -> Response:
    leave(pages.office, member, folio)
    return pages.send_on(f"/peticiones/{folio}", "done.went")
