"""An office that outgrew SQLite is carried into PostgreSQL whole, provably, or not at all; there it goes on."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text, update

from bot.console import Console
from bot.messages import ChannelName
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import utc_now
from intake.database import held_alone, open_engine
from intake.errors import SettingsError
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.petitions.history import find_break, list_entries
from intake.schema import downgrade, upgrade
from intake.settings import Settings
from intake.tables.accounts import Staff
from intake.tables.base import Table
from intake.tables.incoming import Attachment, InboundEvent, Message
from intake.tables.mind import SuggestionRow
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.triage.referrals import Choice, accept, answer, decide
from intake.upkeep.moving import MoveError, count_rows, count_unstorable, move, open_target, verify
from intake.wiring import build_office
from nlp.reader import Reader
from tests.databases import SERVER, fresh_database
from tests.models import ROOT
from tests.talk import Talk

WORDS = "no hay agua en mi colonia 💧 desde el lunes; ¿quién repara la tubería? ñandú «Mixtepec»"
PASSWORD = "contraseña larga"


@dataclass(frozen=True)
class Desk:
    """An office somewhere, with who works there."""

    office: Office
    officer: Member
    liaison: Member

    def decides(self, petition: Petition, agency: str = "SOAPA") -> int:
        with self.office.sessions() as session:
            matter = list_matters(get_petition(session, petition.folio))[0]
        return decide(self.office, self.officer, petition.folio, Choice(matter.id, agency, petition.version))


@pytest.fixture
def target_url(tmp_path: Path) -> Iterator[str]:
    """A new PostgreSQL database with nothing in it."""
    if SERVER not in os.environ:
        pytest.skip("no PostgreSQL here: run the tests with `make test`")
    with fresh_database("postgresql", tmp_path, is_migrated=False) as url:
        yield url


@pytest.fixture
def target(target_url: str) -> Iterator[Engine]:
    engine = open_target(target_url)
    yield engine
    engine.dispose()


@pytest.fixture
def old(model: Path, reader: Reader, tmp_path: Path) -> Iterator[Desk]:
    """An office on SQLite: a petition that was answered, one that waits, a file, a pressing one."""
    with fresh_database("sqlite", tmp_path) as url:
        office = _office(url, model, reader, tmp_path)
        desk = Desk(office, _member(office, "oficial", Role.OFFICER), _member(office, "enlace", Role.LIAISON, "SOAPA"))
        _live_a_while(desk)
        yield desk
        office.engine.dispose()


@pytest.fixture
def new(old: Desk, target_url: str, model: Path, reader: Reader, tmp_path: Path) -> Iterator[Desk]:
    """The same office with the settings of after the move."""
    office = _office(target_url, model, reader, tmp_path)
    yield Desk(office, old.officer, old.liaison)
    office.engine.dispose()


def _office(url: str, model: Path, reader: Reader, folder: Path) -> Office:
    settings = Settings(
        database_url=url, secret_key="k" * 32, files_url=f"file://{folder}/files", model_dir=str(model), quiet_s=0
    )
    return build_office(settings, further={ChannelName.CONSOLE: Console()}, reader=reader)


def _member(office: Office, name: str, role: Role, agency: str | None = None) -> Member:
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, NewAccount(name, "Ñúñez Peña", role, PASSWORD, agency))
        return Member(row.id, name, row.name, role, agency, "")


def _live_a_while(desk: Desk) -> None:
    first, second = Talk(desk.office, "console-1"), Talk(desk.office, "console-2")
    first.says(WORDS)
    first.says("Oaxaca de Juárez")
    referral = desk.decides(first.petitions()[0])
    accept(desk.office, desk.liaison, referral)
    answer(desk.office, desk.liaison, referral, "La cuadrilla reparó la fuga el martes; el agua vuelve mañana.")
    first.works()
    second.says("se está quemando el cerro atrás de la escuela")
    with desk.office.sessions.begin() as session:
        message = session.scalars(select(Message)).first()
        assert message
        session.add(
            Attachment(
                message_id=message.id,
                channel="console",
                kind="photo",
                external_id="x",
                unique_id="x",
                declared_name="mi calle ñ 📷.jpg",
                size_bytes=2**40,
                next_attempt_at=utc_now(),
            )
        )


def _contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every value of every table, read plainly; the zone of a moment is the reader's own business."""
    with engine.connect() as connection:
        rows = {t.name: connection.execute(select(t)).all() for t in Table.metadata.sorted_tables}
    return {name: sorted((tuple(map(_in_utc, row)) for row in found), key=repr) for name, found in rows.items()}


