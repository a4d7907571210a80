"""Triage: the queue, one petition on one screen, and the officer's word on it. The next petition follows at once."""

import secrets
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from starlette.datastructures import QueryParams
from starlette.responses import RedirectResponse, Response

from admin.guards import Anyone, Decider, Overseer
from admin.newcomers import ASKED_EVERY_S
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import REASON_MIN, TEXT_MAX, TEXT_MIN, tidy
from admin.triage.queue_filters import AGES, Filters
from intake.accounts.staff import Member, Role
from intake.alerts.naming import find_topic
from intake.database import reading
from intake.errors import FormRefused
from intake.triage.alarms import KINDS
from intake.triage.claiming import RENEWED_EVERY_S, claim, find_hold
from intake.triage.dossier import open_dossier
from intake.triage.matters import has_waiting_matter, part_matters
from intake.triage.newcomers import mark_queue
from intake.triage.queue import FLAGS, QUEUES, find_next, list_queue
from intake.triage.referrals import Choice, decide, dismiss, guide
from intake.triage.saved_views import forget_view, list_views, save_view
from intake.triage.searching import CHANNELS
from intake.triage.talk import open_talk
from intake.triage.undoing import UNDO_FOR, undo

FOLIO = r"^[A-Z]{2,4}-\d{4}-[0-9A-Z]{6}-[0-9A-Z]$"
FolioPath = Annotated[str, Path(pattern=FOLIO)]
Anyway = Annotated[bool, Form()]  # the member knows that somebody else is looking at it
Asked = str | int | list[int]  # a form's field, sent again with the answer
Version = Annotated[int, Form(ge=0, le=2**31 - 1)]
HOMES = {Role.LIAISON: "/turnos", Role.HEAD: "/turnos", Role.STATISTICS: "/tablero"}
router = APIRouter()


@router.get("/")
def go_home(member: Anyone) -> Response:
    return RedirectResponse(HOMES.get(member.role, "/triage"), status_code=303)


@router.get("/triage")
def show_queue(request: Request, pages: Here, member: Overseer, desde: str = "") -> Response:
    return queue_page(request, pages, member, Filters.of(request.query_params), desde)


@router.get("/emergencias")
def show_emergencies(request: Request, pages: Here, member: Overseer, antes: int = 0) -> Response:
    """The banner alone, asked for now and then; nothing when the count is what the page shows already.

    Opened by hand it is the queue, which begins with them.
    """
    if "hx-request" not in request.headers:
        return RedirectResponse("/triage", status_code=303)
    count = pages.emergencies(member)
    return Response(status_code=204) if count == antes else _banner(pages, member, count)


def _banner(pages: Pages, member: Member, count: int) -> Response:
    return pages.fragment("banner.html", emergencies=count, on_duty=pages.on_duty(member))


@router.get("/peticiones/{folio}")
def show_petition(request: Request, pages: Here, member: Overseer, folio: FolioPath) -> Response:
    holder = claim(pages.office, member, folio, frees_others=True)
    return petition_page(request, pages, member, folio, holder=holder)


@router.post("/peticiones/{folio}/turnar")
def do_decide(
    request: Request,
    pages: Here,
    member: Decider,
    folio: FolioPath,
    agencia: Annotated[str, Form(max_length=24)],
    asunto: Annotated[int, Form(ge=0, le=2**63 - 1)],
    version: Version,
    motivo: Annotated[str, Form(max_length=500)] = "",
    aunque: Anyway = False,
) -> Response:
    values: dict[str, Asked] = {"agencia": agencia, "asunto": asunto, "version": version, "motivo": motivo}
    if not aunque and (asked := ask_first(request, pages, member, folio, "turnar", values)):
        return asked
    choice = Choice(asunto, agencia, version, tidy(motivo) or None)
    referral_id = decide(pages.office, member, folio, choice, hold=UNDO_FOR)
    agency = pages.office.jurisdiction.get_agency(agencia)
    return onward(
        pages,
        member,
        folio,
        "done.remitted" if agency.is_outside else "done.referred",
        undo=f"/turnos/{referral_id}/deshacer",
        agency=agency.name,
    )


@router.post("/turnos/{referral_id}/deshacer")
def do_undo(pages: Here, member: Decider, referral_id: RowId) -> Response:
    folio = undo(pages.office, member, referral_id)
    return pages.send_on(f"/peticiones/{folio}", "done.undone", folio=folio)


@router.post("/peticiones/{folio}/separar")
def do_part(
    request: Request,
    pages: Here,
    member: Decider,
    folio: FolioPath,
    asunto: Annotated[int, Form(ge=0, le=2**63 - 1)],
    desde: Annotated[list[int], Form(max_length=8)],
    version: Version,
    aunque: Anyway = False,
) -> Response:
    values: dict[str, Asked] = {"asunto": asunto, "desde": desde, "version": version}
    if not aunque and (asked := ask_first(request, pages, member, folio, "separar", values)):
        return asked
    count = part_matters(pages.office, member, folio, asunto, desde, version)
    return pages.send_on(f"/peticiones/{folio}", "done.parted", folio=folio, count=str(count))


