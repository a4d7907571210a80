"""«Correos»: letters to staff that did not get through; the administrator has one sent again."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.guards import Administrator
from admin.pages import Here
from admin.paths import RowId
from intake.database import reading
from intake.notices.unsent_mails import last_sent_at, list_unsent, send_again

HERE = "/correos"
router = APIRouter()


@router.get(HERE)
def show_mails(request: Request, pages: Here, member: Administrator) -> Response:
    with reading(pages.office.sessions) as session:
        rows, sent_at = list_unsent(session), last_sent_at(session)
    is_on = bool(pages.office.settings.smtp_host)
    return pages.show(request, "mails.html", member, rows=rows, sent_at=sent_at, is_on=is_on)


@router.post(HERE + "/{number}/reenviar")
def do_send_again(pages: Here, member: Administrator, number: RowId) -> Response:
    send_again(pages.office, member, number)
    return pages.send_on(HERE, "done.mail_again")
