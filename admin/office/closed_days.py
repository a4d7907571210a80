"""«Días inhábiles»: the calendar that terms are counted with; an administrator changes it, with the legal citation."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from admin.guards import Administrator, Overseer
from admin.local_times import LocalDay, read_day
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from intake.accounts.staff import Member, Role
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused
from intake.jurisdiction import list_statutory
from intake.terms.calendar_changes import (
    REASON_MAX,
    SOURCE_MAX,
    WORDS_MIN,
    Draft,
    add_change,
    find_towns,
    list_changes,
    withdraw_change,
)
from intake.terms.catching_up import WHILE_WAITED_FOR, count_anew
from intake.terms.closed_days import Kind
from intake.triage.marks import today_at

TOWNS_MAX = 20_000  # characters: every municipality of the state by name
Kinds = Annotated[Kind, Form()]
router = APIRouter()


@router.get("/dias-inhabiles")
def show_days(request: Request, pages: Here, member: Overseer) -> Response:
    return _page(request, pages, member)


@router.post("/dias-inhabiles")
def do_add(
    request: Request,
    pages: Here,
    member: Administrator,
    clase: Kinds,
    desde: LocalDay = "",
    hasta: LocalDay = "",
    motivo: Annotated[str, Form(max_length=REASON_MAX)] = "",
    fundamento: Annotated[str, Form(max_length=SOURCE_MAX)] = "",
    municipios: Annotated[str, Form(max_length=TOWNS_MAX)] = "",
) -> Response:
    names = [name for line in tidy(municipios).splitlines() if (name := line.strip())]
    draft = Draft(clase, read_day(desde), read_day(hasta), tidy(motivo), tidy(fundamento), tuple(names) or None)
    try:
        towns = find_towns(pages.office, names) or None
        add_change(pages.office, member, replace(draft, municipalities=towns))
    except FormRefused as error:
        return _page(request, pages, member, fault=f"days.{error.fault}", draft=draft)
    return _follow(pages)


@router.post("/dias-inhabiles/{number}/retirar")
def do_withdraw(
    request: Request,
    pages: Here,
    member: Administrator,
    number: Annotated[int, Path(ge=1, le=2**31 - 1)],
    fundamento: Annotated[str, Form(max_length=SOURCE_MAX)] = "",
) -> Response:
    try:
        withdraw_change(pages.office, member, number, tidy(fundamento))
    except FormRefused as error:
        return _page(request, pages, member, fault=f"days.{error.fault}", of=number)
    return _follow(pages)


def _follow(pages: Pages) -> Response:
    """The first open petitions follow before the page is back; the loop goes on with the rest."""
    count = count_anew(pages.office, utc_now(), at_once=WHILE_WAITED_FOR)
    key = "done.days_one" if count == 1 else "done.days_more" if count == WHILE_WAITED_FOR else "done.days"
    return pages.send_on("/dias-inhabiles", key, count=str(count))


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    *,
    fault: str | None = None,
    draft: Draft | None = None,
    of: int | None = None,
) -> Response:
    jurisdiction, year = pages.office.jurisdiction, today_at(pages.office).year
    with reading(pages.office.sessions) as session:
        changes = list_changes(session, pages.office)
    values = {
        "changes": changes,
        "own": jurisdiction.own_days,
        "statutory": list_statutory(year, year + 1),
        "kinds": [kind for kind in Kind if kind != Kind.WITHDRAWN],
        "fault": fault,
        "draft": draft,
        "of": of,
        "may_act": member.role == Role.ADMINISTRATOR,
        "words_min": WORDS_MIN,
        "reason_max": REASON_MAX,
        "source_max": SOURCE_MAX,
    }
    return pages.show(request, "closed_days.html", member, 422 if fault else 200, **values)
