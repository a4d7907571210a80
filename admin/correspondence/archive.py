"""«Archivo»: series with what is closed and due; inventories that people sign. Nothing is deleted from here."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from admin.figures.reporting import send_file
from admin.guards import Administrator, Decider, Overseer
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.accounts.staff import Member, Role
from intake.correspondence.archive_papers import inventory_paper, inventory_sheet
from intake.correspondence.inventories import (
    SIGNERS_MAX,
    Kind,
    count_series,
    get_inventory,
    list_inventories,
    make_inventory,
    note_signed,
)
from intake.database import reading
from intake.errors import FormRefused, NotFound
from intake.reports.paper import draw_paper
from intake.reports.workbook import as_workbook
from intake.tables.archive import Inventory

HERE = "/archivo"
router = APIRouter()


@router.get(HERE)
def show_archive(request: Request, pages: Here, member: Overseer) -> Response:
    return _page(request, pages, member)


@router.post(HERE + "/inventarios")
def do_make(
    request: Request,
    pages: Here,
    member: Decider,
    clase: Annotated[Kind, Form()],
    serie: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    try:
        make_inventory(pages.office, member, clase, serie)
    except FormRefused as error:
        return _page(request, pages, member, error.fault)
    return pages.send_on(HERE, "done.inventory_made")


@router.get(HERE + "/inventarios/{inventory_id}/{ending}")
def send_inventory(
    pages: Here, member: Overseer, inventory_id: RowId, ending: Annotated[str, Path(pattern=r"^[a-z]{1,8}$")]
) -> Response:
    """As pdf or xlsx. Raises NotFound."""
    row = _find(pages, inventory_id)
    name = row.label.replace("/", "-").lower()
    if ending == "xlsx":
        return send_file(pages, member, as_workbook([inventory_sheet(row, pages.texts)]), f"{name}.xlsx")
    if ending != "pdf":
        raise NotFound(f"no inventory as {ending}")
    series = pages.office.jurisdiction.records.series.get(row.series)
    words = f"{row.series} · {series.name}" if series else row.series
    paper = inventory_paper(row, words, pages.office.jurisdiction.office, pages.texts)
    return send_file(pages, member, draw_paper(paper), f"{name}.pdf")


@router.post(HERE + "/inventarios/{inventory_id}/firmado")
def do_note_signed(
    request: Request,
    pages: Here,
    member: Administrator,
    inventory_id: RowId,
    firmantes: Annotated[str, Form(max_length=SIGNERS_MAX)] = "",
) -> Response:
    try:
        note_signed(pages.office, member, inventory_id, tidy(firmantes))
    except FormRefused as error:
        return _page(request, pages, member, error.fault)
    return pages.send_on(HERE, "done.inventory_signed")


def _find(pages: Pages, inventory_id: int) -> Inventory:
    with reading(pages.office.sessions) as session:
        return get_inventory(session, inventory_id)


def _page(request: Request, pages: Pages, member: Member, fault: str | None = None) -> Response:
    with reading(pages.office.sessions) as session:
        counts, inventories = count_series(session, pages.office), list_inventories(session)
    return pages.show(
        request,
        "archive.html",
        member,
        422 if fault else 200,
        counts=counts,
        inventories=inventories,
        records=pages.office.jurisdiction.records,
        kinds=list(Kind),
        fault=fault,
        may_act=member.role in (Role.OFFICER, Role.ADMINISTRATOR),
        may_sign=member.role == Role.ADMINISTRATOR,
        signers_max=SIGNERS_MAX,
    )
