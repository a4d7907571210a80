"""A notice that has not left is taken back whole, and found among many replies without reading them."""

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.office import Office
from intake.outgoing.replies import key_of_message, new_row
from intake.outgoing.unsent import OWN, take_back_unsent
from intake.tables.citizens import Conversation
from intake.tables.outgoing import Reply

MANY = 4000
OWN_KEYS = [key_of_message("joining-5", *place) for place in [*((1, part) for part in range(1, 18)), (2, 1)]]
OTHERS = ["joining-51-1:1", "joining-5-parted-1:1", "joining-4-1:1", "Joining-5-1:1"]


def _fill(session: Session, *keys: str) -> None:
    conversation = Conversation(
        channel="console", address="x", created_at=utc_now(), state={}, is_stopped=False, lease_number=0
    )
    session.add(conversation)
    session.flush()
    rows = [new_row(conversation, key, "notice.joined", "x", utc_now()) for key in keys]
    session.execute(insert(Reply), rows)
    session.flush()


def _states(session: Session, *states: str) -> list[str]:
    return sorted(session.scalars(select(Reply.key).where(Reply.state.in_(states))))


def test_every_message_of_the_notice_is_taken_back_and_no_other(office: Office) -> None:
    with office.sessions.begin() as session:
        _fill(session, *OWN_KEYS, *OTHERS)
        assert take_back_unsent(session, "joining-5")
        session.flush()
        assert _states(session, "undone") == sorted(OWN_KEYS)
        assert _states(session, "queued") == sorted(OTHERS)


@pytest.mark.parametrize("last", [OWN_KEYS[0], OWN_KEYS[16], OWN_KEYS[17]])
def test_a_notice_of_which_one_message_was_tried_stays_as_it_is(office: Office, last: str) -> None:
    with office.sessions.begin() as session:
        _fill(session, *OWN_KEYS)
        session.scalars(select(Reply).where(Reply.key == last)).one().attempts = 1
        session.flush()
        assert not take_back_unsent(session, "joining-5")
        assert _states(session, "undone") == []


def test_it_is_found_along_the_index(office: Office) -> None:
    with office.sessions.begin() as session:
        _fill(session, *(f"event-{number}-1:1" for number in range(MANY)), *OWN_KEYS)
        session.execute(text("ANALYZE"))
        is_sqlite = office.engine.dialect.name == "sqlite"
        keys = {"keys": OWN_KEYS[:8]}
        said = OWN.params(keys).compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        steps = session.execute(
            text(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{str(said).replace(':', chr(92) + ':')}")
        )
        plan = "\n".join(str(tuple(step)) for step in steps)
        assert ("SEARCH replies USING INDEX" if is_sqlite else "replies_key") in plan
        assert "Seq Scan on replies" not in plan
