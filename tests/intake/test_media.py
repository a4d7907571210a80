"""A citizen's file is asked for until it comes: its message is answered meanwhile, and no fault of ours gives it up."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.console import Console
from bot.errors import FetchError
from bot.messages import Attachment as Source
from bot.messages import AttachmentKind, ChannelName
from intake.clock import at, utc_now
from intake.files import Files
from intake.incoming.media import ATTEMPTS_MAX, Fetcher
from intake.office import Office
from intake.tables.incoming import Attachment, Message
from tests.talk import Talk

MISSING = FetchError("404", "not there yet", retryable=True)


class Giver(Console):
    """A provider of files: `faults` first, one each time it is asked."""

    def __init__(self, *faults: FetchError) -> None:
        super().__init__()
        self.faults, self.asked = list(faults), 0

    async def fetch(self, attachment: Source, *, max_bytes: int) -> AsyncIterator[bytes]:
        self.asked += 1
        if self.faults:
            raise self.faults.pop(0)
        yield b"a photo"


class Full(Files):
    """A disk without room."""

    def __init__(self) -> None:
        self.asked = 0

    def put(self, path: Path, key: str) -> None:
        self.asked += 1
        raise OSError("no space left on device")


@pytest.fixture
def file(office: Office, talk: Talk) -> int:
    """A file that waits; its message was answered."""
    assert talk.says("no hay luz en mi casa desde ayer")
    with office.sessions.begin() as session:
        row = Attachment(
            message_id=session.scalars(select(Message.id)).one(),
            channel=ChannelName.CONSOLE.value,
            kind=AttachmentKind.PHOTO.value,
            external_id="f1",
            unique_id="u1",
            next_attempt_at=utc_now(),
        )
        session.add(row)
        session.flush()
        return row.id


def _hours(office: Office, giver: Giver, count: int) -> None:
    """So many hours pass; each minute it is looked what is due."""
    giving, now = replace(office, channels={ChannelName.CONSOLE: giver}), utc_now()
    for minute in range(0, count * 60, 5):
        with at(now + timedelta(minutes=minute)):
            asyncio.run(Fetcher(giving).fetch_due())


def _row(office: Office, number: int) -> Attachment:
    with office.sessions() as session:
        return session.get_one(Attachment, number)


def test_a_file_that_is_missing_for_a_while_comes(office: Office, file: int) -> None:
    giver = Giver(MISSING, MISSING, FetchError("401", "credentials", retryable=True))
    _hours(office, giver, 1)
    row = _row(office, file)
    assert (row.state, row.size_bytes, row.note, giver.asked) == ("stored", 7, None, 4)


def test_a_provider_that_is_away_for_hours_is_asked_for_a_day_and_then_no_more(office: Office, file: int) -> None:
    giver = Giver(*[MISSING] * 99)
    _hours(office, giver, 20)
    assert _row(office, file).state == "pending"
    _hours(office, giver, 60)
    assert (_row(office, file).state, giver.asked) == ("refused", ATTEMPTS_MAX)


def test_a_file_that_the_provider_will_never_give_is_asked_for_once(office: Office, file: int) -> None:
    giver = Giver(FetchError("too_big", "more than 25 MB"))
    _hours(office, giver, 2)
    assert (_row(office, file).state, giver.asked) == ("refused", 1)


def test_a_store_without_room_gives_up_no_file(office: Office, file: int) -> None:
    full = Full()
    _hours(replace(office, files=full), Giver(), 80)
    assert full.asked > ATTEMPTS_MAX
    assert _row(office, file).state == "pending"
    with office.sessions.begin() as session:
        session.get_one(Attachment, file).next_attempt_at = utc_now()
    _hours(office, Giver(), 1)
    assert _row(office, file).state == "stored"
