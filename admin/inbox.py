"""An agency's inbox: referrals by due date; accept, give back with a reason, answer."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from admin.answers import QUESTION_MAX, REASON_MIN, TEXT_MAX, TEXT_MIN, is_hollow, tidy
from admin.guards import Answerer, Anyone, Liaison
from admin.pages import Here, Pages
from intake.asking import ask
from intake.database import reading
from intake.desk import INBOXES, Wish, count_inbox, list_inbox
from intake.dossier import open_referral
from intake.extending import extend
from intake.previewing import preview_answer
from intake.referrals import accept, answer, give_back
from intake.staff import Member, Role

ReferralId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Text = Annotated[str, Form(max_length=TEXT_MAX)]
router = APIRouter()


@router.get("/turnos")
def show_inbox(request: Request, pages: Here, member: Liaison, estado: str = "open", desde: str = "") -> Response:
    wish = Wish(estado if estado in INBOXES else "open", after=desde)
    with reading(pages.office.sessions) as session:
        page, counts = list_inbox(session, pages.office, member, wish), count_inbox(session, member)
    tabs = {name: counts.get(name) for name in INBOXES}
    agency = pages.office.jurisdiction.find_agency(member.agency)
    return pages.show(request, "inbox.html", member, page=page, wish=wish, tabs=tabs, agency=agency)


@router.get("/turnos/{referral_id}")
def show_referral(request: Request, pages: Here, member: Anyone, referral_id: ReferralId) -> Response:
    return _referral(request, pages, member, referral_id)


@router.post("/turnos/{referral_id}/aceptar")
def do_accept(pages: Here, member: Answerer, referral_id: ReferralId) -> Response:
    accept(pages.office, member, referral_id)
    return _back(pages, member, referral_id, "done.accepted")


@router.post("/turnos/{referral_id}/devolver")
def do_give_back(
    request: Request,
    pages: Here,
    member: Answerer,
    referral_id: ReferralId,
    motivo: Text = "",
    agencia: Annotated[str, Form(max_length=24)] = "",
) -> Response:
    reason = tidy(motivo)
    if len(reason) < REASON_MIN:
        return _referral(request, pages, member, referral_id, fault="return.short", reason=reason, proposed=agencia)
    give_back(pages.office, member, referral_id, reason, agencia or None)
    return _back(pages, member, referral_id, "done.returned")


@router.post("/turnos/{referral_id}/preguntar")
def do_ask(
    request: Request,
    pages: Here,
    member: Answerer,
    referral_id: ReferralId,
    pregunta: Annotated[str, Form(max_length=QUESTION_MAX)] = "",
) -> Response:
    question = tidy(pregunta)
    if len(question) < REASON_MIN:
        return _referral(request, pages, member, referral_id, fault="ask.short", question=question)
    ask(pages.office, member, referral_id, question)
    return _back(pages, member, referral_id, "done.asked")


@router.post("/turnos/{referral_id}/plazo")
def do_extend(
    request: Request,
    pages: Here,
    member: Answerer,
    referral_id: ReferralId,
    causa: Annotated[str, Form(max_length=QUESTION_MAX)] = "",
) -> Response:
    cause = tidy(causa)
    if len(cause) < REASON_MIN:
        return _referral(request, pages, member, referral_id, fault="extend.short", cause=cause)
    extend(pages.office, member, referral_id, cause)
    return _back(pages, member, referral_id, "done.extended")


@router.post("/turnos/{referral_id}/responder")
def do_answer(
    request: Request,
    pages: Here,
    member: Answerer,
    referral_id: ReferralId,
    texto: Text = "",
    confirmada: Annotated[bool, Form()] = False,
) -> Response:
    text = tidy(texto)
    if len(text) < TEXT_MIN:
        return _referral(request, pages, member, referral_id, fault="answer.short", draft=text)
    if is_hollow(text) and not confirmada:
        return _referral(request, pages, member, referral_id, fault="answer.hollow", draft=text)
    answer(pages.office, member, referral_id, text)
    return _back(pages, member, referral_id, "done.answered")


@router.post("/turnos/{referral_id}/vista-previa")
def show_preview(pages: Here, member: Answerer, referral_id: ReferralId, texto: Text = "") -> Response:
    """What the citizen would get and how it reads, while it is being written. Changes nothing."""
    return pages.fragment("preview.html", **_seen(pages, member, referral_id, tidy(texto)))


def _seen(pages: Pages, member: Member, referral_id: int, text: str) -> dict[str, Any]:
    """What the editor shows beside the text."""
    said = preview_answer(pages.office, member, referral_id, text)
    return {"said": said, "advice": pages.office.jurisdiction.plain_language.advise(text)}


def _referral(
    request: Request,
    pages: Pages,
    member: Member,
    referral_id: int,
    *,
    fault: str | None = None,
    draft: str = "",
    reason: str = "",
    proposed: str = "",
    question: str = "",
    cause: str = "",
) -> Response:
    view, dossier = open_referral(pages.office, member, referral_id)
    return pages.show(
        request,
        "referral.html",
        member,
        422 if fault else 200,
        view=view,
        dossier=dossier,
        may_act=member.role != Role.AUDITOR,
        fault=fault,
        draft=draft,
        reason=reason,
        proposed=proposed,
        agencies=pages.agencies,
        question=question,
        cause=cause,
        extension_terms=pages.office.jurisdiction.terms.extension,
        question_max=QUESTION_MAX,
        **_seen(pages, member, referral_id, draft),
        text_min=TEXT_MIN,
        text_max=TEXT_MAX,
        reason_min=REASON_MIN,
    )


def _back(pages: Pages, member: Member, referral_id: int, key: str) -> Response:
    """A liaison stays with what is still theirs and goes back to the inbox otherwise; officers stay on the page."""
    stays = key in ("done.accepted", "done.asked", "done.extended") or member.role != Role.LIAISON
    return pages.send_on(f"/turnos/{referral_id}" if stays else "/turnos", key)
