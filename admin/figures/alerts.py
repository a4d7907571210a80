"""«Alertas»: what is asked for more than usual, card by card; a person decides each."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from admin.guards import Decider, FigureReader
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from admin.triage.triage import FolioPath
from intake.accounts.staff import Member
from intake.acting import DECIDERS
from intake.alerts.cards import REASON_MAX, REASON_MIN, Eyes, Verdict, correct_topic, decide_alert, list_cards, reopen
from intake.alerts.terms import load_alert_terms
from intake.database import reading
from intake.errors import FormRefused
from intake.studies.register import list_studies
from intake.transparency.terms import load_terms

HERE = "/alertas"
router = APIRouter()


@router.get(HERE)
def show_alerts(
    request: Request, pages: Here, member: FigureReader, decididas: Annotated[bool, Query()] = False
) -> Response:
    return _page(request, pages, member, is_open=not decididas)


@router.post(HERE + "/{number}")
def do_decide(
    request: Request,
    pages: Here,
    member: Decider,
    number: RowId,
    decision: Annotated[Verdict, Form()] = Verdict.ATTENTION,
    motivo: Annotated[str, Form(max_length=2000)] = "",
    estudio: Annotated[str, Form(pattern=r"^\d{0,18}$")] = "",
) -> Response:
    study = int(estudio) if estudio and decision == Verdict.STUDIED else None
    try:
        decide_alert(pages.office, member, number, decision, tidy(motivo), study_id=study)
    except FormRefused as error:
        return _page(request, pages, member, is_open=True, fault=f"alerts.fault_{error.fault}", of=number, said=motivo)
    return pages.send_on(HERE, f"done.alert_{decision.value}", undo=f"{HERE}/{number}/reabrir")


@router.post(HERE + "/{number}/reabrir")
def do_reopen(pages: Here, member: Decider, number: RowId) -> Response:
    reopen(pages.office, member, number)
    return pages.send_on(HERE, "done.alert_reopened")


@router.post("/peticiones/{folio}/tema")
def do_correct(
    pages: Here,
    member: Decider,
    folio: FolioPath,
    asunto: Annotated[int, Form(ge=1, le=2**63 - 1)],
    tema: Annotated[str, Form(max_length=24)],
    desde: Annotated[str, Form(pattern="^(peticion)?$")] = "",
) -> Response:
    """`desde`: which page it was corrected on, and goes back to."""
    correct_topic(pages.office, pages.office.jurisdiction.topics, member, folio, asunto, tema)
    return pages.send_on(f"/peticiones/{folio}" if desde else HERE, "done.topic_corrected", folio=folio)


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    *,
    is_open: bool,
    fault: str | None = None,
    of: int | None = None,
    said: str = "",
) -> Response:
    folder = pages.office.jurisdiction.folder
    topics, terms, k = pages.office.jurisdiction.topics, load_alert_terms(folder), load_terms(folder).k
    eyes = Eyes(topics, terms, with_examples=member.is_overseer, hidden_under=0 if member.is_overseer else k)
    may_act = member.role in DECIDERS
    with reading(pages.office.sessions) as session:
        cards = list_cards(session, pages.office, eyes, is_open=is_open)
        studies = list_studies(session) if may_act else ()
    return pages.show(
        request,
        "alerts.html",
        member,
        422 if fault else 200,
        cards=cards,
        is_open=is_open,
        may_act=may_act,
        studies=studies,
        verdicts=list(Verdict),
        k=k,
        topics=topics,
        is_confirmed=topics.is_confirmed and terms.is_confirmed,
        fault=fault,
        of=of,
        said=said,
        reason_min=REASON_MIN,
        reason_max=REASON_MAX,
    )
