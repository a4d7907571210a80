"""An agency's inbox: referrals by due date; accept, give back with a reason, ask, extend. Answers: `answering`."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import AgencyMember, Answerer, CaseReader
from admin.newcomers import ASKED_EVERY_S
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import QUESTION_MAX, REASON_MIN, TEXT_MAX, TEXT_MIN, tidy
from admin.portal.editor import is_at_head, open_editor
from intake.accounts.staff import ANSWERERS, Member
from intake.answers.approvals import list_standing
from intake.correspondence.issuing import list_of_referral
from intake.database import reading
from intake.petitions.states import OPEN_REFERRALS
from intake.triage.agencies import AgencyView, list_reached
from intake.triage.asking import ask
from intake.triage.consulting import count_consultations, stands_of
from intake.triage.dossier import open_referral
from intake.triage.extending import extend
from intake.triage.inbox import INBOXES, count_inbox, list_inbox
from intake.triage.informing import count_new_copies
from intake.triage.lists import Wish
from intake.triage.newcomers import mark_inbox
from intake.triage.referral_views import ReferralView
from intake.triage.referrals import accept, give_back

Text = Annotated[str, Form(max_length=TEXT_MAX)]
router = APIRouter()


@router.get("/turnos")
def show_inbox(request: Request, pages: Here, member: AgencyMember, estado: str = "open", desde: str = "") -> Response:
    wish = Wish(estado if estado in INBOXES else "open", after=desde)
    with reading(pages.office.sessions) as session:
        page, counts = list_inbox(session, pages.office, member, wish), count_inbox(session, member)
        mark = mark_inbox(session, member)
        open_ids = [row.referral_id for row in page.rows if row.state in OPEN_REFERRALS]
        standing, consulted = list_standing(session, open_ids), stands_of(session, open_ids)
        asked, copied = count_consultations(session, member), count_new_copies(session, member.agency)
    tabs = {name: counts.get(name) for name in INBOXES}
    agency = pages.office.jurisdiction.find_agency(member.agency)
    values: dict[str, Any] = {"page": page, "wish": wish, "tabs": tabs, "agency": agency, "standing": standing}
    values |= {"consulted": consulted, "asked": asked, "copied": copied}
    values |= {"mark": mark, "asked_every_s": ASKED_EVERY_S}
    return pages.show(request, "inbox.html", member, **values)


@router.get("/turnos/{referral_id}")
def showshow_page(request: Request, pages: Here, member: CaseReader, referral_id: RowId) -> Response:
    return show_page(request, pages, member, referral_id)


@router.post("/turnos/{referral_id}/aceptar")
def do_accept(pages: Here, member: Answerer, referral_id: RowId) -> Response:
    accept(pages.office, member, referral_id)
    return send_back(pages, member, referral_id, "done.accepted")


@router.post("/turnos/{referral_id}/devolver")
def do_give_back(
    request: Request,
    pages: Here,
    member: Answerer,
    referral_id: RowId,
    motivo: Text = "",
    agencia: Annotated[str, Form(max_length=24)] = "",
) -> Response:
    reason = tidy(motivo)
    if len(reason) < REASON_MIN:
        return show_page(request, pages, member, referral_id, fault="return.short", reason=reason, proposed=agencia)
    give_back(pages.office, member, referral_id, reason, agencia or None)
    return send_back(pages, member, referral_id, "done.returned")


@router.post("/turnos/{referral_id}/preguntar")
def do_ask(
    request: Request,
    pages: Here,
    member: Answerer,
    referral_id: RowId,
    pregunta: Annotated[str, Form(max_length=QUESTION_MAX)] = "",
) -> Response:
    question = tidy(pregunta)
    if len(question) < REASON_MIN:
        return show_page(request, pages, member, referral_id, fault="ask.short", question=question)
    ask(pages.office, member, referral_id, question)
    return send_back(pages, member, referral_id, "done.asked")


@router.post("/turnos/{referral_id}/plazo")
def do_extend(
    request: Request,
    pages: Here,
    member: Answerer,
    referral_id: RowId,
    causa: Annotated[str, Form(max_length=QUESTION_MAX)] = "",
) -> Response:
    cause = tidy(causa)
    if len(cause) < REASON_MIN:
        return show_page(request, pages, member, referral_id, fault="extend.short", cause=cause)
    extend(pages.office, member, referral_id, cause)
    return send_back(pages, member, referral_id, "done.extended")


def show_page(
    request: Request,
    pages: Pages,
    member: Member,
    referral_id: int,
    *,
    fault: str | None = None,
    fault_values: Mapping[str, object] = MappingProxyType({}),
    draft: str | None = None,
    reason: str = "",
    proposed: str = "",
    question: str = "",
    cause: str = "",
    consultation: tuple[str, str] = ("", ""),
) -> Response:
    """The referral's page. `fault_values`: what its sentence is filled with. `draft`: an answer that was refused; None:
    what was kept of one. `consultation`: a question to an agency, by its key, that was refused."""
    view, dossier = open_referral(pages.office, member, referral_id)
    return pages.show(
        request,
        "referral.html",
        member,
        422 if fault else 200,
        view=view,
        dossier=dossier,
        office_papers=list_of_referral(pages.office, member, referral_id),
        may_act=member.role in ANSWERERS,
        fault=fault,
        fault_values=fault_values,
        reason=reason,
        proposed=proposed,
        agencies=pages.open_agencies,
        question=question,
        cause=cause,
        consultation=consultation,
        consulted=_list_consulted(pages, view) if view.may_answer and not dossier.is_sensitive else [],
        extension_terms=pages.office.jurisdiction.terms.extension,
        question_max=QUESTION_MAX,
        is_at_head=is_at_head(view, member),
        **open_editor(pages, member, view, draft),
        reason_min=REASON_MIN,
        text_min=TEXT_MIN,
        text_max=TEXT_MAX,
    )


def _list_consulted(pages: Pages, view: ReferralView) -> Sequence[AgencyView]:
    """Other agencies that can be asked: those where somebody reads."""
    with reading(pages.office.sessions) as session:
        reached = list_reached(session) - {view.agency_key}
    return [one for one in pages.open_agencies if one.agency.key in reached]


def send_back(pages: Pages, member: Member, referral_id: int, key: str) -> Response:
    """A liaison stays with what is still theirs and goes back to the inbox otherwise; officers stay on the page."""
    stays = key in ("done.accepted", "done.asked", "done.consulted", "done.extended") or not member.is_agencys
    return pages.send_on(f"/turnos/{referral_id}" if stays else "/turnos", key)
