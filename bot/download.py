"""Files from a provider: opened and read in chunks under one deadline and a cap on what is really read.

Redirects are the caller's: none is followed here, so no credentials go where they do not belong.
"""

import asyncio
from collections.abc import AsyncIterator

import httpx

from bot.errors import FetchError

DEADLINE_S = 60.0  # for the whole file, less than the 90 s that its row is leased for
CONNECT_S, READ_S = 5.0, 10.0
# A compressed answer could unfold to many times what was counted: it is neither asked for nor unpacked.
HEADERS = {"Accept-Encoding": "identity"}
# A new file may be missing for seconds (CHANNELS §0.11); credentials are mended, and a signed address that ran out is
# given anew at the next try.
WORTH_ANOTHER_TRY = frozenset({401, 403, 404, 408, 425, 429})


def open_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=httpx.Timeout(READ_S, connect=CONNECT_S), headers=HEADERS, follow_redirects=False)


def deadline() -> float:
    """The moment, on the running loop's clock, at which a fetch that starts now is given up."""
    return asyncio.get_running_loop().time() + DEADLINE_S


async def open_file(
    client: httpx.AsyncClient, url: httpx.URL, *, until: float, auth: httpx.BasicAuth | None = None
) -> httpx.Response:
    """The answer's head, whatever its status; the body is still to come. Raises FetchError."""
    try:
        async with asyncio.timeout_at(until):
            return await client.send(client.build_request("GET", url), stream=True, auth=auth)
    except (httpx.HTTPError, TimeoutError) as error:
        raise FetchError("network", type(error).__name__, retryable=True) from error


async def read_file(response: httpx.Response, *, max_bytes: int, until: float) -> AsyncIterator[bytes]:
    """The body of a 200, then the connection is given back. Raises FetchError for all else."""
    try:
        if response.status_code != 200:
            raise _refusal(response.status_code)
        size, chunks = 0, response.aiter_raw()
        while chunk := await _next(chunks, until):
            size += len(chunk)
            if size > max_bytes:
                raise FetchError("too_big", f"more than {max_bytes} bytes")
            yield chunk
    finally:
        await response.aclose()


async def _next(chunks: AsyncIterator[bytes], until: float) -> bytes:
    """The next chunk, empty at the end. The deadline stands here: it must not strike while the caller has control."""
    try:
        async with asyncio.timeout_at(until):
            return await anext(chunks, b"")
    except (httpx.HTTPError, TimeoutError) as error:
        raise FetchError("network", type(error).__name__, retryable=True) from error


def _refusal(status: int) -> FetchError:
    is_retryable = status >= 500 or status in WORTH_ANOTHER_TRY
    return FetchError(str(status), "the provider does not give the file", retryable=is_retryable)
