"""Agencies, emergency lines and WhatsApp's templates, each changed with a form, with its versions below."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from admin.configuration.acts import (
    REASON_LIMITS,
    Asked,
    Number,
    Text,
    VersionNumber,
    find_thing_fault,
    find_verdict_fault,
    rights_of,
    shown_versions,
    verdict_done,
)
from admin.configuration.drafting import Thing, keep, publish_written, shown_drafts
from admin.configuration.forms import AgencyForm, LineForm
from admin.guards import Administrator, Decider, Overseer
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from bot.notices import NOTICES
from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.configuration.changing import (
    STALE_MONTHS,
    change_thing,
    check_line_today,
    is_stale,
    list_faults,
    list_templates,
    own_value_of,
    value_of,
)
from intake.configuration.in_force import Subject
from intake.configuration.things import ACRONYM_MAX, CONTACT_MAX, NAME_MAX, ORDERS, write_agency, write_line
from intake.configuration.versions import Change, list_versions, list_waiting
from intake.errors import NotFound
from intake.jurisdiction import Line

Ticked = Annotated[bool, Form()]
Key = Annotated[str, Path(max_length=80)]
TEMPLATES = "/plantillas-whatsapp"
router = APIRouter()


@router.get("/agencias/{agency_key}")
def show_agency(request: Request, pages: Here, member: Administrator, agency_key: Key) -> Response:
    return _agency(request, pages, member, agency_key)


@router.post("/agencias/{agency_key}")
def do_change_agency(
    request: Request, pages: Here, member: Administrator, agency_key: Key, form: Annotated[AgencyForm, Form()]
) -> Response:
    if fault := publish_written(pages, member, _agency_of(pages, agency_key), form.written()):
        return _agency(request, pages, member, agency_key, fault=fault)
    return pages.send_on(f"/agencias/{agency_key}", "done.thing_published")


@router.post("/agencias/{agency_key}/borrador")
def do_keep_agency(
    request: Request, pages: Here, member: Administrator, agency_key: Key, form: Annotated[AgencyForm, Form()]
) -> Response:
    return keep(request, pages, member, _agency_of(pages, agency_key), form.written())


@router.post("/agencias/{agency_key}/volver/{version}")
def do_agency_back(request: Request, pages: Here, member: Administrator, agency_key: Key, asked: Asked) -> Response:
    pages.office.jurisdiction.get_agency(agency_key)
    if fault := asked.find_fault(pages, member, Subject.AGENCY, agency_key):
        return _agency(request, pages, member, agency_key, fault=fault)
    return pages.send_on(f"/agencias/{agency_key}", "done.thing_back")


@router.get("/lineas")
def show_lines(request: Request, pages: Here, member: Overseer) -> Response:
    return _lines(request, pages, member)


@router.post("/lineas/{line_key}")
def do_change_line(
    request: Request, pages: Here, member: Administrator, line_key: Key, form: Annotated[LineForm, Form()]
) -> Response:
    line = _line(pages, line_key)
    written = form.written(line)
    if fault := publish_written(pages, member, _line_of(line_key, line), written):
        return _lines(request, pages, member, fault=fault, of=line_key)
    waits = line.number != written.value["number"]
    return pages.send_on("/lineas", "done.line_waits" if waits else "done.thing_published")


@router.post("/lineas/{line_key}/borrador")
def do_keep_line(
    request: Request, pages: Here, member: Administrator, line_key: Key, form: Annotated[LineForm, Form()]
) -> Response:
    line = _line(pages, line_key)
    return keep(request, pages, member, _line_of(line_key, line), form.written(line))


@router.post("/lineas/{line_key}/comprobada")
def do_check_line(request: Request, pages: Here, member: Administrator, line_key: Key, vigente: Number = 0) -> Response:
    reason = pages.texts("lines.checked_reason")
    if fault := find_thing_fault(lambda: check_line_today(pages.office, member, line_key, reason, vigente)):
        return _lines(request, pages, member, fault=fault, of=line_key)
    return pages.send_on("/lineas", "done.line_checked")


@router.post("/lineas/{line_key}/volver/{version}")
def do_line_back(request: Request, pages: Here, member: Administrator, line_key: Key, asked: Asked) -> Response:
    if fault := asked.find_fault(pages, member, Subject.LINE, line_key):
        return _lines(request, pages, member, fault=fault, of=line_key)
    waits = any(one.key == line_key for one in list_waiting(pages.office, Subject.LINE))
    return pages.send_on("/lineas", "done.line_waits" if waits else "done.thing_back")


@router.post("/lineas/{line_key}/veredicto/{version}")
def do_second_line(
    request: Request, pages: Here, member: Decider, line_key: Key, version: VersionNumber, acuerdo: Ticked = False
) -> Response:
    if fault := find_verdict_fault(pages, member, version, "things.stale", is_confirmed=acuerdo):
        return _lines(request, pages, member, fault=fault, of=line_key)
    return pages.send_on("/lineas", verdict_done(acuerdo))


@router.get(TEMPLATES)
def show_templates(request: Request, pages: Here, member: Administrator) -> Response:
    return _templates(request, pages, member)


@router.post("/plantillas-whatsapp/{purpose}")
def do_change_template(
    request: Request,
    pages: Here,
    member: Administrator,
    purpose: Key,
    sid: Text = "",
    idioma: Text = "",
    aprobada: Text = "",
    lleva: Text = "",
    cuerpo: Text = "",
    variables: Text = "",
    confirmada: Ticked = False,
    motivo: Text = "",
    vigente: Number = 0,
) -> Response:
    office = pages.office
    if purpose not in NOTICES:
        raise NotFound(f"no template {purpose}")
    versions = list_versions(office, Subject.TEMPLATE, purpose)
    value = {
        "content_sid": sid.strip(),
        "language": idioma.strip(),
        "version": str(len(versions) + 1),
        "approved_on": aprobada.strip(),
        "carries": lleva,
        "body": tidy(cuerpo),
        "variables": [name.strip() for name in variables.split(",") if name.strip()],
        "confirmed": confirmada,
    }
    change = Change(Subject.TEMPLATE, purpose, value)
    fault = find_thing_fault(lambda: change_thing(office, member, change, tidy(motivo), vigente))
    if fault:
        why = "; ".join(list_faults(office, change))
        return _templates(request, pages, member, fault=fault, of=purpose, typed=value, why=why)
    return pages.send_on(TEMPLATES, "done.template_in_force" if confirmada else "done.template_noted")


@router.post("/plantillas-whatsapp/{purpose}/volver/{version}")
def do_template_back(request: Request, pages: Here, member: Administrator, purpose: Key, asked: Asked) -> Response:
    if purpose not in NOTICES:
        raise NotFound(f"no template {purpose}")
    if fault := asked.find_fault(pages, member, Subject.TEMPLATE, purpose):
        return _templates(request, pages, member, fault=fault, of=purpose)
    return pages.send_on(TEMPLATES, "done.thing_back")


def _agency_of(pages: Pages, key: str) -> Thing:
    return Thing(Subject.AGENCY, key, write_agency(pages.office.jurisdiction.get_agency(key)))


def _line_of(key: str, line: Line) -> Thing:
    return Thing(Subject.LINE, key, write_line(line))


def _line(pages: Pages, key: str) -> Line:
    line = pages.office.jurisdiction.lines.get(key)
    if line is None:
        raise NotFound(f"no line {key}")
    return line


def _agency(request: Request, pages: Pages, member: Member, key: str, *, fault: str | None = None) -> Response:
    agency = pages.office.jurisdiction.get_agency(key)
    drafts = shown_drafts(pages, member, Subject.AGENCY, key)
    values = {
        "agency": agency,
        "drafts": drafts,
        "form": drafts.over(write_agency(agency)),
        "orders": ORDERS,
        "fault": fault,
        "reason": drafts.reason,
        "limits": {"name": NAME_MAX, "acronym": ACRONYM_MAX, "contact": CONTACT_MAX},
        "shown": shown_versions(list_versions(pages.office, Subject.AGENCY, key)),
        **REASON_LIMITS,
    }
    return pages.show(request, "agency.html", member, 422 if fault else 200, **values)


def _lines(
    request: Request, pages: Pages, member: Member, *, fault: str | None = None, of: str | None = None
) -> Response:
    office = pages.office
    today = utc_now().astimezone(office.jurisdiction.zone).date()
    lines = [_one_line(pages, member, key, line, today) for key, line in office.jurisdiction.lines.items()]
    waiting = {one.key: one for one in list_waiting(office, Subject.LINE)}
    values = {
        "lines": lines,
        "waiting": waiting,
        "sides": {key: _both_sides(pages, key, one.value) for key, one in waiting.items()},
        "months": STALE_MONTHS,
        "fault": fault,
        "of": of,
        **rights_of(member),
    }
    return pages.show(request, "lines.html", member, 422 if fault else 200, **values)


def _one_line(pages: Pages, member: Member, key: str, line: Line, today: date) -> tuple[Any, ...]:
    shown = shown_versions(list_versions(pages.office, Subject.LINE, key))
    drafts = shown_drafts(pages, member, Subject.LINE, key)
    return key, line, is_stale(line, today), shown, drafts, drafts.over(write_line(line))


def _both_sides(pages: Pages, key: str, proposed: Mapping[str, Any] | None) -> list[tuple[str, Any, Any]]:
    """Of a line that waits for a second person: each part's name, as it is in force, and as it would be."""
    folder = pages.office.jurisdiction
    now = value_of(folder, Subject.LINE, key) or {}
    then = proposed or own_value_of(folder, Subject.LINE, key) or {}
    days = date.fromisoformat(now["checked_on"]), date.fromisoformat(then["checked_on"])
    sides = [(part, now[part], then[part]) for part in ("number", "name", "source", "confirmed")]
    return [*sides, ("checked_on", *days)]


def _templates(
    request: Request,
    pages: Pages,
    member: Member,
    *,
    fault: str | None = None,
    of: str | None = None,
    typed: Mapping[str, Any] | None = None,
    why: str = "",
) -> Response:
    office = pages.office
    views = list_templates(office)
    if of and of not in {view.purpose for view in views}:
        raise NotFound(f"no template {of}")
    known = {view.purpose: shown_versions(list_versions(office, Subject.TEMPLATE, view.purpose)) for view in views}
    own = {purpose for purpose in known if own_value_of(office.jurisdiction, Subject.TEMPLATE, purpose)}
    values = {
        "views": views,
        "known": known,
        "own": own,
        "fault": fault,
        "of": of,
        "typed": typed or {},
        "why": why,
        **REASON_LIMITS,
    }
    return pages.show(request, "whatsapp_templates.html", member, 422 if fault else 200, **values)


def figure_of(said: str) -> int | str:
    """What is no number stays as it was typed, and is refused as such."""
    return int(said) if said.strip().isdecimal() else said