@router.post("/peticiones/{folio}/orientar")
def do_guide(
    request: Request,
    pages: Here,
    member: Decider,
    folio: FolioPath,
    version: Version,
    texto: Annotated[str, Form(max_length=TEXT_MAX)] = "",
    aunque: Anyway = False,
) -> Response:
    text = tidy(texto)
    if len(text) < TEXT_MIN:
        return petition_page(request, pages, member, folio, fault="guide.short", draft=text)
    values: dict[str, Asked] = {"version": version, "texto": text}
    if not aunque and (asked := ask_first(request, pages, member, folio, "orientar", values)):
        return asked
    guide(pages.office, member, folio, text, version)
    return onward(pages, member, folio, "done.guided")


@router.post("/peticiones/{folio}/descartar")
def do_dismiss(
    request: Request, pages: Here, member: Decider, folio: FolioPath, version: Version, aunque: Anyway = False
) -> Response:
    if not aunque and (asked := ask_first(request, pages, member, folio, "descartar", {"version": version})):
        return asked
    dismiss(pages.office, member, folio, version)
    return onward(pages, member, folio, "done.dismissed")


@router.post("/triage/vistas")
def do_save_view(
    request: Request,
    pages: Here,
    member: Overseer,
    nombre: Annotated[str, Form(max_length=200)] = "",
    consulta: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    filters = Filters.of(QueryParams(consulta))
    try:
        save_view(pages.office, member, tidy(nombre), filters.query)
    except FormRefused as error:
        return queue_page(request, pages, member, filters, "", fault=f"fault.view_{error.fault}", name=nombre)
    return pages.send_on(f"/triage?{filters.query}", "done.view_saved", name=tidy(nombre))


@router.post("/triage/vistas/{view_id}/borrar")
def do_forget_view(pages: Here, member: Overseer, view_id: RowId) -> Response:
    forget_view(pages.office, member, view_id)
    return pages.send_on("/triage", "done.view_forgotten")


@router.post("/peticiones/{folio}/viendo")
def do_go_on_looking(pages: Here, member: Decider, folio: FolioPath) -> Response:
    """Asked by the open page each minute: the petition stays the member's, or says who else has it."""
    holder = claim(pages.office, member, folio)
    return pages.fragment("holder.html", holder=holder, folio=folio, renewed_s=RENEWED_EVERY_S, is_renewed=True)


def queue_page(
    request: Request,
    pages: Pages,
    member: Member,
    filters: Filters,
    after: str,
    *,
    fault: str | None = None,
    name: str = "",
) -> Response:
    wish, town_fault = filters.read(pages, after)
    with reading(pages.office.sessions) as session:
        page, mark = list_queue(session, pages.office, wish, member), mark_queue(session)
    return pages.show(
        request,
        "queue.html",
        member,
        422 if fault or town_fault else 200,
        page=page,
        wish=wish,
        filters=filters,
        waiting=mark.waiting,
        mark=mark,
        asked_every_s=ASKED_EVERY_S,
        queues=list(QUEUES),
        flags_known=list(FLAGS),
        channels=CHANNELS,
        ages=AGES,
        agencies=pages.agencies,
        views=list_views(pages.office, member),
        fault=fault or town_fault,
        view_name=name,
    )


def ask_first(
    request: Request, pages: Pages, member: Member, folio: str, doing: str, values: Mapping[str, Asked]
) -> Response | None:
    """A page that asks before a decision on what somebody else is looking at; None: nobody is."""
    hold = find_hold(pages.office, member, folio)
    if hold is None:
        return None
    fields = [(name, one) for name, value in values.items() for one in (value if isinstance(value, list) else [value])]
    return pages.show(request, "claimed.html", member, 409, hold=hold, folio=folio, doing=doing, fields=fields)


def petition_page(
    request: Request,
    pages: Pages,
    member: Member,
    folio: str,
    *,
    fault: str | None = None,
    draft: str = "",
    said: str = "",
    why: str = "",
    holder: str | None = None,
) -> Response:
    """`holder`: who else is looking at it; `draft`: of an orientation; `said`: of what would have been written in the
    conversation; `why`: of a mark."""
    dossier = open_dossier(pages.office, member, folio)
    matter = next((matter for matter in dossier.matters if matter.may_decide), dossier.matters[0])
    topics = pages.office.jurisdiction.topics
    with reading(pages.office.sessions) as session:
        following = find_next(session, folio, member)
        topic = find_topic(session, topics, matter.id) if matter.pieces else None
    return pages.show(
        request,
        "petition.html",
        member,
        422 if fault else 200,
        dossier=dossier,
        matter=matter,
        topic=topic,
        topics=(*topics.topics, topics.other),
        may_act=member.role in (Role.OFFICER, Role.ADMINISTRATOR),
        following=following,
        holder=holder,
        renewed_s=RENEWED_EVERY_S,
        agencies=pages.open_agencies,
        fault=fault,
        draft=draft,
        talk=open_talk(pages.office, member, folio, dossier.speech),
        said=said,
        why=why,
        kinds=KINDS,
        slip=secrets.token_hex(8),
        idle_min=pages.office.settings.takeover_idle_min,
        is_polled=False,
        text_min=REASON_MIN if fault in ("alarm.short", "look.short") else TEXT_MIN,
        text_max=TEXT_MAX,
        reason_min=REASON_MIN,
    )


def onward(pages: Pages, member: Member, folio: str, key: str, *, undo: str = "", **values: str) -> Response:
    """To the petition's next matter, or the queue's next petition, with a short notice of what was done."""
    with reading(pages.office.sessions) as session:
        following = folio if has_waiting_matter(session, folio) else find_next(session, folio, member)
    return pages.send_on(f"/peticiones/{following}" if following else "/triage", key, undo=undo, folio=folio, **values)
