"""The draft of the rules: begun, uploaded, written as a whole, rehearsed, published. Rule by rule: `rule_changes`."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import Response

from admin.guards import Administrator
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from admin.rules.rules import PAGE, Reason, Step, as_file, findings_of, rehearsal_of
from admin.rules.words import speak
from intake.accounts.staff import Member
from intake.errors import FormRefused, Stale
from intake.rules.drafts import begin_draft, discard_draft, find_draft, get_draft, save_draft, undo_step
from intake.rules.versions import REASON_MAX, REASON_MIN, get_version, publish_draft
from routing.parsing import TEXT_MAX
from routing.rules import CONDITIONS, OUTCOMES

DRAFT = "/reglas/borrador"
REHEARSED_S = 8 * 3600  # a rehearsal of this morning still says what is published; later it is rehearsed again
Text = Annotated[str, Form(max_length=2 * TEXT_MAX)]
router = APIRouter()


@router.get(DRAFT)
def show_draft(request: Request, pages: Here, member: Administrator) -> Response:
    return show_page(request, pages, member)


@router.post(DRAFT)
def do_begin(pages: Here, member: Administrator, version: Step = 0) -> Response:
    begin_draft(pages.office, member, get_version(pages.office, version).text)
    return pages.send_on(DRAFT, "done.draft_begun", version=str(version))


@router.post("/reglas/importar")
def do_import(
    request: Request, pages: Here, member: Administrator, archivo: Annotated[UploadFile | None, Form()] = None
) -> Response:
    """What has faults becomes the draft too: they are named there, and mended there."""
    content = archivo.file.read(4 * TEXT_MAX) if archivo else b""
    try:
        text = _lined(content.decode("utf-8-sig"))
        if not text.strip():
            raise FormRefused("no_file")
        begin_draft(pages.office, member, text)
    except UnicodeDecodeError:
        return _text(request, pages, member, fault="rules.not_text")
    except FormRefused as error:
        return _text(request, pages, member, fault=f"rules.{error.fault}")
    return pages.send_on(DRAFT, "done.draft_imported")


@router.get("/reglas/borrador/archivo")
def get_draft_file(pages: Here, member: Administrator) -> Response:
    return as_file(pages, get_draft(pages.office).text, "borrador")


@router.get("/reglas/borrador/texto")
def show_text(request: Request, pages: Here, member: Administrator) -> Response:
    return _text(request, pages, member)


@router.post("/reglas/borrador/texto")
def do_save_text(
    request: Request, pages: Here, member: Administrator, borrador: Step = 0, texto: Text = ""
) -> Response:
    text = _lined(texto)
    try:
        if find_draft(pages.office):
            save_draft(pages.office, member, text, borrador)
        else:  # somebody published or discarded it meanwhile: what was typed is a new one
            begin_draft(pages.office, member, text)
    except FormRefused as error:
        return _text(request, pages, member, fault=f"rules.{error.fault}", typed=text)
    except Stale:
        return _text(request, pages, member, fault="rules.stale_text", typed=text, status=409)
    if get_draft(pages.office).faults:
        return _text(request, pages, member, fault="rules.saved_faulty")
    return pages.send_on(DRAFT, "done.draft_saved")


@router.post("/reglas/borrador/deshacer")
def do_undo(request: Request, pages: Here, member: Administrator, borrador: Step = 0) -> Response:
    try:
        undo_step(pages.office, member, borrador)
    except Stale:
        return show_page(request, pages, member, fault="rules.stale", status=409)
    return pages.send_on(DRAFT, "done.draft_undone")


@router.post("/reglas/borrador/descartar")
def do_discard(request: Request, pages: Here, member: Administrator, borrador: Step = 0) -> Response:
    try:
        discard_draft(pages.office, member, borrador)
    except Stale:
        return show_page(request, pages, member, fault="rules.stale", status=409)
    return pages.send_on(PAGE, "done.draft_discarded")


@router.get("/reglas/borrador/ensayo")
def show_draft_rehearsal(request: Request, pages: Here, member: Administrator) -> Response:
    return _rehearsal(request, pages, member)


@router.post("/reglas/borrador/publicar")
def do_publish(
    request: Request,
    pages: Here,
    member: Administrator,
    ensayo: Annotated[str, Form(max_length=300)] = "",
    motivo: Reason = "",
) -> Response:
    """Only what was rehearsed: the page of the rehearsal signs which step it showed, and over which version."""
    seen = pages.unsign(ensayo, REHEARSED_S)
    if not isinstance(seen, dict):
        return _rehearsal(request, pages, member, fault="rules.not_rehearsed", reason=motivo)
    try:
        version = publish_draft(pages.office, member, seen["step"], tidy(motivo), seen["over"])
    except FormRefused as error:
        return _rehearsal(request, pages, member, fault=f"rules.{error.fault}", reason=motivo)
    except Stale:
        return _rehearsal(request, pages, member, fault="rules.stale_rehearsal", reason=motivo, status=409)
    return pages.send_on(PAGE, "done.rules_published", version=str(version))


def show_page(
    request: Request, pages: Pages, member: Member, *, fault: str | None = None, status: int = 422
) -> Response:
    draft = find_draft(pages.office)
    if draft is None:
        return pages.send_on(PAGE, "rules.no_draft")
    values = {
        "draft": draft,
        "fault": fault,
        "spoken": speak(pages, draft.rules) if draft.rules else (),
        **(findings_of(pages, draft.rules) if draft.rules else {"unreachable": (), "conflicts": ()}),
    }
    return pages.show(request, "rule_draft.html", member, status if fault else 200, **values)


def _text(
    request: Request,
    pages: Pages,
    member: Member,
    *,
    fault: str | None = None,
    typed: str | None = None,
    status: int = 422,
) -> Response:
    draft = find_draft(pages.office)
    values = {
        "draft": draft,
        "typed": typed if typed is not None else draft.text if draft else "",
        "fault": fault,
        "text_max": TEXT_MAX,
        "conditions": CONDITIONS,
        "outcomes": OUTCOMES,
    }
    return pages.show(request, "rule_text.html", member, status if fault else 200, **values)


def _rehearsal(
    request: Request, pages: Pages, member: Member, *, fault: str | None = None, reason: str = "", status: int = 422
) -> Response:
    draft = find_draft(pages.office)
    if draft is None:
        return pages.send_on(PAGE, "rules.no_draft")
    if draft.rules is None:
        return show_page(request, pages, member, fault="rules.faulty")
    values = {
        "draft": draft,
        "fault": fault,
        "reason": reason,
        "reason_min": REASON_MIN,
        "reason_max": REASON_MAX,
        "proof": pages.sign({"step": draft.number, "over": pages.office.rules.version}),
        **rehearsal_of(pages, draft.rules),
        **findings_of(pages, draft.rules),
    }
    return pages.show(request, "rule_rehearsal.html", member, status if fault else 200, **values)


def _lined(text: str) -> str:
    """As it was typed, with the line ends of a file."""
    return tidy(text) + "\n" if text.strip() else ""
