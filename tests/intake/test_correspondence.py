"""Correspondence on both databases: numbers without gap, one petition a piece, originals that stay what they were."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.answers.attaching import FileRefused, Given
from intake.clock import at, utc_now
from intake.correspondence import page_words, reading
from intake.correspondence.archive_files import Filing, NotComplete, close_file, open_file, put_in_series
from intake.correspondence.inventories import Kind as InventoryKind
from intake.correspondence.inventories import get_inventory, make_inventory, note_signed
from intake.correspondence.issuing import (
    Kind,
    check_office_code,
    check_office_file,
    code_of_paper,
    list_papers,
    open_office_paper,
)
from intake.correspondence.numbering import next_number
from intake.correspondence.page_files import check_pages
from intake.correspondence.pieces import Cover, Opening, SenderKind, Way, correct, discard, keep_piece, register
from intake.correspondence.reading import read_due
from intake.correspondence.referring import Errand, issue_errand
from intake.correspondence.register import Shown, Wanted, list_rows, open_piece
from intake.errors import FormRefused, NotFound, Stale
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.tables.correspondence import NumberSeries, OfficePaper
from intake.tables.incoming import Attachment
from intake.tables.outgoing import Task
from intake.tables.petitions import Petition
from intake.triage.referrals import Choice, answer, decide
from intake.triage.tasks import Means, Outcome, close, review
from tests.papers import photographed

TEXT = "Solicitamos la reparación del drenaje de la calle Independencia."
PHOTO = photographed(("Oficio", "Agua"), "PNG")


@pytest.fixture
def member(office: Office) -> Member:
    return _member(office, Role.OFFICER)


def _member(office: Office, role: Role) -> Member:
    account = NewAccount(role.value, f"Persona {role.value}", role, "una frase muy larga", None)
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, account)
        return Member(row.id, role.value, row.name, role, None, "")


def _cover(**changes: object) -> Cover:
    cover = Cover(Way.COUNTER, utc_now(), "Guadalupe Ruiz", SenderKind.AUTHORITY, "Jefatura de Gabinete", "PMZ/112")
    return replace(cover, **changes)  # type: ignore[arg-type]


def _keeps(office: Office, member: Member, key: str = "0" * 32, **changes: object) -> int:
    return keep_piece(office, member, _cover(**changes), check_pages([Given("hoja.png", PHOTO)]), key)


def _registers(office: Office, member: Member, key: str = "0" * 32, **changes: object) -> str:
    return register(office, member, _keeps(office, member, key, **changes), Opening(TEXT, town="Villa de Zaachila"))


def test_numbers_have_no_gap_and_none_comes_twice(office: Office) -> None:
    def takes(number: int) -> int:
        try:
            with office.sessions.begin() as session:
                given = next_number(session, "letter", 2026)
                if number % 3 == 0:
                    raise ZeroDivisionError  # what bears it is undone
                return given
        except ZeroDivisionError:
            return 0

    with ThreadPoolExecutor(4) as pool:
        given = sorted(filter(None, pool.map(takes, range(12))))
    assert given == [1, 2, 3, 4, 5, 6, 7, 8]
    with office.sessions.begin() as session:
        assert next_number(session, "letter", 2027) == 1
        assert next_number(session, "slip", 2026) == 1
        assert session.scalar(select(func.count()).select_from(NumberSeries)) == 3


def test_a_document_sent_twice_at_once_is_one_and_has_one_folio(office: Office, member: Member) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: _keeps(office, member), range(4)))) == 1
        piece_id = _keeps(office, member)
        folios = set(pool.map(lambda _: register(office, member, piece_id, Opening(TEXT)), range(4)))
    assert len(folios) == 1
    with office.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Petition)) == 1
        assert [paper.label for paper in session.scalars(select(OfficePaper))] == [f"JG/ACUSE/00001/{utc_now().year}"]


def test_a_paper_becomes_a_petition_with_its_original_and_its_acknowledgement(office: Office, member: Member) -> None:
    came = utc_now() - timedelta(days=3)
    folio = _registers(office, member, came_at=came)
    with office.sessions() as session:
        petition = get_petition(session, folio)
        assert petition.opened_at == came
        assert list_matters(petition)[0].text == TEXT
        (file,) = session.scalars(select(Attachment).where(Attachment.petition_id == petition.id))
        assert (file.state, file.sha256) == ("stored", hashlib.sha256(PHOTO).hexdigest())
        (paper,) = list_papers(session, petition.id)
    with office.files.open(file.storage_key or "") as stored:
        assert stored.read() == PHOTO
    _, first = open_office_paper(office, member, paper.id)
    again, second = open_office_paper(office, member, paper.id)
    assert first == second
    assert first.startswith(b"%PDF")
    assert again.sha256 == hashlib.sha256(first).hexdigest()
    found = check_office_code(office, code_of_paper(paper))
    assert found
    assert (found.folio, found.label, found.is_whole) == (folio, paper.label, True)
    assert check_office_file(office, first) == found
    assert check_office_file(office, first + b" ") is None
    assert check_office_code(office, code_of_paper(paper)[:-1] + "0") is None or code_of_paper(paper).endswith("0")


def test_what_is_put_aside_waits_for_no_folio_and_stays_in_the_register(office: Office, member: Member) -> None:
    piece_id = _keeps(office, member)
    with pytest.raises(FormRefused):
        discard(office, member, piece_id, "")
    discard(office, member, piece_id, "Publicidad de una imprenta")
    with pytest.raises(Stale):
        register(office, member, piece_id, Opening(TEXT))
    with office.sessions() as session:
        (row,) = list_rows(session, office, Wanted(Shown.DISCARDED))
        assert (row.sender, row.folio) == ("Guadalupe Ruiz", None)
        assert list_rows(session, office, Wanted(Shown.WAITING)) == []


def test_the_register_finds_by_each_of_its_filters(office: Office, member: Member) -> None:
    folio = _registers(office, member)
    _keeps(office, member, "1" * 32, sender="Comisariado de Bienes Comunales", came_at=utc_now() - timedelta(days=9))
    day = utc_now().astimezone(office.jurisdiction.zone).date()
    wanted = {
        Wanted(sender="guadalupe"): [folio],
        Wanted(sender="comisariado"): [None],
        Wanted(since=day): [folio],
        Wanted(until=day - timedelta(days=5)): [None],
        Wanted(Shown.UNANSWERED): [folio],
        Wanted(Shown.TURNED): [],
        Wanted(addressee="jefatura"): [folio, None],
    }
    with office.sessions() as session:
        for one, folios in wanted.items():
            assert [row.folio for row in list_rows(session, office, one)] == folios, one
    _decides(office, member, folio)
    with office.sessions() as session:
        (row,) = list_rows(session, office, Wanted(agency="SOAPA"))
        assert row.turned_at
        assert not row.answered_at


def test_a_hidden_sender_is_in_no_list(office: Office, member: Member) -> None:
    piece_id = _keeps(office, member)
    register(office, member, piece_id, Opening(TEXT, is_anonymous=True))
    with office.sessions() as session:
        (row,) = list_rows(session, office, Wanted())
        (paper,) = session.scalars(select(OfficePaper))
        assert (row.sender, row.their_number, row.is_hidden) == ("", "", True)
        assert list_rows(session, office, Wanted(sender="Guadalupe")) == []
        assert "Guadalupe" not in str(paper.content)
    assert open_piece(office, member, piece_id).is_hidden


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"GIF89a" + b"0" * 40, "type"), (b"\xff\xd8\xff\xe0broken", "unreadable"), (PHOTO[:200], "unreadable")],
)
def test_what_is_no_page_is_refused(content: bytes, fault: str) -> None:
    with pytest.raises(FileRefused) as refused:
        check_pages([Given("x.jpg", content)])
    assert refused.value.fault == fault


def test_pages_are_read_beside_and_the_words_are_a_proposal(
    office: Office, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The program itself is tried in the browser test; here what becomes of its words, and of its absence.
    piece_id = _keeps(office, member)

    def is_away(content: bytes, media_type: str) -> str:
        raise page_words.NoReader

    monkeypatch.setattr(reading, "read_words", is_away)
    assert read_due(office) == 1
    assert open_piece(office, member, piece_id).reading == "away"
    assert read_due(office) == 0
    monkeypatch.setattr(reading, "read_words", lambda content, media_type: "Oficio de agua")
    with at(utc_now() + reading.AWAY_FOR + timedelta(seconds=1)):
        assert read_due(office) == 1
    view = open_piece(office, member, piece_id)
    assert (view.reading, view.words, view.piece.text) == ("done", "Oficio de agua", None)
    correct(office, member, piece_id, _cover(), "Oficio del agua")
    assert open_piece(office, member, piece_id).piece.text == "Oficio del agua"


def test_a_page_that_cannot_be_read_is_tried_three_times(
    office: Office, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece_id = _keeps(office, member)

    def fails(content: bytes, media_type: str) -> str:
        raise page_words.Unreadable

    monkeypatch.setattr(reading, "read_words", fails)
    assert read_due(office) == 3
    assert open_piece(office, member, piece_id).reading == "failed"


def test_a_letter_goes_with_its_own_referral_and_copies(office: Office, member: Member) -> None:
    folio = _registers(office, member)
    referral_id = _decides(office, member, folio)
    first = office.jurisdiction.records.instructions[0]
    with pytest.raises(FormRefused):
        issue_errand(office, member, folio, Errand(Kind.SLIP, referral_id, "Lo que sea"))
    slip = issue_errand(office, member, folio, Errand(Kind.SLIP, referral_id, first))
    letter = issue_errand(office, member, folio, Errand(Kind.LETTER, referral_id, first, ("Archivo", "Minutario")))
    year = utc_now().year
    with office.sessions() as session:
        assert session.get_one(OfficePaper, slip).label == f"JG/VOL/00001/{year}"
        row = session.get_one(OfficePaper, letter)
        assert (row.label, row.content["copies"]) == (f"JG/OC/00001/{year}", ["Archivo", "Minutario"])
    liaison = Member(9, "e", "E", Role.LIAISON, "SOAPA", "")
    assert open_office_paper(office, liaison, letter)[1].startswith(b"%PDF")
    with pytest.raises(NotFound):
        open_office_paper(office, replace(liaison, agency="CABIEN"), letter)
    with pytest.raises(NotFound):
        open_office_paper(office, liaison, _acknowledgement(office))


def test_a_file_is_closed_when_nothing_is_missing_and_then_stands_on_inventories(
    office: Office, member: Member
) -> None:
    folio = _registers(office, member)
    referral_id = _decides(office, member, folio)
    put_in_series(office, member, folio, Filing("SERIE-B", "Caja 4"))
    with pytest.raises(NotComplete) as lacks:
        close_file(office, member, folio)
    assert lacks.value.missing == ("letter", "answer", "notification")
    _letter_and_answer(office, member, folio, referral_id)
    label = close_file(office, member, folio)
    assert label == f"SERIE-B/00001/{utc_now().year}"
    entries = open_file(office, member, folio).entries
    assert [entry.kind for entry in entries] == ["petition", "original", "acknowledgement", "letter", "answer"]
    _goes_on_inventories(office, member, folio)


def _goes_on_inventories(office: Office, member: Member, folio: str) -> None:
    administrator = _member(office, Role.ADMINISTRATOR)
    general = make_inventory(office, member, InventoryKind.GENERAL, "SERIE-B")
    with office.sessions() as session:
        assert [row["folio"] for row in get_inventory(session, general).rows] == [folio]
    with pytest.raises(FormRefused, match="empty"):
        make_inventory(office, member, InventoryKind.TRANSFER, "SERIE-B")
    with at(utc_now() + timedelta(days=2 * 366)):
        make_inventory(office, member, InventoryKind.TRANSFER, "SERIE-B")
        with pytest.raises(FormRefused, match="empty"):
            make_inventory(office, member, InventoryKind.TRANSFER, "SERIE-B")  # it is on one already
    with at(utc_now() + timedelta(days=5 * 366)):
        disposal = make_inventory(office, member, InventoryKind.DISPOSAL, "SERIE-B")
    note_signed(office, administrator, general, "Persona titular, Persona de archivo")
    with pytest.raises(FormRefused, match="unconfirmed"):
        note_signed(office, administrator, disposal, "Persona titular")
    assert open_file(office, member, folio).file  # nothing was deleted


def test_what_is_held_is_due_for_no_disposal(office: Office, member: Member) -> None:
    folio = _registers(office, member)
    _letter_and_answer(office, member, folio, _decides(office, member, folio))
    put_in_series(office, member, folio, Filing("SERIE-A"))
    close_file(office, member, folio)
    put_in_series(office, member, folio, Filing("SERIE-A", "", True, "Juicio en curso"))
    with at(utc_now() + timedelta(days=9 * 366)), pytest.raises(FormRefused, match="empty"):
        make_inventory(office, member, InventoryKind.DISPOSAL, "SERIE-A")


def test_an_original_that_was_changed_keeps_the_file_open(office: Office, member: Member) -> None:
    folio = _registers(office, member)
    _letter_and_answer(office, member, folio, _decides(office, member, folio))
    put_in_series(office, member, folio, Filing("SERIE-A"))
    with office.sessions.begin() as session:
        session.scalars(select(Attachment)).one().sha256 = "0" * 64
    with pytest.raises(FormRefused, match="broken"):
        close_file(office, member, folio)


def _decides(office: Office, member: Member, folio: str) -> int:
    with office.sessions() as session:
        petition = get_petition(session, folio)
        choice = Choice(list_matters(petition)[0].id, "SOAPA", petition.version)
    return decide(office, member, folio, choice)


def _letter_and_answer(office: Office, member: Member, folio: str, referral_id: int) -> None:
    first = office.jurisdiction.records.instructions[0]
    issue_errand(office, member, folio, Errand(Kind.LETTER, referral_id, first))
    answer(office, member, referral_id, "La cuadrilla repara el drenaje el jueves por la mañana.")
    review(office, utc_now())
    with office.sessions() as session:
        (task_id,) = session.scalars(select(Task.id).where(Task.closed_at.is_(None)).order_by(Task.id.desc()).limit(1))
    close(office, member, task_id, Outcome.TOLD, Means.VISIT, "")


def _acknowledgement(office: Office) -> int:
    with office.sessions() as session:
        return session.scalars(select(OfficePaper.id).where(OfficePaper.kind == "acknowledgement")).one()
