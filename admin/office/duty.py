"""«Guardia»: a week of who is called for emergencies; an administrator keeps it, the office's own people read it."""

from datetime import date, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from admin.guards import Administrator, Overseer
from admin.local_times import LocalDay, read_day
from admin.pages import Here, Pages
from admin.paths import RowId
from intake.accounts.staff import Member, Role
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused
from intake.notices.duty import Fallback, find_fallback, on_duty
from intake.notices.duty_roster import (
    NewShift,
    add_shift,
    copy_week,
    list_callable,
    list_week,
    monday_of,
    remove_shift,
    set_fallback,
)
from intake.triage.marks import today_at

HERE = "/guardia"
Hour = Annotated[str, Form(pattern=r"^(\d\d:\d\d)?$")]
Day = Annotated[str, Query(pattern=r"^(\d{4}-\d\d-\d\d)?$")]
router = APIRouter()


@router.get(HERE)
def show_duty(request: Request, pages: Here, member: Overseer, semana: Day = "") -> Response:
    return _page(request, pages, member, read_day(semana))


@router.post(HERE)
def do_add(
    request: Request,
    pages: Here,
    member: Administrator,
    persona: Annotated[int, Form(ge=0, le=2**63 - 1)] = 0,
    dia: LocalDay = "",
    desde: Hour = "",
    hasta: Hour = "",
) -> Response:
    new = NewShift(persona, read_day(dia), _read_hour(desde), _read_hour(hasta))
    try:
        add_shift(pages.office, member, new)
    except FormRefused as error:
        return _page(request, pages, member, new.day, fault=f"duty.{error.fault}", new=new)
    return pages.send_on(_week(new.day), "done.duty_added")


@router.post(HERE + "/copiar")
def do_copy(pages: Here, member: Administrator, semana: LocalDay = "") -> Response:
    monday = monday_of(read_day(semana) or today_at(pages.office))
    count = copy_week(pages.office, member, monday)
    key = "done.duty_copied_one" if count == 1 else "done.duty_copied" if count else "done.duty_copied_none"
    return pages.send_on(_week(monday), key, count=str(count))


@router.post(HERE + "/sin-nadie")
def do_set_fallback(pages: Here, member: Administrator, quien: Annotated[Fallback, Form()]) -> Response:
    set_fallback(pages.office, member, quien)
    return pages.send_on(HERE, "done.duty_fallback")


@router.post(HERE + "/{number}/quitar")
def do_remove(pages: Here, member: Administrator, number: RowId) -> Response:
    day = remove_shift(pages.office, member, number)
    return pages.send_on(_week(day), "done.duty_removed")


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    day: date | None,
    *,
    fault: str | None = None,
    new: NewShift | None = None,
) -> Response:
    today = today_at(pages.office)
    monday = monday_of(day or today)
    with reading(pages.office.sessions) as session:
        shifts, now = list_week(session, pages.office, monday), on_duty(session, utc_now())
        fallback, people = find_fallback(session), list_callable(session)
    zone = pages.office.jurisdiction.zone
    days = [monday + timedelta(days=number) for number in range(7)]
    by_day = {one: [s for s in shifts if s.starts_at.astimezone(zone).date() == one] for one in days}
    return pages.show(
        request,
        "duty.html",
        member,
        422 if fault else 200,
        days=by_day,
        today=today,
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        monday=monday,
        now=now,
        fallback=fallback,
        fallbacks=list(Fallback),
        people=people,
        may_act=member.role == Role.ADMINISTRATOR,
        fault=fault,
        new=new,
    )


def _week(day: date | None) -> str:
    return f"{HERE}?semana={day.isoformat()}" if day else HERE


def _read_hour(written: str) -> time | None:
    """None for an empty field and for an hour that there is not."""
    try:
        return time.fromisoformat(written) if written else None
    except ValueError:
        return None
