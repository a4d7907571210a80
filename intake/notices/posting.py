"""Sends staff their letters by SMTP: leased, sent with no transaction open, marked; tried for a day, then dead.

A letter that a server took and whose answer was lost goes once more under the same Message-ID.
"""

import asyncio
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime

import structlog
from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from intake.clock import utc_now
from intake.database import claimable, is_any
from intake.meetings.writing_to_liaisons import note_due_agreements
from intake.notices.digests import write_digests
from intake.notices.escalating import note_escalated, note_overdue
from intake.notices.letters import wishes_url, write_letter
from intake.notices.mailing import Kind
from intake.notices.outbox import find_leased, is_due, lease, mark
from intake.office import Office
from intake.settings import Settings
from intake.staff_texts import Texts
from intake.tables.accounts import Staff
from intake.tables.notices import Mail, MailWish

LOOK_EVERY_S, TEND_EVERY_S, OVERDUE_EVERY_S = 3.0, 60.0, 900.0
AT_ONCE = 10
TIMEOUT_S = 20.0
LEASE = timedelta(minutes=10)  # longer than as many letters as are sent at once, each at the end of its patience
BACK_OFF_S = (30, 120, 600, 1800, 3600, 7200, 10_800)  # the last one again and again until the day is over
SENT = "250"
SENT_KEPT_FOR, DEAD_KEPT_FOR = timedelta(days=30), timedelta(days=180)
log = structlog.get_logger()


@dataclass(frozen=True)
class Errand:
    """A letter that this process alone may send until the lease ends."""

    mail_id: int
    lease_number: int
    attempts: int
    message: EmailMessage


@dataclass(frozen=True)
class Outcome:
    """`said`: an SMTP code or the name of what went wrong. `is_final`: no further try would be taken."""

    said: str
    is_final: bool = False


async def keep_posting(office: Office, texts: Texts) -> None:
    """For ever. `texts`: the staff's."""
    loop = asyncio.get_running_loop()
    tended_at, overdue_at = float("-inf"), float("-inf")
    while True:
        try:
            if loop.time() - tended_at >= TEND_EVERY_S:
                tended_at = loop.time()
                await asyncio.to_thread(tend, office)
            if loop.time() - overdue_at >= OVERDUE_EVERY_S:
                overdue_at = loop.time()
                await asyncio.to_thread(note_overdue, office, utc_now())
                await asyncio.to_thread(note_escalated, office, utc_now())
                await asyncio.to_thread(note_due_agreements, office, utc_now())
            sent = await asyncio.to_thread(post_due, office, texts)
        except Exception as error:  # the loop outlives a database that is away for a moment
            log.error("mail.loop", error=type(error).__name__)
            sent = 0
        if not sent:
            await asyncio.sleep(LOOK_EVERY_S)


def tend(office: Office) -> None:
    """The morning's digests; what nobody can be sent any more, and what nobody asks for. Commits."""
    now = utc_now()
    write_digests(office, now)
    old = and_(Mail.state != "waiting", Mail.created_at < now - SENT_KEPT_FOR, Mail.state != "dead")
    dead = and_(Mail.state == "dead", Mail.created_at < now - DEAD_KEPT_FOR)
    left = and_(Mail.state == "waiting", Mail.give_up_at < now - timedelta(days=1))  # of a closed account
    with office.sessions.begin() as session:
        session.execute(update(Mail).where(left).values(state="dead", outcome="expired"))
        session.execute(delete(Mail).where(or_(old, dead)))


def post_due(office: Office, texts: Texts) -> int:
    """Send what is due and wait for it; how many there were. Commits."""
    errands = claim_due(office, texts, utc_now())
    if not errands:
        return 0
    for errand, outcome in zip(errands, send(office.settings, errands), strict=True):
        try:
            settle(office, errand, outcome, utc_now())
        except SQLAlchemyError as error:  # the lease runs out, and it is sent once more under its id
            log.error("mail.not-settled", mail=errand.mail_id, error=type(error).__name__)
    return len(errands)


