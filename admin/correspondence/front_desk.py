"""«Correspondencia»: a document on paper is taken in with its pages, corrected, and given its folio."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from starlette.responses import Response

from admin.files import send_kept
from admin.guards import Decider, Overseer
from admin.local_times import LocalDay, LocalTime, read_day, read_local_time
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.accounts.staff import Member
from intake.answers.attaching import FileRefused, Given
from intake.answers.clean_copies import FILE_MAX_BYTES
from intake.clock import utc_now
from intake.correspondence.page_files import ALL_MAX_BYTES, PAGES_MAX, check_pages
from intake.correspondence.pieces import (
    ENCLOSURES_MAX,
    Cover,
    Opening,
    SenderKind,
    State,
    Way,
    bring_back,
    correct,
    discard,
    keep_piece,
    register,
)
from intake.correspondence.register import find_piece_file, open_piece
from intake.errors import FormRefused
from intake.thinking.effects import PLACE_WORDS_MAX
from intake.thinking.messages import TEXT_MAX
from intake.triage.capturing import NAME_MAX, OLDEST, TEXT_MIN, TOWN_MAX, CaptureRefused

HERE = "/correspondencia"
MINUTE = "%Y-%m-%dT%H:%M"
WORDS_MAX = {"addressee": 200, "their_number": 80, "subject": 300, "reason": 300}
MEGABYTES = FILE_MAX_BYTES // (1024 * 1024)
Uploads = Annotated[Sequence[UploadFile], File()]
router = APIRouter()


def read_cover(
    pages: Here,
    via: Annotated[Way, Form()],
    clase: Annotated[SenderKind, Form()],
    llego: LocalTime = "",
    remitente: Annotated[str, Form(max_length=NAME_MAX)] = "",
    destinatario: Annotated[str, Form(max_length=WORDS_MAX["addressee"])] = "",
    oficio: Annotated[str, Form(max_length=WORDS_MAX["their_number"])] = "",
    fecha: LocalDay = "",
    asunto: Annotated[str, Form(max_length=WORDS_MAX["subject"])] = "",
    anexos: Annotated[str, Form(pattern=r"^\d{0,3}$")] = "",
) -> Cover:
    return Cover(
        way=via,
        came_at=read_local_time(pages, llego),
        sender=tidy(remitente),
        sender_kind=clase,
        addressee=tidy(destinatario),
        their_number=tidy(oficio),
        their_date=read_day(fecha),
        subject=tidy(asunto),
        enclosures=int(anexos or 0),
    )


def read_opening(
    texto: Annotated[str, Form(max_length=TEXT_MAX)] = "",
    municipio: Annotated[str, Form(max_length=TOWN_MAX)] = "",
    clave: Annotated[str, Form(max_length=8)] = "",
    detalle: Annotated[str, Form(max_length=PLACE_WORDS_MAX)] = "",
    telefono: Annotated[str, Form(max_length=40)] = "",
    reserva: Annotated[bool, Form()] = False,
) -> Opening:
    return Opening(
        text=tidy(texto),
        town=tidy(municipio),
        clave=clave,
        detail=tidy(detalle),
        phone=tidy(telefono),
        is_anonymous=reserva,
    )


Covered = Annotated[Cover, Depends(read_cover)]
Opened = Annotated[Opening, Depends(read_opening)]


@router.get(HERE + "/recibir")
def show_receive(request: Request, pages: Here, member: Decider) -> Response:
    return _receive_page(request, pages, member, Cover(Way.COUNTER, utc_now(), "", SenderKind.PERSON))


@router.post(HERE + "/recibir")
def do_receive(
    request: Request,
    pages: Here,
    member: Decider,
    cover: Covered,
    papeleta: Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")],
    hojas: Uploads = (),
) -> Response:
    named = [(one.filename, one.file) for one in hojas if one.filename][: PAGES_MAX + 1]
    given = [Given(name, file.read(FILE_MAX_BYTES + 1)) for name, file in named]
    try:
        piece_id = keep_piece(pages.office, member, cover, check_pages(given), papeleta)
    except FileRefused as error:
        return _receive_page(request, pages, member, cover, error.fault, name=error.name, slip=papeleta)
    except FormRefused as error:
        return _receive_page(request, pages, member, cover, error.fault, slip=papeleta)
    except OSError:
        return _receive_page(request, pages, member, cover, "store", slip=papeleta)
    return pages.send_on(f"{HERE}/{piece_id}", "done.piece_kept")


@router.get(HERE + "/{piece_id}")
def show_piece(request: Request, pages: Here, member: Overseer, piece_id: RowId) -> Response:
    return _piece_page(request, pages, member, piece_id)


@router.get(HERE + "/{piece_id}/lectura")
def show_reading(pages: Here, member: Overseer, piece_id: RowId) -> Response:
    """The part of the page that says how far the program has read; asked for again while it reads."""
    view = open_piece(pages.office, member, piece_id)
    return pages.fragment("piece_reading.html", view=view, member=member)


@router.post(HERE + "/{piece_id}")
def do_correct(
    request: Request, pages: Here, member: Decider, piece_id: RowId, cover: Covered, opening: Opened
) -> Response:
    try:
        correct(pages.office, member, piece_id, cover, opening.text)
    except FormRefused as error:
        return _piece_page(request, pages, member, piece_id, cover, opening, error.fault)
    return pages.send_on(f"{HERE}/{piece_id}", "done.piece_saved")


@router.post(HERE + "/{piece_id}/texto")
def do_use_words(
    request: Request, pages: Here, member: Decider, piece_id: RowId, cover: Covered, opening: Opened
) -> Response:
    """What the program read goes into the form; the rest of it is kept as it was written."""
    words = open_piece(pages.office, member, piece_id).words
    return _piece_page(request, pages, member, piece_id, cover, opening, words=words)


@router.post(HERE + "/{piece_id}/registrar")
def do_register(
    request: Request, pages: Here, member: Decider, piece_id: RowId, cover: Covered, opening: Opened
) -> Response:
    try:
        correct(pages.office, member, piece_id, cover, opening.text)
        folio = register(pages.office, member, piece_id, opening)
    except CaptureRefused as error:
        return _piece_page(request, pages, member, piece_id, cover, opening, error.fault, refused=error)
    except FormRefused as error:
        return _piece_page(request, pages, member, piece_id, cover, opening, error.fault)
    return pages.send_on(f"/expedientes/{folio}", "done.piece_registered", folio=folio)


@router.post(HERE + "/{piece_id}/descartar")
def do_discard(
    request: Request,
    pages: Here,
    member: Decider,
    piece_id: RowId,
    motivo: Annotated[str, Form(max_length=WORDS_MAX["reason"])] = "",
) -> Response:
    try:
        discard(pages.office, member, piece_id, tidy(motivo))
    except FormRefused as error:
        return _piece_page(request, pages, member, piece_id, fault=error.fault)
    return pages.send_on(HERE, "done.piece_discarded", undo=f"{HERE}/{piece_id}/recuperar")


@router.post(HERE + "/{piece_id}/recuperar")
def do_bring_back(pages: Here, member: Decider, piece_id: RowId) -> Response:
    bring_back(pages.office, member, piece_id)
    return pages.send_on(f"{HERE}/{piece_id}", "done.piece_brought_back")


@router.get(HERE + "/{piece_id}/archivos/{file_id}")
def get_piece_file(pages: Here, member: Overseer, piece_id: RowId, file_id: RowId) -> Response:
    """The original."""
    return send_kept(pages.office.files, find_piece_file(pages.office, member, piece_id, file_id))


def _receive_page(
    request: Request,
    pages: Pages,
    member: Member,
    cover: Cover,
    fault: str | None = None,
    *,
    name: str = "",
    slip: str | None = None,
) -> Response:
    return pages.show(
        request,
        "piece_new.html",
        member,
        422 if fault else 200,
        cover=cover,
        fault=fault,
        name=name,
        slip=slip or secrets.token_hex(16),
        pages_max=PAGES_MAX,
        megabytes=MEGABYTES,
        all_megabytes=ALL_MAX_BYTES // (1024 * 1024),
        **_choices(pages, cover),
    )


def _piece_page(
    request: Request,
    pages: Pages,
    member: Member,
    piece_id: int,
    cover: Cover | None = None,
    opening: Opening | None = None,
    fault: str | None = None,
    *,
    refused: CaptureRefused | None = None,
    words: str | None = None,
) -> Response:
    view = open_piece(pages.office, member, piece_id)
    piece = view.piece
    cover = cover or Cover(
        way=Way(piece.way),
        came_at=piece.came_at,
        sender=piece.sender,
        sender_kind=SenderKind(piece.sender_kind),
        addressee=piece.addressee,
        their_number=piece.their_number,
        their_date=piece.their_date,
        subject=piece.subject,
        enclosures=piece.enclosures,
    )
    opening = opening or Opening(piece.text if piece.text is not None else view.words)
    return pages.show(
        request,
        "piece.html",
        member,
        422 if fault else 200,
        view=view,
        cover=cover,
        opening=opening,
        text=opening.text if words is None else words,
        fault=fault,
        refused=refused,
        may_act=member.role in ("officer", "administrator"),
        State=State,
        **_choices(pages, cover),
    )


def _choices(pages: Pages, cover: Cover) -> dict[str, object]:
    now = utc_now()
    return {
        "came": _written(pages, cover.came_at) if cover.came_at else "",
        "earliest": _written(pages, now - OLDEST),
        "latest": _written(pages, now),
        "ways": list(Way),
        "kinds": list(SenderKind),
        "days": OLDEST.days,
        "text_min": TEXT_MIN,
        "text_max": TEXT_MAX,
        "enclosures_max": ENCLOSURES_MAX,
    }


def _written(pages: Pages, moment: datetime) -> str:
    return moment.astimezone(pages.office.jurisdiction.zone).strftime(MINUTE)
