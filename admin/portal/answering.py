"""An agency's answer: written with its draft kept, advised, previewed, sent."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Answerer
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import TEXT_MAX, TEXT_MIN, is_hollow, tidy
from admin.portal.attaching import Uploads, attach_or_refuse
from admin.portal.editor import show_beside
from admin.portal.inbox import Text, send_back, show_page
from intake.answers.approving import answer_or_put_up
from intake.answers.drafts import keep_draft, put_in, put_in_colleagues, take_back
from intake.answers.templates import fill_template
from intake.errors import FormRefused

GivenId = Annotated[int, Form(ge=0, le=2**63 - 1)]
router = APIRouter()


@router.post("/turnos/{referral_id}/responder")
def do_answer(
    request: Request,
    pages: Here,
    member: Answerer,
    referral_id: RowId,
    texto: Text = "",
    confirmada: Annotated[bool, Form()] = False,
    archivos: Uploads = (),
) -> Response:
    text = tidy(texto)
    if refused := attach_or_refuse(request, pages, member, referral_id, archivos, text):
        return refused
    if len(text) < TEXT_MIN:
        return show_page(request, pages, member, referral_id, fault="answer.short", draft=text)
    if is_hollow(text) and not confirmada:
        return show_page(request, pages, member, referral_id, fault="answer.hollow", draft=text)
    try:
        is_waiting = answer_or_put_up(pages.office, member, referral_id, text)
    except FormRefused:
        return show_page(request, pages, member, referral_id, fault="answer.blank", draft=text)
    return send_back(pages, member, referral_id, "done.put_up" if is_waiting else "done.answered")


@router.post("/turnos/{referral_id}/vista-previa")
def do_keep(pages: Here, member: Answerer, referral_id: RowId, texto: Text = "") -> Response:
    """While it is being written: it is kept, and the page shows what the citizen would get and how it reads."""
    text = tidy(texto)
    kept = keep_draft(pages.office, member, referral_id, text)
    return pages.fragment("beside.html", **show_beside(pages, member, referral_id, text, kept))


@router.post("/turnos/{referral_id}/plantilla")
def do_put_in_template(
    request: Request,
    pages: Here,
    member: Answerer,
    referral_id: RowId,
    plantilla: GivenId = 0,
    texto: Text = "",
    archivos: Uploads = (),
) -> Response:
    """Its words, filled, behind what is written."""
    text, filled = tidy(texto), fill_template(pages.office, member, referral_id, plantilla)
    if refused := attach_or_refuse(request, pages, member, referral_id, archivos, text):
        return refused
    joined = f"{text}\n\n{filled}" if text else filled
    if len(joined) > TEXT_MAX:
        return show_page(request, pages, member, referral_id, fault="templates.too_long", draft=text)
    put_in(pages.office, member, referral_id, text, joined)
    return _to_field(pages, referral_id, "done.template_put_in")


@router.post("/turnos/{referral_id}/borrador")
def do_take_colleagues(
    pages: Here, member: Answerer, referral_id: RowId, de: GivenId = 0, texto: Text = ""
) -> Response:
    put_in_colleagues(pages.office, member, referral_id, tidy(texto), de)
    return _to_field(pages, referral_id, "done.draft_taken")


@router.post("/turnos/{referral_id}/borrador/deshacer")
def do_take_back(pages: Here, member: Answerer, referral_id: RowId) -> Response:
    take_back(pages.office, member, referral_id)
    return _to_field(pages, referral_id, "done.draft_back")


def _to_field(pages: Pages, referral_id: int, key: str) -> Response:
    return pages.send_on(f"/turnos/{referral_id}#respuesta", key)
