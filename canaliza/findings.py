"""What `canaliza doctor` looks at: each part of the office, what was found, and what mends it. Only reads."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from bot.errors import ChannelError
from bot.messages import ChannelName
from bot.telegram import Telegram
from canaliza.backlog import list_backlog
from canaliza.finding import Finding
from intake.clock import utc_now
from intake.configuration.changing import STALE_MONTHS, list_stale
from intake.incoming.webhooks import telegram_url
from intake.office import Office
from intake.upkeep.readiness import find_faults

FREE_MIN_BYTES = 1 << 30
CLOCK_SLACK_S = 30  # Twilio's and Telegram's own times are compared with ours: windows, terms, late updates
PENDING_MAX = 20  # CHANNELS A5.7
REMEDIES = {
    "database": "check CANALIZA_DATABASE_URL and that the server runs",
    "migrations": "run `canaliza db upgrade`",
    "model": "run `canaliza train`",
}


async def list_findings(office: Office) -> AsyncIterator[Finding]:
    faults = await find_faults(office)
    for part in ("database", "migrations", "model"):
        yield Finding(part, "at fault" if part in faults else "in order", REMEDIES[part] if part in faults else None)
    if not {"database", "migrations"} & set(faults):
        for finding in list_backlog(office):
            yield finding
    yield _files(office)
    yield _disk()
    for finding in (_lines(office), _terms(office)):
        yield finding
    if not office.channels:
        yield Finding("channels", "none configured", "set the tokens of Telegram or Twilio, or try `make demo`")
    for name, channel in office.channels.items():
        yield await _credentials(name, channel)
    telegram = office.channels.get(ChannelName.TELEGRAM)
    if isinstance(telegram, Telegram):
        yield await _webhook(office, telegram)
        yield await _clock(office.settings.telegram_api_url)
    elif office.settings.has_whatsapp:
        yield await _clock(office.settings.twilio_api_url)


def _files(office: Office) -> Finding:
    try:
        office.files.check_writable()
    except OSError as error:
        return Finding("files", f"cannot be written: {error}", "check CANALIZA_FILES_URL and its permissions")
    return Finding("files", "can be written")


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free
    found = f"{free / (1 << 30):.1f} GiB free"
    return Finding("disk", found, "make room: below 1 GiB messages may be refused" if free < FREE_MIN_BYTES else None)


def _lines(office: Office) -> Finding:
    open_ones = [line.name for line in office.jurisdiction.lines.values() if not line.is_confirmed]
    old = [line.name for line in list_stale(office)]
    remedy = "call each line and say so under «Líneas» in the staff app («Comprobada hoy»)"
    faults = [f"to be confirmed: {', '.join(open_ones)}"] if open_ones else []
    faults += [f"checked more than {STALE_MONTHS} months ago: {', '.join(old)}"] if old else []
    found = "; ".join(faults) or "confirmed"
    return Finding("emergency lines", found, remedy if faults else None, is_warning=True)


def _terms(office: Office) -> Finding:
    open_ones = [one.source for one in (office.jurisdiction.terms, office.jurisdiction.silence) if not one.is_confirmed]
    if not open_ones:
        return Finding("terms", "confirmed")
    return Finding("terms", "to be confirmed", "; ".join(open_ones), is_warning=True)


async def _credentials(name: ChannelName, channel: object) -> Finding:
    check = getattr(channel, "check", None)
    if check is None:
        return Finding(name.value, "has no account")
    try:
        return Finding(name.value, f"answers as {await check()}")
    except ChannelError as error:
        return Finding(name.value, f"refuses: {error}", "check the token or credentials and the network")


async def _webhook(office: Office, telegram: Telegram) -> Finding:
    wanted = telegram_url(office.settings)
    try:
        state = await telegram.webhook_state()
    except ChannelError as error:
        return Finding("telegram webhook", f"unknown: {error}", "check the token and the network")
    if state.url != wanted:
        remedy = f"start `canaliza serve`, it registers {wanted}; or use `canaliza poll`"
        return Finding("telegram webhook", state.url or "not registered", remedy)
    is_failing = state.last_error_at is not None and utc_now() - state.last_error_at < timedelta(minutes=10)
    if is_failing or state.pending_update_count > PENDING_MAX:
        found = f"{state.pending_update_count} updates wait; last error: {state.last_error_message}"
        return Finding("telegram webhook", found, "Telegram must reach CANALIZA_PUBLIC_URL by https without redirects")
    return Finding("telegram webhook", wanted)


async def _clock(url: str) -> Finding:
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.head(url)
        theirs = parsedate_to_datetime(answer.headers["date"])
    except (httpx.HTTPError, KeyError, ValueError) as error:
        return Finding("clock", f"not compared ({type(error).__name__})", "check the network", is_warning=True)
    apart = abs((datetime.now(UTC) - theirs).total_seconds())
    remedy = "set the machine's clock (timedatectl set-ntp true)" if apart > CLOCK_SLACK_S else None
    return Finding("clock", f"{apart:.0f} s apart from the provider's", remedy)
