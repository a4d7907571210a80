"""«Juntar»: a petition that tells of the same as another one is attended with it; undone in a moment, parted later."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Decider
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from admin.triage.triage import FOLIO, Anyway, FolioPath, Version, ask_first, onward
from intake.accounts.staff import Member
from intake.database import reading
from intake.petitions.case import get_petition
from intake.petitions.incidents import view_of
from intake.triage.joining import JoinRefused, check, join, part, undo_join
from intake.triage.together import find_candidate, list_candidates
from intake.triage.undoing import UNDO_FOR

router = APIRouter()


@router.get("/peticiones/{folio}/juntar")
def show_join(request: Request, pages: Here, member: Decider, folio: FolioPath, otra: str = "") -> Response:
    return _page(request, pages, member, folio, words=tidy(otra)[:60])


@router.post("/peticiones/{folio}/juntar")
def do_join(
    request: Request,
    pages: Here,
    member: Decider,
    folio: FolioPath,
    con: Annotated[str, Form(pattern=FOLIO)],
    version: Version,
    aunque: Anyway = False,
) -> Response:
    if not aunque and (asked := ask_first(request, pages, member, folio, "juntar", {"con": con, "version": version})):
        return asked
    try:
        lead = join(pages.office, member, folio, con, version, hold=UNDO_FOR)
    except JoinRefused as refused:
        return _page(request, pages, member, folio, words=con, fault=f"fault.join_{refused.reason}")
    return onward(pages, member, folio, "done.together", undo=f"/peticiones/{folio}/juntar/deshacer", lead=lead)


@router.post("/peticiones/{folio}/juntar/deshacer")
def do_undo_join(pages: Here, member: Decider, folio: FolioPath) -> Response:
    undo_join(pages.office, member, folio)
    return pages.send_on(f"/peticiones/{folio}", "done.undone", folio=folio)


@router.post("/peticiones/{folio}/soltar")
def do_part(pages: Here, member: Decider, folio: FolioPath) -> Response:
    part(pages.office, member, folio)
    return pages.send_on(f"/peticiones/{folio}", "done.apart", folio=folio)


def _page(
    request: Request, pages: Pages, member: Member, folio: str, *, words: str = "", fault: str | None = None
) -> Response:
    """The petition, and what it could join: what was looked for first, then what is proposed."""
    with reading(pages.office.sessions) as session:
        petition = get_petition(session, folio)
        found = find_candidate(session, pages.office, petition, words) if words else None
        refused = None
        if found and not fault:
            try:
                check(session, petition, get_petition(session, found.folio))
            except JoinRefused as error:
                refused = f"fault.join_{error.reason}"
        proposed = [v for v in list_candidates(session, pages.office, petition) if not found or v.folio != found.folio]
        version, own = petition.version, view_of(session, pages.office, petition, petition)
    return pages.show(
        request,
        "join.html",
        member,
        409 if fault else 200,
        folio=folio,
        version=version,
        own=own,
        words=words,
        found=found,
        options=[*([found] if found and not (refused or fault) else []), *proposed],
        fault=fault or refused,
    )
