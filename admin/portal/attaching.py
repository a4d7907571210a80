"""Files with an answer: put to the draft, taken away, handed out to staff. The text that is being written is kept."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile
from starlette.responses import Response

from admin.files import send_kept
from admin.guards import Answerer, CaseReader
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from admin.portal.inbox import Text, show_page
from intake.accounts.staff import Member
from intake.answers.attaching import FILES_MAX, FileRefused, Given, attach, find_evidence, remove
from intake.answers.clean_copies import FILE_MAX_BYTES
from intake.answers.drafts import keep_now

Uploads = Annotated[Sequence[UploadFile], File()]
FAULTS = {
    "too_big": "evidence.too_big",
    "type": "evidence.type",
    "unreadable": "evidence.unreadable",
    "too_many": "evidence.too_many",
}
router = APIRouter()


@router.post("/turnos/{referral_id}/archivos")
def do_attach(
    request: Request, pages: Here, member: Answerer, referral_id: RowId, archivos: Uploads = (), texto: Text = ""
) -> Response:
    text = tidy(texto)
    keep_now(pages.office, member, referral_id, text)
    refused = attach_or_refuse(request, pages, member, referral_id, archivos, text)
    return refused or pages.send_on(f"/turnos/{referral_id}#archivos", "done.attached")


@router.post("/turnos/{referral_id}/archivos/{evidence_id}/quitar")
def do_remove(pages: Here, member: Answerer, referral_id: RowId, evidence_id: RowId, texto: Text = "") -> Response:
    remove(pages.office, member, referral_id, evidence_id)
    keep_now(pages.office, member, referral_id, tidy(texto))
    return pages.send_on(f"/turnos/{referral_id}#archivos", "done.detached")


@router.get("/evidencias/{evidence_id}")
def get_evidence(pages: Here, member: CaseReader, evidence_id: RowId) -> Response:
    return send_kept(pages.office.files, find_evidence(pages.office, member, evidence_id))


def attach_or_refuse(
    request: Request, pages: Pages, member: Member, referral_id: int, uploads: Sequence[UploadFile], text: str
) -> Response | None:
    """Keep what was chosen; the page that says why one is not kept, with the text as it was, else None."""
    named = [(one.filename, one.file) for one in uploads if one.filename][
        : FILES_MAX + 1
    ]  # one more is refused, unread
    given = [Given(name, file.read(FILE_MAX_BYTES + 1)) for name, file in named]
    fault, name = "evidence.store", ""
    try:
        attach(pages.office, member, referral_id, given)
        return None
    except FileRefused as error:
        fault, name = FAULTS[error.fault], error.name
    except OSError:
        pass  # the store is away: said on the page, the text stays
    values = {"name": name, "max": FILES_MAX}
    return show_page(request, pages, member, referral_id, fault=fault, fault_values=values, draft=text)
