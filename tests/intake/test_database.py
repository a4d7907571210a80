"""What the databases' errors may do to others: tell nobody's words, and stop nobody who was not concerned."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from intake.database import Wake
from intake.incoming.receive import BATCH_MAX, Receiver
from intake.incoming.spool import Spool
from intake.office import Office
from tests.talk import Talk

PATIENCE_S = 60
NOBODY_LISTENS = "postgresql+psycopg://nobody@127.0.0.1:1/none"


def test_an_error_of_the_database_keeps_the_values_to_itself(office: Office) -> None:
    with pytest.raises(SQLAlchemyError) as caught, office.sessions.begin() as session:
        session.execute(text("INSERT INTO no_such_table VALUES (:words)"), {"words": "Lupita, tel. 9511234567"})
    assert "Lupita" not in str(caught.value)


def test_a_database_that_goes_away_between_commit_and_wake_up_keeps_nobody_waiting(
    office: Office, tmp_path: Path
) -> None:
    receiver = Receiver(office.sessions, Wake(create_engine(NOBODY_LISTENS)), Spool(tmp_path / "spool"))
    arrivals = [Talk(office, f"console-{number}").arrival("hola") for number in range(BATCH_MAX + 1)]

    async def keep_all() -> list[bool]:
        async with asyncio.timeout(PATIENCE_S):
            return await asyncio.gather(*(receiver.keep(a.channel, a.kind, a.key, a.request) for a in arrivals))

    assert asyncio.run(keep_all()) == [True] * len(arrivals)
