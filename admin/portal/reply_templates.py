"""«Plantillas de respuesta»: an agency's liaisons keep the texts from which they write their answers."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import AgencyMember, Liaison
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import TEXT_MAX, TEXT_MIN, tidy
from intake.accounts.staff import Member, Role
from intake.answers.templates import TITLE_MAX, Variable, list_templates, retire_template, save_template
from intake.errors import FormRefused

Title = Annotated[str, Form(max_length=TITLE_MAX)]
Text = Annotated[str, Form(max_length=TEXT_MAX)]
FAULTS = {"no_title": "templates.no_title", "short": "templates.short"}
router = APIRouter()


@router.get("/plantillas")
def show_templates(request: Request, pages: Here, member: AgencyMember) -> Response:
    return _page(request, pages, member)


@router.post("/plantillas")
def do_make(request: Request, pages: Here, member: Liaison, titulo: Title = "", texto: Text = "") -> Response:
    return _save(request, pages, member, tidy(titulo), tidy(texto), template_id=None, was=0)


@router.post("/plantillas/{template_id}")
def do_change(
    request: Request,
    pages: Here,
    member: Liaison,
    template_id: RowId,
    version: Annotated[int, Form(ge=0)] = 0,
    titulo: Title = "",
    texto: Text = "",
) -> Response:
    return _save(request, pages, member, tidy(titulo), tidy(texto), template_id=template_id, was=version)


@router.post("/plantillas/{template_id}/retirar")
def do_retire(pages: Here, member: Liaison, template_id: RowId) -> Response:
    title = retire_template(pages.office, member, template_id)
    return pages.send_on("/plantillas", "done.template_retired", title=title)


def _save(
    request: Request, pages: Pages, member: Member, title: str, text: str, *, template_id: int | None, was: int
) -> Response:
    try:
        save_template(pages.office, member, title, text, template_id=template_id, was=was)
    except FormRefused as error:
        return _page(request, pages, member, fault=FAULTS[error.fault], of=template_id, title=title, text=text)
    return pages.send_on("/plantillas", "done.template_saved", title=title)


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    *,
    fault: str | None = None,
    of: int | None = None,
    title: str = "",
    text: str = "",
) -> Response:
    """`of`: the template whose change was refused; None: the new one."""
    return pages.show(
        request,
        "reply_templates.html",
        member,
        422 if fault else 200,
        views=list_templates(pages.office, member.agency),
        variables=[*Variable],
        may_act=member.role == Role.LIAISON,
        agency=pages.office.jurisdiction.find_agency(member.agency),
        fault=fault,
        of=of,
        title=title,
        text=text,
        title_max=TITLE_MAX,
        text_min=TEXT_MIN,
        text_max=TEXT_MAX,
    )
