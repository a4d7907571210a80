"""An album's item that comes late, and a chat that moves (RELIABILITY, cases 18 and 29)."""

import pytest
from sqlalchemy import func, select

from intake.tables.citizens import Citizen, Conversation
from intake.tables.incoming import Message
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from tests.whole.evidence import reading_rows, settle
from tests.whole.ledger import Ledger
from tests.whole.program import Program
from tests.whole.providers import Providers
from tests.whole.waiting import wait_for

TEXT = "no hay agua en mi colonia desde el lunes y nadie nos dice nada"
PNG = bytes.fromhex("89504e470d0a1a0a")
LATE_S = 3.0  # many times the quiet period of these tests: the petition was acknowledged long ago
Installation = tuple[Program, Providers]
pytestmark = pytest.mark.slow


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
@pytest.mark.parametrize("late_s", [LATE_S, pytest.param(60.0, marks=pytest.mark.faults)])
def test_an_albums_late_item_joins_its_petition_and_is_not_acknowledged_anew(
    installation: Installation, ledger: Ledger, channel: str, late_s: float
) -> None:
    program, providers = installation
    program.start()
    providers.waits_for_webhook()
    pictures = [("foto.png", PNG + bytes([number]) * 3000, "image/png") for number in range(3)]
    providers.sends_file(channel, "lupita", "album", *pictures, caption=TEXT, last_after_s=late_s)
    before = providers.waits_for(channel, "lupita", "¿De qué municipio")
    wait_for(lambda: _count(program, Message) == 3, "the late item", late_s + 30)
    settle(program, providers)
    ledger.holds(program, providers, faults=1)
    program.stop()
    assert _count(program, Petition) == 1
    with reading_rows(program) as session:
        assert len(set(session.scalars(select(Message.petition_id)))) == 1
        acknowledged = select(func.count()).where(Reply.purpose == "petition.received", Reply.state == "accepted")
        assert session.scalar(acknowledged) == 1
    assert providers.received(channel, "lupita")[: len(before)] == before


def test_what_waits_for_a_chat_that_moved_goes_to_the_new_one_and_its_citizen_stays_one(
    installation: Installation, ledger: Ledger
) -> None:
    program, providers = installation
    providers.writes("telegram", "lupita", TEXT)
    providers.moves("lupita")
    program.start()
    assert len(providers.waits_for("telegram", "lupita", "¿De qué municipio")) == 3
    providers.writes("telegram", "lupita", "tlaxiaco")
    settle(program, providers)
    ledger.holds(program, providers, faults=1)
    program.stop()
    assert [_count(program, table) for table in (Conversation, Citizen, Petition)] == [1, 1, 1]


def test_who_was_heard_in_the_new_chat_before_the_move_was_known_gets_all_there(
    installation: Installation, ledger: Ledger
) -> None:
    program, providers = installation
    providers.writes("telegram", "lupita", TEXT)
    providers.moves("lupita")
    providers.writes("telegram", "lupita", "hola")
    program.start()
    settle(program, providers)
    texts = providers.received("telegram", "lupita")
    ledger.holds(program, providers, faults=1)
    program.stop()
    assert sum("¿De qué municipio" in text for text in texts) == 1
    with reading_rows(program) as session:
        assert set(session.scalars(select(Reply.state))) == {"accepted"}


def _count(program: Program, table: type[Message | Petition | Conversation | Citizen]) -> int:
    with reading_rows(program) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
