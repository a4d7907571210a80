"""What a message asks of the database: few statements, which is its price, and rows that are whole when written."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from intake.accounts.staff import NewAccount, Role, add_account
from intake.clock import utc_now
from intake.database import reading
from intake.office import Office
from intake.petitions import free_folios
from intake.tables.citizens import Citizen, Conversation
from intake.tables.incoming import InboundEvent
from intake.tables.petitions import Contingency, Petition
from intake.thinking.declared import Contingencies
from intake.thinking.leases import Lease, claim_conversations
from intake.thinking.process import process
from intake.thinking.worker import EVENTS_A_CLAIM, due_events
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


def test_each_conversations_events_come_in_the_providers_order_and_no_more_than_fit(office: Office) -> None:
    many, one = Talk(office, "console-many"), Talk(office, "console-one")
    for number in range(EVENTS_A_CLAIM + 2):
        many.sends(f"mensaje {number}")
    one.sends("hola")
    with office.sessions.begin() as session:
        for row in session.scalars(select(InboundEvent)):
            row.provider_order = -row.id  # what was written last is what came first
    leases = claim_conversations(office, utc_now())
    found = {lease.conversation_id: events for lease, events in due_events(office, leases, utc_now())}
    assert sorted(map(len, found.values())) == [1, EVENTS_A_CLAIM]
    for conversation_id, events in found.items():
        assert {row.conversation_id for row in events} == {conversation_id}
        assert [row.id for row in events] == sorted((row.id for row in events), reverse=True)
    with office.sessions() as session:
        newest = session.scalars(select(InboundEvent.id).where(InboundEvent.conversation_id == min(found))).all()
    assert found[min(found)][0].id == max(newest)


def test_no_conversation_is_claimed_by_two_workers(office: Office) -> None:
    for number in range(40):
        Talk(office, f"console-{number}").sends("hola")
    now, start = utc_now(), threading.Barrier(4)

    def claim_all(_: int) -> list[Lease]:
        start.wait()
        found: list[Lease] = []
        while some := claim_conversations(office, now, at_most=3):
            found += some
        return found

    with ThreadPoolExecutor(4) as pool:
        claimed = [lease.conversation_id for leases in pool.map(claim_all, range(4)) for lease in leases]
    assert len(claimed) == len(set(claimed))
    claimed += [lease.conversation_id for lease in claim_conversations(office, now, at_most=40)]
    assert len(set(claimed)) == len(claimed) == 40


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


def test_a_folio_is_of_the_year_that_it_is_where_the_office_is(office: Office) -> None:
    before, after = (datetime(2027, 1, 1, hour, 30, tzinfo=UTC) for hour in (5, 6))  # Mexico City is six hours behind
    with office.sessions() as session:
        folios = [office.folios.take(session, office.jurisdiction, now) for now in (before, after, before)]
        own = replace(office.jurisdiction, folio_series="XX")
        folios.append(office.folios.take(session, own, after))
    assert [folio[:7] for folio in folios] == ["JG-2026", "JG-2027", "JG-2026", "XX-2027"]


def test_a_contingency_that_is_declared_while_another_thread_looks_is_told_of_at_once(office: Office) -> None:
    now, kept, looks = utc_now(), Contingencies(), 0

    def declare(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        """Between the first look at the rows and the keeping of what it found."""
        nonlocal looks
        looks += "FROM contingencies" in statement
        if looks == 1 and "FROM contingencies" in statement:
            _declare(office, now)
            kept.forget()

    event.listen(office.engine, "after_cursor_execute", declare)
    with reading(office.sessions) as session:
        kept.current(session, now)
    with reading(office.sessions) as session:
        found = kept.current(session, now)
        assert found
        assert found.notice == "Siga las indicaciones."
        assert kept.current(session, now + timedelta(hours=2)) is None  # it ends by itself
    assert looks == 2


def _declare(office: Office, now: datetime) -> None:
    with office.sessions.begin() as session:
        account = NewAccount("oficial", "Oficial", Role.OFFICER, "una frase muy larga")
        member = add_account(session, office.jurisdiction, account)
        row = Contingency(
            open_mark=1,
            reason="sismo",
            notice="Siga las indicaciones.",
            source="Protección Civil",
            source_at=now,
            began_at=now,
            began_by=member.id,
            ends_at=now + timedelta(hours=1),
        )
        session.add(row)
