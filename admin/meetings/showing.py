"""A meeting's page, also when a form on it is refused; what its form offers to choose from."""

from collections.abc import Sequence
from typing import Any

import segno
from fastapi import Request
from starlette.responses import Response

from admin.pages import Pages
from intake.accounts.staff import Member, Role
from intake.clock import utc_now
from intake.database import reading
from intake.meetings.attending import check_in_link
from intake.meetings.attending_by_chat import chat_code
from intake.meetings.doors import is_open
from intake.meetings.kinds import Kind, Sector, State
from intake.meetings.planning import Plan
from intake.meetings.reading_meetings import read_meeting


def show_meeting(
    request: Request,
    pages: Pages,
    member: Member,
    meeting_id: int,
    *,
    fault: str | None = None,
    of: str = "",
    draft: dict[str, str] | None = None,
) -> Response:
    """`of`: the section whose form was refused; `draft`: what its fields said. Raises NotFound."""
    with reading(pages.office.sessions) as session:
        detail = read_meeting(session, pages.office, member, meeting_id)
    link = check_in_link(pages.office, meeting_id)
    return pages.show(
        request,
        "meeting.html",
        member,
        422 if fault else 200,
        one=detail,
        plan=plan_of(detail.row),
        may_act=member.role != Role.AUDITOR,
        is_past=detail.row.starts_at <= utc_now(),
        is_open=is_open(detail.row, utc_now()),
        link=link,
        code=chat_code(pages.office, meeting_id),
        picture=segno.make(link, error="m").svg_inline(scale=4, border=3, dark="#000", light="#fff", omitsize=False),
        sectors=list(Sector),
        agencies=pages.agencies,
        fault=fault,
        of=of,
        draft=draft or {},
        **choices(pages),
    )


def plan_of(row: Any) -> Plan:
    return Plan(
        kind=Kind(row.kind),
        title=row.title,
        starts_at=row.starts_at,
        place=row.place,
        municipality=row.municipality or "",
        community=row.community or "",
        language=row.language or "",
        needs_interpreter=row.needs_interpreter,
        interpreter=row.interpreter or "",
    )


def choices(pages: Pages) -> dict[str, Any]:
    return {
        "kinds": list(Kind),
        "states": list(State),
        "towns": towns(pages),
        "languages": sorted(pages.office.jurisdiction.languages.names.items(), key=lambda one: one[1]),
    }


def towns(pages: Pages) -> Sequence[tuple[str, str]]:
    """INEGI keys and names with their district: two names are those of two towns each."""
    rows = sorted(pages.office.reader.list_municipalities(), key=lambda one: one.nombre)
    return [(one.clave, f"{one.nombre} ({one.distrito})") for one in rows]
