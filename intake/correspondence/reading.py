"""Pages that wait to be read, one after the other, beside the office's servers; what was read is a proposal."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from intake.clock import utc_now
from intake.correspondence.page_files import Reading
from intake.correspondence.page_words import NoReader, Unreadable, read_words
from intake.database import claimable, is_any
from intake.loops import again_and_again
from intake.office import Office
from intake.tables.correspondence import PieceFile

LOOK_EVERY_S = 2.0
LEASE = timedelta(minutes=20)  # longer than a PDF of fifteen pages, each at the end of its patience
AWAY_FOR = timedelta(minutes=10)  # until it is looked again whether the program was installed
ATTEMPTS_MAX = 3
PAUSES = {Reading.AWAY: AWAY_FOR, Reading.WAITING: timedelta(minutes=2)}  # a store that is away comes back


@dataclass(frozen=True)
class Errand:
    """A page that this process alone reads until the lease ends."""

    file_id: int
    storage_key: str
    media_type: str
    attempts: int


async def keep_reading_pages(office: Office) -> None:
    """For ever."""
    await again_and_again(
        lambda: asyncio.to_thread(read_due, office), every_s=LOOK_EVERY_S, name="correspondence.reading"
    )


def read_due(office: Office) -> int:
    """Read what waits until nothing does; how many files. Each commits."""
    count = 0
    while errand := claim_one(office, utc_now()):
        settle(office, errand, *_read(office, errand))
        count += 1
    return count


def claim_one(office: Office, now: datetime) -> Errand | None:
    """Commits. A crash only delays the page by the lease."""
    waits = PieceFile.reading.in_([Reading.WAITING.value, Reading.AWAY.value])
    due = select(PieceFile).where(waits, PieceFile.next_attempt_at <= now)
    due = due.order_by(PieceFile.next_attempt_at, PieceFile.id).limit(1)
    if not is_any(office.sessions, due):
        return None
    with office.sessions.begin() as session:
        row = session.scalars(claimable(due)).first()
        if row is None:
            return None
        row.attempts, row.next_attempt_at = row.attempts + 1, now + LEASE
        return Errand(row.id, row.storage_key, row.media_type, row.attempts)


def settle(office: Office, errand: Errand, outcome: Reading, words: str | None) -> None:
    """Commits."""
    with office.sessions.begin() as session:
        row = session.get_one(PieceFile, errand.file_id)
        row.reading, row.words = outcome.value, words if row.storage_key else None  # blocked meanwhile
        row.next_attempt_at = utc_now() + PAUSES.get(outcome, timedelta(0))
        if outcome == Reading.AWAY:
            row.attempts -= 1


def _read(office: Office, errand: Errand) -> tuple[Reading, str | None]:
    try:
        with office.files.open(errand.storage_key) as file:
            return Reading.DONE, read_words(file.read(), errand.media_type)
    except NoReader:
        return Reading.AWAY, None
    except (Unreadable, OSError):
        return (Reading.FAILED if errand.attempts >= ATTEMPTS_MAX else Reading.WAITING), None
