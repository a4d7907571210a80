"""A file that could not be had is asked for again by staff where that can help; where it cannot, the page says why."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from bot.console import Console
from bot.errors import FetchError
from bot.messages import Attachment as Source
from bot.messages import AttachmentKind, ChannelName
from intake.clock import utc_now
from intake.incoming.media import ATTEMPTS_MAX, Fetcher
from intake.office import Office
from intake.tables.incoming import Attachment, Message
from tests.admin.conftest import Case, says
from tests.staff import Browser

AWAY = "404: the provider does not give the file"


class Giver(Console):
    """Gives every file, or refuses it with `fault`."""

    def __init__(self, fault: FetchError | None = None) -> None:
        super().__init__()
        self.fault = fault

    async def fetch(self, attachment: Source, *, max_bytes: int) -> AsyncIterator[bytes]:
        if self.fault:
            raise self.fault
        yield b"a document"


@pytest.fixture
def refused(office: Office, case: Case) -> Callable[[str], int]:
    """A file of the petition that was refused with that word."""

    def put(word: str) -> int:
        with office.sessions.begin() as session:
            message = session.query(Message).order_by(Message.id).first()
            assert message
            row = Attachment(
                message_id=message.id,
                petition_id=message.petition_id,
                channel=ChannelName.CONSOLE.value,
                kind=AttachmentKind.DOCUMENT.value,
                external_id="f1",
                unique_id="u1",
                state="refused",
                attempts=ATTEMPTS_MAX,
                note=word,
                next_attempt_at=utc_now(),
            )
            session.add(row)
            session.flush()
            return row.id

    return put


def _tries(office: Office, fault: FetchError | None = None) -> None:
    asyncio.run(Fetcher(replace(office, channels={ChannelName.CONSOLE: Giver(fault)})).fetch_due())


def test_it_is_asked_for_once_more_and_comes(
    office: Office, browser: Callable[[str], Browser], case: Case, refused: Callable[[str], int]
) -> None:
    number, officer, page = refused(AWAY), browser("oficial"), f"/peticiones/{case.folio}"
    assert "Intentar traerlo otra vez" in officer.opens(page)
    where = f"{page}/archivos/{number}/traer"
    assert officer.sends(where) == f"{page}#archivo-{number}"
    officer.sends(where, 409)  # it is on its way
    assert "Ver si ya llegó" in officer.opens(page)
    _tries(office)
    shown = officer.opens(page)
    assert f'href="/archivos/{number}"' in shown
    assert "Intentar traerlo" not in shown
    assert "pidió traer otra vez un archivo" in shown
    officer.sends(where, 409)


def test_a_try_that_fails_says_so_and_may_be_repeated(
    office: Office, browser: Callable[[str], Browser], case: Case, refused: Callable[[str], int]
) -> None:
    number, officer, page = refused(AWAY), browser("oficial"), f"/peticiones/{case.folio}"
    officer.sends(f"{page}/archivos/{number}/traer")
    _tries(office, FetchError("503", "the provider does not give the file", retryable=True))
    shown = officer.opens(page)
    assert "no pudo traer un archivo" in shown
    assert "Intentar traerlo otra vez" in shown


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("too_big: more than 26214400 bytes", "mande más ligero"),
        ("400: Bad Request: file is too big", "mande más ligero"),
        ("address: not an address of Twilio's", "por seguridad, no se trae"),
        ("410: the provider does not give the file", "ya no lo tiene"),
    ],
)
def test_where_it_cannot_help_the_page_says_why(
    browser: Callable[[str], Browser], case: Case, refused: Callable[[str], int], word: str, why: str
) -> None:
    number, officer, page = refused(word), browser("oficial"), f"/peticiones/{case.folio}"
    shown = officer.opens(page)
    assert why in shown
    assert "Intentar traerlo" not in shown
    officer.sends(f"{page}/archivos/{number}/traer", 409)


def test_it_is_asked_for_in_its_own_petition_by_an_officer(
    office: Office, browser: Callable[[str], Browser], case: Case, refused: Callable[[str], int]
) -> None:
    number, other = refused(AWAY), says(office, "c9", "el camino a mi pueblo está lleno de hoyos")
    browser("oficial").sends(f"/peticiones/{other.folio}/archivos/{number}/traer", 404)
    auditor = browser("audita")
    assert "Intentar traerlo" not in auditor.opens(f"/peticiones/{case.folio}")
    auditor.sends(f"/peticiones/{case.folio}/archivos/{number}/traer", 403)
