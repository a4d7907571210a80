"""«Capturar petición»: what a person said at a window, by telephone, on paper; and the stamped page to take along."""

import secrets
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Decider, Overseer
from admin.local_times import LocalTime, read_local_time
from admin.pages import Here, Pages
from admin.portal.answers import TEXT_MAX, tidy
from admin.triage.triage import FolioPath
from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.errors import NotFound
from intake.thinking.effects import PLACE_WORDS_MAX
from intake.triage.alarms import KINDS
from intake.triage.capturing import (
    NAME_MAX,
    OLDEST,
    TEXT_MIN,
    TOWN_MAX,
    CameBy,
    CaptureRefused,
    Statement,
    capture,
)
from intake.triage.dossier import open_dossier

MINUTE = "%Y-%m-%dT%H:%M"
router = APIRouter()


@router.get("/captura")
def show_capture(request: Request, pages: Here, member: Decider) -> Response:
    now = utc_now()
    return _page(request, pages, member, Statement(CameBy.WINDOW, now, ""), _written(pages, now))


@router.post("/captura")
def do_capture(
    request: Request,
    pages: Here,
    member: Decider,
    papeleta: Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")],
    via: Annotated[CameBy, Form()],
    llego: LocalTime = "",
    texto: Annotated[str, Form(max_length=TEXT_MAX)] = "",
    municipio: Annotated[str, Form(max_length=TOWN_MAX)] = "",
    clave: Annotated[str, Form(max_length=8)] = "",
    detalle: Annotated[str, Form(max_length=PLACE_WORDS_MAX)] = "",
    nombre: Annotated[str, Form(max_length=NAME_MAX)] = "",
    telefono: Annotated[str, Form(max_length=40)] = "",
    lengua: Annotated[str, Form(max_length=80)] = "",
    emergencia: Annotated[str, Form(max_length=24)] = "",
    menor: Annotated[bool, Form()] = False,
    reserva: Annotated[bool, Form()] = False,
) -> Response:
    said = Statement(
        way=via,
        came_at=read_local_time(pages, llego),
        text=tidy(texto),
        town=tidy(municipio),
        clave=clave,
        detail=tidy(detalle),
        name=tidy(nombre),
        phone=tidy(telefono),
        language=lengua,
        emergency=emergencia,
        is_minor=menor,
        is_anonymous=reserva,
    )
    try:
        folio = capture(pages.office, member, said, papeleta)
    except CaptureRefused as refused:
        slip = secrets.token_hex(16) if refused.folio else papeleta
        return _page(request, pages, member, said, llego, refused=refused, slip=slip)
    return pages.send_on(f"/peticiones/{folio}", "done.captured", folio=folio)


@router.get("/peticiones/{folio}/acuse")
def show_stamped(request: Request, pages: Here, member: Overseer, folio: FolioPath) -> Response:
    """What the person is handed over. Raises NotFound for a petition that a chat brought: it was acknowledged there."""
    dossier = open_dossier(pages.office, member, folio)
    if dossier.capture is None:
        raise NotFound(f"{folio} was acknowledged in its chat")
    settings = pages.office.settings
    chats = [
        name for name, is_on in (("telegram", settings.has_telegram), ("whatsapp", settings.has_whatsapp)) if is_on
    ]
    terms = pages.office.jurisdiction.terms
    return pages.show(request, "stamped.html", member, dossier=dossier, terms=terms, chats=chats, now=utc_now())


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    said: Statement,
    came: str,
    *,
    refused: CaptureRefused | None = None,
    slip: str | None = None,
) -> Response:
    now, names = utc_now(), pages.office.jurisdiction.languages.names
    return pages.show(
        request,
        "capture.html",
        member,
        422 if refused else 200,
        said=said,
        came=came,
        earliest=_written(pages, now - OLDEST),
        latest=_written(pages, now),
        refused=refused,
        slip=slip or secrets.token_hex(16),
        ways=[way for way in CameBy if way not in (CameBy.SYSTEM, CameBy.MAIL, CameBy.IMPORT)],
        kinds=KINDS,
        languages=sorted(names.values()),
        text_min=TEXT_MIN,
        text_max=TEXT_MAX,
        days=OLDEST.days,
    )


def _written(pages: Pages, moment: datetime) -> str:
    return moment.astimezone(pages.office.jurisdiction.zone).strftime(MINUTE)
