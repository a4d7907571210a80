"""«Expediente»: what a petition's file holds and lacks; its acknowledgement, slips and letters; its series, its end."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.files import send_pdf
from admin.guards import CaseReader, Decider, Overseer
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from admin.triage.triage import FolioPath
from intake.accounts.staff import Member, Role
from intake.audit.trail import Act, note_alone, staff_of
from intake.correspondence.acknowledging import acknowledge_captured
from intake.correspondence.archive_files import LOCATION_MAX, Filing, close_file, get_closed, open_file, put_in_series
from intake.correspondence.archive_papers import cover_paper
from intake.correspondence.issuing import Kind, open_office_paper
from intake.correspondence.referring import COPIES_MAX, COPY_MAX, Errand, issue_errand
from intake.database import reading
from intake.errors import FormRefused
from intake.reports.paper import draw_paper

HERE = "/expedientes/{folio}"
REMARK_MAX, REASON_MAX = 600, 300
DONE = {Kind.SLIP: "done.paper_slip", Kind.LETTER: "done.paper_letter"}
ErrandKind = Annotated[Kind, Form()]
router = APIRouter()


@router.get(HERE)
def show_file(request: Request, pages: Here, member: Overseer, folio: FolioPath) -> Response:
    return _page(request, pages, member, folio)


@router.post(HERE + "/acuse")
def do_acknowledge(pages: Here, member: Decider, folio: FolioPath) -> Response:
    acknowledge_captured(pages.office, member, folio)
    return pages.send_on(f"/expedientes/{folio}", "done.paper_acknowledgement")


@router.post(HERE + "/oficios")
def do_issue(
    request: Request,
    pages: Here,
    member: Decider,
    folio: FolioPath,
    clase: ErrandKind,
    turno: Annotated[int, Form(ge=1, le=2**63 - 1)],
    instruccion: Annotated[str, Form(max_length=100)] = "",
    copias: Annotated[str, Form(max_length=COPIES_MAX * (COPY_MAX + 2))] = "",
    nota: Annotated[str, Form(max_length=REMARK_MAX)] = "",
) -> Response:
    copies = tuple(filter(None, map(str.strip, tidy(copias).split("\n"))))
    try:
        issue_errand(pages.office, member, folio, Errand(clase, turno, instruccion, copies, tidy(nota)))
    except FormRefused as error:
        return _page(request, pages, member, folio, error.fault)
    return pages.send_on(f"/expedientes/{folio}", DONE[clase])


@router.post(HERE + "/serie")
def do_file(
    request: Request,
    pages: Here,
    member: Decider,
    folio: FolioPath,
    serie: Annotated[str, Form(max_length=40)] = "",
    ubicacion: Annotated[str, Form(max_length=LOCATION_MAX)] = "",
    reserva: Annotated[bool, Form()] = False,
    motivo: Annotated[str, Form(max_length=REASON_MAX)] = "",
) -> Response:
    try:
        put_in_series(pages.office, member, folio, Filing(serie, tidy(ubicacion), reserva, tidy(motivo)))
    except FormRefused as error:
        return _page(request, pages, member, folio, error.fault)
    return pages.send_on(f"/expedientes/{folio}", "done.filed")


@router.post(HERE + "/cerrar")
def do_close(request: Request, pages: Here, member: Decider, folio: FolioPath) -> Response:
    try:
        label = close_file(pages.office, member, folio)
    except FormRefused as error:
        return _page(request, pages, member, folio, error.fault)
    except OSError:
        return _page(request, pages, member, folio, "store")
    return pages.send_on(f"/expedientes/{folio}", "done.file_closed", label=label)


@router.get(HERE + "/caratula.pdf")
def send_cover(pages: Here, member: Overseer, folio: FolioPath) -> Response:
    """Cover and index of a closed file."""
    office = pages.office
    with reading(office.sessions) as session:
        file = get_closed(session, folio)
    told = office.jurisdiction
    paper = cover_paper(file, folio, told.records, told.office, told.zone, pages.texts)
    note_alone(office, staff_of(member.id), Act.FIGURES_EXPORTED, {"file": f"expediente-{folio}.pdf"})
    return send_pdf(draw_paper(paper), f"expediente-{folio}.pdf", file.petition_id)


@router.get("/papeles/{paper_id}")
def get_office_paper(request: Request, pages: Here, member: CaseReader, paper_id: RowId) -> Response:
    """Acknowledgement, slip or letter; an agency has what goes with its own referral."""
    try:
        paper, content = open_office_paper(pages.office, member, paper_id)
    except OSError:
        return pages.fault(request, 503, "paper.later", member)
    return send_pdf(content, f"{paper.label.replace('/', '-')}.pdf", paper_id)


def _page(request: Request, pages: Pages, member: Member, folio: str, fault: str | None = None) -> Response:
    return pages.show(
        request,
        "casefile.html",
        member,
        422 if fault else 200,
        view=open_file(pages.office, member, folio),
        fault=fault,
        records=pages.office.jurisdiction.records,
        name_agency=pages.office.jurisdiction.name_agency,
        may_act=member.role in (Role.OFFICER, Role.ADMINISTRATOR),
        copies_max=COPIES_MAX,
        remark_max=REMARK_MAX,
    )
