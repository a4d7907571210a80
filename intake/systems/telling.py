"""Sends systems what they are told: leased, sent with no transaction open, marked; tried for a day, then dead.

A receiver that took it and whose answer was lost gets it once more under the same `webhook-id`.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import structlog
from sqlalchemy import and_, delete, or_, select
from sqlalchemy.exc import SQLAlchemyError

from intake.clock import utc_now
from intake.database import claimable, is_any
from intake.notices.outbox import find_leased, is_due, lease, mark
from intake.office import Office
from intake.systems.announcing import Kind, announce_overdue, is_told
from intake.systems.calls import forget_calls
from intake.systems.hook_addresses import Address, BadAddress, Target, is_safe, read_target
from intake.systems.signing import headers_of, secret_of
from intake.tables.systems import System, SystemNotice
from intake.triage.marks import today_at

LOOK_EVERY_S = 1.0
TEND_EVERY_S = 60.0
AT_ONCE = 8
DEADLINE_S = 10.0  # the specification asks for 15 to 30 at most; a receiver that thinks should answer first
LEASE = timedelta(seconds=45)  # longer than a deadline with looking the name up before it
# After each failed try; with the last one repeated until the day is over: some 14 tries.
BACK_OFF_S = (5, 30, 120, 600, 1800, 3600, 7200, 10_800)
GONE = 410  # the receiver wants no more of it (Standard Webhooks, «410 Gone»)
OVERDUE_AT_ONCE = 200
SENT_KEPT_FOR, DEAD_KEPT_FOR = timedelta(days=30), timedelta(days=180)
log = structlog.get_logger()


@dataclass(frozen=True)
class Errand:
    """A notice that this process alone may send until the lease ends."""

    notice_id: int
    lease_number: int
    public_id: str
    url: str
    secrets: tuple[str, ...]
    body: bytes
    attempts: int


async def keep_telling(office: Office) -> None:
    """For ever."""
    tended_at = 0.0
    while True:
        try:
            loop_time = asyncio.get_running_loop().time()
            if loop_time - tended_at >= TEND_EVERY_S:
                tended_at = loop_time
                await asyncio.to_thread(tend, office)
            told = await tell_due(office)
        except Exception as error:  # the loop outlives a database that is away for a moment
            log.error("hooks.loop", error=type(error).__name__)
            told = 0
        if not told:
            await asyncio.sleep(LOOK_EVERY_S)


def tend(office: Office) -> None:
    """Write what has become overdue, forget what nobody asks for any more. Nothing where no system is. Commits."""
    now = utc_now()
    if not is_any(office.sessions, select(System.id)):
        return
    if is_any(office.sessions, select(System.id).where(*is_told(now))):
        with office.sessions.begin() as session:
            announce_overdue(session, today_at(office), now, OVERDUE_AT_ONCE)
    forget_calls(office)
    forget_notices(office, now)


def forget_notices(office: Office, now: datetime) -> None:
    """Nobody asks for them any more; the acts themselves stay in their petitions' history. Commits."""
    sent = and_(SystemNotice.state == "sent", SystemNotice.sent_at < now - SENT_KEPT_FOR)
    dead = and_(SystemNotice.state == "dead", SystemNotice.created_at < now - DEAD_KEPT_FOR)
    is_reminder = SystemNotice.kind == Kind.OVERDUE.value  # what tells that it was told
    with office.sessions.begin() as session:
        session.execute(delete(SystemNotice).where(or_(sent, dead), ~is_reminder))


async def tell_due(office: Office) -> int:
    """Send what is due and wait for it; how many there were."""
    errands = await asyncio.to_thread(claim_due, office, utc_now())
    if errands:
        await asyncio.gather(*(_tell(office, errand) for errand in errands))
    return len(errands)


