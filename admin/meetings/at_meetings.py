"""What is written down at a meeting: agenda, attendance, petitions, opinions, minutes, agreements, what was told."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Decider
from admin.local_times import LocalDay, read_day
from admin.meetings.fields import Checked, GuestName, Minutes, Opinion, Point, Represents, SaidBy, Text
from admin.meetings.showing import show_meeting
from admin.pages import Here
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.errors import FormRefused, NotFound
from intake.meetings.agreeing import PARTY_MAX, NewAgreement, agree
from intake.meetings.attending import Arrived, note_attendee, remove_attendee
from intake.meetings.bringing import bring_petition, note_opinion, remove_opinion, take_petition_away
from intake.meetings.inviting import invite
from intake.meetings.kinds import Sector
from intake.meetings.planning import add_item, remove_item, tell_community, write_minutes

ONE = "/reuniones/{number}"
Folio = Annotated[str, Form(max_length=40)]
router = APIRouter()


@router.post(ONE + "/puntos")
def do_add_item(request: Request, pages: Here, member: Decider, number: RowId, punto: Point = "") -> Response:
    try:
        add_item(pages.office, member, number, tidy(punto))
    except FormRefused as error:
        return show_meeting(request, pages, member, number, fault=f"meetings.{error.fault}", of="agenda")
    return pages.send_on(f"/reuniones/{number}#agenda", "done.item_added")


@router.post(ONE + "/puntos/{part_id}/quitar")
def do_remove_item(pages: Here, member: Decider, number: RowId, part_id: RowId) -> Response:
    remove_item(pages.office, member, number, part_id)
    return pages.send_on(f"/reuniones/{number}#agenda", "done.item_removed")


@router.post(ONE + "/asistentes")
def do_note_attendee(
    request: Request,
    pages: Here,
    member: Decider,
    number: RowId,
    sector: Annotated[Sector, Form()],
    persona: GuestName = "",
    representa: Represents = "",
    acepta: Checked = False,
) -> Response:
    arrived = Arrived(tidy(persona), tidy(representa), sector, acepta)
    try:
        note_attendee(pages.office, member, number, arrived)
    except FormRefused as error:
        draft = {"name": arrived.name, "represents": arrived.represents, "sector": sector.value}
        return show_meeting(
            request, pages, member, number, fault=f"meetings.{error.fault}", of="attendance", draft=draft
        )
    return pages.send_on(f"/reuniones/{number}#asistencia", "done.attendee_noted")


@router.post(ONE + "/asistentes/{part_id}/quitar")
def do_remove_attendee(pages: Here, member: Decider, number: RowId, part_id: RowId) -> Response:
    remove_attendee(pages.office, member, number, part_id)
    return pages.send_on(f"/reuniones/{number}#asistencia", "done.attendee_removed")


@router.post(ONE + "/peticiones")
def do_bring(
    request: Request, pages: Here, member: Decider, number: RowId, folio: Folio = "", acepta: Checked = False
) -> Response:
    wanted = tidy(folio).upper()
    try:
        bring_petition(pages.office, member, number, wanted, consents=acepta)
    except (NotFound, FormRefused) as error:
        fault = error.fault if isinstance(error, FormRefused) else "no_folio"
        return show_meeting(
            request, pages, member, number, fault=f"meetings.{fault}", of="petitions", draft={"folio": wanted}
        )
    return pages.send_on(f"/reuniones/{number}#peticiones", "done.petition_brought", folio=wanted)


@router.post(ONE + "/invitar")
def do_invite(request: Request, pages: Here, member: Decider, number: RowId) -> Response:
    try:
        count = invite(pages.office, member, number)
    except FormRefused as error:
        return show_meeting(request, pages, member, number, fault=f"meetings.{error.fault}", of="petitions")
    return pages.send_on(f"/reuniones/{number}#peticiones", "done.people_invited", count=str(count))


@router.post(ONE + "/peticiones/quitar")
def do_take_away(pages: Here, member: Decider, number: RowId, folio: Folio = "") -> Response:
    wanted = tidy(folio)
    take_petition_away(pages.office, member, number, wanted)
    return pages.send_on(f"/reuniones/{number}#peticiones", "done.petition_taken", folio=wanted)


@router.post(ONE + "/opiniones")
def do_note_opinion(
    request: Request, pages: Here, member: Decider, number: RowId, texto: Opinion = "", quien: SaidBy = ""
) -> Response:
    try:
        note_opinion(pages.office, member, number, tidy(texto), tidy(quien))
    except FormRefused as error:
        draft = {"text": texto, "said_by": quien}
        return show_meeting(request, pages, member, number, fault=f"meetings.{error.fault}", of="opinions", draft=draft)
    return pages.send_on(f"/reuniones/{number}#opiniones", "done.opinion_noted")


@router.post(ONE + "/opiniones/{part_id}/quitar")
def do_remove_opinion(pages: Here, member: Decider, number: RowId, part_id: RowId) -> Response:
    remove_opinion(pages.office, member, number, part_id)
    return pages.send_on(f"/reuniones/{number}#opiniones", "done.opinion_removed")


@router.post(ONE + "/minuta")
def do_write_minutes(request: Request, pages: Here, member: Decider, number: RowId, texto: Minutes = "") -> Response:
    try:
        write_minutes(pages.office, member, number, tidy(texto))
    except FormRefused as error:
        draft = {"minutes": texto}
        return show_meeting(request, pages, member, number, fault=f"meetings.{error.fault}", of="minutes", draft=draft)
    return pages.send_on(f"/reuniones/{number}#minuta", "done.minutes_written")


@router.post(ONE + "/respuesta")
def do_tell(request: Request, pages: Here, member: Decider, number: RowId, texto: Minutes = "") -> Response:
    try:
        tell_community(pages.office, member, number, tidy(texto))
    except FormRefused as error:
        draft = {"told": texto}
        return show_meeting(request, pages, member, number, fault=f"meetings.{error.fault}", of="told", draft=draft)
    return pages.send_on(f"/reuniones/{number}#respuesta", "done.community_told")


@router.post(ONE + "/acuerdos")
def do_agree(
    request: Request,
    pages: Here,
    member: Decider,
    number: RowId,
    texto: Text = "",
    fecha: LocalDay = "",
    dependencias: Annotated[Sequence[str], Form()] = (),
    otras: Annotated[str, Form(max_length=PARTY_MAX * 5)] = "",
    punto: Annotated[int, Form(ge=0, le=2**63 - 1)] = 0,
) -> Response:
    others = [line.strip() for line in tidy(otras).splitlines()]
    new = NewAgreement(tidy(texto), read_day(fecha), dependencias, others, punto)
    try:
        agreement_id = agree(pages.office, member, number, new)
    except FormRefused as error:
        draft = {"agreement": texto, "due": fecha, "others": otras, "item": str(punto)}
        draft |= {f"agency_{place}": key for place, key in enumerate(dependencias, 1)}
        return show_meeting(
            request, pages, member, number, fault=f"meetings.{error.fault}", of="agreements", draft=draft
        )
    return pages.send_on(f"/reuniones/{number}#acuerdos", "done.agreed", number=str(agreement_id))
