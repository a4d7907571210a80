"""A backup is whole or not there, comes back as it was, and what providers send again after it goes in once."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.console import Console
from bot.messages import ChannelName
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.answers.attaching import Given, attach
from intake.answers.papers import open_paper
from intake.clock import at, utc_now
from intake.correspondence.page_files import check_pages
from intake.correspondence.pieces import Cover, SenderKind, Way, keep_piece
from intake.files import Files
from intake.incoming.receive import store
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.settings import Settings
from intake.tables.answers import Evidence
from intake.tables.correspondence import PieceFile
from intake.tables.incoming import Attachment, InboundEvent, Message
from intake.tables.petitions import Petition
from intake.triage.referrals import Choice, answer, decide
from intake.upkeep.backup import FILES, MANIFEST, BackupError, back_up, find_newest, prune, restore
from intake.wiring import build_office
from nlp.reader import Reader
from tests.databases import fresh_database
from tests.files import PDF
from tests.talk import Talk

KEY = "ab/abcdef"


@pytest.fixture
def empty(office: Office, model: Path, reader: Reader, tmp_path: Path) -> Iterator[Office]:
    """Another office, with a database that is migrated and has nothing in it."""
    folder = tmp_path / "other"
    folder.mkdir()
    with fresh_database(office.engine.dialect.name, folder) as url:
        settings = Settings(
            database_url=url, secret_key="k" * 32, files_url=f"file://{folder}/files", model_dir=str(model)
        )
        built = build_office(settings, further={ChannelName.CONSOLE: Console()}, reader=reader)
        yield built
        built.engine.dispose()


def _keep_file(office: Office, tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(b"what the street looks like")
    office.files.put(tmp_path / "photo", KEY)
    with office.sessions.begin() as session:
        message = session.scalars(select(Message)).first()
        assert message
        session.add(
            Attachment(
                message_id=message.id,
                channel="console",
                kind="photo",
                external_id="x",
                unique_id="x",
                state="stored",
                storage_key=KEY,
                next_attempt_at=utc_now(),
            )
        )


def _count(office: Office, table: type[InboundEvent] | type[Petition]) -> int:
    with office.sessions() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_restored_office_has_everything_and_takes_once_what_came_after(
    office: Office, talk: Talk, empty: Office, tmp_path: Path
) -> None:
    first = talk.arrival("no hay luz en mi casa desde ayer en San Pablo Etla", id="1")
    store(office.sessions, [first])
    talk.works()
    _keep_file(office, tmp_path)
    made = back_up(office, tmp_path / "backups")
    later = talk.arrival("tampoco hay agua", id="2")
    store(office.sessions, [later])
    restore(empty, made)
    assert (_count(empty, Petition), _count(empty, InboundEvent)) == (1, 1)
    assert b"".join(empty.files.chunks(KEY)) == b"what the street looks like"
    assert store(empty.sessions, [first, later]) == [False, True]
    with office.sessions() as one, empty.sessions() as other:
        assert one.scalars(select(Petition.folio)).all() == other.scalars(select(Petition.folio)).all()


def _answer(office: Office, folio: str) -> int:
    """With a file, and its paper was opened; its id."""
    with office.sessions.begin() as session:
        account = NewAccount("ofi", "ofi", Role.OFFICER, "una frase muy larga")
        officer = Member(add_account(session, office.jurisdiction, account).id, "ofi", "ofi", Role.OFFICER, None, "")
        petition = get_petition(session, folio)
        choice = Choice(list_matters(petition)[0].id, "SOAPA", petition.version)
    referral = decide(office, officer, folio, choice)
    attach(office, officer, referral, [Given("minuta.pdf", PDF)])
    number = answer(office, officer, referral, "La cuadrilla cambió la válvula el jueves; el agua volvió ese día.")
    open_paper(office, number)
    cover = Cover(Way.COUNTER, utc_now(), "Guadalupe Ruiz", SenderKind.PERSON)
    keep_piece(office, officer, cover, check_pages([Given("oficio.pdf", PDF + b"\n%oficio")]), "0" * 32)
    return number


def test_what_agencies_sent_and_the_sealed_papers_come_back_too(
    office: Office, talk: Talk, empty: Office, tmp_path: Path
) -> None:
    talk.says("no hay luz en mi casa desde ayer en San Pablo Etla")
    number = _answer(office, talk.petitions()[0].folio)
    restore(empty, back_up(office, tmp_path / "backups"))
    assert open_paper(empty, number)[1] == open_paper(office, number)[1]
    with empty.sessions() as session:
        (key,) = session.scalars(select(Evidence.storage_key))
        (waiting,) = session.scalars(select(PieceFile.storage_key))
    assert b"".join(empty.files.chunks(key)) == PDF
    assert b"".join(empty.files.chunks(waiting)) == PDF + b"\n%oficio"


def test_a_later_backup_copies_only_new_files(office: Office, talk: Talk, tmp_path: Path) -> None:
    talk.says("no hay luz en mi casa desde ayer")
    _keep_file(office, tmp_path)
    back_up(office, tmp_path / "backups")
    copied = tmp_path / "backups" / FILES / KEY
    before = copied.stat().st_mtime_ns
    assert find_newest(tmp_path / "backups")
    copied.parent.joinpath("stranger").write_text("left alone")
    back_up(office, tmp_path / "more")
    assert copied.stat().st_mtime_ns == before


def test_older_backups_go_and_what_the_newer_ones_hold_stays(office: Office, talk: Talk, tmp_path: Path) -> None:
    talk.says("no hay agua")
    _keep_file(office, tmp_path)
    folder = tmp_path / "backups"
    made = []
    for hour in range(3):
        with at(utc_now() + timedelta(hours=hour)):
            made.append(back_up(office, folder))
    (folder / "files" / "cd").mkdir()
    (folder / "files" / "cd" / "left-over").write_bytes(b"of a backup that is gone")
    assert prune(folder, 2) == made[:1]
    assert [path.exists() for path in made] == [False, True, True]
    assert (folder / "files" / KEY).exists()
    assert not (folder / "files" / "cd" / "left-over").exists()
    with pytest.raises(BackupError):
        prune(folder, 0)


def test_a_backup_goes_only_into_an_empty_database(office: Office, talk: Talk, tmp_path: Path) -> None:
    talk.says("no hay luz en mi casa desde ayer")
    made = back_up(office, tmp_path / "backups")
    with pytest.raises(BackupError, match="restore into an empty one"):
        restore(office, made)


def test_a_damaged_backup_is_refused(office: Office, empty: Office, talk: Talk, tmp_path: Path) -> None:
    talk.says("no hay luz en mi casa desde ayer")
    made = back_up(office, tmp_path / "backups")
    (dump,) = made.glob("canaliza.*")
    dump.write_bytes(dump.read_bytes()[:-100])
    with pytest.raises(BackupError, match="not what was written"):
        restore(empty, made)
    assert _count(empty, Petition) == 0
    with pytest.raises(BackupError, match="is no backup"):
        restore(empty, tmp_path)
    manifest = json.loads((made / MANIFEST).read_text())
    assert manifest["rows"]["petitions"] == 1


def test_a_backup_that_fails_leaves_nothing_behind(office: Office, talk: Talk, tmp_path: Path) -> None:
    talk.says("no hay luz en mi casa desde ayer")
    _keep_file(office, tmp_path)
    missing = Files(f"file://{tmp_path}/nowhere")
    object.__setattr__(office, "files", missing)
    with pytest.raises(FileNotFoundError):
        back_up(office, tmp_path / "backups")
    assert not list((tmp_path / "backups").glob("2*"))