def _in_utc(value: object) -> object:
    return value.timestamp() if isinstance(value, datetime) else value


def _nothing(rows: int) -> None:
    """Nobody watches."""


def test_everything_arrives_as_it_was(old: Desk, target: Engine) -> None:
    heard: list[int] = []
    compared = move(old.office.engine, target, heard.append)
    assert [one.name for one in compared if not one.is_equal] == []
    contents = _contents(target)
    assert contents == _contents(old.office.engine)
    assert {one.name: one.source.rows for one in compared} == {name: len(rows) for name, rows in contents.items()}
    assert sum(heard) == 2 * count_rows(old.office.engine) > 60
    filled = {name for name, rows in contents.items() if rows}
    assert {"messages", "attachments", "suggestions", "decisions", "answers", "history", "staff", "replies"} <= filled


def test_bodies_emoji_and_nested_values_are_the_very_same(old: Desk, target: Engine) -> None:
    nested = [{"ñ💧": [1.5, None, {"a": "b\x00"}]}]
    with old.office.sessions.begin() as session:
        session.execute(update(InboundEvent).where(InboundEvent.id == 1).values(body=bytes(range(256))))
        session.execute(update(SuggestionRow).where(SuggestionRow.id == 1).values(ranking=nested))
    move(old.office.engine, target, _nothing)
    with target.connect() as connection:
        assert connection.scalar(select(InboundEvent.body).where(InboundEvent.id == 1)) == bytes(range(256))
        assert connection.scalar(select(SuggestionRow.ranking).where(SuggestionRow.id == 1)) == nested
        assert WORDS in connection.scalars(select(Message.text)).all()


def test_the_office_goes_on_where_it_went(old: Desk, target: Engine, new: Desk) -> None:
    move(old.office.engine, target, _nothing)
    first, third = Talk(new.office, "console-1"), Talk(new.office, "console-3")
    assert "Cerramos su petición" in first.says("sí")[0]
    third.says("la pipa de agua no llega a mi calle desde hace un mes")
    petition = third.petitions()[0]
    assert petition.id == 3
    new.decides(petition)
    third.works()
    assert "ya está con" in third.replies()[-1]
    with new.office.sessions() as session:
        for number in (1, 2, 3):
            assert find_break(list_entries(session, number)) is None
        assert session.scalar(select(func.count()).select_from(Reply).where(Reply.state != "accepted")) == 0


def test_a_changed_row_is_found_again(old: Desk, target: Engine) -> None:
    move(old.office.engine, target, _nothing)
    assert all(one.is_equal for one in verify(old.office.engine, target, _nothing))
    with target.begin() as connection:
        connection.execute(update(Petition).where(Petition.id == 2).values(is_urgent=~Petition.is_urgent))
        connection.execute(text("DELETE FROM staff_sessions"))
    differing = [one for one in verify(old.office.engine, target, _nothing) if not one.is_equal]
    assert [(one.name, one.source.rows, one.target.rows) for one in differing] == [("petitions", 2, 2)]


def test_a_text_with_nul_is_mended_and_told(old: Desk, target: Engine) -> None:
    with old.office.sessions.begin() as session:
        session.execute(update(Message).where(Message.id == 1).values(text="no hay\x00 agua"))
    assert count_unstorable(old.office.engine) == {"messages.text": 1}
    move(old.office.engine, target, _nothing)
    with target.connect() as connection:
        assert connection.scalar(select(Message.text).where(Message.id == 1)) == "no hay\ufffd agua"


