"""How a call to a provider leaves: by the environment's proxy where there is one, with no credentials but its own."""

import asyncio
from pathlib import Path

import pytest

from bot import calls
from bot.calls import ANSWER_MAX_BYTES, WAIT_MAX_S, Caller, CallFailed, retry_after_s
from tests.bot.provider import Answer, Provider

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def _head_of_call(url: str, monkeypatch: pytest.MonkeyPatch, *, is_proxy: bool) -> str:
    """What a server on this machine read when `url` was called."""
    heads: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    if is_proxy:
        monkeypatch.setenv("http_proxy", f"http://office:secret@127.0.0.1:{port}")
    else:
        monkeypatch.delenv("http_proxy", raising=False)
        monkeypatch.delenv("HTTP_PROXY", raising=False)
    calls._proxy_of.cache_clear()
    caller = Caller()
    try:
        answer = await caller.call("GET", url.replace("PORT", str(port)))
    finally:
        await caller.close()
        server.close()
        calls._proxy_of.cache_clear()
    assert answer.body == b"ok"
    return heads[0]


def test_a_call_goes_through_the_proxy_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    head = asyncio.run(_head_of_call("http://provider.test/send", monkeypatch, is_proxy=True))
    assert head.startswith("GET http://provider.test/send HTTP/1.1")
    assert "Proxy-Authorization: Basic b2ZmaWNlOnNlY3JldA==" in head


def test_a_call_to_a_host_that_the_environment_excepts_goes_by_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    head = asyncio.run(_head_of_call("http://127.0.0.1:PORT/send", monkeypatch, is_proxy=True))
    assert head.startswith("GET /send HTTP/1.1")
    assert "Proxy-Authorization" not in head


def test_a_call_takes_no_credentials_from_a_file_of_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login office password secret\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    head = asyncio.run(_head_of_call("http://127.0.0.1:PORT/send", monkeypatch, is_proxy=False))
    assert head.startswith("GET /send HTTP/1.1")
    assert "Authorization" not in head


AT_NOON = "Wed, 21 Oct 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("said", "wait_s"),
    [
        ("7", 7),
        (" 0 ", 0),
        ("1.5", 1.5),
        ("Wed, 21 Oct 2026 12:01:30 GMT", 90),
        ("Wed, 21 Oct 2026 06:01:30 -0600", 90),
        ("Wed, 21 Oct 2026 11:00:00 GMT", 0),
        ("99999999999999999999", WAIT_MAX_S),
        ("inf", WAIT_MAX_S),
        ("Wed, 21 Oct 2037 12:00:00 GMT", WAIT_MAX_S),
        ("-5", None),
        ("nan", None),
        ("soon", None),
        ("Wed, 41 Oct 2026 12:00:00 GMT", None),
        ("Wed, 21 Oct 99999999999999999999 12:00:00 GMT", None),
        ("Wed, 21 Oct 2026 12:00:00 +99999999999999", None),
        ("", None),
    ],
)
def test_a_wait_is_read_as_seconds_or_as_a_date(said: str, wait_s: float | None) -> None:
    assert retry_after_s({"Retry-After": said, "Date": AT_NOON}) == wait_s


def test_without_the_answers_own_date_ours_counts() -> None:
    assert retry_after_s({"Retry-After": "Wed, 21 Oct 1998 12:00:00 GMT"}) == 0
    assert retry_after_s({}) is None


def test_an_answer_without_end_is_not_taken_in(provider: Provider) -> None:
    async def call() -> None:
        caller = Caller()
        try:
            await caller.call("GET", provider.url)
        finally:
            await caller.close()

    provider.plays(Answer(b"x" * (ANSWER_MAX_BYTES + 1)))
    with pytest.raises(CallFailed) as caught:
        asyncio.run(call())
    assert caught.value.can_have_left
