"""Invented letters for the demo: on paper and by mail, each as far on its way to the archive as `demo.yaml` says."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.answers.attaching import Given
from intake.clock import at, utc_now
from intake.correspondence.archive_files import Filing, close_file, put_in_series
from intake.correspondence.issuing import Kind
from intake.correspondence.page_files import Reading, Role, check_page, store_originals
from intake.correspondence.pieces import Cover, Opening, SenderKind, Way, discard, keep_row, register
from intake.correspondence.referring import Errand, issue_errand
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.tables.correspondence import PieceFile
from intake.tables.outgoing import Task
from intake.tables.petitions import Petition
from intake.triage.referrals import Choice, answer, decide
from intake.triage.tasks import Means, Outcome, close, review

ADDRESSEE, SERIES = "Jefatura de Gabinete", "SERIE-B"
TURNED, ANSWERED, FILED = timedelta(hours=5), timedelta(days=4), timedelta(days=6)


def tell_letters(office: Office, officer: Member, letters: Sequence[Mapping[str, Any]]) -> None:
    now = utc_now()
    for number, letter in enumerate(letters):
        _tell(office, officer, letter, now - timedelta(days=letter["days"]), f"demo-{number}")


def _tell(office: Office, officer: Member, letter: Mapping[str, Any], came: datetime, key: str) -> None:
    with at(came):
        piece_id = _keep(office, officer, letter, came, key)
        if letter.get("why"):
            discard(office, officer, piece_id, letter["why"])
        if not letter.get("town"):
            return
        folio = register(office, officer, piece_id, Opening(" ".join(letter["lines"]), town=letter["town"]))
    with at(came + TURNED):
        referral_id = _turn(office, officer, folio, letter["agency"])
    if letter.get("answer"):
        with at(came + ANSWERED):
            answer(office, officer, referral_id, letter["answer"])
            _told(office, officer, folio)
    if letter.get("filed"):
        with at(came + FILED):
            put_in_series(office, officer, folio, Filing(SERIES, "Archivero 2, carpeta 7"))
            close_file(office, officer, folio)


def _keep(office: Office, officer: Member, letter: Mapping[str, Any], came: datetime, key: str) -> int:
    cover = Cover(
        way=Way(letter["way"]),
        came_at=came,
        sender=letter["sender"],
        sender_kind=SenderKind(letter["kind"]),
        addressee=ADDRESSEE,
        their_number=letter.get("number", ""),
        subject=letter["subject"],
    )
    page = check_page(Given("hoja-1.png", _sheet((*letter["lines"], "", letter["sender"]))), Role.PAGE)
    store_originals(office, [page])
    piece_id = keep_row(office, cover, [page], key, officer.id)
    with office.sessions.begin() as session:
        file = session.scalars(select(PieceFile).where(PieceFile.piece_id == piece_id)).one()
        file.reading, file.words = Reading.DONE.value, "\n".join(letter["lines"])
    return piece_id


def _turn(office: Office, officer: Member, folio: str, agency: str) -> int:
    with office.sessions() as session:
        petition = get_petition(session, folio)
        choice = Choice(list_matters(petition)[0].id, agency, petition.version)
    referral_id = decide(office, officer, folio, choice)
    first = office.jurisdiction.records.instructions[0]
    for kind in (Kind.SLIP, Kind.LETTER):
        issue_errand(office, officer, folio, Errand(kind, referral_id, first, ("Archivo",)))
    return referral_id


def _told(office: Office, officer: Member, folio: str) -> None:
    """At the window, by the task that the answer has become."""
    review(office, utc_now())
    own = select(Task.id).join(Petition, Petition.id == Task.petition_id)
    with office.sessions() as session:
        task_id = session.scalars(own.where(Petition.folio == folio).order_by(Task.id.desc()).limit(1)).one()
    close(office, officer, task_id, Outcome.TOLD, Means.VISIT, "")


def _sheet(lines: Sequence[str]) -> bytes:
    sheet = Image.new("RGB", (1000, 640), (240, 238, 232))
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(34)
    for number, line in enumerate(lines):
        pen.text((60, 50 + number * 64), line, fill=(40, 40, 45), font=font)
    target = BytesIO()
    sheet.save(target, "PNG", optimize=True)
    return target.getvalue()
