"""The disk is lost: a backup comes back elsewhere, and what came after it comes again from the providers, once."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from intake.clock import utc_now
from intake.database import open_engine, open_sessions
from intake.incoming.reconcile import IN_FLIGHT
from intake.tables.citizens import Conversation
from intake.tables.incoming import InboundEvent, Message
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.upkeep.backup import MANIFEST
from tests.conftest import DATABASES
from tests.databases import fresh_database
from tests.whole.program import Program, installed
from tests.whole.providers import Providers
from tests.whole.waiting import wait_for

TEXT = "no hay agua en mi colonia desde el lunes y nadie nos dice nada"
ASKED = "¿De qué municipio"
EVERYBODY = ("telegram before", "whatsapp before", "whatsapp acknowledged", "telegram down", "whatsapp down")


def a_while_ago() -> datetime:
    """By a provider's clock that is slow, so that no message is too young to be missed."""
    return utc_now() - 2 * IN_FLIGHT


@pytest.fixture(params=DATABASES)
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The one that will be lost, and an empty one."""
    (tmp_path / "other").mkdir()
    with (
        fresh_database(request.param, tmp_path) as lost,
        fresh_database(request.param, tmp_path / "other", is_migrated=False) as other,
    ):
        yield lost, other


@pytest.mark.slow
@pytest.mark.faults
def test_a_restored_office_takes_once_what_came_after(databases: tuple[str, str], model: Path, tmp_path: Path) -> None:
    lost, other = databases
    with installed(lost, model, tmp_path, a_while_ago) as (program, providers):
        program.start()
        _asks(providers, "telegram", "before")
        _asks(providers, "whatsapp", "before")
        program.run("backup", str(tmp_path / "backups"))
        _asks(providers, "whatsapp", "acknowledged")
        program.kill()
        for channel in ("telegram", "whatsapp"):
            providers.writes(channel, "down", TEXT)
        program.environment |= {
            "CANALIZA_DATABASE_URL": other,
            "CANALIZA_FILES_URL": f"file://{tmp_path}/other/files",
            "CANALIZA_SPOOL_DIR": f"{tmp_path}/other/spool",
        }
        (made,) = (tmp_path / "backups").glob(f"*/{MANIFEST}")
        program.run("restore", str(made.parent))
        program.start()
        for channel in ("telegram", "whatsapp"):
            providers.waits_for(channel, "down", ASKED, 150)
        wait_for(lambda: len(_spoken(program)) == len(EVERYBODY), "a petition of everybody's", 150)
        program.stop()
        assert _spoken(program) == [TEXT] * len(EVERYBODY)
        for channel in ("telegram", "whatsapp"):
            assert len(providers.received(channel, "before")) == len(providers.received(channel, "down")) == 3


def _asks(providers: Providers, channel: str, person: str) -> None:
    providers.writes(channel, person, TEXT)
    providers.waits_for(channel, person, ASKED, 150)


def _spoken(program: Program) -> list[str]:
    """What was said in each conversation that has one event, one message and one petition, and no reply that waits."""
    engine = open_engine(program.environment["CANALIZA_DATABASE_URL"])
    with open_sessions(engine)() as session:
        found = [
            session.scalars(select(Message.text).where(Message.conversation_id == one.id)).one()
            for one in session.scalars(select(Conversation)).all()
            if len(session.scalars(select(Petition).where(Petition.conversation_id == one.id)).all()) == 1
            and len(session.scalars(select(InboundEvent).where(InboundEvent.conversation_id == one.id)).all()) == 1
            and set(session.scalars(select(Reply.state).where(Reply.conversation_id == one.id))) == {"accepted"}
        ]
    engine.dispose()
    return found
