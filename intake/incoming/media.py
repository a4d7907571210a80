"""Citizens' files come over after their message is safe: copied in chunks, hashed while they flow, kept under the hash.

A file that cannot be had now is tried again; the petition never waits for it.
"""

import asyncio
import hashlib
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import filetype
import structlog
from sqlalchemy import select

from bot.channels import Channel
from bot.errors import FetchError
from bot.messages import Attachment as Source
from bot.messages import AttachmentKind, ChannelName
from intake.clock import utc_now
from intake.database import claimable, is_any, one_at_a_time
from intake.erasing.late import keep_blocked_file
from intake.failpoints import pass_point
from intake.files import key_of
from intake.office import Office
from intake.petitions.case import note
from intake.tables.incoming import Attachment
from intake.tables.petitions import Petition

MAX_BYTES = 25 * 1024 * 1024  # Telegram gives ≤ 20 MB, WhatsApp ≤ 16 MB (CHANNELS A1, A2)
HOLDING = frozenset({ChannelName.WHATSAPP})  # providers that hold a file until it is deleted (CHANNELS A2)
REFUSED = "refused"
HELD_FOR = timedelta(hours=24)  # by then it is in a backup; an older one's office could not ask for it again
LEASE = timedelta(seconds=90)
AT_ONCE = 4
ATTEMPTS_MAX = 14  # with the back-off below: a day; both providers still have the file then (CHANNELS A1, A2)
BACK_OFF_S = (2, 5, 15, 60, 300, 900, 3600, 14_400)
log = structlog.get_logger()


@dataclass(frozen=True)
class Waiting:
    attachment_id: int
    channel: str
    source: Source
    attempts: int


@dataclass(frozen=True)
class Kept:
    storage_key: str
    size_bytes: int
    sha256: str
    detected_type: str | None


class Fetcher:
    """Copies what waits until stopped. One instance a process."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._stopped = False

    def stop(self) -> None:
        self._stopped = True

    async def run(self, idle_s: float = 0.5) -> None:
        while not self._stopped:
            try:
                count = await self.fetch_due()
            except Exception as error:  # the loop outlives a database that is away for a moment
                log.error("media.loop", error=type(error).__name__)
                count = 0
            if not count:
                await asyncio.sleep(idle_s)

    async def fetch_due(self) -> int:
        """Copy what is due; the number of files that were tried."""
        waiting = await asyncio.to_thread(claim_due, self._office, utc_now())
        await asyncio.gather(*(self._fetch(item) for item in waiting))
        return len(waiting)

    async def _fetch(self, item: Waiting) -> None:
        try:
            kept = await keep_file(self._office, self._office.channel(item.channel), item.source)
        except (FetchError, OSError) as error:
            await asyncio.to_thread(settle_failure, self._office, item, error)
            return
        pass_point("media.stored")
        await asyncio.to_thread(settle_kept, self._office, item, kept)


async def keep_file(office: Office, channel: Channel, source: Source) -> Kept:
    """Copy one file into the store. Raises FetchError (provider) or OSError (store)."""
    with tempfile.NamedTemporaryFile(prefix="canaliza-") as temporary:
        size, sha256 = await _copy(channel, source, temporary.file)
        temporary.flush()
        found = filetype.guess(temporary.name)
        key = key_of(sha256)
        await asyncio.to_thread(office.files.put, Path(temporary.name), key)
        return Kept(key, size, sha256, found.mime if found else None)


def claim_due(office: Office, now: datetime) -> list[Waiting]:
    """Files whose time has come; their next time is set past the lease, so that a crash only delays them. Commits."""
    due = select(Attachment).where(
        Attachment.state == "pending",
        Attachment.next_attempt_at <= now,
        Attachment.channel.in_([name.value for name in office.channels]),
    )
    if not is_any(office.sessions, due):
        return []
    with office.sessions.begin() as session:
        rows = session.scalars(claimable(due.order_by(Attachment.next_attempt_at).limit(AT_ONCE))).all()
        for row in rows:
            row.attempts += 1
            row.next_attempt_at = now + LEASE
        return [Waiting(row.id, row.channel, source_of(row), row.attempts) for row in rows]


def settle_kept(office: Office, item: Waiting, kept: Kept) -> None:
    """A file that a suppression took away meanwhile, because nobody else had it, is fetched again."""
    with office.sessions.begin() as session:
        one_at_a_time(session, "files")
        row = session.get_one(Attachment, item.attachment_id, with_for_update=True)
        if row.state != "pending":  # its person's data were blocked meanwhile
            keep_blocked_file(session, row, kept.storage_key)
            return
        if not office.files.holds(kept.storage_key):
            return
        row.state, row.note = "stored", None
        row.storage_key, row.size_bytes, row.sha256 = kept.storage_key, kept.size_bytes, kept.sha256
        row.detected_type = kept.detected_type
        row.forget_at = utc_now() + HELD_FOR if row.channel in HOLDING else None
        if row.petition_id:
            petition = session.get_one(Petition, row.petition_id)
            note(session, petition, utc_now(), "machine", "file_kept", {"attachment": row.id, "sha256": kept.sha256})


def settle_failure(office: Office, item: Waiting, error: FetchError | OSError) -> None:
    is_final = isinstance(error, FetchError) and (not error.retryable or item.attempts >= ATTEMPTS_MAX)
    log.warning("media.failed", attachment=item.attachment_id, error=getattr(error, "code", type(error).__name__))
    with office.sessions.begin() as session:
        row = session.get_one(Attachment, item.attachment_id)
        row.note = str(error)[:300]
        if is_final:
            row.state = REFUSED
            if row.petition_id:
                petition = session.get_one(Petition, row.petition_id)
                note(session, petition, utc_now(), "machine", "file_refused", {"attachment": row.id})
        else:
            row.next_attempt_at = utc_now() + timedelta(seconds=BACK_OFF_S[min(item.attempts, len(BACK_OFF_S)) - 1])


async def _copy(channel: Channel, source: Source, target: IO[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    async for chunk in channel.fetch(source, max_bytes=MAX_BYTES):
        target.write(chunk)
        digest.update(chunk)
        size += len(chunk)
        pass_point("media.half")
    return size, digest.hexdigest()


def source_of(row: Attachment) -> Source:
    kind = AttachmentKind(row.kind)
    return Source(kind, row.external_id, row.unique_id, row.declared_name, row.declared_type)
