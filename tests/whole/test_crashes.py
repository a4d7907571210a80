"""SIGKILL at each crash point, start again: nothing is lost, nothing is done twice (RELIABILITY, cases 1, 13, 26)."""

import re
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from intake.failpoints import NAMES
from intake.tables.incoming import Attachment, InboundEvent, Message
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition, Referral
from tests.staff import Browser, logs_in
from tests.whole.browser import add_staff
from tests.whole.evidence import reading_rows, settle
from tests.whole.ledger import Ledger
from tests.whole.program import Program
from tests.whole.providers import Providers
from tests.whole.waiting import wait_for

TEXT = "no hay agua en mi colonia desde el lunes y nadie nos dice nada"
# Two points in every run; all of them in `make test-faults`, which waits for PostgreSQL's leases to run out.
QUICK = frozenset({"receive.committed", "process.committed"})
WAY_OF_A_MESSAGE = [
    pytest.param(name, marks=() if name in QUICK else pytest.mark.faults)
    for name in NAMES
    if name.startswith(("receive.", "worker.", "process.", "replies."))
]
ALREADY_DECIDED = {"asunto": "1", "version": "1"}  # what a page still says that was opened before
PICTURE = bytes.fromhex("89504e470d0a1a0a") + bytes(range(256)) * 400  # a PNG by its first bytes; several chunks long
BEFORE_COMMIT = frozenset({"receive.body-read", "receive.verified", "receive.inserted"})
PERHAPS_SENT = frozenset({"replies.answered"})


@pytest.mark.slow
@pytest.mark.parametrize("point", WAY_OF_A_MESSAGE)
@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
def test_a_kill_loses_nothing_and_doubles_nothing(
    installation: tuple[Program, Providers], ledger: Ledger, channel: str, point: str
) -> None:
    program, providers = installation
    program.start(failpoint=f"{point}:1")
    sent = providers.writes(channel, "lupita", TEXT)
    assert program.waits_for_death() == -9
    program.start()
    if channel == "whatsapp" and point in BEFORE_COMMIT:
        providers.delivers_again(channel, "lupita", sent["event"], 1)  # as Twilio does with #rc=5&rp=all
    texts = providers.waits_for(channel, "lupita", "¿De qué municipio", 150)
    settle(program, providers)
    ledger.holds(program, providers, faults=1)
    program.stop()
    is_doubtful = channel == "telegram" and point in PERHAPS_SENT  # Telegram cannot be asked: once more, and marked
    assert len(texts) == (4 if is_doubtful else 3)
    assert len(set(texts)) == 3
    _check_rows(program, ambiguous=1 if is_doubtful else None)


def _check_rows(program: Program, *, ambiguous: int | None) -> None:
    with reading_rows(program) as session:
        for table in (Petition, Message):
            assert session.scalar(select(func.count()).select_from(table)) == 1, table
        messages = select(InboundEvent.state).where(InboundEvent.kind == "message")
        assert session.scalars(messages).all() == ["processed"]
        assert set(session.scalars(select(Reply.state))) == {"accepted"}
        if ambiguous is not None:
            marked = select(func.count()).select_from(Reply).where(Reply.was_ambiguous)
            assert session.scalar(marked) == ambiguous


@pytest.mark.slow
@pytest.mark.parametrize("copies", [5, pytest.param(50, marks=pytest.mark.faults)])
@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
def test_parallel_copies_give_one_folio_and_one_reply(
    installation: tuple[Program, Providers], ledger: Ledger, channel: str, copies: int
) -> None:
    program, providers = installation
    program.start()
    providers.waits_for_webhook()
    sent = providers.writes(channel, "lupita", TEXT)
    statuses = providers.delivers_again(channel, "lupita", sent["event"], copies)
    assert statuses == [200] * copies
    texts = providers.waits_for(channel, "lupita", "¿De qué municipio")
    providers.delivers_again(channel, "lupita", sent["event"], copies)
    settle(program, providers)
    ledger.holds(program, providers, faults=2 * copies)
    program.stop()
    assert len(texts) == 3
    assert providers.received(channel, "lupita") == texts
    _check_rows(program, ambiguous=0)


@pytest.mark.slow
@pytest.mark.faults
def test_an_accepted_send_whose_answer_is_lost_is_found_at_twilio(
    installation: tuple[Program, Providers], ledger: Ledger
) -> None:
    program, providers = installation
    program.start()
    providers.orders_fault(provider="twilio", method="Messages.create", times=1, do="drop_after")
    providers.writes("whatsapp", "lupita", TEXT)
    texts = providers.waits_for("whatsapp", "lupita", "¿De qué municipio", 150)
    settle(program, providers)
    ledger.holds(program, providers, faults=1)
    program.stop()
    assert len(texts) == len(set(texts)) == 3


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.parametrize("point", [name for name in NAMES if name.startswith("media.")])
@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
def test_a_file_is_kept_once_though_the_copying_was_killed(
    installation: tuple[Program, Providers], ledger: Ledger, channel: str, point: str, tmp_path: Path
) -> None:
    program, providers = installation
    program.start(failpoint=f"{point}:1")
    providers.sends_file(channel, "lupita", "photo", ("fuga.png", PICTURE, "image/png"), caption=TEXT)
    assert program.waits_for_death() == -9
    program.start()
    providers.waits_for(channel, "lupita", "¿De qué municipio", 150)
    wait_for(lambda: _stored(program) == [sha256(PICTURE).hexdigest()], "the photograph in the store", 150)
    settle(program, providers)
    ledger.holds(program, providers, faults=1)
    program.stop()
    kept = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [PICTURE]


def _stored(program: Program) -> list[str | None]:
    with reading_rows(program) as session:
        return list(session.scalars(select(Attachment.sha256).where(Attachment.state == "stored")))


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.parametrize("point", [name for name in NAMES if name.startswith("office.")])
def test_a_decision_that_was_killed_is_there_once_or_asked_again(
    installation: tuple[Program, Providers], ledger: Ledger, point: str
) -> None:
    program, providers = installation
    program.start()
    add_staff(program)
    providers.writes("whatsapp", "lupita", TEXT)
    providers.waits_for("whatsapp", "lupita", "¿De qué municipio")
    program.stop()
    program.start(failpoint=f"{point}:1")
    with pytest.raises(httpx.HTTPError):
        _decides(program)
    assert program.waits_for_death() == -9
    program.start()
    is_done = point == "office.committed"
    assert _decides(program) == (409 if is_done else 303)
    texts = providers.waits_for("whatsapp", "lupita", "ya está con", 150)
    settle(program, providers)
    ledger.holds(program, providers, faults=1)
    program.stop()
    assert sum("ya está con" in text for text in texts) == 1
    with reading_rows(program) as session:
        assert session.scalar(select(func.count()).select_from(Referral)) == 1


def _decides(program: Program) -> int:
    """The officer sends the one petition to CABIEN, from the page as it was before anybody decided; the status."""
    with reading_rows(program) as session:
        folio = session.scalars(select(Petition.folio)).one()
    with httpx.Client(base_url=program.staff_url, timeout=30) as client:
        assert logs_in(client, "oficial") == 303
        officer = Browser(client)
        page = officer.opens(f"/peticiones/{folio}")
        fields = dict(re.findall(r'name="(asunto|version)" value="(\d+)"', page)[:2]) or ALREADY_DECIDED
        token = officer.token()
        return client.post(
            f"/peticiones/{folio}/turnar", data={"csrf": token, "agencia": "CABIEN", **fields}
        ).status_code
