"""«Importar» and «Exportar»: an older register comes in by a mapping that is tried first; all of it goes out."""

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path as FilePath
from shutil import copyfileobj
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.datastructures import FormData
from starlette.responses import Response, StreamingResponse

from admin.files import begin, disposition
from admin.guards import Administrator
from admin.pages import Here, Pages
from admin.paths import RowId
from intake.accounts.staff import Member
from intake.carrying.came import list_came
from intake.carrying.exports import ask_export, list_exports, take_export
from intake.carrying.imports import (
    AT_WORK,
    ImportView,
    State,
    begin_import,
    bring_in,
    discard,
    get_import,
    list_imports,
    map_columns,
    show_heading,
    try_again,
    undo,
)
from intake.carrying.mapping import NEEDED, Field, Reading, load_vocabulary, plain
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused, NotFound, Stale
from intake.petitions.states import Status
from intake.reports.workbook import Value, harmless

IMPORTS, EXPORTS = "/importar", "/exportar"
SHOWN_ROWS, SHOWN_WORDS = 3, 40
BYTES_MAX = 64 * 1024 * 1024
FORM_FIELDS_MAX = 400
STATES = (
    Status.RECIBIDA,
    Status.TURNADA,
    Status.ACEPTADA,
    Status.RESPONDIDA,
    Status.NOTIFICADA,
    Status.CONCLUIDA,
    Status.ORIENTADA,
    Status.DESISTIDA,
    Status.NO_PETICION,
)
router = APIRouter()


@router.get(IMPORTS)
def show_imports(request: Request, pages: Here, member: Administrator) -> Response:
    return _list_page(request, pages, member)


@router.post(IMPORTS)
def do_begin(
    request: Request, pages: Here, member: Administrator, archivo: Annotated[UploadFile | None, File()] = None
) -> Response:
    if archivo is None or not archivo.filename:
        return _list_page(request, pages, member, "no_file")
    with tempfile.NamedTemporaryFile(prefix="canaliza-") as kept:
        copyfileobj(archivo.file, kept)
        kept.flush()
        try:
            number = begin_import(pages.office, member, archivo.filename, FilePath(kept.name))
        except FormRefused as error:
            return _list_page(request, pages, member, error.fault)
        except OSError:
            return _list_page(request, pages, member, "store")
    return pages.send_on(f"{IMPORTS}/{number}", "done.import_kept")


@router.get(IMPORTS + "/{import_id}")
def show_import(request: Request, pages: Here, member: Administrator, import_id: RowId) -> Response:
    return _page(request, pages, member, import_id)


@router.get(IMPORTS + "/{import_id}/avance")
def show_progress(pages: Here, member: Administrator, import_id: RowId) -> Response:
    """The part that says how far it is; asked for again while it is at work."""
    with reading(pages.office.sessions) as session:
        view = get_import(session, import_id)
    part = pages.fragment("import_progress.html", view=view, is_at_work=view.state in AT_WORK, is_part=True)
    if view.state not in AT_WORK:
        part.headers["HX-Refresh"] = "true"  # what can be done now stands around the part
    return part


@router.post(IMPORTS + "/{import_id}/columnas")
async def do_map(request: Request, pages: Here, member: Administrator, import_id: RowId) -> Response:
    form = await request.form(max_fields=FORM_FIELDS_MAX)
    return await _mapped(request, pages, member, import_id, form)


@router.post(IMPORTS + "/{import_id}/traer")
def do_bring(request: Request, pages: Here, member: Administrator, import_id: RowId) -> Response:
    bring_in(pages.office, member, import_id)
    return pages.send_on(f"{IMPORTS}/{import_id}", "done.import_brought")


@router.post(IMPORTS + "/{import_id}/reintentar")
def do_try_again(request: Request, pages: Here, member: Administrator, import_id: RowId) -> Response:
    try_again(pages.office, member, import_id)
    return pages.send_on(f"{IMPORTS}/{import_id}", "done.import_again")


@router.post(IMPORTS + "/{import_id}/descartar")
def do_discard(request: Request, pages: Here, member: Administrator, import_id: RowId) -> Response:
    discard(pages.office, member, import_id)
    return pages.send_on(IMPORTS, "done.import_dropped")


