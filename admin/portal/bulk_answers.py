"""One answer to the petitions of an incident: who gets it, what one of them sees, and how far the sending has come."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from admin.guards import Answerer
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import TEXT_MAX, TEXT_MIN, is_hollow, tidy
from admin.portal.inbox import Text
from intake.accounts.staff import Member
from intake.answers.approving import goes_to_head
from intake.answers.bulk_answers import (
    Wish,
    begin,
    fill_one,
    find_unfilled,
    find_unfinished,
    send_next,
    show_progress,
)
from intake.answers.bulk_members import Gathering, gather
from intake.answers.previewing import preview_answer
from intake.answers.templates import Variable, list_templates
from intake.errors import FormRefused

Agency = Annotated[str, Form(max_length=24)]
Key = Annotated[str, Form(pattern="^[0-9a-f]{32}$")]
Numbers = Annotated[list[Annotated[int, Form(ge=1, le=2**63 - 1)]], Form(max_length=500)]
router = APIRouter()


def read_wish(
    texto: Text = "",
    turnos: Numbers = [],  # noqa: B006 — FastAPI copies it; a form without a tick has none
    dependencia: Agency = "",
    clave: Key = "0" * 32,
) -> Wish:
    return Wish(clave, dependencia, tidy(texto), tuple(turnos))


Wished = Annotated[Wish, Depends(read_wish)]


@router.get("/focos/{incident_id}/respuesta")
def show_bulk(
    request: Request,
    pages: Here,
    member: Answerer,
    incident_id: RowId,
    dependencia: Annotated[str, Query(max_length=24)] = "",
) -> Response:
    found = gather(pages.office, member, incident_id, dependencia)
    usual = tuple(one.referral_id for one in found.candidates if one.caution is None)
    return _form(request, pages, member, found, Wish(secrets.token_hex(16), found.agency, "", usual))


@router.post("/focos/{incident_id}/respuesta/plantilla")
def do_put_in(
    request: Request,
    pages: Here,
    member: Answerer,
    incident_id: RowId,
    wish: Wished,
    plantilla: Annotated[int, Form(ge=0, le=2**63 - 1)] = 0,
) -> Response:
    """A template's words behind what is written, with its blanks: each petition fills them with its own."""
    found = gather(pages.office, member, incident_id, wish.agency)
    usable = list_templates(pages.office, found.agency)
    words = [view.newest.text for view in usable if view.id == plantilla and view.retired_at is None]
    text = "\n\n".join(filter(None, [wish.text, *words]))
    if len(text) > TEXT_MAX:
        return _form(request, pages, member, found, wish, fault="templates.too_long")
    return _form(request, pages, member, found, Wish(wish.key, found.agency, text, wish.referral_ids))


@router.post("/focos/{incident_id}/respuesta/corregir")
def do_correct(request: Request, pages: Here, member: Answerer, incident_id: RowId, wish: Wished) -> Response:
    """Back from the preview, with all that was written and ticked."""
    return _form(request, pages, member, gather(pages.office, member, incident_id, wish.agency), wish)


@router.post("/focos/{incident_id}/respuesta/revisar")
def do_review(
    request: Request,
    pages: Here,
    member: Answerer,
    incident_id: RowId,
    wish: Wished,
    confirmada: Annotated[bool, Form()] = False,
) -> Response:
    """What the first of them gets; nothing leaves before it was seen."""
    found = gather(pages.office, member, incident_id, wish.agency)
    chosen = [one for one in found.candidates if one.referral_id in wish.referral_ids]
    fault, names = _fault(pages, member, wish, [one.referral_id for one in chosen], is_confirmed=confirmada)
    if fault:
        return _form(request, pages, member, found, wish, fault=fault, names=names)
    first = chosen[0]
    text = fill_one(pages.office, member, first.referral_id, wish.text)
    values: dict[str, Any] = {
        "found": found,
        "wish": wish,
        "chosen": chosen,
        "said": preview_answer(pages.office, member, first.referral_id, text),
        "goes_to_head": goes_to_head(pages.office, member, found.agency),
        "agency_name": pages.office.jurisdiction.name_agency(found.agency),
    }
    return pages.show(request, "bulk_review.html", member, **values)


@router.post("/focos/{incident_id}/respuesta")
def do_send(request: Request, pages: Here, member: Answerer, incident_id: RowId, wish: Wished) -> Response:
    """The first ones leave; the next page sends the others."""
    found = gather(pages.office, member, incident_id, wish.agency)
    if len(wish.text) < TEXT_MIN:
        return _form(request, pages, member, found, wish, fault="answer.short")
    try:
        bulk_id = begin(pages.office, member, incident_id, wish)
    except FormRefused as error:
        return _form(request, pages, member, found, wish, fault=f"bulk.{error.fault}")
    send_next(pages.office, member, bulk_id)
    return _to_progress(bulk_id)


@router.get("/focos/respuestas/{bulk_id}")
def show_sending(request: Request, pages: Here, member: Answerer, bulk_id: RowId) -> Response:
    progress = show_progress(pages.office, member, bulk_id)
    name = pages.office.jurisdiction.name_agency(progress.agency)
    return pages.show(request, "bulk_progress.html", member, progress=progress, agency_name=name)


@router.post("/focos/respuestas/{bulk_id}/seguir")
def do_go_on(pages: Here, member: Answerer, bulk_id: RowId) -> Response:
    send_next(pages.office, member, bulk_id)
    return _to_progress(bulk_id)


def _to_progress(bulk_id: int) -> Response:
    return RedirectResponse(f"/focos/respuestas/{bulk_id}", status_code=303)


def _fault(
    pages: Pages, member: Member, wish: Wish, chosen: list[int], *, is_confirmed: bool
) -> tuple[str | None, tuple[str, ...]]:
    """What keeps it from leaving, as a single answer would be kept."""
    if len(wish.text) < TEXT_MIN:
        return "answer.short", ()
    if is_hollow(wish.text) and not is_confirmed:
        return "answer.hollow", ()
    if not chosen:
        return "bulk.nobody", ()
    names = find_unfilled(pages.office, member, wish.text, chosen)
    return ("bulk.blank" if names else None), names


def _form(
    request: Request,
    pages: Pages,
    member: Member,
    found: Gathering,
    wish: Wish,
    *,
    fault: str | None = None,
    names: tuple[str, ...] = (),
) -> Response:
    jurisdiction = pages.office.jurisdiction
    values: dict[str, Any] = {
        "found": found,
        "wish": wish,
        "fault": fault,
        "names": ", ".join(names),
        "templates": [one for one in list_templates(pages.office, found.agency) if one.retired_at is None],
        "agencies": {key: jurisdiction.name_agency(key) for key in found.agencies},
        "all_agencies": pages.agencies,
        "variables": ", ".join(f"{{{one}}}" for one in Variable if one != Variable.NAME),
        "unfinished": find_unfinished(pages.office, member, found.incident_id),
        "goes_to_head": goes_to_head(pages.office, member, found.agency),
        "name_agency": jurisdiction.name_agency,
        "text_min": TEXT_MIN,
        "text_max": TEXT_MAX,
    }
    return pages.show(request, "bulk_answer.html", member, 422 if fault else 200, **values)