def claim_due(office: Office, now: datetime) -> Sequence[Errand]:
    """Lease the notices whose time has come. Commits."""
    due = (
        select(SystemNotice, System)
        .join(System, System.id == SystemNotice.system_id)
        .where(*is_due(SystemNotice, now), *is_told(now))
        .order_by(SystemNotice.next_attempt_at)
        .limit(AT_ONCE)
    )
    if not is_any(office.sessions, due):
        return []
    with office.sessions.begin() as session:
        found = session.execute(claimable(due, of=SystemNotice)).all()
        for notice, _ in found:
            lease(notice, now + LEASE)
        return [_errand(office, notice, system, now) for notice, system in found]


def _errand(office: Office, notice: SystemNotice, system: System, now: datetime) -> Errand:
    salts = [system.hook_salt]
    if system.hook_old_until and system.hook_old_until > now:
        salts.append(system.hook_old_salt)
    return Errand(
        notice.id,
        notice.lease_number,
        notice.public_id,
        system.hook_url or "",
        tuple(secret_of(office.settings.secret_key, salt) for salt in salts if salt),
        notice.body.encode(),
        notice.attempts,
    )


async def _tell(office: Office, errand: Errand) -> None:
    outcome = await send(errand, allows_loopback=office.settings.hook_loopback)
    try:
        await asyncio.to_thread(settle, office, errand, outcome, utc_now())
    except SQLAlchemyError as error:  # the lease runs out, and it is sent once more under its id
        log.error("hooks.not-settled", notice=errand.notice_id, error=type(error).__name__)


async def send(errand: Errand, *, allows_loopback: bool) -> str:
    """What became of it: an HTTP status, or the name of what went wrong. Raises nothing that a receiver can cause."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            target = read_target(errand.url, allows_loopback=allows_loopback)
            addresses = await _look_up(target, allows_loopback=allows_loopback)
            return str(await _post_to_any(errand, target, addresses))
    except BadAddress as error:
        return error.fault
    except TimeoutError:
        return "timeout"
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        return type(error).__name__[:60]


async def _look_up(target: Target, *, allows_loopback: bool) -> Sequence[Address]:
    """The addresses to connect to. One that is not public among them is enough to send nothing: a name that answers now
    so and then so wants to be let in. Raises BadAddress, OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(info[4][0]).split("%")[0]) for info in found]
    if not addresses or not all(is_safe(address, allows_loopback=allows_loopback) for address in addresses):
        raise BadAddress("private")
    return addresses


async def _post_to_any(errand: Errand, target: Target, addresses: Sequence[Address]) -> int:
    """The first that can be connected to: a host without IPv6 still has such addresses told. Nothing was sent to one
    that cannot."""
    for address in addresses[:-1]:
        with suppress(httpx.ConnectError):
            return await _post(errand, target, address)
    return await _post(errand, target, addresses[-1])


async def _post(errand: Errand, target: Target, address: Address) -> int:
    """To that very address, under the name's certificate: no second look-up could lead elsewhere. No redirects, no
    proxy of the environment; the answer's body is not read."""
    url = httpx.URL(target.url)
    netloc = url.netloc.decode()
    headers = {"content-type": "application/json", "user-agent": "Canaliza-Webhooks/1", "host": netloc}
    headers |= headers_of(errand.secrets, errand.public_id, utc_now(), errand.body)
    async with (
        httpx.AsyncClient(timeout=DEADLINE_S, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST",
            url.copy_with(host=str(address)),
            content=errand.body,
            headers=headers,
            extensions={"sni_hostname": target.host},
        ) as answer,
    ):
        return answer.status_code


def settle(office: Office, errand: Errand, outcome: str, now: datetime) -> None:
    """Sent, later again, or dead; nothing where another process has taken it over. Commits."""
    with office.sessions.begin() as session:
        notice = find_leased(session, SystemNotice, errand.notice_id, errand.lease_number)
        if notice is None:
            return
        is_sent = outcome.isdecimal() and 200 <= int(outcome) < 300
        mark(notice, outcome, now, BACK_OFF_S, is_sent=is_sent, is_final=outcome == str(GONE))
        if is_sent:
            return
        log.warning("hook.failed", notice=notice.id, outcome=outcome, attempt=errand.attempts, state=notice.state)