@router.post(IMPORTS + "/{import_id}/deshacer")
def do_undo(
    request: Request,
    pages: Here,
    member: Administrator,
    import_id: RowId,
    confirmo: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    if confirmo != "si":
        return _page(request, pages, member, import_id, "confirm")
    try:
        undo(pages.office, member, import_id)
    except FormRefused as error:
        return _page(request, pages, member, import_id, error.fault)
    return pages.send_on(f"{IMPORTS}/{import_id}", "done.import_undone")


@router.get(IMPORTS + "/{import_id}/ensayo.csv")
def send_report(pages: Here, member: Administrator, import_id: RowId) -> Response:
    """What the trial says of each row."""
    with reading(pages.office.sessions) as session:
        view = get_import(session, import_id)
    if view.report_key is None:
        raise NotFound(f"import {import_id} was not tried")
    try:
        chunks = begin(pages.office.files.chunks(view.report_key))
    except FileNotFoundError as error:
        raise NotFound("the report is not in the store") from error
    return _csv(chunks, f"ensayo-{import_id}.csv")


@router.get(IMPORTS + "/{import_id}/folios.csv")
def send_folios(pages: Here, member: Administrator, import_id: RowId) -> Response:
    """The old folio and the new one of each petition that came."""
    with reading(pages.office.sessions) as session:
        get_import(session, import_id)
    return _csv(_folio_lines(pages, import_id), f"folios-{import_id}.csv")


@router.get(EXPORTS)
def show_exports(request: Request, pages: Here, member: Administrator) -> Response:
    with reading(pages.office.sessions) as session:
        rows = list_exports(session)
    return pages.show(request, "exports.html", member, exports=rows)


@router.post(EXPORTS)
def do_export(pages: Here, member: Administrator) -> Response:
    try:
        ask_export(pages.office, member)
    except Stale:
        return pages.send_on(EXPORTS, "done.export_waits")
    return pages.send_on(EXPORTS, "done.export_asked")


@router.get(EXPORTS + "/{export_id}.zip")
def send_export(pages: Here, member: Administrator, export_id: RowId) -> Response:
    row = take_export(pages.office, member, export_id)
    try:
        chunks = begin(pages.office.files.chunks(row.storage_key or ""))
    except FileNotFoundError as error:
        raise NotFound("the export is not in the store") from error
    headers = {
        "Content-Disposition": disposition(f"canaliza-{export_id}.zip", export_id, is_shown=False),
        "Content-Length": str(row.size_bytes or 0),
    }
    return StreamingResponse(chunks, media_type="application/zip", headers=headers)


async def _mapped(request: Request, pages: Pages, member: Member, number: int, form: FormData) -> Response:
    from starlette.concurrency import run_in_threadpool

    def act() -> Response:
        try:
            map_columns(pages.office, member, number, _reading(pages, number, form))
        except FormRefused as error:
            return _page(request, pages, member, number, error.fault)
        return pages.send_on(f"{IMPORTS}/{number}", "done.import_tried")

    return await run_in_threadpool(act)


def _reading(pages: Pages, number: int, form: FormData) -> Reading:
    """What the page's selects say; what an earlier trial was told stays."""
    with reading(pages.office.sessions) as session:
        before = get_import(session, number).reading
    columns = {one.value: str(form.get(f"col-{one}", "")) for one in Field}
    said = _said(form)
    return Reading(
        {one: column for one, column in columns.items() if column},
        form.get("mes_primero") == "si",
        {**before.municipalities, **_places(pages, said["municipality"])},
        {**before.agencies, **said["agency"]},
        {**before.states, **said["state"]},
    )


def _said(form: FormData) -> dict[str, dict[str, str]]:
    """By kind, the file's words and what they were said to mean: pairs of fields `palabra-KIND-N`, `vale-KIND-N`."""
    found: dict[str, dict[str, str]] = {"municipality": {}, "agency": {}, "state": {}}
    for kind, words in found.items():
        for number in range(SHOWN_WORDS):
            word, means = form.get(f"palabra-{kind}-{number}"), form.get(f"vale-{kind}-{number}")
            if isinstance(word, str) and isinstance(means, str) and means.strip():
                words[plain(word)] = means.strip()
    return found


def _places(pages: Pages, said: dict[str, str]) -> dict[str, str]:
    """Written by name, as the chat understands it. Raises FormRefused."""
    found = {}
    for word, name in said.items():
        read = pages.office.reader.read_place(name, is_answer=True)
        if read is None or read.chosen is None:
            raise FormRefused("town")
        found[word] = read.chosen.clave
    return found


def _folio_lines(pages: Pages, number: int) -> Iterator[bytes]:
    yield "\ufeff".encode() + _line(pages.texts("import.head_row"), pages.texts("import.head_folio"), "folio")
    last = 0
    while True:
        with reading(pages.office.sessions) as session:
            rows = list_came(session, number, last)
        if not rows:
            return
        yield b"".join(_line(row.row, row.old_folio, row.folio) for row in rows)
        last = rows[-1].row


def _line(*cells: Value) -> bytes:
    target = io.StringIO()
    csv.writer(target).writerow(harmless(cell) for cell in cells)
    return target.getvalue().encode()


def _csv(chunks: Iterator[bytes], name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(chunks, media_type="text/csv; charset=utf-8", headers=headers)


def _list_page(request: Request, pages: Pages, member: Member, fault: str | None = None) -> Response:
    with reading(pages.office.sessions) as session:
        imports = list_imports(session)
    values = {"imports": imports, "fault": fault, "needed": NEEDED}
    return pages.show(request, "imports.html", member, 422 if fault else 200, **values)


def _page(request: Request, pages: Pages, member: Member, number: int, fault: str | None = None) -> Response:
    with reading(pages.office.sessions) as session:
        view = get_import(session, number)
    values = {
        "view": view,
        "fault": fault,
        "is_at_work": view.state in AT_WORK,
        "is_part": False,
        **_choices(pages, view),
    }
    return pages.show(request, "import.html", member, 422 if fault else 200, **values)


def _choices(pages: Pages, view: ImportView) -> dict[str, Any]:
    if view.state not in (State.MAPPING, State.TRIED):
        return {"heading": (), "sample": {}}
    try:
        heading, rows = show_heading(pages.office, view.id)
    except FormRefused:
        return {"heading": (), "sample": {}}
    sample = {name: [r[at] for r in rows[:SHOWN_ROWS] if at < len(r) and r[at]] for at, name in enumerate(heading)}
    return {
        "heading": heading,
        "sample": sample,
        "fields": list(Field),
        "needed": NEEDED,
        "agencies": pages.agencies,
        "states": STATES,
        "unsure": {kind: list(words.items())[:SHOWN_WORDS] for kind, words in view.unsure.items()},
        "is_confirmed": load_vocabulary(pages.office.jurisdiction.folder).is_confirmed,
        "now": utc_now(),
    }
