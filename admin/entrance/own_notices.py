"""«Mi cuenta», what reaches its owner outside the app: letters and the calendar; and the calendar itself."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from admin.api.doors import Pace
from admin.entrance.own_account import HERE, account_page
from admin.guards import CaseReader
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused, NotFound
from intake.notices.calendar_links import end_link, find_owner, make_link
from intake.notices.ics import DayEvent, write_calendar
from intake.notices.mail_wishes import CONFIRMING, OwnWish, Wish, confirm_address, set_wish
from intake.terms.term_events import TermEvent, list_events

PER_MINUTE = 12  # readings of one calendar in each process: programs ask a few times an hour
UNKNOWN = 0  # whose tokens are nobody's share one pace
FEED = "/calendario/{token}.ics"
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{10,300}$")]
router = APIRouter()


@router.post(f"{HERE}/avisos")
def do_wish(
    request: Request,
    pages: Here,
    member: CaseReader,
    aviso: Annotated[Wish, Form()] = Wish.NONE,
    correo: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    own = OwnWish(tidy(correo), aviso)
    try:
        set_wish(pages.office, member, own)
    except FormRefused as error:
        return account_page(request, pages, member, fault=f"mail_{error.fault}", wish=own)
    return pages.send_on(HERE, "done.wish" if own.address else "done.wish_off")


@router.get(CONFIRMING + "{token}")
def show_confirming(request: Request, pages: Here, member: CaseReader, token: Token) -> Response:
    """Mail programs open what is linked to: nothing is confirmed before the button."""
    return pages.show(request, "confirm_mail.html", member, token=token)


@router.post(CONFIRMING + "{token}")
def do_confirm(pages: Here, member: CaseReader, token: Token) -> Response:
    confirm_address(pages.office, member, token)
    return pages.send_on(HERE, "done.mail_confirmed")


@router.post(f"{HERE}/calendario")
def do_make_link(request: Request, pages: Here, member: CaseReader) -> Response:
    token = make_link(pages.office, member)
    link = pages.office.settings.staff_site + FEED.format(token=token)
    return account_page(request, pages, member, calendar=link)


@router.post(f"{HERE}/calendario/quitar")
def do_end_link(pages: Here, member: CaseReader) -> Response:
    end_link(pages.office, member)
    return pages.send_on(HERE, "done.calendar_off")


@router.get(FEED)
def show_calendar(
    request: Request, pages: Here, token: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,100}$")]
) -> Response:
    """Without a log-in: the address is the secret. Raises NotFound for one that is nobody's any more."""
    pace: Pace = request.app.state.calendar_pace
    with reading(pages.office.sessions) as session:
        owner = find_owner(session, token)
        if wait_s := pace.take(owner.id if owner else UNKNOWN):
            return Response(status_code=429, headers={"Retry-After": str(int(wait_s) + 1)})
        if owner is None:
            raise NotFound("no calendar under that address")
        return _calendar(pages, list_events(session, pages.office, owner))


def _calendar(pages: Pages, events: Sequence[TermEvent]) -> Response:
    name = pages.texts("calendar.name")
    body = write_calendar(name, [_event(pages, event) for event in events], utc_now())
    return Response(body, media_type="text/calendar; charset=utf-8")


def _event(pages: Pages, event: TermEvent) -> DayEvent:
    base = pages.office.settings.staff_site
    host = base.split("://", 1)[1]
    what = pages.texts(f"mail.step_{event.step}")
    return DayEvent(
        uid=f"{event.key}@{host}",
        day=event.due_on,
        summary=pages.texts("calendar.summary", folio=event.folio, what=what),
        description=pages.texts("calendar.description"),
        url=base + event.path,
    )
