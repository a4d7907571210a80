"""Gauges for Prometheus, without personal data: numbers by channel and state only. `deploy/prometheus` alerts on them.

Only what waits or went wrong is counted, each by an index: a look costs the same at ten million petitions as at ten.
"""

import asyncio
import hmac
import shutil
from importlib.metadata import version
from pathlib import Path

from fastapi import Request
from prometheus_client import REGISTRY as PROCESS
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.database import database_time, reading
from intake.incoming.spool import Spool
from intake.office import Office
from intake.outgoing.pacing import GOING
from intake.petitions.states import NEEDS_TRIAGE, WITH_AGENCY
from intake.settings import LOOPBACK
from intake.tables.correspondence import Mailbox
from intake.tables.erasing import Erasure
from intake.tables.incoming import Attachment, ChannelState, InboundEvent, Proof
from intake.tables.notices import Mail
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.tables.systems import SystemNotice
from intake.thinking.rush import oldest_work
from intake.triage.tasks import count_open
from intake.upkeep.backup import BackupError, find_newest
from intake.upkeep.waiting import (
    count_flooded,
    count_states,
    count_undelivered,
    count_unsent,
    oldest_approved,
    oldest_reply,
)

REGISTRY = CollectorRegistry()


def _gauge(name: str, what: str, *labels: str) -> Gauge:
    return Gauge(f"canaliza_{name}", what, labels, registry=REGISTRY)


EVENTS = Counter("canaliza_webhooks_total", "Provider requests by outcome", ["channel", "outcome"], registry=REGISTRY)
ROWS = _gauge("rows", "Rows that wait or went wrong, by state; petitions that are open, by status", "table", "state")
OLDEST = _gauge("oldest_waiting_seconds", "Age of the oldest row that waits", "table")
PROVED = _gauge("proved_timestamp_seconds", "Until when nothing is missing from the provider's list", "channel")
IMPORTED = _gauge("imported_total", "Messages whose webhook never came", "channel")
UP = _gauge("channel_up", "1: credentials are taken, 0: they are not", "channel")
LOOKED = _gauge("channel_looked_timestamp_seconds", "When the channel was last looked at", "channel")
HELD_BACK = _gauge("channel_held_back", "Updates that the provider could not deliver yet", "channel")
FAILED_AT = _gauge("channel_failed_timestamp_seconds", "When the provider last failed to deliver", "channel")
UNDELIVERED = _gauge("undelivered_last_day", "Replies of the last 24 hours that failed", "channel")
FLOODED = _gauge(
    "flooded_last_day", "Messages of one sender's flood in the last 24 hours, by what became of them", "as"
)
MAILBOX_UP = _gauge("mailbox_up", "1: the last look into the front desk's mailbox went well, 0: it did not")
MAILS_ASIDE = _gauge("mails_set_aside", "Mails of the front desk's mailbox that could not be had")
TASKS = _gauge("tasks_open", "Answers that a person must tell another way")
FREE = _gauge("free_bytes", "Room on the disk", "where")
SPOOLED = _gauge("spool_batches", "Batches that wait on this host for the database")
BACKUP = _gauge("backup_timestamp_seconds", "When the newest whole backup was made; 0: none")
SKEW = _gauge("clock_skew_seconds", "This host's clock less the database's; 0 on SQLite, which has none of its own")
INFO = _gauge("info", "What runs here", "version", "model")
EVENTS_COUNTED, REPLIES_COUNTED = ("pending", "dead"), (*GOING, "held")
FILES_COUNTED = ("pending", "refused")
OPEN = [status.value for status in (*NEEDS_TRIAGE, *WITH_AGENCY)]  # answered ones stay so when nobody thanks: they grow


def may_read(request: Request, token: str) -> bool:
    """From this machine itself (a proxy's forwarded request is not), or with the token."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    is_forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip"))
    return bool(request.client and request.client.host in LOOPBACK) and not is_forwarded


async def render(office: Office) -> bytes:
    await asyncio.to_thread(_count, office)
    return generate_latest(REGISTRY) + generate_latest(PROCESS)


def _count(office: Office) -> None:
    with reading(office.sessions) as session:
        for count in COUNTS:
            count(session)
    _look_at_disks(office)
    INFO.clear()
    INFO.labels(version("canaliza"), office.reader.model_version or "none").set(1)


def _count_rows(session: Session) -> None:
    ROWS.clear()
    counted = (
        ("inbound_events", InboundEvent.state, EVENTS_COUNTED),
        ("replies", Reply.state, REPLIES_COUNTED),
        ("attachments", Attachment.state, FILES_COUNTED),
        ("petitions", Petition.status, OPEN),
        ("system_notices", SystemNotice.state, ("waiting", "dead")),
        ("mails", Mail.state, ("waiting", "dead")),
        ("erasures", Erasure.state, ("suppressing",)),
    )
    for table, state, names in counted:
        for name, count in count_states(session, state, names).items():
            ROWS.labels(table, name).set(count)
    for name, count in count_unsent(session, utc_now()).items():
        ROWS.labels("replies", name).set(count)
    TASKS.set(count_open(session))


def _count_mailboxes(session: Session) -> None:
    boxes = session.scalars(select(Mailbox)).all()
    MAILBOX_UP.set(all(box.fault is None for box in boxes))
    MAILS_ASIDE.set(sum(len(box.set_aside) for box in boxes))


def _count_age(session: Session) -> None:
    now = utc_now()
    oldest = (
        ("inbound_events", oldest_work(session, now)),
        ("replies", oldest_reply(session)),
        ("approvals", oldest_approved(session)),
    )
    for table, since in oldest:
        OLDEST.labels(table).set((now - since).total_seconds() if since else 0)


def _count_channels(session: Session) -> None:
    for proof in session.scalars(select(Proof)):
        PROVED.labels(proof.channel).set(proof.proved_at.timestamp())
        IMPORTED.labels(proof.channel).set(proof.imported_total)
    for state in session.scalars(select(ChannelState)):
        UP.labels(state.channel).set(0 if state.fault else 1)
        LOOKED.labels(state.channel).set(state.looked_at.timestamp())
        HELD_BACK.labels(state.channel).set(state.waiting or 0)
        FAILED_AT.labels(state.channel).set(state.failed_at.timestamp() if state.failed_at else 0)


def _count_undelivered(session: Session) -> None:
    UNDELIVERED.clear()
    for channel, count in count_undelivered(session, utc_now()).items():
        UNDELIVERED.labels(channel).set(count)


def _count_flooded(session: Session) -> None:
    for outcome, count in count_flooded(session, utc_now()).items():
        FLOODED.labels(outcome).set(count)


def _compare_clocks(session: Session) -> None:
    SKEW.set((utc_now() - database_time(session)).total_seconds())


COUNTS = (
    _count_rows,
    _count_age,
    _count_channels,
    _count_undelivered,
    _count_flooded,
    _count_mailboxes,
    _compare_clocks,
)


def _look_at_disks(office: Office) -> None:
    spool = Path(office.settings.spool_dir)
    for where, folder in (("data", Path.cwd()), ("spool", spool)):
        FREE.labels(where).set(shutil.disk_usage(_nearest(folder)).free)
    SPOOLED.set(Spool(spool).count())
    if office.settings.backup_dir:
        BACKUP.set(_newest_backup(Path(office.settings.backup_dir)))


def _newest_backup(folder: Path) -> float:
    try:
        newest = find_newest(folder)
    except (BackupError, OSError):
        return 0.0
    return newest.timestamp() if newest else 0.0


def _nearest(folder: Path) -> Path:
    """The folder or the first above it that is there already: both are on the same disk."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
