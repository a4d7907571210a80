"""Petitions of one event: proposed on a petition's page, confirmed or told apart by an officer, listed."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Decider, Overseer
from admin.pages import Here, Pages
from admin.triage.triage import FOLIO, FolioPath
from intake.accounts.staff import ANSWERERS
from intake.database import reading
from intake.petitions.incidents import join, leave, list_incidents, tell_apart

Other = Annotated[str, Form(pattern=FOLIO)]
router = APIRouter()


@router.get("/focos")
def show_incidents(request: Request, pages: Here, member: Overseer) -> Response:
    with reading(pages.office.sessions) as session:
        incidents = list_incidents(session, pages.office)
    return pages.show(request, "incidents.html", member, incidents=incidents, may_act=member.role in ANSWERERS)


@router.post("/peticiones/{folio}/mismo-hecho")
def do_join(pages: Here, member: Decider, folio: FolioPath, otra: Other) -> Response:
    join(pages.office, member, folio, otra)
    return _back(pages, folio, "done.joined", other=otra)


@router.post("/peticiones/{folio}/otro-hecho")
def do_tell_apart(pages: Here, member: Decider, folio: FolioPath, otra: Other) -> Response:
    tell_apart(pages.office, member, folio, otra)
    return _back(pages, folio, "done.told_apart", other=otra)


@router.post("/peticiones/{folio}/salir-del-foco")
def do_leave(pages: Here, member: Decider, folio: FolioPath) -> Response:
    leave(pages.office, member, folio)
    return _back(pages, folio, "done.left")


def _back(pages: Pages, folio: str, key: str, **values: str) -> Response:
    return pages.send_on(f"/peticiones/{folio}#hecho", key, folio=folio, **values)
