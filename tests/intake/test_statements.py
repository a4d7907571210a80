"""What a message asks of the database: few statements, which is its price, and rows that are whole when written."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from intake.clock import utc_now
from intake.office import Office
from intake.petitions import free_folios
from intake.tables.citizens import Citizen, Conversation
from intake.tables.petitions import Petition
from intake.thinking.leases import claim_conversations
from intake.thinking.process import process
from intake.thinking.worker import due_events
from intake.writing import write_last, write_new
from tests.talk import Talk

# Asked once for many messages, at a moment that no message chooses.
NOW_AND_THEN = (
    "FROM contingencies",
    "config_versions",
    "calendar_changes",
    "rule_versions",
    "min(conversations.work_at)",
    "petitions.folio IN",
    "BEGIN",
)


@contextmanager
def _statements(office: Office) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not any(words in statement for words in NOW_AND_THEN):
            found.append(" ".join(statement.split()))

    event.listen(office.engine, "before_cursor_execute", note)
    yield found
    event.remove(office.engine, "before_cursor_execute", note)


def _processed(office: Office, talk: Talk, text: str) -> list[str]:
    """The statements by which the message was processed, once it was claimed."""
    talk.sends(text)
    leases = claim_conversations(office, utc_now())
    [(lease, [message])] = due_events(office, leases, utc_now())
    with _statements(office) as found:
        process(office, lease, message, is_last=True)
    return found


@pytest.mark.parametrize(
    ("told", "at_most"),
    [
        (["no hay agua en mi colonia desde el lunes, nadie nos dice nada"], 18),
        (["no hay agua en mi colonia desde el lunes, nadie nos dice nada", "Xoxocotlán"], 18),
        (["no hay agua en mi colonia desde el lunes, nadie nos dice nada", "gracias"], 11),
        (["hola"], 9),
    ],
)
def test_a_message_needs_no_more_statements_than_it_did(office: Office, told: list[str], at_most: int) -> None:
    *before, last = told
    talk = Talk(office, "console-counted")
    for text in before:
        talk.says(text)
    found = _processed(office, talk, last)
    assert len(found) <= at_most, "\n".join(found)


def test_events_of_several_conversations_are_read_by_one_statement(office: Office) -> None:
    for number in range(3):
        Talk(office, f"console-{number}").sends("hola")
    leases = claim_conversations(office, utc_now())
    with _statements(office) as found:
        events = due_events(office, leases, utc_now())
    assert [len(waiting) for _, waiting in events] == [1, 1, 1]
    assert len(found) == 1


def test_a_new_row_is_whole_and_what_is_changed_of_it_is_written(office: Office) -> None:
    with office.sessions.begin() as session:
        citizen = Citizen(created_at=utc_now())
        write_new(session, citizen)
        conversation = Conversation(
            channel="console", address="a", citizen_id=citizen.id, created_at=utc_now(), allowance=30.0, quiet=0
        )
        write_new(session, conversation)
        assert citizen.name is None
        assert (conversation.state, conversation.is_stopped, conversation.lease_number) == ({}, False, 0)
        assert not session.new
        assert not session.dirty
        citizen.name = "Lupita"
        conversation.is_stopped = True
        write_last(session, conversation)
        assert conversation not in session
    with office.sessions() as session:
        assert session.scalars(select(Citizen.name)).one() == "Lupita"
        assert session.scalars(select(Conversation.is_stopped)).one() is True


def test_a_row_that_may_not_be_is_refused_at_once(office: Office) -> None:
    with office.sessions() as session, pytest.raises(IntegrityError):
        write_new(session, Conversation(channel="console", created_at=utc_now(), allowance=30.0, quiet=0))


def test_no_folio_is_given_that_a_petition_has_or_that_was_given(
    office: Office, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.says("no hay agua en mi colonia desde el lunes, nadie nos dice nada")
    with office.sessions() as session:
        taken = session.scalars(select(Petition.folio)).one()
        drawn = iter([taken, "JG-2026-000001-0", taken, "JG-2026-000002-0"])
        monkeypatch.setattr(free_folios, "new_folio", lambda series, year: next(drawn))  # chance, or nothing is seen
        monkeypatch.setattr(free_folios, "AT_ONCE", 2)
        folios = free_folios.FreeFolios()
        given = [folios.take(session, office.jurisdiction, utc_now()) for _ in range(2)]
    assert given == ["JG-2026-000001-0", "JG-2026-000002-0"]