def test_a_database_in_use_is_left_alone(old: Desk, target: Engine) -> None:
    upgrade(target, "0001")
    with target.begin() as connection:
        connection.execute(text("INSERT INTO citizens (created_at) VALUES (now())"))
    with pytest.raises(MoveError, match="there are citizens in the target already"):
        move(old.office.engine, target, _nothing)
    with target.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"


def test_another_programs_database_is_left_alone(old: Desk, target: Engine) -> None:
    with target.begin() as connection:
        connection.execute(text("CREATE TABLE accounts (id integer)"))
    with pytest.raises(MoveError, match="holds other tables"):
        move(old.office.engine, target, _nothing)


def test_an_office_that_serves_is_not_moved(old: Desk, target: Engine) -> None:
    with held_alone(old.office.engine), pytest.raises(SettingsError, match="served by another process"):
        move(old.office.engine, target, _nothing)


def test_an_older_version_is_not_moved(old: Desk, target: Engine) -> None:
    downgrade(old.office.engine, "-1")
    with pytest.raises(MoveError, match="canaliza db upgrade"):
        move(old.office.engine, target, _nothing)


def test_a_database_that_was_never_filled_cannot_be_verified(old: Desk, target: Engine) -> None:
    with pytest.raises(MoveError, match="nothing was moved into it yet"):
        verify(old.office.engine, target, _nothing)


def test_what_postgresql_refuses_leaves_nothing_behind_and_tells_no_words(old: Desk, target: Engine) -> None:
    with old.office.sessions.begin() as session:
        session.execute(update(Staff).where(Staff.id == 1).values(name="Ñúñez " * 100))
    refused = r"too long for type character varying\(200\) \(COPY staff, line 1, column name\)"
    with pytest.raises(MoveError, match=refused) as raised:
        move(old.office.engine, target, _nothing)
    assert "Ñúñez" not in str(raised.value)
    assert sum(len(rows) for rows in _contents(target).values()) == 0


def test_a_row_that_refers_to_none_is_named(old: Desk, target: Engine) -> None:
    with closing(sqlite3.connect(str(old.office.engine.url.database))) as connection:
        connection.execute("DELETE FROM citizens WHERE id = 2")  # the driver's own connection minds no reference
        connection.commit()
    with pytest.raises(MoveError, match=r"row 2 of \w+ refers to a row of citizens that is not there"):
        move(old.office.engine, target, _nothing)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("not a database", "must look like postgresql://"),
        ("sqlite:///other.db", "not sqlite://"),
        ("postgresql://nobody:secret@127.0.0.1:1/nothing", "nothing was moved: .*127.0.0.1"),
    ],
)
def test_a_wrong_address_is_said_without_its_password(old: Desk, url: str, said: str) -> None:
    with pytest.raises(MoveError, match=said) as raised:
        move(old.office.engine, open_target(url), _nothing)
    assert "secret" not in str(raised.value)


def test_what_is_no_sqlite_office_is_not_moved(target: Engine, tmp_path: Path) -> None:
    with pytest.raises(MoveError, match="names no SQLite database"):
        count_rows(target)
    with pytest.raises(MoveError, match="there is no database"):
        count_rows(open_engine(f"sqlite:///{tmp_path}/nothing.db"))
    assert not (tmp_path / "nothing.db").exists()


@pytest.mark.slow
def test_the_command_moves_verifies_and_says_what_is_next(old: Desk, target_url: str) -> None:
    moved = _canaliza(old, target_url)
    assert moved.returncode == 0, moved.stderr
    assert "export CANALIZA_DATABASE_URL=postgresql://" in moved.stderr
    old.office.engine.dispose()
    with old.office.sessions.begin() as session:
        session.execute(update(Petition).where(Petition.id == 1).values(is_urgent=~Petition.is_urgent))
    differs = _canaliza(old, target_url, "--verify")
    assert differs.returncode == 1
    assert "The databases differ" in differs.stderr


def _canaliza(desk: Desk, to: str, *further: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "canaliza.cli", "move", "sqlite-to-postgres", "--to", to, *further]
    environment = {**os.environ, **desk.office.settings.as_environment()}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
