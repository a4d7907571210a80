"""The administrator's page of the mind: what serves, what is on trial, what was learnt, whether mail has changed."""

import structlog
from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.guards import Administrator
from admin.pages import Here, Pages
from intake.accounts.staff import Member
from intake.audit.trail import Act, note_alone, staff_of
from intake.database import reading
from intake.mind import model_care
from intake.mind.lessons import Busy, start_lesson
from nlp.drift import MOVED, MOVED_FAR

PAGE = "/modelo"
router = APIRouter()
log = structlog.get_logger()


@router.get(PAGE)
def show_models(request: Request, pages: Here, member: Administrator) -> Response:
    with reading(pages.office.sessions) as session:
        models = model_care.show_models(session, pages.office)
    return pages.show(request, "models.html", member, models=models, moved=MOVED, moved_far=MOVED_FAR)


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
