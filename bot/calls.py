"""One API call to a provider: sent once, no redirects, under one deadline; a failure says whether it can have left.

Over aiohttp: its client takes a sixth of httpx's processor time, and each message to a citizen is such a call
(docs/decisions/0006). Files come through `download`.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

CONNECT_S, DEADLINE_S = 5.0, 10.0  # CHANNELS A5.8; a server that trickles must not hold a sender (RELIABILITY 25)
NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
FORM = "application/x-www-form-urlencoded"
# Twilio's longest page, a thousand messages, is a tenth of it; files come otherwise.
ANSWER_MAX_BYTES = 16 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
WAIT_MAX_S = 24 * 3600.0  # a longer wish is no wish but a slip; both providers count their limits by the day
KEPT_S = 4.0  # of an idle connection: common servers close theirs after 5 s, and a call that meets that is in doubt


class CallFailed(Exception):
    """No whole answer came. Not `can_have_left`: no connection came about, so the provider knows nothing of it."""

    def __init__(self, reason: str, *, can_have_left: bool) -> None:
        super().__init__(reason)
        self.can_have_left = can_have_left


@dataclass(frozen=True)
class Part:
    """A file in a form: with one the form is sent as multipart."""

    name: str
    content: bytes
    mime_type: str


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]


class Caller:
    """Keeps a provider's connections. Opens none before it is used."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def call(
        self,
        method: str,
        url: str,
        *,
        form: Mapping[str, Any] | None = None,
        files: Mapping[str, Part] | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        deadline_s: float = DEADLINE_S,
    ) -> Answer:
        """Raises CallFailed; its words hold no address, which may hold a token."""
        sent = dict(headers or {})
        if auth:
            sent["Authorization"] = aiohttp.encode_basic_auth(*auth)
        if form and not files:
            sent["Content-Type"] = FORM
        whole = URL(url, encoded=True)
        try:
            async with (
                asyncio.timeout(deadline_s),
                self._open().request(
                    method,
                    whole,
                    data=_body(form, files),
                    params=params,
                    headers=sent,
                    allow_redirects=False,
                    proxy=_proxy_of(whole.scheme, whole.host or ""),
                ) as response,
            ):
                return Answer(response.status, await _read(response), response.headers)
        except NEVER_SENT as error:
            raise CallFailed(type(error).__name__, can_have_left=False) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CallFailed(type(error).__name__, can_have_left=True) from error

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        """Connections belong to the event loop in which they were opened."""
        loop = asyncio.get_running_loop()
        if self._session is None or self._session.closed or self._loop is not loop:
            self._loop = loop
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(keepalive_timeout=KEPT_S),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


def seconds_to_wait(value: object) -> float | None:
    """A wait that a provider asks for, in seconds, bounded; None when it is no number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return min(seconds, WAIT_MAX_S) if seconds >= 0 else None  # NaN is not


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """What `Retry-After` asks for: seconds, or a date (RFC 9110 §10.2.3), counted from the answer's own date, as their
    clock is not ours."""
    said = headers.get("Retry-After", "")
    until = _moment(said)
    if until is None:
        return seconds_to_wait(said)
    now = _moment(headers.get("Date", "")) or datetime.now(UTC)
    return seconds_to_wait(max((until - now).total_seconds(), 0.0))


def _moment(text: str) -> datetime | None:
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        moment = parsedate_to_datetime(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Counted when it is unpacked. Raises ClientPayloadError: what is longer is no answer of the provider's."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        body += chunk
        if len(body) > ANSWER_MAX_BYTES:
            response.close()
            raise aiohttp.ClientPayloadError("too long")
    return bytes(body)


@lru_cache
def _proxy_of(scheme: str, host: str) -> str | None:
    """An office may reach the net through a proxy only. Asked once: `trust_env` asks for it, and for a .netrc with
    credentials that are none of a provider's, in another thread before each call."""
    return None if proxy_bypass(host) else getproxies().get(scheme)


def _body(form: Mapping[str, Any] | None, files: Mapping[str, Part] | None) -> bytes | aiohttp.FormData | None:
    if not files:
        return urlencode(form, doseq=True).encode() if form else None
    body = aiohttp.FormData()
    for name, value in (form or {}).items():
        body.add_field(name, str(value))
    for name, part in files.items():
        body.add_field(name, part.content, filename=part.name, content_type=part.mime_type)
    return body
