"""«Bitácora»: what staff did and read, proved by a chain of hashes; for administrators and auditors."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin.guards import Inspector
from admin.local_times import read_day
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from intake.audit.checks import check, find_last_check
from intake.audit.reading import TrailLine, Wish, all_lines, list_acts, list_lines, list_people
from intake.audit.trail import Act, note_alone, seal, staff_of
from intake.database import reading

HERE = "/bitacora"
Short = Annotated[str, Query(max_length=40)]
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take a cell's beginning for (OWASP)
COLUMNS = (
    "trail.number",
    "trail.at",
    "trail.person",
    "trail.username",
    "trail.act",
    "trail.folio",
    "trail.detail",
    "trail.hash",
)
router = APIRouter()


def read_wish(
    persona: Short = "", acto: Short = "", folio: Short = "", del_dia: Short = "", al_dia: Short = ""
) -> dict[str, str]:
    """The fields of the form, as they were written."""
    said = {"persona": persona, "acto": acto, "folio": folio.upper(), "del_dia": del_dia, "al_dia": al_dia}
    return {name: tidy(value) for name, value in said.items()}


Fields = Annotated[dict[str, str], Depends(read_wish)]


@router.get(HERE)
def show_trail(
    request: Request,
    pages: Here,
    member: Inspector,
    fields: Fields,
    antes: Annotated[int, Query(ge=0, le=2**62)] = 0,
) -> Response:
    seal(pages.office)
    with reading(pages.office.sessions) as session:
        lines, onward = list_lines(session, pages.office.jurisdiction.zone, _wish(fields), antes)
        values: dict[str, Any] = {
            "lines": lines,
            "onward": onward,
            "people": list_people(session),
            "acts": sorted(((act, _said(pages, act)) for act in list_acts(session)), key=lambda one: one[1]),
            "last": find_last_check(session),
        }
    kept = {name: value for name, value in fields.items() if value}
    return pages.show(request, "trail.html", member, fields=fields, kept=kept, before=antes, **values)


@router.post(f"{HERE}/verificar")
def do_check(pages: Here, member: Inspector) -> Response:
    verdict = check(pages.office)
    return pages.send_on(HERE, "done.trail_checked" if verdict.is_whole else "done.trail_broken")


@router.get(f"{HERE}.csv")
def send_file(pages: Here, member: Inspector, fields: Fields) -> Response:
    """With a byte order mark: without it Excel takes «ó» for two letters. That it was taken is an act as well."""
    note_alone(pages.office, staff_of(member.id), Act.TRAIL_EXPORTED, {k: v for k, v in fields.items() if v})
    seal(pages.office)
    with reading(pages.office.sessions) as session:
        text = _as_csv(pages, all_lines(session, pages.office.jurisdiction.zone, _wish(fields)))
    name = 'attachment; filename="bitacora.csv"'
    return Response(("\ufeff" + text).encode(), media_type="text/csv", headers={"Content-Disposition": name})


def _as_csv(pages: Pages, lines: Iterable[TrailLine]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(pages.texts, COLUMNS))
    for line in lines:
        detail = json.dumps(line.data, ensure_ascii=False)
        at = line.at.astimezone(pages.office.jurisdiction.zone).isoformat(timespec="seconds")
        person, act = line.name or _who(pages, line.actor), _said(pages, line.act)
        row = [line.number, at, person, line.username or "", act, line.folio or "", detail, line.hash]
        writer.writerow(_harmless(cell) for cell in row)
    return text.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell


def _said(pages: Pages, act: str) -> str:
    """A petition's acts are said as on its page."""
    return next((pages.texts(key) for key in (f"act.{act}", f"history.{act}") if pages.texts.has(key)), act)


def _who(pages: Pages, actor: str) -> str:
    return pages.texts(f"trail.by_{actor}") if pages.texts.has(f"trail.by_{actor}") else actor


def _wish(fields: dict[str, str]) -> Wish:
    person = fields["persona"]
    return Wish(
        staff_id=int(person) if person.isdecimal() and len(person) < 18 else None,
        act=fields["acto"],
        folio=fields["folio"],
        since=read_day(fields["del_dia"]),
        until=read_day(fields["al_dia"]),
    )
