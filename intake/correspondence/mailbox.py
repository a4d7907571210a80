"""The front desk's mailbox over IMAP: each mail once, kept whole, with what hung on it as files. It opens no petition.

Nothing in the mailbox is changed. One process looks at a time (a lease); what could not be kept comes at the next look.
"""

import asyncio
import imaplib
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.correspondence.mails import Mail, read_mail
from intake.correspondence.page_files import store_originals
from intake.correspondence.pieces import Cover, SenderKind, Way, keep_row
from intake.database import insert_once
from intake.loops import again_and_again
from intake.office import Office
from intake.settings import Settings
from intake.tables.correspondence import Mailbox

TIMEOUT_S = 30.0
LEASE = timedelta(minutes=15)  # longer than as many mails as one look brings, each at the end of its patience
AT_ONCE = 20
GIVEN_UP_AFTER = 5  # looks, a minute apart: a server that is away for a moment loses no mail
MAIL_MAX_BYTES = 35 * 1024 * 1024  # Gmail takes 25 MB, which base64 makes a third more
UIDS = re.compile(rb"\d+")
VALIDITY = re.compile(rb"UIDVALIDITY (\d+)")
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
log = structlog.get_logger()


@dataclass(frozen=True)
class Place:
    """How far the mailbox was read."""

    validity: int
    last_uid: int


async def keep_mailbox(office: Office) -> None:
    """For ever."""
    await again_and_again(
        lambda: asyncio.to_thread(look, office), every_s=office.settings.imap_every_s, name="correspondence.mailbox"
    )


def look(office: Office) -> int:
    """Keep what is new; how many mails. Commits after each. A mailbox that is away is noted, and tried again."""
    name, now = name_of(office.settings), utc_now()
    place = _take(office, name, now)
    if place is None:
        return 0
    count, fault = 0, None
    failing: Place | None = None
    try:
        with _opened(office.settings) as (server, validity):
            if validity != place.validity:
                place = Place(validity, 0)
            for uid in _new_uids(server, place.last_uid)[:AT_ONCE]:
                failing = Place(validity, uid)
                content, came_at = _fetch(server, uid)
                mail = read_mail(content, f"{name}-{validity}-{uid}")
                failing = None  # what goes wrong from here on is not the mail's fault
                _keep(office, mail, came_at)
                place, count = Place(validity, uid), count + 1
                _move_on(office, name, place)
    except (OSError, imaplib.IMAP4.error) as error:
        fault = type(error).__name__
        log.error("correspondence.mailbox-away", error=fault)
    except Exception as error:
        fault = type(error).__name__
        raise
    finally:
        if failing is not None:
            _note_failing(office, name, failing)
        _give_back(office, name, utc_now(), fault)
    return count


def _keep(office: Office, mail: Mail, came_at: datetime) -> int:
    """As a document that waits for a person; its number, the earlier one's for a mail that was kept. Commits.

    `came_at`: when the server took it, not when the sender says that it was written.
    """
    store_originals(office, mail.files)
    return keep_row(
        office, _cover(mail, came_at), mail.files, mail.key, None, address=mail.address, text=mail.text or None
    )


def find_mailbox(session: Session, settings: Settings) -> Mailbox | None:
    """How the last look went; None: there was none yet, or no mailbox is configured."""
    return session.get(Mailbox, name_of(settings)) if settings.imap_host else None


def name_of(settings: Settings) -> str:
    return f"{settings.imap_user}@{settings.imap_host}/{settings.imap_folder}"[:200]


def _cover(mail: Mail, came_at: datetime) -> Cover:
    """What kind of sender it is a person says."""
    return Cover(
        way=Way.MAIL,
        came_at=min(came_at, utc_now()),
        sender=mail.sender,
        sender_kind=SenderKind.PERSON,
        addressee=mail.addressee,
        subject=mail.subject,
        enclosures=mail.enclosures,
    )


