"""The administrator's page of the mind: what serves, what is on trial, what was learnt, whether mail has changed."""

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Administrator
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from intake.accounts.staff import Member
from intake.audit.trail import Act, note_alone, staff_of
from intake.configuration.in_force import Subject
from intake.configuration.things import SHARES
from intake.configuration.versions import list_versions
from intake.database import reading
from intake.errors import FormRefused
from intake.mind import model_care
from intake.mind.curves import (
    CASES_MIN,
    LEVELS,
    Curve,
    confusions_of,
    count_since_lesson,
    curves_of,
    drawn,
    list_cases,
    threshold_of,
)
from intake.mind.lessons import Busy, find_lesson, start_lesson
from intake.triage.promises import list_promises, set_promise
from nlp.drift import MOVED, MOVED_FAR

PAGE = "/modelo"
WIDE, HIGH = 300, 150  # of a drawing; the style sheet lets it grow
PROMISED = 0.95
router = APIRouter()
log = structlog.get_logger()


@router.get(PAGE)
def show_models(request: Request, pages: Here, member: Administrator) -> Response:
    with reading(pages.office.sessions) as session:
        models, cases = model_care.show_models(session, pages.office), list_cases(session)
        since, decided, corrected = count_since_lesson(session)
    values = {
        "models": models,
        "moved": MOVED,
        "moved_far": MOVED_FAR,
        "curves": [_shown(pages, curve) for curve in curves_of(cases)],
        "confusions": confusions_of(cases),
        "since": since,
        "decided_since": decided,
        "corrected_since": corrected,
        "cases_min": CASES_MIN,
        "name_of": pages.office.jurisdiction.name_agency,
    }
    return pages.show(request, "models.html", member, 200, **values)


@router.post("/modelo/promesas/{agency_key}")
def do_promise(
    pages: Here,
    member: Administrator,
    agency_key: str,
    precision: Annotated[float, Form()] = PROMISED,
    encendida: Annotated[bool, Form()] = False,
    motivo: Annotated[str, Form(max_length=500)] = "",
    vigente: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0,
) -> Response:
    try:
        set_promise(pages.office, member, agency_key, precision, tidy(motivo), vigente, on=encendida)
    except FormRefused as error:
        return pages.send_on(PAGE, f"model.fault_{error.fault}")
    return pages.send_on(PAGE, "done.promise_on" if encendida else "done.promise_off")


@router.get("/modelo/avance")
def show_progress(pages: Here, member: Administrator) -> Response:
    """Asked again and again while it learns."""
    with reading(pages.office.sessions) as session:
        lesson = find_lesson(session, pages.office)
    return pages.fragment("lesson.html", lesson=lesson)


def _shown(pages: Pages, curve: Curve) -> dict[str, Any]:
    """A curve as a drawing and as a table; `promise`: from where it keeps what is usually promised."""
    points = [(point.coverage * WIDE, (1 - point.precision) * HIGH) for point in drawn(curve)]
    return {
        "curve": curve,
        "name": pages.office.jurisdiction.name_agency(curve.agency),
        "line": " ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        "wide": WIDE,
        "high": HIGH,
        "promised_y": round((1 - PROMISED) * HIGH, 1),
        "rows": [(level, point) for level in LEVELS if (point := curve.at(level))],
        "promise": threshold_of(curve, PROMISED),
        "promised": list_promises(pages.office).get(curve.agency),
        "newest": max((one.number for one in list_versions(pages.office, Subject.PROMISE, curve.agency)), default=0),
        "shares": SHARES,
    }


@router.post("/modelo/aprender")
def do_learn(pages: Here, member: Administrator) -> Response:
    try:
        start_lesson(pages.office)
    except Busy:
        return pages.send_on(PAGE, "model.busy")
    _note(pages, member, Act.MODEL_TAUGHT)
    return pages.send_on(PAGE, "done.lesson")


@router.post("/modelo/publicar")
def do_publish(pages: Here, member: Administrator) -> Response:
    version = model_care.publish(pages.office)
    _note(pages, member, Act.MODEL_PUBLISHED, version)
    return pages.send_on(PAGE, "done.model", version=version)


@router.post("/modelo/descartar")
def do_discard(pages: Here, member: Administrator) -> Response:
    version = model_care.discard(pages.office)
    _note(pages, member, Act.MODEL_DISCARDED)
    return pages.send_on(PAGE, "done.model_stays", version=version)


@router.post("/modelo/volver")
def do_roll_back(pages: Here, member: Administrator) -> Response:
    version = model_care.roll_back(pages.office)
    _note(pages, member, Act.MODEL_ROLLED_BACK, version)
    return pages.send_on(PAGE, "done.model", version=version)


def _note(pages: Pages, member: Member, act: Act, version: str | None = None) -> None:
    log.info(f"mind.{act.value.replace('_', '-')}", model=version, by=member.id)
    note_alone(pages.office, staff_of(member.id), act, {"model": version} if version else {})
