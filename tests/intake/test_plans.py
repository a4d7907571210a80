"""Along which index SQLite looks, which counts no rows and so takes the wrong one unless the statement leaves it none.

What is asked for by these grows with the years by any other way.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select

from intake.accounts.staff import Member, Role
from intake.carrying.came import list_came
from intake.clock import utc_now
from intake.database import is_sqlite, reading
from intake.incoming.reconcile import list_accounts
from intake.office import Office
from intake.outgoing.window import reopen
from intake.tables.citizens import Conversation
from intake.terms.expiring import Wish, count_expiring, list_expiring
from intake.thinking.leases import claim_conversations
from intake.thinking.rush import oldest_work
from tests.talk import Talk


@contextmanager
def _noting(office: Office) -> Iterator[list[str]]:
    """The plan of each statement that is run, a line for each table."""
    lines: list[str] = []

    def note(_connection: Any, cursor: Any, statement: str, values: Any, *_: Any) -> None:
        own = cursor.connection.cursor()
        lines.extend(row[3] for row in own.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall())

    event.listen(office.engine, "before_cursor_execute", note)
    yield lines
    event.remove(office.engine, "before_cursor_execute", note)


def _expires(office: Office) -> None:
    officer = Member(1, "oficial", "", Role.OFFICER, None, "")
    with reading(office.sessions) as session:
        list_expiring(session, office, officer, Wish())
        count_expiring(session, office, officer, Wish())


def _claims(office: Office) -> None:
    claim_conversations(office, utc_now())


def _is_rush(office: Office) -> None:
    with reading(office.sessions) as session:
        oldest_work(session, utc_now(), ["console", "telegram"])


def _counts(office: Office) -> None:
    with reading(office.sessions) as session:
        list_accounts(session, office)


def _writes_again(office: Office) -> None:
    with office.sessions() as session:
        conversation = session.scalars(select(Conversation)).one()
        conversation.channel = "whatsapp"
        reopen(session, conversation)


@pytest.mark.parametrize(
    ("act", "table", "ways"),
    [
        (_claims, "conversations", {"ix_conversations_work"}),
        (_is_rush, "conversations", {"ix_conversations_work"}),
        (_expires, "history", {"sqlite_autoindex_history_1"}),
        (_counts, "inbound_events", {"ix_inbound_events_received_at", "ix_inbound_events_state"}),
        (_writes_again, "replies", {"ix_replies_order"}),
    ],
)
def test_it_is_found_along_its_own_index(
    office: Office, talk: Talk, act: Callable[[Office], object], table: str, ways: set[str]
) -> None:
    if not is_sqlite(office.engine):
        pytest.skip("PostgreSQL counts its rows and chooses by them")
    talk.says("no hay agua en la colonia Reforma desde hace ocho días")
    with _noting(office) as lines:
        act(office)
    own = [line for line in lines if f" {table} " in f"{line} "]
    assert own
    assert {way for way in ways if any(f" {way} " in f"{line} " for line in own)} == ways
    assert all(any(f" {way} " in f"{line} " for way in ways) for line in own)


def test_what_an_import_brought_is_told_a_piece_at_a_time_without_sorting_the_rest(office: Office) -> None:
    if not is_sqlite(office.engine):
        pytest.skip("PostgreSQL counts its rows and chooses by them")
    with _noting(office) as lines, reading(office.sessions) as session:
        list_came(session, 1, 0)
    assert any("ix_imported_rows (import_id=? AND row>?)" in line for line in lines)
    assert not any("TEMP B-TREE" in line for line in lines)