def _take(office: Office, name: str, now: datetime) -> Place | None:
    """None: another process is looking. Commits."""
    fresh = {"name": name, "validity": 0, "last_uid": 0}
    with office.sessions.begin() as session:
        insert_once(session, Mailbox, [fresh], Mailbox.name)
        is_free = or_(Mailbox.lease_until.is_(None), Mailbox.lease_until < now)
        row = session.scalars(select(Mailbox).where(Mailbox.name == name, is_free).with_for_update()).first()
        if row is None:
            return None
        row.lease_until = now + LEASE
        return Place(row.validity, row.last_uid)


def _move_on(office: Office, name: str, place: Place) -> None:
    with office.sessions.begin() as session:
        row = session.get_one(Mailbox, name)
        row.validity, row.last_uid, row.lease_until = place.validity, place.last_uid, utc_now() + LEASE


def _note_failing(office: Office, name: str, failing: Place) -> None:
    """The same mail so many looks one after the other: it is set aside, and those behind it come."""
    with office.sessions.begin() as session:
        row = session.get_one(Mailbox, name)
        is_same = row.failing_uid == failing.last_uid and row.validity in (0, failing.validity)
        row.failing_uid, row.failures = failing.last_uid, row.failures + 1 if is_same else 1
        if row.failures < GIVEN_UP_AFTER:
            return
        row.set_aside = [*row.set_aside, failing.last_uid]
        row.validity, row.last_uid = failing.validity, failing.last_uid
        row.failing_uid, row.failures = None, 0
    log.error("correspondence.mail-set-aside", uid=failing.last_uid)


def _give_back(office: Office, name: str, now: datetime, fault: str | None) -> None:
    with office.sessions.begin() as session:
        row = session.get_one(Mailbox, name)
        row.lease_until, row.looked_at, row.fault = None, now, fault


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[imaplib.IMAP4, int]]:
    """The folder, read only, and its UIDVALIDITY. Raises OSError, IMAP4.error."""
    server = _connect(settings)
    try:
        server.login(settings.imap_user, settings.imap_password)
        kind, told = server.select(f'"{settings.imap_folder}"', readonly=True)
        if kind != "OK":
            raise imaplib.IMAP4.error("no such folder")
        _, known = server.response("UIDVALIDITY")
        found = UIDS.search(b" ".join(part for part in (known or told) if isinstance(part, bytes)))
        yield server, int(found[0]) if found else 0
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _connect(settings: Settings) -> imaplib.IMAP4:
    if settings.imap_security == "tls":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(settings.imap_host, settings.imap_port, ssl_context=context, timeout=TIMEOUT_S)
    server = imaplib.IMAP4(settings.imap_host, settings.imap_port, timeout=TIMEOUT_S)
    if settings.imap_security == "starttls":
        server.starttls(ssl.create_default_context())
    return server


def _new_uids(server: imaplib.IMAP4, last_uid: int) -> list[int]:
    """Ascending. A range that begins behind the last one still names the last one (RFC 9051 §9)."""
    _, told = server.uid("SEARCH", f"UID {last_uid + 1}:*")
    found = UIDS.findall(told[0] or b"") if told else []
    return sorted(uid for uid in map(int, found) if uid > last_uid)


def _fetch(server: imaplib.IMAP4, uid: int) -> tuple[bytes, datetime]:
    """The mail and when it came; of one that is too large its head alone, so that a person hears of it. Raises
    IMAP4.error."""
    _, told = server.uid("FETCH", str(uid), "(RFC822.SIZE INTERNALDATE)")
    head = b" ".join(map(_line, told))
    size, came = SIZE.search(head), imaplib.Internaldate2tuple(head)
    wanted = "(BODY.PEEK[HEADER])" if size and int(size[1]) > MAIL_MAX_BYTES else "(BODY.PEEK[])"
    _, answer = server.uid("FETCH", str(uid), wanted)
    parts = [part[1] for part in answer or [] if isinstance(part, tuple)]
    if not parts:
        raise imaplib.IMAP4.error(f"mail {uid} is not there")
    return bytes(parts[0]), datetime.fromtimestamp(time.mktime(came), UTC) if came else utc_now()


def _line(part: object) -> bytes:
    """An answer's line, with or without what follows it."""
    if isinstance(part, tuple):
        return bytes(part[0])
    return part if isinstance(part, bytes) else b""
