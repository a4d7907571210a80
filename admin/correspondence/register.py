"""«Correspondencia»: the register with its filters, on a page and as a workbook."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin.correspondence.front_desk import HERE
from admin.figures.reporting import send_file
from admin.guards import Overseer
from admin.local_times import read_day
from admin.office.duty import Day
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from admin.writing import moment
from intake.accounts.staff import Role
from intake.correspondence.mailbox import find_mailbox
from intake.correspondence.register import (
    ON_A_PAGE,
    Row,
    Shown,
    Wanted,
    count_rows,
    count_waiting,
    list_all,
    list_rows,
)
from intake.database import reading
from intake.reports.workbook import Sheet, as_workbook
from intake.triage.marks import today_at

WORDS_MAX = 100
COLUMNS = "came way sender sender_kind addressee their_number subject state folio turned turned_at answered_at".split()
WIDTHS = (22, 16, 30, 20, 30, 20, 40, 16, 20, 40, 22, 22)
router = APIRouter()


def read_wanted(
    estado: Annotated[Shown, Query()] = Shown.ALL,
    desde: Day = "",
    hasta: Day = "",
    remitente: Annotated[str, Query(max_length=WORDS_MAX)] = "",
    destinatario: Annotated[str, Query(max_length=WORDS_MAX)] = "",
    turnada: Annotated[str, Query(max_length=24)] = "",
) -> Wanted:
    return Wanted(estado, read_day(desde), read_day(hasta), tidy(remitente), tidy(destinatario), tidy(turnada))


Asked = Annotated[Wanted, Depends(read_wanted)]


@router.get(HERE)
def show_register(
    request: Request, pages: Here, member: Overseer, wanted: Asked, pagina: Annotated[int, Query(ge=1, le=9999)] = 1
) -> Response:
    with reading(pages.office.sessions) as session:
        rows = list_rows(session, pages.office, wanted, page=pagina)
        count, waiting = count_rows(session, pages.office, wanted), count_waiting(session)
        mailbox = find_mailbox(session, pages.office.settings)
    return pages.show(
        request,
        "correspondence.html",
        member,
        rows=rows,
        count=count,
        waiting=waiting,
        wanted=wanted,
        shown=list(Shown),
        agencies=pages.agencies,
        page=pagina,
        has_more=count > pagina * ON_A_PAGE,
        query=_query(wanted),
        may_act=member.role in (Role.OFFICER, Role.ADMINISTRATOR),
        mailbox=mailbox,
        has_mailbox=bool(pages.office.settings.imap_host),
    )


@router.get(HERE + ".xlsx")
def send_register(pages: Here, member: Overseer, wanted: Asked) -> Response:
    """What the filters show, all of it; the trail knows who took it away."""
    texts = pages.texts
    head = [texts(f"piece.{name}") for name in COLUMNS]
    sheet = Sheet(
        texts("correspondence.title"), head, (_cells(pages, row) for row in list_all(pages.office, wanted)), WIDTHS
    )
    name = f"correspondencia-{today_at(pages.office).isoformat()}.xlsx"
    return send_file(pages, member, as_workbook([sheet]), name)


def _cells(pages: Pages, row: Row) -> list[str]:
    texts, zone = pages.texts, pages.office.jurisdiction.zone
    return [
        moment(row.came_at, zone),
        texts(f"piece.way_{row.way}"),
        texts("piece.hidden") if row.is_hidden else row.sender,
        texts(f"piece.kind_{row.sender_kind}"),
        row.addressee,
        row.their_number,
        row.subject,
        texts(f"piece.state_{row.state}"),
        row.folio or "",
        ", ".join(row.agencies),
        moment(row.turned_at, zone) if row.turned_at else "",
        moment(row.answered_at, zone) if row.answered_at else "",
    ]


def _query(wanted: Wanted) -> str:
    """The filters as an address has them."""
    told = {
        "estado": wanted.shown.value if wanted.shown != Shown.ALL else "",
        "desde": wanted.since.isoformat() if wanted.since else "",
        "hasta": wanted.until.isoformat() if wanted.until else "",
        "remitente": wanted.sender,
        "destinatario": wanted.addressee,
        "turnada": wanted.agency,
    }
    return urlencode({name: value for name, value in told.items() if value})
