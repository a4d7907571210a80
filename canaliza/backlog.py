"""What `canaliza doctor` finds in the rows and folders: what waits too long, what failed, what is old. Only reads."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from canaliza.finding import Finding
from intake.clock import utc_now
from intake.database import reading
from intake.incoming.spool import Spool
from intake.office import Office
from intake.settings import Settings
from intake.tables.correspondence import Mailbox
from intake.tables.incoming import InboundEvent, Proof
from intake.tables.notices import Mail
from intake.tables.systems import SystemNotice
from intake.thinking.rush import oldest_work
from intake.triage.tasks import count_open
from intake.upkeep.backup import BackupError, find_newest
from intake.upkeep.waiting import count_states, count_undelivered, count_unsent, oldest_approved, oldest_reply

QUEUE_MAX = timedelta(minutes=1)  # of a message before it is worked on
UNSENT_MAX = timedelta(minutes=15)  # invariant I5
APPROVED_MAX = timedelta(minutes=1)  # its head may take it back for ten seconds of it
PROOF_MAX = timedelta(minutes=15)  # three looks at the provider's list that did not come through
MAILBOX_MAX = timedelta(hours=1)
BACKUP_MAX = timedelta(hours=26)  # a nightly one, and two hours for it to be made


def list_backlog(office: Office) -> Iterator[Finding]:
    now = utc_now()
    with reading(office.sessions) as session:
        yield _queue(session, now)
        yield _unsent(session, now)
        yield _approved(session, now)
        yield _dead_letters(session, now)
        yield _undelivered(session, now)
        yield from _notices(session)
        yield from _mailboxes(session, now)
        yield _tasks(session)
        yield from _proofs(session, now)
    yield _spool(office.settings)
    yield _backup(office.settings, now)


def _queue(session: Session, now: datetime) -> Finding:
    since = oldest_work(session, now)
    is_late = since is not None and now - since > QUEUE_MAX
    remedy = "is a worker running? start `canaliza serve`, or more `serve --only worker`" if is_late else None
    return Finding("queue", _waiting(now, since), remedy)


def _unsent(session: Session, now: datetime) -> Finding:
    since = oldest_reply(session)
    is_late = since is not None and now - since > UNSENT_MAX
    remedy = "see the channel's credentials below and «Sin procesar» in the staff app" if is_late else None
    return Finding("replies", _waiting(now, since), remedy)


def _approved(session: Session, now: datetime) -> Finding:
    since = oldest_approved(session)
    is_late = since is not None and now - since > APPROVED_MAX
    remedy = "is a worker running? its log says `approved.failed` where one cannot leave" if is_late else None
    return Finding("approved answers", _waiting(now, since), remedy)


def _dead_letters(session: Session, now: datetime) -> Finding:
    events = sum(count_states(session, InboundEvent.state, ["dead"]).values())
    replies = sum(count_unsent(session, now).values())
    remedy = "an administrator can look at them and try again: «Sin procesar» in the staff app"
    found = f"{events} events, {replies} replies"
    return Finding("dead letters", found, remedy if events or replies else None, is_warning=True)


def _undelivered(session: Session, now: datetime) -> Finding:
    count = sum(count_undelivered(session, now).values())
    remedy = "«Sin procesar» says why each was refused" if count else None
    return Finding("undelivered in 24 h", f"{count} replies", remedy, is_warning=True)


def _notices(session: Session) -> Iterator[Finding]:
    """What goes by no chat: letters to staff, notices to connected systems."""
    letters = sum(count_states(session, Mail.state, ["dead"]).values())
    remedy = "«Correos» in the staff app says the server's answer and sends again" if letters else None
    yield Finding("letters to staff", f"{letters} given up", remedy, is_warning=True)
    notices = sum(count_states(session, SystemNotice.state, ["dead"]).values())
    remedy = "«Sistemas» in the staff app says each receiver's answer and sends again" if notices else None
    yield Finding("notices to systems", f"{notices} given up", remedy, is_warning=True)


def _mailboxes(session: Session, now: datetime) -> Iterator[Finding]:
    for box in session.scalars(select(Mailbox).order_by(Mailbox.name)):
        if box.set_aside:
            remedy = "look at them in the mailbox itself, and write down by hand what they ask"
            yield Finding(f"mails set aside in {box.name}", f"{len(box.set_aside)}", remedy, is_warning=True)
        is_silent = box.looked_at is None or now - box.looked_at > MAILBOX_MAX
        found = (
            f"fault: {box.fault}"
            if box.fault
            else f"looked at {box.looked_at:%Y-%m-%d %H:%M} UTC"
            if box.looked_at
            else "never looked at"
        )
        remedy = "check CANALIZA_IMAP_… and that a worker runs; mails wait on their server meanwhile"
        yield Finding(f"mailbox {box.name}", found, remedy if box.fault or is_silent else None, is_warning=True)


def _tasks(session: Session) -> Finding:
    count = count_open(session)
    remedy = "officers tell these people another way: «Por avisar» in the staff app" if count else None
    return Finding("answers to be told", f"{count} people", remedy, is_warning=True)


def _proofs(session: Session, now: datetime) -> Iterator[Finding]:
    for proof in session.scalars(select(Proof)):
        found = f"nothing missing until {proof.proved_at:%Y-%m-%d %H:%M} UTC, {proof.imported_total} imported so far"
        remedy = "the provider's list could not be had: check credentials and network, and that a worker runs"
        is_old = now - proof.proved_at > PROOF_MAX
        yield Finding(f"{proof.channel} reconciliation", found, remedy if is_old else None)


def _spool(settings: Settings) -> Finding:
    count = Spool(Path(settings.spool_dir)).count()
    remedy = "they go in when the database is back and `canaliza serve` runs on this host" if count else None
    return Finding("spool", f"{count} batches wait", remedy)


def _backup(settings: Settings, now: datetime) -> Finding:
    if not settings.backup_dir:
        return Finding("backup", "not watched", "set CANALIZA_BACKUP_DIR to where backups are written", is_warning=True)
    try:
        newest = find_newest(Path(settings.backup_dir))
    except (BackupError, OSError) as error:
        return Finding("backup", f"cannot be read: {error}", "check CANALIZA_BACKUP_DIR")
    if newest is None:
        return Finding("backup", "none", "run `canaliza backup`, nightly (deploy/systemd has a timer)")
    is_old = now - newest > BACKUP_MAX
    remedy = "the nightly `canaliza backup` did not run or failed: see its log" if is_old else None
    return Finding("backup", f"{newest:%Y-%m-%d %H:%M} UTC", remedy)


def _waiting(now: datetime, since: datetime | None) -> str:
    return f"the oldest waits for {(now - since).total_seconds():.0f} s" if since else "nothing waits"