def claim_due(office: Office, texts: Texts, now: datetime) -> Sequence[Errand]:
    """Lease the letters whose time has come, to whom still has an account and an address. Commits."""
    may_leave = or_(MailWish.confirmed_at.is_not(None), Mail.kind == Kind.GREETING.value)
    due = (
        select(Mail, MailWish)
        .join(MailWish, MailWish.staff_id == Mail.staff_id)
        .join(Staff, Staff.id == Mail.staff_id)
        .where(*is_due(Mail, now), Staff.is_active.is_(True), may_leave)
        .order_by(Mail.next_attempt_at, Mail.id)
        .limit(AT_ONCE)
    )
    if not is_any(office.sessions, due):
        return []
    with office.sessions.begin() as session:
        found = session.execute(claimable(due, of=Mail)).all()
        for mail, _ in found:
            lease(mail, now + LEASE)
        return [errand for mail, wish in found if (errand := _errand(office, texts, mail, wish.address))]


def _errand(office: Office, texts: Texts, mail: Mail, address: str) -> Errand | None:
    """None for one that cannot be written, as of a later version of the program: its lease keeps it from those behind
    it, and it is tried again."""
    try:
        return Errand(mail.id, mail.lease_number, mail.attempts, _message(office, texts, mail, address))
    except Exception as error:
        log.error("mail.not-written", mail=mail.id, kind=mail.kind, error=type(error).__name__)
        mail.outcome = type(error).__name__[:60]
        return None


def send(settings: Settings, errands: Sequence[Errand]) -> Sequence[Outcome]:
    """Over one connection, in order. Raises nothing that a server can cause."""
    outcomes: list[Outcome] = []
    try:
        with _connect(settings) as server:
            for errand in errands:
                outcomes.append(_send_one(server, errand.message))
    except (smtplib.SMTPException, OSError) as error:
        outcomes += [Outcome(_name(error))] * (len(errands) - len(outcomes))
    return outcomes


def settle(office: Office, errand: Errand, outcome: Outcome, now: datetime) -> None:
    """Sent, later again, or dead; nothing where another process has taken it over. Commits."""
    with office.sessions.begin() as session:
        mail = find_leased(session, Mail, errand.mail_id, errand.lease_number)
        if mail is None:
            return
        is_sent = outcome.said == SENT
        mark(mail, outcome.said, now, BACK_OFF_S, is_sent=is_sent, is_final=outcome.is_final)
        if is_sent:
            return
        log.warning("mail.failed", mail=mail.id, outcome=outcome.said, attempt=errand.attempts, state=mail.state)


def _message(office: Office, texts: Texts, mail: Mail, address: str) -> EmailMessage:
    """The same whenever it is made: a repeated one is known by its Message-ID and its date."""
    settings = office.settings
    letter = write_letter(texts, office.jurisdiction, settings.staff_site, Kind(mail.kind), mail.data)
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"], message["To"], message["Subject"] = settings.mail_from, address, letter.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.public_id}@{settings.mail_from.rsplit('@', 1)[-1].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no «I am on holiday» comes back
    message["List-Unsubscribe"] = f"<{wishes_url(settings.staff_site)}>"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def _connect(settings: Settings) -> smtplib.SMTP:
    """Raises SMTPException, OSError; never a password without TLS, but on this machine itself."""
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_S, context=context
        )
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_S)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
    except (smtplib.SMTPException, OSError):
        server.close()
        raise
    return server


def _send_one(server: smtplib.SMTP, message: EmailMessage) -> Outcome:
    """Raises SMTPException, OSError for what would befall the letters after it too."""
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        return Outcome(str(code), is_final=code >= 500)
    except smtplib.SMTPDataError as error:
        return Outcome(str(error.smtp_code), is_final=error.smtp_code >= 500)
    return Outcome(SENT)


def _name(error: Exception) -> str:
    return str(error.smtp_code) if isinstance(error, smtplib.SMTPResponseException) else type(error).__name__[:60]
