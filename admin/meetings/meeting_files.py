"""Files of minutes and of agreements: put there, and handed out so that nothing in them can run in a browser."""

from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile
from starlette.responses import Response

from admin.files import send_kept
from admin.guards import Answerer, CaseReader, Decider
from admin.meetings.agreements import show_one
from admin.meetings.showing import show_meeting
from admin.pages import Here
from admin.paths import RowId
from intake.answers.attaching import Given
from intake.answers.clean_copies import FILE_MAX_BYTES
from intake.database import reading
from intake.errors import FormRefused
from intake.meetings.filing import find_meeting_file, put_evidence, put_minutes

Upload = Annotated[UploadFile | None, File()]
router = APIRouter()


@router.post("/reuniones/{number}/archivos")
def do_put_minutes(request: Request, pages: Here, member: Decider, number: RowId, archivo: Upload = None) -> Response:
    fault = "no_file"
    try:
        if archivo and archivo.filename:
            put_minutes(pages.office, member, number, _given(archivo))
            return pages.send_on(f"/reuniones/{number}#minuta", "done.file_put")
    except FormRefused as error:
        fault = error.fault
    except OSError:
        fault = "store"
    return show_meeting(request, pages, member, number, fault=f"meetings.file_{fault}", of="minutes")


@router.post("/acuerdos/{agreement_id}/archivos")
def do_put_evidence(
    request: Request, pages: Here, member: Answerer, agreement_id: RowId, archivo: Upload = None
) -> Response:
    fault = "no_file"
    try:
        if archivo and archivo.filename:
            put_evidence(pages.office, member, agreement_id, _given(archivo))
            return pages.send_on(f"/acuerdos/{agreement_id}", "done.file_put")
    except FormRefused as error:
        fault = error.fault
    except OSError:
        fault = "store"
    return show_one(request, pages, member, agreement_id, fault=f"meetings.file_{fault}")


@router.get("/documentos-de-reunion/{file_id}")
def get_meeting_file(pages: Here, member: CaseReader, file_id: RowId) -> Response:
    with reading(pages.office.sessions) as session:
        row = find_meeting_file(session, member, file_id)
    return send_kept(pages.office.files, row)


def _given(upload: UploadFile) -> Given:
    return Given(upload.filename or "", upload.file.read(FILE_MAX_BYTES + 1))
