"""The front desk's mailbox: each mail once, kept whole, waiting for a person; a server that is away is no end."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from intake.clock import utc_now
from intake.correspondence.mailbox import GIVEN_UP_AFTER, LEASE, look, name_of
from intake.correspondence.mails import read_mail
from intake.correspondence.register import Shown, Wanted, list_rows
from intake.office import Office
from intake.tables.correspondence import Mailbox, Piece, PieceFile
from intake.tables.petitions import Petition
from intake.upkeep.metrics import REGISTRY, _count_mailboxes
from tests.mailbox_server import MailboxServer, mailbox_server
from tests.papers import photographed

WORDS = "Buenas tardes: no hay agua en la colonia Reforma desde hace ocho días."


@pytest.fixture
def box() -> Iterator[MailboxServer]:
    with mailbox_server() as server:
        yield server


@pytest.fixture
def desk(office: Office, box: MailboxServer) -> Office:
    """The office with that mailbox."""
    told = {
        "imap_host": "127.0.0.1",
        "imap_port": box.port,
        "imap_security": "none",
        "imap_user": "oficialia@example.org",
        "imap_password": box.password,
    }
    return replace(office, settings=office.settings.model_copy(update=told))


def _mail(number: int = 1, *, with_photo: bool = False, with_sheet: bool = False) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Comité de Agua <comite@example.org>"
    mail["To"] = "Jefatura de Gabinete <oficialia@example.org>"
    mail["Subject"] = f"Falta de agua {number}"
    mail["Message-ID"] = f"<m{number}@example.org>"
    mail["Date"] = "Mon, 5 Jan 2026 10:00:00 -0600"  # what the sender says counts for nothing
    mail.set_content(WORDS)
    if with_photo:
        mail.add_attachment(photographed(("Oficio",), "PNG"), "image", "png", filename="../../oficio.png")
    if with_sheet:
        mail.add_attachment(b"PK\x03\x04 hoja", "application", "vnd.ms-excel", filename="lista.xls")
    return mail.as_bytes()


def test_a_mail_waits_at_the_front_desk_with_its_files_and_opens_nothing(desk: Office, box: MailboxServer) -> None:
    box.mails[3] = _mail(with_photo=True, with_sheet=True)
    assert look(desk) == 1
    with desk.sessions() as session:
        (row,) = list_rows(session, desk, Wanted(Shown.WAITING))
        assert (row.sender, row.subject, row.way, row.folio) == ("Comité de Agua", "Falta de agua 1", "mail", None)
        piece = session.scalars(select(Piece)).one()
        assert piece.came_at == datetime(2026, 11, 20, 16, tzinfo=UTC)
        assert (piece.text, piece.address, piece.enclosures) == (WORDS, "comite@example.org", 2)
        files = session.scalars(select(PieceFile).order_by(PieceFile.number)).all()
        assert session.scalar(select(func.count()).select_from(Petition)) == 0
    kept = [(file.role, file.name, file.media_type, file.reading) for file in files]
    assert kept == [
        ("mail", "correo.eml", "message/rfc822", "none"),
        ("enclosure", "oficio.png", "image/png", "waiting"),
        ("enclosure", "lista.xls", "application/octet-stream", "none"),
    ]
    with desk.files.open(files[0].storage_key) as original:
        assert original.read() == box.mails[3]
    assert files[0].sha256 == hashlib.sha256(box.mails[3]).hexdigest()


def test_each_mail_comes_once_also_when_numbers_begin_anew(desk: Office, box: MailboxServer) -> None:
    box.mails = {3: _mail(1), 5: _mail(2)}
    assert (look(desk), look(desk)) == (2, 0)
    box.validity, box.mails = 8, {1: _mail(1), 2: _mail(2), 3: _mail(3)}
    assert look(desk) == 3
    with desk.sessions() as session:
        subjects = session.scalars(select(Piece.subject).order_by(Piece.id)).all()
    assert subjects == ["Falta de agua 1", "Falta de agua 2", "Falta de agua 3"]
    assert all(b"STORE" not in one and not one.startswith(b"SELECT") for one in box.asked)


def test_two_mails_of_one_name_are_two_documents(desk: Office, box: MailboxServer) -> None:
    box.mails = {1: _mail(1), 2: _mail(1).replace(b"Reforma", b"Centro"), 3: b"Received: by another way\n" + _mail(1)}
    assert look(desk) == 3
    with desk.sessions() as session:
        texts = session.scalars(select(Piece.text).order_by(Piece.id)).all()
    assert texts == [WORDS, WORDS.replace("Reforma", "Centro")]


def test_one_process_looks_and_a_mailbox_that_is_away_is_noted(desk: Office, box: MailboxServer) -> None:
    box.mails[1] = _mail()
    box.password = "otro"
    assert look(desk) == 0
    with desk.sessions.begin() as session:
        row = session.get_one(Mailbox, name_of(desk.settings))
        assert (row.fault, row.lease_until) == ("error", None)
        row.lease_until = utc_now() + LEASE
    box.password = "secreto"
    assert look(desk) == 0
    with desk.sessions.begin() as session:
        session.get_one(Mailbox, name_of(desk.settings)).lease_until = None
    assert look(desk) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"From\r\n\r\nhola", b"Subject: =?utf-8?q?x=00=ff?=\r\nFrom: <>\r\nDate: ayer\r\n\r\nhola", b"\xff\xfe\x00"],
)
def test_a_broken_mail_is_kept_all_the_same(content: bytes) -> None:
    mail = read_mail(content, "box-1-1")
    assert mail.files[0].content == content
    assert mail.sender
    assert "\x00" not in mail.subject + mail.sender + mail.text


def test_of_html_the_words_are_read() -> None:
    mail = EmailMessage()
    mail.set_content("<style>p{}</style><p>No hay <b>agua</b></p><script>alert(1)</script><p>Gracias</p>", "html")
    assert read_mail(mail.as_bytes(), "x").text == "No hay agua\nGracias"


def test_a_mail_that_can_never_be_had_is_set_aside_and_holds_up_no_other(desk: Office, box: MailboxServer) -> None:
    box.mails.update({number: _mail(number) for number in (1, 2, 3)})
    box.broken.add(2)
    assert [look(desk) for _ in range(GIVEN_UP_AFTER + 1)] == [1, 0, 0, 0, 0, 1]
    with desk.sessions() as session:
        row = session.get_one(Mailbox, name_of(desk.settings))
        assert (row.last_uid, row.set_aside, row.fault) == (3, [2], None)
        _count_mailboxes(session)
    assert REGISTRY.get_sample_value("canaliza_mails_set_aside") == 1
    assert REGISTRY.get_sample_value("canaliza_mailbox_up") == 1


def test_a_store_that_is_away_sets_no_mail_aside(
    desk: Office, box: MailboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.mails[1] = _mail()
    monkeypatch.setattr("intake.correspondence.mailbox.store_originals", _is_away)  # a disk that is full
    assert [look(desk) for _ in range(GIVEN_UP_AFTER + 1)] == [0] * (GIVEN_UP_AFTER + 1)
    monkeypatch.undo()
    assert look(desk) == 1


def _is_away(office: Office, files: object) -> None:
    raise OSError("no space")
