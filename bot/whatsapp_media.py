"""Citizens' files at Twilio: asked for with credentials, followed by hand to the store that Twilio names; deleted.

Credentials go to the API's own origin alone (CHANNELS §0.11), and nothing goes to an address inside our own network.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx

from bot.download import deadline, open_file, read_file
from bot.errors import FetchError

REDIRECTS_MAX = 3
GONE = 404
REAL_API = "https://api.twilio.com/"  # what media addresses begin with, whichever server answers for it
# Twilio's own hosts, its CDN, and the S3 buckets behind it. A name on this list cannot be somebody else's, which a
# look at resolved addresses could not promise: a second look-up may say something else.
HOSTS = re.compile(r"(?:[a-z0-9-]+\.)+(?:twilio|twiliocdn)\.com|(?:[a-z0-9-]+\.)*s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com")


@dataclass(frozen=True)
class Access:
    """The API's address and what opens it."""

    api_url: str
    account_sid: str
    auth_token: str = field(repr=False)


async def fetch_media(client: httpx.AsyncClient, access: Access, url: str, *, max_bytes: int) -> AsyncIterator[bytes]:
    """Raises FetchError, also for an address that is not Twilio's."""
    until = deadline()
    response = await _follow(client, access, url, until)
    async for chunk in read_file(response, max_bytes=max_bytes, until=until):
        yield chunk


async def delete_media(client: httpx.AsyncClient, access: Access, url: str) -> None:
    """Twilio's copy is gone when it returns. Raises FetchError, also for an address that is not the API's."""
    at = _read_url(f"{_at_api(url, access)}.json")
    credentials = _credentials(at, access)
    if credentials is None:
        raise FetchError("address", "not an address of the API")
    try:
        async with asyncio.timeout_at(deadline()):
            answer = await client.delete(at, auth=credentials)
    except (httpx.HTTPError, TimeoutError) as error:
        raise FetchError("network", type(error).__name__, retryable=True) from error
    if not answer.is_success and answer.status_code != GONE:
        raise FetchError(str(answer.status_code), "the file is not deleted", retryable=True)


async def _follow(client: httpx.AsyncClient, access: Access, url: str, until: float) -> httpx.Response:
    """The first answer that is not a redirect."""
    at = _read_url(_at_api(url, access))
    for _ in range(REDIRECTS_MAX + 1):
        response = await open_file(client, at, until=until, auth=_credentials(at, access))
        if not response.has_redirect_location:
            return response
        await response.aclose()
        at = at.join(_read_url(response.headers["location"]))
    raise FetchError("redirects", f"more than {REDIRECTS_MAX}")


def _credentials(url: httpx.URL, access: Access) -> httpx.BasicAuth | None:
    """For the API itself; none for Twilio's other hosts. Raises FetchError for any other address."""
    if _origin(url) == _origin(httpx.URL(access.api_url)):
        return httpx.BasicAuth(access.account_sid, access.auth_token)
    if url.scheme == "https" and url.port is None and HOSTS.fullmatch(url.host):
        return None
    raise FetchError("address", "not an address of Twilio's")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _at_api(url: str, access: Access) -> str:
    """A compatible server may name its media as Twilio does; they are at its own address then."""
    return f"{access.api_url}/{url.removeprefix(REAL_API)}" if url.startswith(REAL_API) else url


def _read_url(text: str) -> httpx.URL:
    try:
        return httpx.URL(text)
    except httpx.InvalidURL as error:
        raise FetchError("address", "not a readable address") from error
