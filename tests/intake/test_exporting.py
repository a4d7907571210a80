"""Everything goes out as it is at one moment: counts are equal, hashes hold, what is secret or blocked stays."""

import hashlib
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select

from intake.accounts.staff import Member
from intake.carrying.exporting import FolderTarget, export_all, schema
from intake.carrying.exports import ExportState, ask_export, prepare_once, take_export
from intake.carrying.leaving_out import COLUMNS, TABLES, WITH_FILES
from intake.clock import at, utc_now
from intake.errors import FormRefused, NotFound, Stale
from intake.files import key_of
from intake.office import Office
from intake.tables import Table
from intake.tables.carrying import Export
from intake.tables.incoming import Attachment, Message
from tests.intake.test_importing import boss, brought, file_of  # noqa: F401 — the fixture
from tests.talk import Talk

RELATIONS = Table.metadata.tables


def test_counts_and_hashes_are_those_of_the_database(office: Office, boss: Member, tmp_path: Path) -> None:  # noqa: F811
    Talk(office, "c-1").says("no hay agua en Santa Cruz Xoxocotlán desde hace ocho días")
    brought(office, boss, file_of(tmp_path))
    _put_file(office)
    manifest = export_all(office, FolderTarget(tmp_path / "out"))
    with office.sessions() as session:
        counts = {
            f"tables/{name}.jsonl": session.scalar(select(func.count()).select_from(relation))
            for name, relation in RELATIONS.items()
            if name not in TABLES
        }
    assert {part.name: part.rows for part in manifest.tables} == counts
    assert counts["tables/petitions.jsonl"] == 3
    for part in (*manifest.tables, manifest.files):
        assert part
        content = (tmp_path / "out" / part.name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), content.count(b"\n")) == (part.sha256, part.rows)
    for line in (tmp_path / "out/files.jsonl").read_text().splitlines():
        told = json.loads(line)
        content = (tmp_path / "out" / told["name"]).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (told["sha256"], told["bytes"])
    assert (manifest.file_count, manifest.missing) == (1, ["aa/lost"])
    written = json.loads((tmp_path / "out/manifest.json").read_text())
    assert written["tables"][0].keys() == {"name", "rows", "bytes", "sha256"}
    with pytest.raises(FormRefused):
        FolderTarget(tmp_path / "out")


def _put_file(office: Office) -> None:
    """Two rows of one file, and one whose file is lost."""
    sha256 = office.files.keep(b"a photo")
    with office.sessions.begin() as session:
        message = session.scalars(select(Message)).first()
        assert message
        values = {"message_id": message.id, "channel": "console", "kind": "photo", "next_attempt_at": utc_now()}
        for number, key in enumerate((key_of(sha256), key_of(sha256), "aa/lost")):
            own = {"external_id": str(number), "unique_id": str(number), "state": "stored", "storage_key": key}
            session.add(Attachment(**values, **own))


def test_no_secret_goes_out_and_every_file_is_known() -> None:
    columns = {(name, column) for name, own in schema().items() for column in own}
    assert not any(name in TABLES for name, _ in columns)
    assert not {(name, column) for name, left in COLUMNS.items() for column in left} & columns
    secret = ("hash", "secret", "salt", "token")
    suspects = {(n, c) for n, c in columns if any(word in c for word in secret)} - {
        ("history", "hash"),
        ("history", "previous_hash"),
        ("audit_entries", "hash"),
        ("audit_entries", "previous_hash"),
        ("systems", "token_name"),
        ("committed_words", "salt"),  # of words that a person wrote, which go out beside it
        ("systems", "hook_old_until"),
    }
    assert suspects == set()
    assert {name for name, relation in RELATIONS.items() if "storage_key" in relation.c} == set(WITH_FILES) | {
        "blocked_files",
        "exports",
        "imports",
    }


def test_what_is_written_meanwhile_is_not_in_it(office: Office, tmp_path: Path) -> None:
    talk = Talk(office, "c-1")
    talk.says("no hay agua en Santa Cruz Xoxocotlán desde hace ocho días")

    class Busy(FolderTarget):
        def begin(self, name: str, *, is_packed: bool):  # type: ignore[no-untyped-def]
            if name == "tables/citizens.jsonl":
                Talk(office, "c-2").says("hay un bache enorme en la calle de Oaxaca de Juárez")
            return super().begin(name, is_packed=is_packed)

    manifest = export_all(office, Busy(tmp_path / "out"))
    rows = {part.name: part.rows for part in manifest.tables}
    assert (rows["tables/petitions.jsonl"], rows["tables/conversations.jsonl"]) == (1, 1)


def test_the_administrator_asks_waits_and_takes_it(office: Office, boss: Member, tmp_path: Path) -> None:  # noqa: F811
    number = ask_export(office, boss)
    with pytest.raises(Stale):
        ask_export(office, boss)
    assert prepare_once(office)
    assert not prepare_once(office)
    row = take_export(office, boss, number)
    path = tmp_path / "export.zip"
    path.write_bytes(b"".join(office.files.chunks(row.storage_key or "")))
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("manifest.json"))["format"] == 1
    with at((row.ended_at or utc_now()).replace(year=2099)):
        prepare_once(office)
    with pytest.raises(NotFound):
        take_export(office, boss, number)
    with office.sessions() as session:
        assert session.get_one(Export, number).state == ExportState.GONE
    assert not office.files.holds(row.storage_key or "")
